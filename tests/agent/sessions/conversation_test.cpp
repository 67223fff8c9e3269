#include "agent/sessions/conversation.h"

#include <catch2/catch.hpp>

#include "agent/pbx/codes.h"
#include "base/json/json.h"
#include "tests/agent/pbx/fake_pbx.h"
#include "tests/contains.h"
#include "tests/fake_background.h"
#include "tests/seed.h"
#include "uci/codes.h"

namespace sfteams::agent {
namespace {

using namespace std::chrono_literals;

/// What nearly every conversation begins with, for the fuzzer.
const std::string kSignIn =
    R"({"jsonrpc":"2.0","id":1,"method":"session.login","params":{"user":"1001","password":"S3cret"}})"
    "\n";

/// The client's ear.
struct Ear final : Speaker {
  bool say(std::string_view text) override {
    if (text.size() > most) return false;
    heard.push_back(*json::parse(text));
    texts += text;
    return true;
  }
  void end(tunnel::WireCode code, std::string_view) override { ended = code; }
  void on_sign_in(SignIn state, std::string_view user) override {
    sign_in = state;
    signed_in = user;
  }

  std::size_t most = 4 * 1024 * 1024;
  std::vector<Json::Value> heard;
  std::string texts;
  std::optional<tunnel::WireCode> ended;
  SignIn sign_in = SignIn::none;
  std::string signed_in;
};

struct ConversationFixture {
  explicit ConversationFixture(bool uci_enabled = true)
      : setup{"starface-teams-agent/test",
              scheduler,
              [this, uci_enabled]() -> Result<Accounts*> {
                if (!uci_enabled) return fail(codes::kUciDisabled, "off");
                return &accounts;
              },
              {"pbx.example.com", uci::Version::v30,
               MethodFilter::create({"ucp.v*.requests.*"}).value(), 4, 60s}} {
    conversation->on_opened({"test/1"});
  }

  FakeScheduler scheduler;
  FakeAccess access{scheduler};
  LoginGuard guard{{}, crypto::Secret(32)};
  Accounts accounts{{access, scheduler, guard, 10s}};
  ConversationSetup setup;
  Ear ear;
  std::unique_ptr<Conversation> conversation = std::make_unique<Conversation>(setup, ear);

  void say(const std::string& text) {
    sfteams::test::keep_seed("jsonrpc", kSignIn + text + "\n");
    conversation->on_message(text);
    scheduler.turn();
  }
  void call(int id, const std::string& method, const std::string& params = "[]") {
    say(R"({"jsonrpc":"2.0","id":)" + std::to_string(id) + R"(,"method":")" + method +
        R"(","params":)" + params + "}");
  }
  void sign_in(int id = 1) {
    call(id, "session.login", R"({"user":"1001","password":"S3cret"})");
    access.accept(access.opened.size() - 1);
    REQUIRE(last()["result"]["user"] == "1001");
  }
  [[nodiscard]] const Json::Value& last() const { return ear.heard.back(); }
  /// The code of the last answer's error.
  [[nodiscard]] std::string refusal() const { return last()["error"]["data"]["code"].asString(); }
};

struct WithoutUci : ConversationFixture {
  WithoutUci() : ConversationFixture(false) {}
};

TEST_CASE_METHOD(ConversationFixture, "a user signs in, and learns what was subscribed") {
  call(7, "session.login", R"({"user":"1001","password":"S3cret"})");
  CHECK(ear.heard.empty());
  access.accept(0);
  CHECK(json::write(last()) == R"({"id":7,"jsonrpc":"2.0","result":{"serverVersion":"10.0.1.6",)"
                               R"("services":["ucp.v30.events.call"],"user":"1001"}})");
}

