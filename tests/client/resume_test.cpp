// A client whose way to the agent breaks gets its session back: calls and events go on.

#include <catch2/catch.hpp>

#include "base/json/json.h"
#include "client/codes.h"
#include "tests/client/scripted_connector.h"
#include "tunnel/codes.h"

namespace sfteams::client {
namespace {

using test::ScriptedConnector;
using tunnel::FrameType;
using tunnel::WireCode;

constexpr const char* kEvent = R"({"jsonrpc":"2.0","method":"ucp.v30.events.call.x","params":[]})";

struct ResumeFixture {
  ResumeFixture() {
    connector.window = 60;
    connector.open();
  }

  void call() {
    connector.client->call("ucp.v30.requests.phone.getPhoneIds", Json::Value(),
                           transport::Duration(0), [this](Result<Json::Value> answer) {
                             ++answers;
                             result = std::move(answer);
                           });
  }
  void sign_in() {
    connector.client->login("1001", crypto::Secret::from_text("x"), transport::Duration(0),
                            [this](Result<Json::Value> answer) { signed_in = answer.has_value(); });
    connector.tell(answer_to(connector.request()));
    connector.world().until([this] { return signed_in; });
  }
  static std::string answer_to(const std::string& request) {
    return R"({"jsonrpc":"2.0","id":)" + json::write((*json::parse(request))["id"]) +
           R"(,"result":"well"})";
  }
  void lose() {
    connector.lose();
    connector.world().until([this] { return connector.listener.interrupted == 1; });
  }

