#include "simulator/control.h"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "base/json/error_json.h"
#include "base/json/json.h"
#include "simulator/codes.h"
#include "simulator/control_body.h"
#include "simulator/switches.h"
#include "simulator/text.h"

namespace sfteams::simulator {
namespace {

constexpr std::size_t kMostJournalEntries = 100'000;  // of the journal, in one answer

/// The value of a parameter in "since=5&limit=10", or the default.
std::uint64_t number_in(std::string_view query, std::string_view name, std::uint64_t fallback) {
  while (!query.empty()) {
    const std::size_t ampersand = query.find('&');
    const std::string_view pair = query.substr(0, ampersand);
    query.remove_prefix(ampersand == std::string_view::npos ? query.size() : ampersand + 1);
    if (!pair.starts_with(name) || pair.substr(name.size(), 1) != "=") continue;
    const std::string_view text = pair.substr(name.size() + 1);
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc() && end == text.data() + text.size()) return number;
  }
  return fallback;
}

int status_of(const Error& error) {
  if (error.code == codes::kNotFound) return 404;
  return error.code == codes::kRefused ? 409 : 400;
}

Control::Answer failure(int status, const Error& error) {
  Json::Value body(Json::objectValue);
  body["error"] = json::error_json(error);
  return {status, json::write(body)};
}

/// {"user":"0011"}, or nullptr for {}: everybody.
Result<const User*> user_or_all(const Directory& directory, const Json::Value& body) {
  BodyReader reader(body);
  const std::string login = reader.text("user", "");
  if (auto finished = reader.finish(); !finished) return fail(finished.error());
  const User* const user = directory.by_login(login);
  if (!login.empty() && user == nullptr) {
    return fail(codes::kNotFound, fmt::format("there is no user {}", login));
  }
  return user;
}

}  // namespace

/// One path: what GET gives, or what POST does.
struct Control::Path {
  std::string_view name;
  Reading get = nullptr;
  Doing post = nullptr;
};

const Control::Path* Control::find(std::string_view path) {
  static constexpr std::array kPaths{
      Path{"/control/state", &Control::state},
      Path{"/control/journal", &Control::journal},
      Path{"/control/journal/clear", nullptr, &Control::clear_journal},
      Path{"/control/switches", &Control::switches, &Control::set_switches},
      Path{"/control/calls", &Control::calls},
      Path{"/control/incoming", nullptr, &Control::incoming},
      Path{"/control/answer", nullptr, &Control::answer},
      Path{"/control/hangup", nullptr, &Control::hang_up},
      Path{"/control/event", nullptr, &Control::send_event},
      Path{"/control/users/reset", nullptr, &Control::reset_users},
      Path{"/control/logins/end", nullptr, &Control::end_logins},
      Path{"/control/oauth/end", nullptr, &Control::end_tokens},
      Path{"/control/password", nullptr, &Control::change_password},
      Path{"/control/permissions", nullptr, &Control::set_permissions},
      Path{"/control/blacklist/clear", nullptr, &Control::clear_blacklist},
      Path{"/control/misbehave", nullptr, &Control::misbehave},
      Path{"/control/misbehave/clear", nullptr, &Control::clear_misbehaviours},
      Path{"/control/latency", nullptr, &Control::add_latency},
      Path{"/control/latency/clear", nullptr, &Control::clear_latencies},
  };
  for (const Path& one : kPaths) {
    if (one.name == path) return &one;
  }
  return nullptr;
}

Control::Answer Control::handle(std::string_view method, std::string_view path,
                                std::string_view query, std::string_view body) {
  const Path* const found = find(path);
  if (found == nullptr) {
    return failure(404, {codes::kNotFound, fmt::format("there is no {}", path),
                         "docs/simulator.md lists the paths"});
  }
  Result<Json::Value> result = Json::Value();
  if (method == "GET" && found->get != nullptr) {
    result = (this->*found->get)(query);
  } else if (method == "POST" && found->post != nullptr) {
    Result<Json::Value> parsed = body.empty() ? Json::Value(Json::objectValue) : json::parse(body);
    if (!parsed) return failure(400, parsed.error());
    if (!parsed->isObject()) {
      return failure(400, {codes::kBadRequest, "the body is no JSON object", {}});
    }
    result = (this->*found->post)(*parsed);
  } else {
    return failure(405, {codes::kBadRequest, fmt::format("{} does not take {}", path, method), {}});
  }
  if (!result) return failure(status_of(result.error()), result.error());
  return {200, json::write(*result)};
}

