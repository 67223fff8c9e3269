// What the daemon can be asked for: agent/daemon/control_protocol.h. The rest of the class is in
// daemon.cpp.

#include <utility>

#include "agent/admin/codes.h"
#include "agent/daemon/codes.h"
#include "agent/daemon/control_protocol.h"
#include "agent/daemon/daemon.h"
#include "agent/keys/users_key.h"
#include "agent/pbx/codes.h"
#include "agent/tickets/ticket_list.h"
#include "base/clock/utc_time.h"
#include "base/json/json.h"
#include "base/json/view.h"
#include "base/log/log.h"
#include "base/text/encoding.h"
#include "keygen/key_file.h"

namespace sfteams::agent {
namespace {

using Command = ControlDesk::Command;

/// The page may give it. Not: making links for itself, for instance.
constexpr ControlDesk::Rights kPage{.page = true};

/// Lines that one answer about the log has at most.
constexpr std::size_t kMostLines = 500;

std::string text_of(const Json::Value& request, const char* name) {
  return std::string(json::string_member(request, name).value_or(""));
}

Error tickets_revoked() {
  return {codes::kSignedOut, "an administrator has signed you out on all devices",
          "sign in again with your password"};
}

Json::Value changes_json(const std::vector<std::string>& sentences) {
  Json::Value json(Json::objectValue);
  json["changes"] = Json::Value(Json::arrayValue);
  for (const std::string& sentence : sentences)
    json["changes"].append(sentence);
  return json;
}

/// How many users had tickets.
Json::Value users_json(std::size_t count) {
  Json::Value json(Json::objectValue);
  json["users"] = Json::UInt64(count);
  return json;
}

Json::Value line_json(const log::Tail::Line& line) {
  Json::Value json(Json::objectValue);
  json["number"] = static_cast<Json::Int64>(line.number);
  json["time"] = clock::utc_text(line.time);
  json["level"] = std::string(log::to_string(line.level));
  json["area"] = line.area;
  json["message"] = line.message;
  return json;
}

Json::Value user_json(const Accounts::User& user, const Seats& seats) {
  Json::Value json(Json::objectValue);
  json["user"] = user.name;
  json["since"] = clock::utc_text(std::chrono::system_clock::from_time_t(user.since));
  json["sessions"] = static_cast<Json::Int64>(user.sessions);
  json["connected"] = user.connected;
  json["seat"] = seats.holds(user.name);
  return json;
}

}  // namespace

void Daemon::add_commands() {
  desk_.add(control::kStatus, kPage,
            Command([this](const Json::Value& request, const ControlDesk::Answer& answer) {
              if (json::is_true(request, "quick"))
                return answer(to_json(known_status(), std::chrono::system_clock::now()));
              ask_status([answer](Json::Value status) { answer(std::move(status)); });
            }));
  desk_.add(control::kReload, {}, [this](const Json::Value&) -> Result<Json::Value> {
    const Result<std::vector<std::string>> taken = reload();
    if (!taken) return fail(taken.error());
    return changes_json(*taken);
  });
  add_key_commands();
  add_license_commands();
  add_ticket_commands();
  add_settings_commands();
  add_session_commands();
  add_check_and_log_commands();
}

void Daemon::add_key_commands() {
  desk_.add(control::kKeyNew,
            {.page = true, .log = "a new system key was made on the administration page"},
            [this](const Json::Value& request) {
              return keys_->make_new(control::read_old_keys(request));
            });
  desk_.add(control::kKeyRevoke,
            {.page = true, .log = "older system keys were ended on the administration page"},
            [this](const Json::Value&) { return keys_->revoke_older(); });
  desk_.add(control::kKeyShow,
            {.page = true, .log = "the system key was shown on the administration page"},
            [this](const Json::Value&) -> Result<Json::Value> {
              Result<StoredKey> key = keys_->current();
              if (!key) return fail(key.error());
              Json::Value json(Json::objectValue);
              json["key"] = std::string(key->key.display().text());
              json["created"] = key->created;
              return json;
            });
  desk_.add(control::kKeyFile,
            {.page = true, .log = "the key file was downloaded from the administration page"},
            [this](const Json::Value&) -> Result<Json::Value> {
              Result<StoredKey> key = keys_->current();
              if (!key) return fail(key.error());
              Json::Value json(Json::objectValue);
              json["name"] = configuration_.name + ".key";
              json["content"] =
                  std::string(keygen::key_file_text(users_key(configuration_.name,
                                                              configuration_.connector.url, *key))
                                  .text());
              return json;
            });
}

void Daemon::add_license_commands() {
  desk_.add(control::kLicenseAdd, kPage, [this](const Json::Value& request) {
    return licensing_->add(text_of(request, "text"));
  });
  desk_.add(control::kLicenseRemove, kPage, [this](const Json::Value& request) {
    return licensing_->remove(text_of(request, "id"));
  });
  desk_.add(control::kLicenseRevoke, kPage, [this](const Json::Value& request) {
    return licensing_->withdraw(text_of(request, "user"));
  });
  desk_.add(control::kLicenseList, kPage,
            [this](const Json::Value&) -> Result<Json::Value> { return licensing_->list(); });
}

void Daemon::add_ticket_commands() {
  desk_.add(control::kTicketList, kPage, [this](const Json::Value&) -> Result<Json::Value> {
    return ticket_list_json(tickets_->entries());
  });
  desk_.add(control::kTicketRevoke, kPage,
            [this](const Json::Value& request) -> Result<Json::Value> {
              if (json::is_true(request, "all")) return revoke_all_tickets();
              const std::string user = text_of(request, "user");
              // One that is no text must not end more than was meant.
              if (json::member(request, "device") == nullptr) return revoke_tickets(user);
              return revoke_device(user, text_of(request, "device"));
            });
}

Result<bool> Daemon::sign_out(std::string_view user, const Error& why) {
  // Tickets first: a device that hears of it could be back by its ticket at once.
  const Result<bool> ended = tickets_->end(user);
  const Result<Accounts*> accounts = pbx_->accounts();
  const bool was_here = accounts && (*accounts)->sign_out(user, why);
  if (!ended) return fail(ended.error());
  return *ended || was_here;
}

Result<Json::Value> Daemon::revoke_tickets(std::string_view user) {
  const Result<bool> ended = sign_out(user, tickets_revoked());
  if (!ended) return fail(ended.error());
  if (!*ended) return fail(no_tickets());
  log::info("tickets", "an administrator has ended the tickets of user {}", user);
  return users_json(1);
}

Result<Json::Value> Daemon::revoke_device(std::string_view user, std::string_view device) {
  const Result<bool> ended = tickets_->end_device(user, device);
  if (!ended) return fail(ended.error());
  if (!*ended) return fail(no_tickets());
  log::info("tickets", "an administrator has ended the tickets of device {} of user {}", device,
            user);
  return users_json(1);
}

Result<Json::Value> Daemon::revoke_all_tickets() {
  const Result<std::size_t> ended = tickets_->end_all();
  if (const Result<Accounts*> accounts = pbx_->accounts()) {
    for (const Accounts::User& user : (*accounts)->users())
      static_cast<void>((*accounts)->sign_out(user.name, tickets_revoked()));
  }
  if (!ended) return fail(ended.error());
  log::info("tickets", "an administrator has ended all tickets");
  return users_json(*ended);
}

void Daemon::add_settings_commands() {
  desk_.add(control::kSettings, kPage, [this](const Json::Value&) -> Result<Json::Value> {
    const Configuration& configuration = configuration_;
    Json::Value json(Json::objectValue);
    json["name"] = configuration.name;
    json["connector"] = configuration.connector.url.to_string();
    json["uciEnabled"] = configuration.uci.enabled;
    json["uciUrl"] = configuration.uci.url.to_string();
    json["file"] = configuration.origin.string();
    json["writable"] = is_writable(configuration.origin);
    return json;
  });
  desk_.add(control::kSettingsSave, kPage,
            [this](const Json::Value& request) -> Result<Json::Value> {
              const Result<std::vector<std::string>> saved = save(PageSettings::from(request));
              if (!saved) return fail(saved.error());
              return changes_json(*saved);
            });
  desk_.add(control::kUciRenew, kPage, [this](const Json::Value&) -> Result<Json::Value> {
    if (!configuration_.uci.enabled) {
      return fail(codes::kUciDisabled, "the UCI connection is switched off in the configuration",
                  "switch it on first");
    }
    log::info("admin", "the connections to the PBX are made anew");
    pbx_->renew(configuration_.uci);
    return Json::Value(Json::objectValue);
  });
}

Result<std::vector<std::string>> Daemon::save(const PageSettings& settings) {
  if (stopping_) return fail(codes::kShuttingDown, "the agent is stopping", "save when it is back");
  supervisor_->reloading();
  Result<EditedSettings> edited = edit_settings(options_.configuration, configuration_, settings);
  Result<std::vector<std::string>> taken =
      edited ? take_in(edited->configuration(),
                       [&] {
                         return edited->save(StateDirectory::spare_of(
                             state_.path(), edited->configuration().origin));
                       })
             : fail(edited.error());
  if (taken) {
    for (const std::string& sentence : *taken)
      log::info("admin", "settings saved: {}", sentence);
  } else {
    log::warn("admin", "the settings were not saved: {}", describe(taken.error()));
  }
  supervisor_->ready();
  return taken;
}

void Daemon::add_session_commands() {
  desk_.add(control::kSessions, kPage, [this](const Json::Value&) -> Result<Json::Value> {
    Json::Value json(Json::objectValue);
    json["users"] = Json::Value(Json::arrayValue);
    const Result<Accounts*> accounts = pbx_->accounts();
    if (!accounts) return json;
    for (const Accounts::User& user : (*accounts)->users())
      json["users"].append(user_json(user, licensing_->seats()));
    return json;
  });
  desk_.add(control::kSessionEnd, kPage, [this](const Json::Value& request) -> Result<Json::Value> {
    const std::string user = text_of(request, "user");
    const Result<bool> ended =
        sign_out(user, {codes::kSignedOut, "an administrator has ended your session",
                        "sign in again with your password"});
    if (!ended) return fail(ended.error());
    if (!*ended) {
      return fail(codes::kNoSuchUser, "nobody of this name is signed in",
                  "look at the list again: the user may have signed out");
    }
    log::info("admin", "user {} was signed out on all devices by an administrator", user);
    return Json::Value(Json::objectValue);
  });
}

void Daemon::add_check_and_log_commands() {
  desk_.add(control::kCheckStart, kPage, [this](const Json::Value&) { return check_->start(); });
  desk_.add(control::kCheck, kPage,
            [this](const Json::Value&) -> Result<Json::Value> { return check_->state(); });
  desk_.add(control::kLog, kPage, [this](const Json::Value& request) -> Result<Json::Value> {
    const Json::Value* const after = json::member(request, "after");
    const bool known = after != nullptr && after->isUInt64();
    Json::Value json(Json::objectValue);
    json["level"] = std::string(log::to_string(log::level()));
    json["lines"] = Json::Value(Json::arrayValue);
    for (const log::Tail::Line& line : tail_.after(known ? after->asUInt64() : 0, kMostLines))
      json["lines"].append(line_json(line));
    return json;
  });
  desk_.add(control::kLogLevel, kPage,
            [this](const Json::Value& request) { return change_log_level(request); });
  desk_.add(control::kAdminLink, {}, [this](const Json::Value&) -> Result<Json::Value> {
    if (page_opening_->error()) return fail(*page_opening_->error());
    if (!page_) {
      return fail(admin::codes::kDisabled, "there is no administration page",
                  "set listen = 127.0.0.1:9780 in [admin], then: starface-teams-agent reload");
    }
    Result<std::string> link = page_->new_link();
    if (!link) return fail(link.error());
    Json::Value json(Json::objectValue);
    json["link"] = *link;
    return json;
  });
}

void Daemon::ask_status(const std::function<void(Json::Value)>& answer) {
  pbx_->ask([this, answer](const std::optional<Error>& problem) {
    answer(to_json(status(problem), std::chrono::system_clock::now()));
  });
}

}  // namespace sfteams::agent