  ScriptedConnector connector;
  bool signed_in = false;
  int answers = 0;
  Result<Json::Value> result = fail(Code{"test.not-called"}, "not called");
};

}  // namespace

TEST_CASE_METHOD(ResumeFixture,
                 "an answer that was under way when the connection broke comes later, once") {
  call();
  const std::string request = connector.request();
  lose();
  CHECK(connector.listener.window == std::chrono::seconds(60));
  connector.keep(kEvent);
  connector.keep(answer_to(request));
  connector.come_back();
  connector.world().until([this] { return answers == 1; });
  REQUIRE(result);
  CHECK(*result == "well");
  CHECK(connector.listener.notifications.size() == 1);
  CHECK_FALSE(connector.listener.closed);
  connector.tell(kEvent);
  connector.world().until([this] { return connector.listener.notifications.size() == 2; });
}

TEST_CASE_METHOD(ResumeFixture,
                 "a call made while the connection is broken is carried out after it") {
  lose();
  call();
  CHECK(answers == 0);
  connector.come_back();
  connector.tell(answer_to(connector.request()));
  connector.world().until([this] { return answers == 1; });
  CHECK(result);
}

TEST_CASE_METHOD(ResumeFixture, "a session is got back as often as it takes") {
  for (int i = 1; i <= 3; ++i) {
    connector.lose();
    connector.world().until([&] { return connector.listener.interrupted == i; });
    connector.keep(kEvent);
    connector.come_back();
    connector.world().until(
        [&] { return connector.listener.notifications.size() == static_cast<std::size_t>(i); });
  }
}

TEST_CASE_METHOD(ResumeFixture, "an agent that is not back yet is waited for") {
  const WireCode code = GENERATE(WireCode::pbx_offline, WireCode::try_again_later,
                                 WireCode::shutting_down, WireCode::too_many_streams);
  lose();
  connector.await_client();
  connector.refuse({code, 0, ""});
  connector.come_back();
  CHECK(connector.listener.interrupted == 1);
  CHECK_FALSE(connector.listener.closed);
}

TEST_CASE_METHOD(ResumeFixture, "what no other try would mend ends the session") {
  const WireCode code =
      GENERATE(WireCode::admission_refused, WireCode::version_unsupported, WireCode::key_revoked);
  call();
  lose();
  connector.await_client();
  connector.refuse({code, 0, ""});
  CHECK(connector.ending() == tunnel::code_of(code).id);
  CHECK(answers == 1);
  CHECK_FALSE(result);
}

TEST_CASE_METHOD(ResumeFixture,
                 "a session that the agent does not know any more ends with its reason") {
  sign_in();
  call();
  (void)connector.request();
  lose();
  connector.forget();
  connector.admit_again();
  CHECK(connector.ending() == "tunnel.session-unknown");
  CHECK(answers == 1);
}

TEST_CASE_METHOD(ResumeFixture,
                 "where nobody had signed in, another session takes the old one's place") {
  call();
  const std::string received = connector.request();
  // It brings the acknowledgement.
  connector.tell(kEvent);
  connector.world().until([this] { return connector.listener.notifications.size() == 1; });
  lose();
  Result<Json::Value> info = fail(Code{"test.not-called"}, "not called");
  connector.client->call("system.info", Json::Value(), transport::Duration(0),
                         [&info](Result<Json::Value> answer) { info = std::move(answer); });
  connector.forget();
  connector.admit_again();
  connector.open_another();
  connector.world().until([this] { return connector.listener.resumed == 1; });
  // What the agent had received is lost with the old session; what it had not is asked again.
  CHECK(answers == 1);
  CHECK(result.error().code.id == "client.session-lost");
  connector.tell(answer_to(connector.request()));
  connector.world().until([&info] { return info.has_value(); });
  CHECK(*info == "well");
  CHECK_FALSE(connector.listener.closed);
}

TEST_CASE_METHOD(ResumeFixture, "another session in the old one's place is asked for once") {
  lose();
  connector.forget();
  connector.admit_again();
  connector.await_client();
  connector.refuse({WireCode::session_unknown, 0, ""});
  CHECK(connector.ending() == "tunnel.session-unknown");
}

TEST_CASE_METHOD(ResumeFixture, "an error for nobody fails the only call that it can be for") {
  call();
  (void)connector.request();
  const std::string refusal = R"({"jsonrpc":"2.0","id":null,"error":{"code":-32600,)"
                              R"("message":"no call","data":{"code":"rpc.invalid-request"}}})";
  connector.tell(refusal);
  connector.world().until([this] { return answers == 1; });
  CHECK(result.error().code.id == "rpc.invalid-request");
  // With two it is not known which; both answers come.
  call();
  call();
  const std::string first = connector.request();
  const std::string second = connector.request();
  connector.tell(refusal);
  connector.tell(answer_to(first));
  connector.tell(answer_to(second));
  connector.world().until([this] { return answers == 3; });
  CHECK(result);
}

TEST_CASE("a session that is not got back in time is lost, and its calls fail") {
  ScriptedConnector connector;
  connector.window = 1;
  connector.open();
  int answers = 0;
  connector.client->call("system.info", Json::Value(), transport::Duration(0),
                         [&answers](const Result<Json::Value>&) { ++answers; });
  connector.lose();
  CHECK(connector.ending() == "client.session-lost");
  CHECK(answers == 1);
}

TEST_CASE("where the agent keeps no sessions, a broken connection is the end") {
  ScriptedConnector connector;
  connector.open();
  connector.lose();
  CHECK(connector.ending() == "client.connection-lost");
  CHECK(connector.listener.interrupted == 0);
}

TEST_CASE_METHOD(ResumeFixture, "closing while the connection is broken ends at once") {
  lose();
  connector.client->close();
  CHECK(connector.listener.closed);
  connector.client.reset();
}

TEST_CASE_METHOD(ResumeFixture,
                 "a stream that ends without a word of the agent interrupts the session") {
  const WireCode code = GENERATE(WireCode::pbx_offline, WireCode::normal, WireCode::timeout);
  connector.frame(FrameType::close, 1, tunnel::encode_close(code, ""));
  lose();
  connector.come_back();
  CHECK_FALSE(connector.listener.closed);
}

TEST_CASE_METHOD(ResumeFixture, "a stream that ends because the session did is the end") {
  const WireCode code = GENERATE(WireCode::replaced, WireCode::too_slow, WireCode::key_revoked,
                                 WireCode::session_ended, WireCode::handshake_failed);
  connector.frame(FrameType::close, 1, tunnel::encode_close(code, ""));
  CHECK(connector.ending() == tunnel::code_of(code).id);
  CHECK(connector.listener.interrupted == 0);
}

}  // namespace sfteams::client