Result<Json::Value> Control::state(std::string_view /*query*/) {
  Json::Value state(Json::objectValue);
  state["simulator"] = true;
  state["version"] = pbx_.options().version;
  state["users"] = Json::UInt64(pbx_.directory().users().size());
  state["logins"] = Json::UInt64(pbx_.logins().count());
  state["calls"] = Json::UInt64(pbx_.switchboard().count());
  state["eventsWaiting"] = Json::UInt64(pbx_.outbox().waiting());
  state["ignoredAddresses"] = Json::Value(Json::arrayValue);
  for (const std::string& address : pbx_.blacklist().ignored(pbx_.now())) {
    state["ignoredAddresses"].append(address);
  }
  state["mostWrongTokens"] = Json::UInt64(pbx_.blacklist().most());
  state["counters"] = pbx_.journal().counters();
  state["counters"]["tokensLive"] = Json::UInt64(pbx_.tokens().live_access());
  state["counters"]["refreshTokensLive"] = Json::UInt64(pbx_.tokens().live_refresh());
  return state;
}

Result<Json::Value> Control::journal(std::string_view query) {
  const std::uint64_t since = number_in(query, "since", 0);
  const std::uint64_t limit = number_in(query, "limit", kMostJournalEntries);
  return pbx_.journal().report(since, std::min<std::uint64_t>(limit, kMostJournalEntries));
}

Result<Json::Value> Control::clear_journal(const Json::Value& /*body*/) {
  pbx_.journal().clear();
  return Json::Value(Json::objectValue);
}

Result<Json::Value> Control::switches(std::string_view /*query*/) {
  Json::Value all(Json::objectValue);
  for (const Switch& one : simulator::switches()) {
    all[std::string(one.name)] = one.access.get(pbx_.options());
  }
  return all;
}

/// All of them or none.
Result<Json::Value> Control::set_switches(const Json::Value& body) {
  Options changed = pbx_.options();
  Json::Value::Members names = body.getMemberNames();
  std::stable_partition(names.begin(), names.end(),
                        [](const std::string& name) { return name == kPresetSwitch; });
  for (const std::string& name : names) {
    const std::optional<std::string> text = switch_text(body[name]);
    if (!text) {
      return fail(codes::kBadSwitch,
                  fmt::format("the switch `{}` takes a text, a number or a boolean", name));
    }
    if (auto set = set_switch(changed, name, *text); !set) return fail(set.error());
  }
  pbx_.change(changed);
  return switches({});
}

Result<Json::Value> Control::reset_users(const Json::Value& /*body*/) {
  pbx_.extensions().reset();
  return Json::Value(Json::objectValue);
}

Result<Json::Value> Control::end_logins(const Json::Value& body) {
  const Result<const User*> user = user_or_all(pbx_.directory(), body);
  if (!user) return fail(user.error());
  Json::Value answer(Json::objectValue);
  answer["ended"] = Json::UInt64(pbx_.logins().end(*user));
  return answer;
}

Result<Json::Value> Control::end_tokens(const Json::Value& body) {
  const Result<const User*> user = user_or_all(pbx_.directory(), body);
  if (!user) return fail(user.error());
  Json::Value answer(Json::objectValue);
  answer["ended"] = Json::UInt64(pbx_.tokens().end(*user));
  return answer;
}

Result<Json::Value> Control::change_password(const Json::Value& body) {
  BodyReader reader(body);
  const std::string login = reader.required("user");
  const std::string password = reader.required("password");
  if (auto finished = reader.finish(); !finished) return fail(finished.error());
  const User* const user = pbx_.directory().by_login(login);
  if (user == nullptr) return fail(codes::kNotFound, fmt::format("there is no user {}", login));
  pbx_.change_password(*user, crypto::Secret::from_text(password));
  return Json::Value(Json::objectValue);
}

Result<Json::Value> Control::set_permissions(const Json::Value& body) {
  BodyReader reader(body);
  const std::string login = reader.required("user");
  const std::string permissions = reader.text("permissions", "");
  if (auto finished = reader.finish(); !finished) return fail(finished.error());
  const User* const user = pbx_.directory().by_login(login);
  if (user == nullptr) return fail(codes::kNotFound, fmt::format("there is no user {}", login));
  pbx_.set_permissions(*user, split_list(permissions));
  return Json::Value(Json::objectValue);
}

Result<Json::Value> Control::clear_blacklist(const Json::Value& /*body*/) {
  pbx_.blacklist().clear();
  return Json::Value(Json::objectValue);
}

}  // namespace sfteams::simulator