TEST_CASE_METHOD(
    ConversationFixture,
    "a refused login is told with its code, and may be repeated with another password") {
  call(1, "session.login", R"({"user":"1001","password":"wrong"})");
  access.refuse(0);
  CHECK(refusal() == "uci.login-refused");
  CHECK(last()["id"] == 1);
  call(2, "session.login", R"({"user":"1001","password":"S3cret"})");
  access.accept(1);
  CHECK(last()["result"]["user"] == "1001");
}

TEST_CASE_METHOD(ConversationFixture, "at a wrong address of the PBX no password is called wrong") {
  std::optional<Error> wrong =
      Error{uci::codes::kRedirectedToHttps, "it redirects", "write https://"};
  setup.wrong_address = [&wrong] { return wrong; };
  for (int id = 1; id < 6; ++id) {
    // The guard, too, says only what the address is to blame for.
    call(id, "session.login", R"({"user":"1001","password":"right)" + std::to_string(id) + "\"}");
    if (static_cast<std::size_t>(id) == access.opened.size())
      access.refuse(access.opened.size() - 1);
    CHECK(refusal() == "uci.redirected-to-https");
    CHECK(
        contains(last()["error"]["message"].asString(), "wrong address of the PBX: it redirects"));
    CHECK(last()["error"]["data"]["hint"].asString().ends_with("write https://"));
  }
  wrong.reset();
  call(6, "session.login", R"({"user":"1001","password":"right1"})");
  CHECK(refusal() == "uci.login-refused");
}

TEST_CASE_METHOD(ConversationFixture,
                 "a login with other parameters is refused without asking the PBX") {
  const char* params =
      GENERATE("[]", "{}", R"(["1001","x"])", R"({"user":"1001"})", R"({"password":"x"})",
               R"({"user":1001,"password":"x"})", R"({"user":"1001","password":5})",
               R"({"user":"1001","password":""})", R"({"user":"1001","password":null})",
               R"({"user":"1001","password":"x","more":1})");
  CAPTURE(params);
  call(1, "session.login", params);
  CHECK(refusal() == "rpc.invalid-params");
  CHECK(access.opened.empty());
}

TEST_CASE_METHOD(ConversationFixture, "one session has one user at a time") {
  call(1, "session.login", R"({"user":"1001","password":"S3cret"})");
  call(2, "session.login", R"({"user":"1002","password":"S3cret"})");
  CHECK(refusal() == "session.already-signed-in");
  access.accept(0);
  call(3, "session.login", R"({"user":"1002","password":"S3cret"})");
  CHECK(refusal() == "session.already-signed-in");
}

TEST_CASE_METHOD(WithoutUci, "with UCI switched off nobody can sign in, and it is said why") {
  call(1, "session.login", R"({"user":"1001","password":"S3cret"})");
  CHECK(refusal() == "uci.disabled");
  call(2, "system.info");
  CHECK(last()["result"]["uci"]["enabled"] == false);
}

TEST_CASE_METHOD(ConversationFixture, "system.info needs no user") {
  call(1, "system.info");
  CHECK(json::write(last()["result"]) ==
        R"({"signedIn":false,"software":"starface-teams-agent/test","system":"pbx.example.com",)"
        R"("uci":{"enabled":true,"version":"v30"}})");
  call(2, "system.info", "[1]");
  CHECK(refusal() == "rpc.invalid-params");
}

TEST_CASE_METHOD(ConversationFixture,
                 "calls pass to the PBX with their parameters, and the answer comes back") {
  sign_in();
  call(2, kPlaceCall, R"(["1002","",{"$date":"2026-11-23T10:00:00"},null,1,true])");
  const auto& request = access.pbx(0).request(kPlaceCall);
  REQUIRE(request.call.params.size() == 6);
  CHECK(request.call.params[0] == uci::Value("1002"));
  CHECK(request.call.params[2].as_date_time() != nullptr);
  CHECK(request.call.params[3].is_nil());
  access.pbx(0).value(kPlaceCall, "uuid-1");
  CHECK(last()["id"] == 2);
  CHECK(last()["result"] == "uuid-1");
}

