#include "simulator/events.h"

#include <array>
#include <utility>

#include <fmt/format.h>

#include "simulator/summary.h"
#include "uci/xmlrpc.h"

namespace sfteams::simulator {
namespace {

constexpr std::string_view kV20Connection = "ucp.v20.client.connection";

std::string reset_event(Dialect dialect) {
  if (dialect == Dialect::v20) return fmt::format("{}.reset", kV20Connection);
  // Not published; named like the events that are.
  return fmt::format("ucp.{}.events.connection.reset", to_string(dialect));
}

}  // namespace

std::string call_events(Dialect dialect) {
  if (dialect == Dialect::v20) return "ucp.v20.client.communication.call";
  return fmt::format("ucp.{}.events.call", to_string(dialect));
}

std::vector<std::string> provided_events(Dialect dialect) {
  if (dialect == Dialect::v20) return {call_events(dialect), std::string(kV20Connection)};
  return {call_events(dialect)};
}

Events::Events(const Options& options, Logins& logins, Outbox& outbox, WallClock wall)
    : options_(options), logins_(logins), outbox_(outbox), wall_(std::move(wall)) {}

void Events::call_state(const Leg& leg) {
  for (const Dialect dialect : kDialects) {
    const std::string service = call_events(dialect);
    std::string body;
    for (const auto& login : logins_.of(*leg.owner)) {
      if (!login->callback || !login->wants(service) || !logins_.alive(*login)) continue;
      const std::string method = service + ".receiveCallState";
      if (body.empty()) {
        const uci::Value call = Wire(options_, dialect).call_event(leg, wall_());
        const Result<std::string> text = uci::write_call(method, {&call, 1});
        if (!text) return;  // a name that XML cannot carry; the users' file allows none
        body = *text;
      }
      outbox_.send(*login, {method, fmt::format("{} {}", leg.id, to_string(leg.state)), body});
    }
  }
}

void Events::reset(const Login& login) {
  if (options_.reset_event == ResetEvent::none) return;
  for (const Dialect dialect : kDialects) {
    const bool old = dialect == Dialect::v20;
    if (!old && options_.reset_event == ResetEvent::v20) continue;
    const bool wanted = login.wants(call_events(dialect)) || (old && login.wants(kV20Connection));
    if (!wanted) continue;
    const std::string method = reset_event(dialect);
    if (const Result<std::string> body = uci::write_call(method, {})) {
      outbox_.send(login, {method, "", *body});
    }
  }
}

Result<std::size_t> Events::send(const User& user, const std::string& method,
                                 const uci::Array& params) {
  const Result<std::string> body = uci::write_call(method, params);
  if (!body) return fail(body.error());
  std::size_t sent = 0;
  for (const auto& login : logins_.of(user)) {
    if (!login->callback || !logins_.alive(*login)) continue;
    outbox_.send(*login, {method, summarise(params), *body});
    ++sent;
  }
  return sent;
}

}  // namespace sfteams::simulator
