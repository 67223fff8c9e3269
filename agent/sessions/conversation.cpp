#include "agent/sessions/conversation.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "agent/licensing/codes.h"
#include "agent/pbx/codes.h"
#include "agent/sessions/codes.h"
#include "base/error/counted.h"
#include "base/json/error_json.h"
#include "base/json/values.h"
#include "base/log/log.h"
#include "uci/codes.h"
#include "uci/json_mapping.h"

namespace sfteams::agent {
namespace {

namespace rpc = json::rpc;

constexpr json::Limits kLimits{.bytes = 262'144, .depth = 32};
/// Of one message; the largest calls of UCI have some hundreds.
constexpr std::size_t kMostValues = 16'384;

bool has_params(const rpc::Request& request) {
  return !request.params.empty();
}

/// Whether the PBX had its part in how long the answer took.
bool passed_by_pbx(const Result<uci::Value>& answer) {
  if (answer) return true;
  const std::array codes{uci::codes::kFault, uci::codes::kAccessRefused, uci::codes::kTimeout,
                         uci::codes::kBrokenReply, uci::codes::kPbxError};
  return std::ranges::find(codes, answer.error().code) != codes.end();
}

Error takes_none(const std::string& method) {
  return {rpc::codes::kInvalidParams, method + " takes no parameters", {}};
}

}  // namespace

Conversation::Conversation(const ConversationSetup& setup, Speaker& speaker)
    : setup_(setup), speaker_(speaker) {}

void Conversation::on_opened(const Opening& opening) {
  log::debug("session", "a client has connected: {}", opening.software);
  software_ = opening.software;
  key_ = opening.key;
  handshake_hash_ = opening.handshake_hash;
  expect_login();
}

void Conversation::on_message(std::string_view text) {
  if (const Result<void> few = json::check_values(text, kMostValues); !few) {
    return refuse({}, few.error());
  }
  tl::expected<rpc::Incoming, rpc::Refusal> incoming = rpc::read(text, kLimits);
  if (!incoming) return refuse_message(incoming.error().id, incoming.error().error);
  if (auto* request = std::get_if<rpc::Request>(&*incoming)) return dispatch(std::move(*request));
  if (std::holds_alternative<rpc::Notification>(*incoming)) {
    return refuse({}, {rpc::codes::kNotification, "a call without an id is not carried out",
                       "give every call an id"});
  }
  refuse({},
         {rpc::codes::kInvalidRequest, "the agent has asked nothing, so it takes no answer", {}});
}

void Conversation::on_abandoned() {
  login_.reset();
  login_deadline_.reset();
  if (const std::unique_ptr<Newcomer> newcomer = std::move(newcomer_)) newcomer->seat->sign_out();
  if (!seat_) return;
  // It had its time to come back, as a session: the PBX need not wait once more.
  seat_->sign_out();
  seat_.reset();
  permit_.reset();
  device_.reset();
  for (std::size_t calls = open_calls_.size(); calls > 0; --calls)
    setup_.counts->calls.add(codes::kSignedOut.id);
  open_calls_.clear();
}

void Conversation::dispatch(Request request) {
  log::trace("session", "call {}", request.method);
  if (is_under_way(request.id)) {
    return refuse_message(request.id, {rpc::codes::kInvalidRequest,
                                       "a call came under the id of one that is still under way",
                                       "count the ids up"});
  }
  if (request.method == "session.login") return login(request);
  if (request.method == "session.ticket") return make_ticket(request);
  if (request.method == "session.logout") return logout(request);
  if (request.method == "system.info") return info(request);
  if (request.method == "license.list") return list_seats(request);
  if (request.method == "license.revoke") return revoke_seat(request);
  if (request.method == "contacts.search") return search_contacts(request);
  if (request.method == "users.me") return tell_me(request);
  if (request.method == "users.list") return list_users(request);
  if (request.method == "users.avatar") return show_avatar(request);
  if (is_uci_request(request.method)) return call(request);
  refuse(request.id, {rpc::codes::kMethodNotFound,
                      "there is no such method; UCI calls are named ucp.vNN.requests.…",
                      {}});
}

void Conversation::info(const Request& request) {
  if (has_params(request)) return refuse(request.id, takes_none(request.method));
  Json::Value result(Json::objectValue);
  result["system"] = setup_.rules.system_name;
  result["software"] = setup_.software;
  const Result<Accounts*> accounts = setup_.accounts();
  result["uci"]["enabled"] = accounts || accounts.error().code != codes::kUciDisabled;
  result["uci"]["version"] = std::string(uci::to_string(setup_.rules.uci_version));
  result["signedIn"] = seat_ != nullptr;
  answer(request.id, result);
}

bool Conversation::is_administrator(const Request& request) {
  if (!seat_) {
    refuse(request.id, {codes::kNotSignedIn, "nobody is signed in on this session",
                        "call session.login first"});
    return false;
  }
  if (setup_.seats == nullptr || !setup_.rules.administrators.contains(user_)) {
    refuse(request.id, {codes::kNotAdministrator, "this user may not see or withdraw seats",
                        "the user would have to be named in [license] administrators"});
    return false;
  }
  return true;
}

void Conversation::list_seats(const Request& request) {
  if (has_params(request)) return refuse(request.id, takes_none(request.method));
  if (!is_administrator(request)) return;
  setup_.seats->bring_up_to_date();
  answer(request.id, seats_json(*setup_.seats));
}

void Conversation::revoke_seat(const Request& request) {
  const auto user = json::string_member(request.params, "user");
  if (!user || request.params.size() != 1) {
    return refuse(request.id,
                  {rpc::codes::kInvalidParams, "license.revoke takes {\"user\": …}", {}});
  }
  if (!is_administrator(request)) return;
  // Answered first: it may be this session's own seat.
  const std::string name(*user);
  const auto holders = setup_.seats->holders();
  const bool holds = std::ranges::find(holders, name, &Seats::Holder::user) != holders.end();
  if (!holds) {
    return refuse(request.id,
                  {codes::kNoSuchHolder, "that user holds no seat", "license.list shows who does"});
  }
  log::info("license", "{} withdraws the seat of {}", user_, name);
  answer(request.id, true);
  setup_.seats->withdraw(name, seat_withdrawn());
}

void Conversation::on_withdrawn(const Error& error) {
  if (!seat_) return;
  seat_->sign_out();
  on_signed_out(error);
}

bool Conversation::may_call(const Request& request) {
  if (!seat_) {
    refuse_call(request.id, {codes::kNotSignedIn, "nobody is signed in on this session",
                             "call session.login first"});
    return false;
  }
  if (open_calls_.size() >= setup_.rules.max_calls) {
    refuse_call(request.id, {codes::kTooManyCalls,
                             "no more than " + counted(setup_.rules.max_calls, "call") +
                                 " of a session may be under way",
                             "wait for answers before calling again"});
    return false;
  }
  return true;
}

void Conversation::call(const Request& request) {
  if (!setup_.rules.filter.allows(request.method)) {
    return refuse_call(request.id, {codes::kMethodNotAllowed,
                                    "the administrator of this system does not let this call pass",
                                    "it would have to be named in [uci] allow"});
  }
  if (!may_call(request)) return;
  const Result<uci::Array> params = uci::params_from_json(request.params);
  if (!params) return refuse_call(request.id, params.error());
  open_calls_.insert(json::write(request.id));
  seat_->call(request.method, *params,
              [this, id = request.id, called = setup_.scheduler.now()](
                  const Result<uci::Value>& value) { on_answer(id, called, value); },
              {[id = request.id](const uci::Value& value) {
                 return rpc::write_result(id, uci::to_json(value));
               },
               [this, id = request.id, called = setup_.scheduler.now()](const std::string& text) {
                 on_large_answer(id, called, text);
               }});
}

void Conversation::on_answer(const Json::Value& id, transport::TimePoint called,
                             const Result<uci::Value>& value) {
  if (open_calls_.erase(json::write(id)) == 0) return;
  if (passed_by_pbx(value)) count_time(called);
  if (!value) return refuse_call(id, value.error());
  setup_.counts->calls.add("ok");
  answer(id, uci::to_json(*value));
}

void Conversation::on_large_answer(const Json::Value& id, transport::TimePoint called,
                                   std::string_view text) {
  if (open_calls_.erase(json::write(id)) == 0) return;
  count_time(called);
  setup_.counts->calls.add("ok");
  say_answer(id, text);
}

void Conversation::count_time(transport::TimePoint called) {
  const std::chrono::duration<double> took = setup_.scheduler.now() - called;
  setup_.counts->call_seconds.observe(took.count());
}

void Conversation::refuse_call(const Json::Value& id, const Error& error) {
  setup_.counts->calls.add(error.code.id);
  refuse(id, error);
}

void Conversation::give_up_calls(const Error& error) {
  for (const std::string& id : std::exchange(open_calls_, {}))
    refuse_call(json::parse(id).value_or(Json::Value()), error);
}

void Conversation::on_event(const std::string& notification) {
  // Nobody is signed in yet, as far as the client knows.
  if (newcomer_) return;
  ++setup_.counts->events;
  if (speaker_.say(notification)) return;
  log::warn("session", Error{codes::kEventTooLarge,
                             fmt::format("an event of {} is larger than a client can be sent; the "
                                         "client learns that it has missed something",
                                         counted(notification.size(), "byte")),
                             {}});
  on_pbx(true);
}

void Conversation::notify(const std::string& notification) {
  (void)speaker_.say(notification);
}

void Conversation::on_pbx(bool connected) {
  if (newcomer_) {
    newcomer_->pbx = connected;
    return;
  }
  Json::Value params(Json::objectValue);
  params["connected"] = connected;
  notify(rpc::write_notification("session.pbx", params));
}

void Conversation::on_signed_out(const Error& error) {
  if (newcomer_) return refuse_newcomer(error);
  seat_.reset();
  permit_.reset();
  device_.reset();
  speaker_.on_sign_in(SignIn::none, {});
  give_up_calls(error);
  notify(rpc::write_notification("session.signedOut", json::error_json(error)));
  expect_login();
}

void Conversation::answer(const Json::Value& id, const Json::Value& result) {
  say_answer(id, rpc::write_result(id, result));
}

void Conversation::say_answer(const Json::Value& id, std::string_view text) {
  if (speaker_.say(text)) return;
  refuse(id, {codes::kAnswerTooLarge, "the answer is larger than a message may be",
              "ask for less at once"});
}

void Conversation::refuse(const Json::Value& id, const Error& error) {
  (void)speaker_.say(rpc::write_error(id, error));
}

void Conversation::refuse_message(const Json::Value& id, const Error& error) {
  refuse(is_under_way(id) ? Json::Value() : id, error);
}

bool Conversation::is_under_way(const Json::Value& id) const {
  const std::string text = json::write(id);
  return open_calls_.contains(text) || (is_signing_in() && json::write(login_id_) == text);
}

void Conversation::expect_login() {
  login_deadline_ = setup_.scheduler.after(setup_.rules.login_timeout, [this] {
    if (is_signing_in()) return expect_login();
    speaker_.end(tunnel::WireCode::timeout, "nobody signed in");
  });
}

}  // namespace sfteams::agent
