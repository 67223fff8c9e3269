#include <string>
#include <utility>

#include "agent/sessions/conversation.h"
#include "agent/sessions/directory_answers.h"
#include "base/json/json.h"
#include "base/json/rpc_codes.h"
#include "base/log/log.h"
#include "rest/codes.h"
#include "rest/shape.h"
#include "tunnel/limits.h"

// What the PBX's REST interface tells the signed-in user.

namespace sfteams::agent {
namespace {

namespace rpc = json::rpc;

}  // namespace

void Conversation::search_contacts(const Request& request) {
  const std::optional<ContactSearch> search = contact_search_in(request.params);
  if (!search) {
    return refuse_call(request.id,
                       {rpc::codes::kInvalidParams,
                        "contacts.search takes {\"text\": at most 128 bytes, \"page\": from 0, "
                        "\"size\": 1 to 100}, the last two if wanted",
                        {}});
  }
  if (!begin_asking(request)) return;
  seat_->search(search->text, search->page, search->size,
                [this, id = request.id, page = search->page,
                 size = search->size](Result<rest::ContactPage> found) {
                  end_asking(id, found ? Result<std::string>(contacts_answer(
                                             id, std::move(*found), {{}, page, size},
                                             tunnel::kMaxMessageToClient))
                                       : Result<std::string>(fail(found.error())));
                });
}

void Conversation::tell_me(const Request& request) {
  if (!request.params.empty()) {
    return refuse_call(request.id,
                       {rpc::codes::kInvalidParams, "users.me takes no parameters", {}});
  }
  if (!begin_asking(request)) return;
  seat_->me([this, id = request.id](Result<rest::Me> me) {
    end_asking(id, me ? Result<std::string>(rpc::write_result(id, rest::as_json(*me)))
                      : Result<std::string>(fail(me.error())));
  });
}

void Conversation::list_users(const Request& request) {
  if (!request.params.empty()) {
    return refuse_call(request.id,
                       {rpc::codes::kInvalidParams, "users.list takes no parameters", {}});
  }
  if (!begin_asking(request)) return;
  seat_->colleagues(
      [id = request.id](const rest::Colleagues& found) {
        return users_answer(id, found, tunnel::kMaxMessageToClient);
      },
      [this, id = request.id](const Result<std::string>& text) { end_asking(id, text); });
}

void Conversation::show_avatar(const Request& request) {
  const std::optional<std::string> user = avatar_owner_in(request.params);
  if (!user) {
    return refuse_call(request.id,
                       {rpc::codes::kInvalidParams,
                        "users.avatar takes {\"user\": an accountId of users.list, or the id of "
                        "users.me}",
                        {}});
  }
  if (!begin_asking(request)) return;
  seat_->avatar(*user, [this, id = request.id, user = *user](Result<rest::Avatar> avatar) {
    if (!avatar) return end_asking(id, fail(avatar.error()));
    note_refused_avatar(user, avatar->refused);
    end_asking(id, rpc::write_result(id, rest::as_json(*avatar)));
  });
}

/// A client may ask for as many as it likes: the log need not follow.
void Conversation::note_refused_avatar(std::string_view user, std::string_view why) {
  if (why.empty() || !refused_avatars_.insert(why).second) return;
  log::info("session", "the picture of the PBX's user {} is not passed on: {}", user, why);
}

bool Conversation::begin_asking(const Request& request) {
  if (!may_call(request)) return false;
  if (!setup_.rules.rest) {
    refuse_call(request.id, {rest::codes::kDisabled,
                             "the address book and the list of colleagues are switched off",
                             "the administrator would have to set [rest] enabled = yes"});
    return false;
  }
  open_calls_.insert(json::write(request.id));
  return true;
}

void Conversation::end_asking(const Json::Value& id, const Result<std::string>& text) {
  if (open_calls_.erase(json::write(id)) == 0) return;
  if (!text) return refuse_call(id, text.error());
  setup_.counts->calls.add("ok");
  say_answer(id, *text);
}

}  // namespace sfteams::agent