TEST_CASE_METHOD(ConversationFixture,
                 "a slow call holds up no other one, and answers keep their ids") {
  sign_in();
  call(2, kPlaceCall, R"(["1002","",""])");
  say(R"({"jsonrpc":"2.0","id":"two","method":")" + kGetPhones + R"("})");
  access.pbx(0).value(kGetPhones, "SIP/1001");
  CHECK(last()["id"] == "two");
  access.pbx(0).value(kPlaceCall, "uuid-1");
  CHECK(last()["id"] == 2);
}

TEST_CASE_METHOD(ConversationFixture, "what the PBX refuses comes back with its code") {
  sign_in();
  call(2, kGetPhones);
  access.pbx(0).fault(kGetPhones, "UciIllegalAccessException");
  CHECK(refusal() == "uci.access-refused");
  // Whether the password still holds is settled before the next call goes out.
  access.pbx(0).value(uci::test::kKeepAlive, true);
  call(3, kGetPhones);
  access.pbx(0).fails(kGetPhones, uci::codes::kTimeout);
  CHECK(refusal() == "uci.timeout");
  call(4, kGetPhones);
  access.pbx(0).value(uci::test::kKeepAlive, true);
  access.pbx(0).reply(kGetPhones, uci::RpcReply{200, "text/xml", "<methodResponse><broken"});
  CHECK(last()["id"] == 4);
  CHECK(last().isMember("error"));
}

TEST_CASE_METHOD(ConversationFixture, "nothing passes to the PBX before the sign-in") {
  call(1, kGetPhones);
  CHECK(refusal() == "session.not-signed-in");
  CHECK(access.opened.empty());
}

TEST_CASE_METHOD(ConversationFixture,
                 "methods that are none, are not allowed or are the agent's own never pass") {
  sign_in();
  const auto [method, code] = GENERATE(table<std::string, std::string>({
      {"module.entrypoint", "rpc.method-not-found"},
      {"system.listMethods", "rpc.method-not-found"},
      {"session.loginAs", "rpc.method-not-found"},
      {"ucp.v30.events.call.receiveCallState", "rpc.method-not-found"},
      {"ucp.v20.server.communication.call.getPhoneIds", "session.method-not-allowed"},
      {kLogin, "uci.method-reserved"},
      {kLogout, "uci.method-reserved"},
  }));
  CAPTURE(method);
  const int before = access.pbx(0).count(method);
  call(2, method);
  CHECK(refusal() == code);
  CHECK(access.pbx(0).count(method) == before);
}

TEST_CASE_METHOD(ConversationFixture, "parameters that XML-RPC cannot carry are refused") {
  sign_in();
  const auto [params, code] = GENERATE(table<const char*, const char*>({
      {R"({"a":1})", "uci.bad-params"},
      {"[4294967296]", "uci.int-out-of-range"},
      {R"([{"$date":"tomorrow"}])", "uci.bad-date"},
      {R"([{"$base64":"?"}])", "uci.bad-base64"},
      {R"([{"$what":1}])", "uci.bad-tag"},
      {R"(["\u0001"])", "uci.text-not-allowed"},
  }));
  CAPTURE(params);
  call(2, kGetPhones, params);
  CHECK(refusal() == code);
  CHECK(last()["error"]["code"] == -32602);
  CHECK(access.pbx(0).count(kGetPhones) == 0);
}

TEST_CASE_METHOD(ConversationFixture,
                 "calls beyond the limit are refused, and free again after an answer") {
  sign_in();
  for (int id = 2; id < 6; ++id)
    call(id, kGetPhones);
  call(6, kGetPhones);
  CHECK(refusal() == "session.too-many-calls");
  CHECK(last()["id"] == 6);
  access.pbx(0).value(kGetPhones, "x");
  call(7, kGetPhones);
  CHECK(access.pbx(0).count(kGetPhones) == 5);
}

