#include "tests/simulator/house.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "base/json/json.h"
#include "base/settings/ini.h"

namespace sfteams::simulator::test {
namespace {

constexpr std::string_view kUsers = R"(
[user-0011]
password = Geheim
name = Alice Adler
phones = SIP/alice.desk, SIP/alice.app
[user-0012]
password = Geheim
name = Bob Brandt
display-numbers = 0012, 004972112345
[user-0013]
password = Geheim
name = Carol Conrad
permissions = UCC Premium
answer-time = 100
[user-0014]
password = Geheim
name = Dora Dietz
rights = calls
[user-0015]
password = Geheim
name = Emil Ernst
rights = uci
[user-0016]
password = Geheim
name = Finn Frank
rights = oauth
[group-sales]
name = Sales
numbers = 0100
members = 0011, 0012
)";

Directory users() {
  const auto ini = settings::Ini::parse(kUsers, "users.ini");
  REQUIRE(ini);
  settings::Reader reader(*ini);
  auto directory = Directory::read(*ini, reader);
  REQUIRE(directory);
  REQUIRE(reader.finish());
  return std::move(*directory);
}

Options options_with(const std::vector<std::string>& switches) {
  Options options;
  for (const std::string& one : switches)
    REQUIRE(set_switch(options, one));
  return options;
}

/// 2026-11-23T10:00:00Z when the test begins.
WallClock wall(const FakeScheduler& scheduler) {
  using std::chrono::milliseconds;
  const WallTime start{milliseconds(1'795'428'000'000)};
  return [&scheduler, start, begin = scheduler.now()] {
    return start + std::chrono::duration_cast<milliseconds>(scheduler.now() - begin);
  };
}

IdSource numbered_ids() {
  return [number = 0]() mutable { return fmt::format("id-{}", ++number); };
}

}  // namespace

House::House(const std::vector<std::string>& switches)
    : http(scheduler),
      pbx(users(), options_with(switches), Rules(),
          {scheduler, http, wall(scheduler), numbered_ids()}),
      control_port(pbx) {}

void House::set(std::string_view assignment) {
  Options options = pbx.options();
  REQUIRE(set_switch(options, assignment));
  pbx.change(options);
}

Reply House::post(std::string_view query, std::string_view body, std::string_view address) {
  return pbx.handle({query, body, address});
}

Json::Value House::control(std::string_view method, std::string_view path, std::string_view body,
                           int status) {
  const std::size_t mark = path.find('?');
  const std::string_view query =
      mark == std::string_view::npos ? std::string_view() : path.substr(mark + 1);
  const Control::Answer answer = control_port.handle(method, path.substr(0, mark), query, body);
  CAPTURE(answer.body);
  REQUIRE(answer.status == status);
  const auto json = json::parse(answer.body);
  REQUIRE(json);
  return *json;
}

Client::Client(House& house, std::string user, std::string dialect, std::string_view password,
               uci::TokenKind kind)
    : house_(house), user_(std::move(user)), dialect_(std::move(dialect)) {
  const auto token = uci::make_token(kind, user_, crypto::Secret::from_text(password));
  query = "de.vertico.starface.auth=" + std::string(token.text());
}

Client& Client::with_callback(int own_port, std::string path) {
  query += fmt::format(
      "&de.vertico.starface.callback.type=http&de.vertico.starface.callback.host=127.0.0.1"
      "&de.vertico.starface.callback.port={}&de.vertico.starface.callback.path={}",
      own_port, path);
  return *this;
}

Client& Client::naming_user() {
  query += "&de.vertico.starface.user=" + user_;
  return *this;
}

std::string Client::full_name(std::string_view method) const {
  if (method.starts_with("ucp.") || method.starts_with("simulator.")) return std::string(method);
  if (dialect_ != "v20") return fmt::format("ucp.{}.requests.{}", dialect_, method);
  const bool call = method.starts_with("call.");
  return fmt::format("ucp.v20.server.{}{}", call ? "communication." : "", method);
}

Reply Client::post(std::string_view method, const uci::Array& params) {
  const auto body = uci::write_call(full_name(method), params);
  REQUIRE(body);
  return house_.post(query, *body, address);
}

uci::Response Client::ask(std::string_view method, const uci::Array& params) {
  const Reply reply = post(method, params);
  REQUIRE(reply.way == Reply::Way::answer);
  REQUIRE(reply.status == 200);
  auto response = uci::parse_response(reply.body);
  CAPTURE(reply.body);
  REQUIRE(response);
  return *response;
}

uci::Value Client::get(std::string_view method, const uci::Array& params) {
  uci::Response response = ask(method, params);
  if (const auto* fault = std::get_if<uci::Fault>(&response)) FAIL(fault->text);
  return std::get<uci::Value>(response);
}

std::string Client::fault(std::string_view method, const uci::Array& params) {
  const uci::Response response = ask(method, params);
  const auto* fault = std::get_if<uci::Fault>(&response);
  return fault == nullptr ? std::string() : fault->text;
}

bool Client::yes(std::string_view method, const uci::Array& params) {
  const uci::Value value = get(method, params);
  REQUIRE(value.as_bool() != nullptr);
  return *value.as_bool();
}

std::string Client::text(std::string_view method, const uci::Array& params) {
  const uci::Value value = get(method, params);
  REQUIRE(value.as_string() != nullptr);
  return *value.as_string();
}

Client& Client::join() {
  REQUIRE(yes("connection.login"));
  if (dialect_ == "v20") {
    const uci::Array services{"ucp.v20.client.communication.call", "ucp.v20.client.connection"};
    REQUIRE(yes("connection.setProvidedServices", {uci::Value(services)}));
  } else {
    REQUIRE(yes("service.subscribeEvents", {fmt::format("ucp.{}.events.call", dialect_)}));
  }
  return *this;
}

std::vector<uci::Value> event_structs(const House& house, int port) {
  const std::string start = fmt::format("http://127.0.0.1:{}/", port);
  std::vector<uci::Value> structs;
  for (const FakeHttp::Sent& sent : house.http.sent) {
    if (!sent.url.starts_with(start)) continue;
    const auto call = uci::parse_call(sent.body);
    REQUIRE(call);
    if (!call->method.ends_with("receiveCallState")) continue;
    REQUIRE(call->params.size() == 1);
    structs.push_back(call->params.front());
  }
  return structs;
}

std::vector<std::string> call_events(const House& house, int port) {
  std::vector<std::string> events;
  for (const uci::Value& call : event_structs(house, port)) {
    events.push_back(fmt::format("{} {}>{}", member(call, "state"), member(call, "callerNumber"),
                                 member(call, "calledNumber")));
  }
  return events;
}

std::string member(const uci::Value& value, std::string_view name) {
  const uci::Value* found = value.find(name);
  if (found == nullptr || found->as_string() == nullptr) return {};
  return *found->as_string();
}

}  // namespace sfteams::simulator::test
