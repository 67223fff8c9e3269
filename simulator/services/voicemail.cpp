// Voice mail: one box for every user, filled by redirects to VOICEMAIL.

#include <algorithm>
#include <array>

#include "simulator/services/table.h"

namespace sfteams::simulator {
namespace {

constexpr std::size_t kMostFolder = 64;

std::string mailbox_name(const User& user) {
  return "Voicemail " + user.name;
}

Answer get_mailboxes(const Asking& asking) {
  const User& user = asking.user;
  return uci::Value(uci::Array{uci::Struct{{"id", user.login}, {"name", mailbox_name(user)}}});
}

/// The newest first. Parameters are not published: whatever comes is taken, and nothing left out.
Answer get_voicemails(const Asking& asking) {
  const User& user = asking.user;
  const Wire wire = asking.wire();
  uci::Array entries;
  for (const Voicemail& mail : asking.own().voicemails) {
    entries.emplace_back(uci::Struct{
        {"id", mail.id},
        {"callDescription", wire.text(mail.description)},
        {"callerNumber", wire.text(mail.caller_number)},
        {"calledNumber", wire.text(mail.called_number)},
        {"duration", mail.duration.count()},
        {"folder", mail.folder},
        {"mailboxId", user.login},
        {"mailboxName", mailbox_name(user)},
        {"startTime", wire.date(mail.start)},
    });
  }
  return uci::Value(std::move(entries));
}

Answer delete_voicemails(const Asking& asking, const std::vector<std::string>& ids) {
  std::erase_if(asking.own().voicemails, [&](const Voicemail& mail) {
    return std::find(ids.begin(), ids.end(), mail.id) != ids.end();
  });
  return asking.wire().nothing();
}

Answer delete_one_voicemail(const Asking& asking) {
  return with_one_id(asking, delete_voicemails);
}

Answer delete_many_voicemails(const Asking& asking) {
  return with_many_ids(asking, delete_voicemails);
}

Answer move_voicemails(const Asking& asking, const std::vector<std::string>& ids,
                       const std::string& folder) {
  if (folder.empty() || folder.size() > kMostFolder) {
    return fault(asking.exchange.options, "UciException", "that is no folder");
  }
  for (Voicemail& mail : asking.own().voicemails) {
    if (std::find(ids.begin(), ids.end(), mail.id) != ids.end()) mail.folder = folder;
  }
  return asking.wire().nothing();
}

Answer move_one_voicemail(const Asking& asking) {
  Params params(asking, 2);
  const std::string id = params.text(0);
  const std::string folder = params.text(1);
  if (const auto problem = params.problem()) return *problem;
  return move_voicemails(asking, {id}, folder);
}

Answer move_many_voicemails(const Asking& asking) {
  Params params(asking, 2);
  const std::vector<std::string> ids = params.texts(0);
  const std::string folder = params.text(1);
  if (const auto problem = params.problem()) return *problem;
  return move_voicemails(asking, ids, folder);
}

constexpr std::array kVoicemailMethods{
    Method{"voicemailList", "getMailboxes", kV22Up, true, get_mailboxes},
    Method{"voicemailList", "getVoicemailList", kV22Up, true, get_voicemails},
    Method{"voicemailList", "deleteVoicemailListEntry", kV22Up, true, delete_one_voicemail},
    Method{"voicemailList", "deleteVoicemailListEntries", kV22Up, true, delete_many_voicemails},
    Method{"voicemailList", "moveVoicemailListEntry", kV22Up, true, move_one_voicemail},
    Method{"voicemailList", "moveVoicemailListEntries", kV22Up, true, move_many_voicemails},
};

}  // namespace

std::span<const Method> voicemail_methods() {
  return kVoicemailMethods;
}

}  // namespace sfteams::simulator