TEST_CASE_METHOD(ConversationFixture,
                 "an id that is still in use is refused, by an answer to nobody") {
  sign_in();
  call(2, kGetPhones);
  call(2, kGetPhones);
  CHECK(refusal() == "rpc.invalid-request");
  // With the id it would be taken for the answer to the call under way.
  CHECK(last()["id"].isNull());
  CHECK(access.pbx(0).count(kGetPhones) == 1);
  access.pbx(0).value(kGetPhones, "x");
  call(2, kGetPhones);
  CHECK(access.pbx(0).count(kGetPhones) == 2);
}

TEST_CASE_METHOD(ConversationFixture, "no error answers under the id of a call that is under way") {
  sign_in(7);
  call(2, kGetPhones);
  const std::string text =
      GENERATE(R"({"jsonrpc":"2.0","id":2,"method":"system.info"})",
               R"({"jsonrpc":"2.0","id":2,"method":"session.login","params":{}})",
               R"({"jsonrpc":"2.0","id":2,"method":"no.such"})", R"({"jsonrpc":"2.0","id":2})",
               R"({"jsonrpc":"2.0","id":2,"method":""})", R"({"id":2,"method":"system.info"})",
               R"({"jsonrpc":"2.0","id":2,"method":"system.info","params":null})",
               R"({"jsonrpc":"2.0","id":2,"result":1})",
               R"({"jsonrpc":"2.0","id":2,"result":1,"error":{"code":1,"message":"x"}})",
               R"({"jsonrpc":"2.0","id":2,"error":{}})");
  CAPTURE(text);
  say(text);
  REQUIRE(last().isMember("error"));
  CHECK(last()["id"].isNull());
  access.pbx(0).value(kGetPhones, "x");
  CHECK(last()["id"] == 2);
  CHECK(last()["result"] == "x");
}

TEST_CASE_METHOD(ConversationFixture, "the id of a sign-in under way is in use, too") {
  call(1, "session.login", R"({"user":"1001","password":"S3cret"})");
  call(1, "system.info");
  CHECK(refusal() == "rpc.invalid-request");
  CHECK(last()["id"].isNull());
  access.accept(0);
  CHECK(last()["id"] == 1);
  CHECK(last()["result"]["user"] == "1001");
  call(1, "system.info");
  CHECK(last()["result"]["signedIn"] == true);
}

TEST_CASE_METHOD(ConversationFixture, "the session hears how far its user's sign-in is") {
  CHECK(ear.sign_in == SignIn::none);
  call(1, "session.login", R"({"user":"1001","password":"wrong"})");
  CHECK(ear.sign_in == SignIn::under_way);
  access.refuse(0);
  CHECK(ear.sign_in == SignIn::none);
  call(2, "session.login", R"({"user":"1001","password":"S3cret"})");
  access.accept(1);
  CHECK(ear.sign_in == SignIn::done);
  CHECK(ear.signed_in == "1001");
  call(3, "session.logout");
  CHECK(ear.sign_in == SignIn::none);
  CHECK(ear.signed_in.empty());
}

