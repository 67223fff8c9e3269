#include <catch2/catch.hpp>

#include "base/json/json.h"
#include "client/codes.h"
#include "tests/client/scripted_connector.h"
#include "tests/contains.h"
#include "transport/codes.h"
#include "tunnel/codes.h"
#include "tunnel/limits.h"

namespace sfteams::client {
namespace {

using test::ScriptedConnector;
using tunnel::FrameType;
using tunnel::WireCode;

/// One call and what came of it.
struct Call {
  explicit Call(ScriptedConnector& connector,
                transport::Duration timeout = transport::Duration(0)) {
    connector.client->call("ucp.v30.requests.phone.getPhoneIds", Json::Value(), timeout,
                           [this](Result<Json::Value> answer) {
                             ++times;
                             result = std::move(answer);
                           });
  }
  [[nodiscard]] std::string code() const {
    return result ? std::string() : std::string(result.error().code.id);
  }

  int times = 0;
  Result<Json::Value> result = fail(Code{"test.not-called"}, "not called");
};

std::string id_of(const std::string& request) {
  return json::write((*json::parse(request))["id"]);
}

std::string answer_to(const std::string& request, const std::string& result) {
  return R"({"jsonrpc":"2.0","id":)" + id_of(request) + R"(,"result":)" + result + "}";
}

}  // namespace

TEST_CASE("answers find their calls in any order") {
  ScriptedConnector connector;
  connector.open();
  Call first(connector);
  Call second(connector);
  const std::string one = connector.request();
  const std::string two = connector.request();
  CHECK(contains(one, "ucp.v30.requests.phone.getPhoneIds"));
  connector.tell(answer_to(two, "2"));
  connector.tell(answer_to(one, "1"));
  connector.world().until([&] { return first.times == 1 && second.times == 1; });
  CHECK(*first.result == 1);
  CHECK(*second.result == 2);
}

TEST_CASE("an event during a call is told, and the call goes on") {
  ScriptedConnector connector;
  connector.open();
  Call call(connector);
  const std::string request = connector.request();
  connector.tell(
      R"({"jsonrpc":"2.0","method":"ucp.v30.events.call.receiveCallState","params":[]})");
  connector.world().until([&] { return connector.listener.notifications.size() == 1; });
  CHECK(call.times == 0);
  connector.tell(answer_to(request, "true"));
  connector.world().until([&] { return call.times == 1; });
}

TEST_CASE("an error of the agent keeps its code") {
  ScriptedConnector connector;
  connector.open();
  Call call(connector);
  connector.tell(
      R"({"jsonrpc":"2.0","id":)" + id_of(connector.request()) +
      R"(,"error":{"code":-32000,"message":"no such phone","data":{"code":"uci.fault"}}})");
  connector.world().until([&] { return call.times == 1; });
  CHECK(call.code() == "uci.fault");
}

TEST_CASE("answers that belong to no call do no harm") {
  ScriptedConnector connector;
  connector.open();
  Call call(connector);
  const std::string request = connector.request();
  connector.tell(R"({"jsonrpc":"2.0","id":4711,"result":1})");
  connector.tell(R"({"jsonrpc":"2.0","id":"1","result":1})");
  connector.tell(answer_to(request, "\"right\""));
  connector.world().until([&] { return call.times == 1; });
  CHECK(*call.result == "right");
  connector.tell(answer_to(request, "\"twice\""));
  Call next(connector);
  connector.tell(answer_to(connector.request(), "\"next\""));
  connector.world().until([&] { return next.times == 1; });
  CHECK(call.times == 1);
  CHECK(*next.result == "next");
}

TEST_CASE("an answer after the call's timeout is dropped") {
  ScriptedConnector connector;
  connector.open();
  Call call(connector, transport::Duration(50));
  const std::string request = connector.request();
  connector.world().until([&] { return call.times == 1; });
  CHECK(call.code() == codes::kTimeout.id);
  connector.tell(answer_to(request, "\"late\""));
  Call next(connector);
  connector.tell(answer_to(connector.request(), "\"in time\""));
  connector.world().until([&] { return next.times == 1; });
  CHECK(call.times == 1);
}

TEST_CASE("an agent that does not speak JSON-RPC is left, and its calls fail") {
  const std::string said = GENERATE(as<std::string>(), "hello", "[]", R"([{"jsonrpc":"2.0"}])",
                                    R"({"jsonrpc":"1.0","id":1,"result":1})", "\"text\"",
                                    std::string(200, '[') + std::string(200, ']'), "\xff\xfe");
  ScriptedConnector connector;
  connector.open();
  Call call(connector);
  static_cast<void>(connector.request());
  connector.tell(said);
  CHECK(connector.ending() == codes::kProtocol.id);
  CHECK(call.times == 1);
  CHECK(call.code() == codes::kProtocol.id);
}

TEST_CASE("a packet that nobody with the key has sealed ends the session") {
  ScriptedConnector connector;
  connector.open();
  Call call(connector);
  static_cast<void>(connector.request());
  connector.frame(FrameType::data, tunnel::kClientStream, std::vector<std::uint8_t>(100, 0x42));
  CHECK(connector.ending() == tunnel::codes::kNoiseTampered.id);
  CHECK(call.times == 1);
}

TEST_CASE("who does not hold the key cannot play the agent") {
  ScriptedConnector connector;
  connector.admit();
  connector.frame(FrameType::data, tunnel::kClientStream,
                  std::vector<std::uint8_t>(tunnel::kHandshakePacket, 0x42));
  CHECK(connector.ending() == tunnel::codes::kHandshakeFailed.id);
  CHECK_FALSE(connector.listener.opened);
}

TEST_CASE("an answer of many packets comes whole, and its credit goes back") {
  ScriptedConnector connector;
  connector.open();
  Call call(connector);
  const std::string list(1'000'000, 'x');
  connector.tell(answer_to(connector.request(), '"' + list + '"'));
  connector.world().until([&] { return call.times == 1; });
  CHECK(*call.result == list);
  CHECK(connector.count(FrameType::window) >= list.size() / tunnel::kMaxCredit);
}

TEST_CASE("credit that was never spent is not taken") {
  ScriptedConnector connector;
  connector.open();
  SECTION("too much") {
    connector.frame(FrameType::window, tunnel::kClientStream, tunnel::encode_window(0xffff'ffff));
    CHECK(connector.ending() == tunnel::codes::kCreditOverflow.id);
  }
  SECTION("none") {
    connector.frame(FrameType::window, tunnel::kClientStream, tunnel::encode_window(0));
    CHECK(connector.ending() == tunnel::codes::kCreditZero.id);
  }
}

TEST_CASE("every way to lose the session ends the call under way, once") {
  ScriptedConnector connector;
  connector.open();
  Call call(connector);
  static_cast<void>(connector.request());
  std::string expected;
  SECTION("the agent goes away") {
    connector.frame(FrameType::close, tunnel::kClientStream,
                    tunnel::encode_close(WireCode::pbx_offline, "the tunnel broke"));
    expected = tunnel::codes::kPbxOffline.id;
  }
  SECTION("the key is revoked") {
    connector.frame(FrameType::close, tunnel::kClientStream,
                    tunnel::encode_close(WireCode::key_revoked, ""));
    expected = tunnel::codes::kKeyRevoked.id;
  }
  SECTION("the connector stops") {
    connector.refuse({WireCode::shutting_down, 2, ""});
    expected = tunnel::codes::kShuttingDown.id;
  }
  SECTION("the connection breaks") {
    connector.accepted.front()->websocket.reset();
    expected = codes::kConnectionLost.id;
  }
  SECTION("we close") {
    connector.client->close();
    connector.world().until([&] { return connector.listener.closed; });
    CHECK_FALSE(connector.listener.failure);
    expected = codes::kClosed.id;
  }
  connector.world().until([&] { return connector.listener.closed; });
  CHECK(call.times == 1);
  CHECK(call.code() == expected);
}

TEST_CASE("a client that is destroyed inside a callback touches nothing any more") {
  ScriptedConnector connector;
  connector.open();
  bool answered = false;
  connector.client->call("system.info", Json::Value(), transport::Duration(0),
                         [&](const Result<Json::Value>&) {
                           answered = true;
                           connector.client.reset();
                         });
  connector.tell(answer_to(connector.request(), "1"));
  connector.world().until([&] { return answered; });
  connector.world().until([&] { return connector.accepted.front()->closed.has_value(); });
  CHECK_FALSE(connector.listener.closed);
}

TEST_CASE("the password is in the session, and nowhere in what the connector sees") {
  ScriptedConnector connector;
  connector.open();
  connector.client->login("1001", crypto::Secret::from_text("Sesam-9471"), transport::Duration(0),
                          [](const Result<Json::Value>&) {});
  CHECK(contains(connector.request(), "Sesam-9471"));
  for (const std::string& message : connector.accepted.front()->messages)
    CHECK_FALSE(contains(message, "Sesam"));
}

}  // namespace sfteams::client