TEST_CASE_METHOD(ConversationFixture,
                 "what is no call is refused with a code, and the session goes on") {
  const auto [text, code] = GENERATE(table<std::string, std::string>({
      {"", "json.syntax"},
      {"hello", "json.syntax"},
      {"{", "json.syntax"},
      {"\xff", "json.not-utf8"},
      {std::string(40, '[') + std::string(40, ']'), "json.too-deep"},
      {"[" + std::string(300'000, ' ') + "]", "json.too-large"},
      {R"({"jsonrpc":"2.0","id":1,"method":"system.info","params":[)" + std::string(20'000, ',') +
           "]}",
       "json.too-large"},
      {"[]", "rpc.batch-refused"},
      {R"([{"jsonrpc":"2.0","id":1,"method":"system.info"}])", "rpc.batch-refused"},
      {R"({"jsonrpc":"2.0","method":"system.info"})", "rpc.notification-refused"},
      {R"({"jsonrpc":"2.0","id":null,"method":"system.info"})", "rpc.invalid-request"},
      {R"({"jsonrpc":"2.0","id":1.5,"method":"system.info"})", "rpc.invalid-request"},
      {R"({"jsonrpc":"2.0","id":1,"result":true})", "rpc.invalid-request"},
      {R"({"id":1,"method":"system.info"})", "rpc.invalid-request"},
  }));
  CAPTURE(code);
  say(text);
  REQUIRE(ear.heard.size() == 1);
  CHECK(refusal() == code);
  call(1, "system.info");
  CHECK(last()["result"]["system"] == "pbx.example.com");
  CHECK_FALSE(ear.ended);
}

TEST_CASE_METHOD(ConversationFixture, "events come as notifications while the user is signed in") {
  sign_in();
  access.opened[0].connection->deliver("ucp.v30.events.call.receiveCallState",
                                       {uci::Value(uci::Struct{{"id", "1"}})});
  CHECK(
      json::write(last()) ==
      R"({"jsonrpc":"2.0","method":"ucp.v30.events.call.receiveCallState","params":[{"id":"1"}]})");
  call(2, "session.logout");
  const std::size_t before = ear.heard.size();
  access.opened[0].connection->deliver("ucp.v30.events.call.receiveCallState", {});
  CHECK(ear.heard.size() == before);
}

TEST_CASE_METHOD(ConversationFixture,
                 "a user signs out: open calls are answered first, then another may sign in") {
  sign_in();
  call(2, kGetPhones);
  call(3, "session.logout");
  REQUIRE(ear.heard.size() == 3);
  CHECK(ear.heard[1]["id"] == 2);
  CHECK(ear.heard[1]["error"]["data"]["code"] == "session.signed-out");
  CHECK(ear.heard[2]["id"] == 3);
  CHECK(ear.heard[2]["result"] == true);
  call(4, "session.logout");
  CHECK(refusal() == "session.not-signed-in");
  call(5, "session.login", R"({"user":"1002","password":"x"})");
  access.accept(1);
  CHECK(last()["result"]["user"] == "1002");
}

TEST_CASE_METHOD(ConversationFixture,
                 "a session that goes takes its calls with it, and the user after a while") {
  sign_in();
  call(2, kGetPhones);
  conversation.reset();
  access.pbx(0).value(kGetPhones, "x");
  scheduler.advance(10s);
  CHECK(access.pbx(0).count(kLogout) == 1);
  CHECK(ear.heard.size() == 1);
}

TEST_CASE_METHOD(ConversationFixture, "a session that goes during the sign-in is not answered") {
  call(1, "session.login", R"({"user":"1001","password":"S3cret"})");
  conversation.reset();
  access.accept(0);
  CHECK(ear.heard.empty());
}

TEST_CASE_METHOD(
    ConversationFixture,
    "the client hears that the PBX has ended the sign-in, and that it cannot be reached") {
  sign_in();
  scheduler.advance(30s);
  access.pbx(0).fails(uci::test::kKeepAlive, uci::codes::kUnreachable);
  scheduler.turn();
  CHECK(json::write(last()) ==
        R"({"jsonrpc":"2.0","method":"session.pbx","params":{"connected":false}})");
  scheduler.advance(2s);
  access.pbx(0).value(uci::test::kKeepAlive, false);
  access.refuse(0);
  scheduler.advance(6s);
  access.refuse(0);
  scheduler.turn();
  CHECK(last()["method"] == "session.signedOut");
  CHECK(last()["params"]["code"] == "uci.login-refused");
  call(9, kGetPhones);
  CHECK(refusal() == "session.not-signed-in");
}

TEST_CASE_METHOD(ConversationFixture,
                 "the client hears that an event was lost, so that it reads its calls again") {
  sign_in();
  access.opened.at(0).connection->lose_event();
  scheduler.turn();
  CHECK(json::write(last()) ==
        R"({"jsonrpc":"2.0","method":"session.pbx","params":{"connected":true}})");
  CHECK(ear.heard.size() == 2);
  ear.most = 1'000;
  access.opened.at(0).connection->deliver("ucp.v30.events.call.receiveCallState",
                                          uci::Array{std::string(1'000, 'x')});
  CHECK(ear.heard.size() == 3);
  CHECK(last()["params"]["connected"] == true);
}

TEST_CASE_METHOD(ConversationFixture, "a whole number beyond 64 bits never reaches the PBX") {
  sign_in();
  call(2, kPlaceCall, R"([4930123456789012345678,null,null])");
  CHECK(refusal() == "json.number-too-large");
  CHECK(last()["id"] == 2);
  CHECK(last()["error"]["code"] == -32602);
  call(3, kPlaceCall, R"([4930123456789,null,null])");
  CHECK(refusal() == "uci.int-out-of-range");
  CHECK(access.pbx(0).count(kPlaceCall) == 0);
}

TEST_CASE_METHOD(ConversationFixture, "who does not sign in within a minute is disconnected") {
  scheduler.advance(59'999ms);
  CHECK_FALSE(ear.ended);
  scheduler.advance(1ms);
  CHECK(ear.ended == tunnel::WireCode::timeout);
}

TEST_CASE_METHOD(ConversationFixture,
                 "who is signed in is not disconnected, but is a minute after signing out") {
  sign_in();
  scheduler.advance(30s);
  CHECK_FALSE(ear.ended);
  access.pbx(0).value(uci::test::kKeepAlive, true);
  scheduler.advance(30s);
  access.pbx(0).value(uci::test::kKeepAlive, true);
  CHECK_FALSE(ear.ended);
  call(2, "session.logout");
  scheduler.advance(60s);
  CHECK(ear.ended == tunnel::WireCode::timeout);
}

TEST_CASE_METHOD(ConversationFixture,
                 "an answer that is larger than a message is an error for that call alone") {
  sign_in();
  ear.most = 1000;
  call(2, kGetPhones);
  access.pbx(0).value(kGetPhones, std::string(2000, 'x'));
  CHECK(last()["id"] == 2);
  CHECK(refusal() == "session.answer-too-large");
}

TEST_CASE_METHOD(ConversationFixture, "no answer ever shows a password") {
  for (
      const char* text :
      {R"({"jsonrpc":"2.0","id":1,"method":"session.login","params":{"user":"u","password":"S3cret","x":1}})",
       R"({"jsonrpc":"2.0","id":2,"method":"session.login","params":["u","S3cret"]})",
       R"({"jsonrpc":"2.0","id":3,"method":"session.logon","params":{"password":"S3cret"}})",
       R"({"jsonrpc":"2.0","id":4,"method":"session.login","params":{"user":"u","password":"S3cret"}} )"
       R"(x)",
       R"({"jsonrpc":"2.0","id":5,"method":"session.login","params":{"user":"u","password":"S3cret"}})"}) {
    say(text);
  }
  access.refuse(0);
  CHECK(ear.heard.size() == 5);
  CHECK_FALSE(contains(ear.texts, "S3cret"));
}

/// One floating seat, and nobody named but the administrator.
struct Licensed : ConversationFixture {
  Licensed() {
    seats.set_capacity(1);
    setup.seats = &seats;
    setup.rules.administrators = {"1001"};
    setup.unix_now = [] { return UnixSeconds{100}; };
  }
  // It gives its seat back.
  ~Licensed() { conversation.reset(); }

  Seats seats{{false, {}}, [] {}};
  std::unique_ptr<Seats::Permit> other;

  void occupy() {
    other = std::move(seats.admit("1002", 50, [](const Error&) {}).value());
  }
};

TEST_CASE_METHOD(Licensed, "a seat is taken at sign-in and given back at sign-out") {
  sign_in();
  CHECK(seats.holders()[0].user == "1001");
  call(2, "session.logout", "[]");
  CHECK(seats.taken() == 0);
  access.pbx(0).value(kLogout, true);
  sign_in(3);
  CHECK(seats.taken() == 1);
  conversation->on_abandoned();
  CHECK(seats.taken() == 0);
}

TEST_CASE_METHOD(Licensed, "without a free seat a user is refused, and signed out at the PBX") {
  occupy();
  call(1, "session.login", R"({"user":"1001","password":"S3cret"})");
  access.accept(0);
  CHECK(refusal() == "license.no-seat");
  CHECK(last()["error"]["code"] == -32041);
  call(2, "ucp.v30.requests.call.getCallIds");
  CHECK(refusal() == "session.not-signed-in");
  access.pbx(0).value(kLogout, true);
  CHECK(accounts.summary().users == 0);
  other.reset();
  sign_in(3);
}

TEST_CASE_METHOD(Licensed, "a wrong password takes no seat") {
  call(1, "session.login", R"({"user":"1001","password":"wrong"})");
  access.refuse(0);
  CHECK(refusal() == "uci.login-refused");
  CHECK(seats.taken() == 0);
}

TEST_CASE_METHOD(Licensed, "whose seat is withdrawn is told and signed out") {
  sign_in();
  seats.withdraw("1001", seat_withdrawn());
  CHECK(last()["method"] == "session.signedOut");
  CHECK(last()["params"]["code"] == "license.seat-withdrawn");
  call(2, "ucp.v30.requests.call.getCallIds");
  CHECK(refusal() == "session.not-signed-in");
  CHECK(seats.taken() == 0);
  access.pbx(0).value(kLogout, true);
  sign_in(3);
}

TEST_CASE_METHOD(Licensed, "an administrator sees who holds seats, and withdraws one") {
  seats.set_capacity(2);
  occupy();
  sign_in();
  // Of this day, not of the last one that somebody signed in on.
  seats.renew_by([this] { seats.set_capacity(5); });
  call(2, "license.list", "[]");
  CHECK(last()["result"]["taken"] == 2);
  CHECK(last()["result"]["seats"] == 5);
  CHECK(last()["result"]["holders"][1]["user"] == "1002");
  call(3, "license.revoke", R"({"user":"1002"})");
  CHECK(last()["result"] == true);
  CHECK(seats.taken() == 1);
  call(4, "license.revoke", R"({"user":"1002"})");
  CHECK(refusal() == "license.no-such-holder");
  call(5, "license.revoke", "[]");
  CHECK(refusal() == "rpc.invalid-params");
  // Their own seat, too.
  call(6, "license.revoke", R"({"user":"1001"})");
  CHECK(ear.heard[ear.heard.size() - 2]["result"] == true);
  CHECK(last()["method"] == "session.signedOut");
}

TEST_CASE_METHOD(Licensed, "nobody else sees or withdraws seats") {
  setup.rules.administrators = {"1002"};
  call(1, "license.list", "[]");
  CHECK(refusal() == "session.not-signed-in");
  sign_in(2);
  call(3, "license.list", "[]");
  CHECK(refusal() == "license.not-administrator");
  call(4, "license.revoke", R"({"user":"1001"})");
  CHECK(refusal() == "license.not-administrator");
  CHECK(seats.taken() == 1);
}

TEST_CASE_METHOD(ConversationFixture, "sign-ins are counted by their result") {
  call(1, "session.login", R"({"user":"1001","password":"wrong"})");
  access.refuse(0);
  sign_in(2);
  CHECK(setup.counts->logins.of("ok") == 1);
  CHECK(setup.counts->logins.of("uci.login-refused") == 1);
}

TEST_CASE_METHOD(Licensed, "a sign-in without a seat is counted as such") {
  occupy();
  call(1, "session.login", R"({"user":"1001","password":"S3cret"})");
  access.accept(access.opened.size() - 1);
  CHECK(setup.counts->logins.of("license.no-seat") == 1);
}

TEST_CASE_METHOD(ConversationFixture,
                 "calls are counted by their result, and how long the PBX takes") {
  call(1, "ucp.v30.requests.call.getCallIds");
  sign_in(2);
  call(3, kGetPhones);
  scheduler.advance(300ms);
  access.pbx(0).value(kGetPhones, true);
  call(4, "ucp.v20.server.connection.login");
  call(5, kGetPhones);
  call(6, "session.logout");
  const ConversationCounts& counts = *setup.counts;
  CHECK(counts.calls.of("ok") == 1);
  CHECK(counts.calls.of("session.not-signed-in") == 1);
  CHECK(counts.calls.of("session.method-not-allowed") == 1);
  CHECK(counts.calls.of("session.signed-out") == 1);
  CHECK(counts.call_seconds.count() == 1);
  CHECK(counts.call_seconds.sum() == Approx(0.3));
}

TEST_CASE_METHOD(ConversationFixture,
                 "calls of a client that does not come back are counted as given up") {
  sign_in();
  call(2, kGetPhones);
  conversation->on_abandoned();
  CHECK(setup.counts->calls.of("session.signed-out") == 1);
  CHECK(setup.counts->call_seconds.count() == 0);
}

TEST_CASE_METHOD(ConversationFixture,
                 "events of the PBX are counted, other notifications are not") {
  sign_in();
  access.opened.at(0).connection->deliver("ucp.v30.events.call.receiveCallState", {});
  CHECK(last()["method"] == "ucp.v30.events.call.receiveCallState");
  CHECK(setup.counts->events == 1);
}

/// The PBX's answers are read beside the loop when they are large.
struct WithBackground : ConversationFixture {
  WithBackground() {
    access.background = &background;
    sign_in();
  }
  void large_answer() {
    uci::Array list;
    for (int i = 0; i < 5'000; ++i)
      list.emplace_back("entry " + std::to_string(i));
    access.pbx(0).value(kGetPhones, list);
  }

  sfteams::test::FakeBackground background;
};

TEST_CASE_METHOD(WithBackground,
                 "a large answer is given under its id, after small ones of later calls") {
  call(2, kGetPhones);
  large_answer();
  call(3, kVersion);
  access.pbx(0).value(kVersion, "10.0.1.6");
  CHECK(last()["id"] == 3);
  background.do_all();
  CHECK(last()["id"] == 2);
  CHECK(last()["result"].size() == 5'000);
  CHECK(last()["result"][4'999] == "entry 4999");
  CHECK(setup.counts->calls.of("ok") == 2);
  call(2, kVersion);  // its id is free again
  access.pbx(0).value(kVersion, "10.0.1.6");
  CHECK(last()["id"] == 2);
}

TEST_CASE_METHOD(WithBackground,
                 "a large answer that is larger than a message is refused with its id") {
  ear.most = 10'000;
  call(2, kGetPhones);
  large_answer();
  background.do_all();
  CHECK(last()["id"] == 2);
  CHECK(refusal() == "session.answer-too-large");
}

TEST_CASE_METHOD(WithBackground, "who has signed out gets no large answer any more") {
  call(2, kGetPhones);
  large_answer();
  call(3, "session.logout");
  const std::size_t heard = ear.heard.size();
  background.do_all();
  CHECK(ear.heard.size() == heard);
}

TEST_CASE_METHOD(WithBackground, "a conversation may go while its large answer is worked on") {
  call(2, kGetPhones);
  large_answer();
  const std::size_t heard = ear.heard.size();
  conversation.reset();
  background.do_all();
  CHECK(ear.heard.size() == heard);
}

}  // namespace
}  // namespace sfteams::agent
