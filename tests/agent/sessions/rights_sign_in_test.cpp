// Sign-ins where the PBX says who is named: [license] named = pbx.

#include <catch2/catch.hpp>

#include "agent/sessions/conversation.h"
#include "agent/tickets/tickets.h"
#include "base/json/json.h"
#include "base/text/encoding.h"
#include "tests/agent/pbx/fake_pbx.h"
#include "tests/contains.h"
#include "tests/fake_background.h"
#include "tests/log_lines.h"
#include "tests/rest/fakes.h"
#include "tests/temporary_directory.h"
#include "tunnel/ticket_proof.h"
#include "uci/codes.h"

namespace sfteams::agent {
namespace {

using namespace std::chrono_literals;

const std::string kTheRight = R"([{"id":1,"permission":"X","description":"Teams"}])";
const std::string kAnotherRight = R"([{"id":2,"permission":"Y","description":"Fax"}])";

struct RightsEar final : Speaker {
  bool say(std::string_view text) override {
    heard.push_back(*json::parse(text));
    return true;
  }
  void end(tunnel::WireCode code, std::string_view) override { ended = code; }
  void on_sign_in(SignIn state, std::string_view) override { sign_in = state; }

  std::vector<Json::Value> heard;
  std::optional<tunnel::WireCode> ended;
  SignIn sign_in = SignIn::none;
};

struct RightsFixture {
  RightsFixture() {
    access.make_rest = [this] {
      return std::make_unique<rest::Client>(rest::Client::Setup{
          http, scheduler, background, *transport::parse_url("https://pbx.example"), std::nullopt,
          "1001", std::make_unique<rest::test::FakeCredential>(book)});
    };
    setup.seats = &seats;
    setup.unix_now = [this] { return now; };
    setup.rights = &desk;
    scheduler.turn();
  }

  UnixSeconds now = 1'000;
  FakeScheduler scheduler;
  sfteams::test::FakeBackground background;
  rest::test::FakeHttp http;
  rest::test::CredentialBook book;
  FakeAccess access{scheduler};
  LoginGuard guard{{}, crypto::Secret(32)};
  Accounts accounts{{access, scheduler, guard, 10s}};
  Seats seats{{false, {"1000"}, {"Teams", "Equipes"}}, [] {}};
  RightsDesk desk{{scheduler, [this] { return now; }}};
  ConversationSetup setup{"starface-teams-agent/test",
                          scheduler,
                          [this]() -> Result<Accounts*> { return &accounts; },
                          {"pbx.example.com", uci::Version::v30,
                           MethodFilter::create({"ucp.v*.requests.*"}).value(), 3, 60s}};
  RightsEar ear;
  std::unique_ptr<Conversation> conversation = std::make_unique<Conversation>(setup, ear);

  void call(int id, const std::string& method, const std::string& params = "[]") {
    conversation->on_message(R"({"jsonrpc":"2.0","id":)" + std::to_string(id) + R"(,"method":")" +
                             method + R"(","params":)" + params + "}");
    scheduler.turn();
  }
  /// As far as the PBX has taken the password.
  void log_in(int id = 1, const std::string& user = "1001") {
    call(id, "session.login", R"({"user":")" + user + R"(","password":"S3cret"})");
    access.accept(access.opened.size() - 1);
    scheduler.turn();
  }
  void show(const std::string& rights) {
    http.answer(200, R"({"id":1017,"login":"1001"})");
    scheduler.turn();
    http.answer(200, rights);
  }
  [[nodiscard]] const Json::Value& last() const { return ear.heard.back(); }
  [[nodiscard]] const Json::Value& result() const { return last()["result"]; }
  [[nodiscard]] std::string refusal() const { return last()["error"]["data"]["code"].asString(); }
  [[nodiscard]] std::string message() const { return last()["error"]["message"].asString(); }
};

TEST_CASE_METHOD(RightsFixture, "who has the right at the PBX is named, and needs no seat") {
  log_in();
  // The answer waits.
  CHECK(ear.heard.empty());
  CHECK(ear.sign_in == SignIn::under_way);
  show(kTheRight);
  CHECK(result()["user"] == "1001");
  CHECK(result()["right"] == "granted");
  CHECK(ear.sign_in == SignIn::done);
  CHECK(seats.taken() == 0);
  CHECK_FALSE(desk.unknown());
  CHECK(contains(http.last().url, "/rest/permissions/users/1017"));
}

TEST_CASE_METHOD(RightsFixture, "the PBX is not asked about users who are named in any case") {
  log_in(1, "1000");
  CHECK(result()["user"] == "1000");
  CHECK_FALSE(result().isMember("right"));
  CHECK(http.sent.empty());
}

TEST_CASE_METHOD(RightsFixture, "without the right a user needs a seat") {
  seats.set_capacity(1);
  log_in();
  show(kAnotherRight);
  CHECK(result()["right"] == "missing");
  CHECK(seats.holds("1001"));
}

TEST_CASE_METHOD(RightsFixture,
                 "without right and seat a user is refused by the right's name, and signed out") {
  log_in();
  show(kAnotherRight);
  CHECK(refusal() == "license.not-named");
  CHECK(contains(message(), "the right \"Teams\" is missing at the PBX"));
  CHECK(ear.sign_in == SignIn::none);
  CHECK(access.pbx(0).count(kLogout) == 1);
  CHECK(setup.counts->logins.of("license.not-named") == 1);
  // The right is given: the next sign-in asks again.
  access.pbx(0).value(kLogout, true);
  scheduler.turn();
  log_in(2);
  show(kTheRight);
  CHECK(result()["right"] == "granted");
}

TEST_CASE_METHOD(RightsFixture,
                 "where the PBX shows no rights, a seat is taken, or the refusal says so") {
  const bool free_seat = GENERATE(true, false);
  if (free_seat) seats.set_capacity(1);
  log_in();
  SECTION("it refuses to show them") {
    http.answer(200, R"({"id":1017})");
    scheduler.turn();
    http.answer(403, R"({"code":403})");
  }
  SECTION("it shows an empty list") {
    show("[]");
  }
  SECTION("it has no REST") {
    http.answer(404, "");
  }
  if (free_seat) {
    CHECK(result()["right"] == "unknown");
    CHECK(seats.holds("1001"));
  } else {
    CHECK(refusal() == "license.right-unknown");
    CHECK(contains(message(), "the right \"Teams\": the rights are not visible at the PBX"));
  }
  REQUIRE(desk.unknown());
  CHECK(desk.unknown()->at == 1'000);
  CHECK(desk.unknown()->why.code == Code{"rest.not-offered", Exit::unavailable});
}

TEST_CASE_METHOD(RightsFixture, "switched off, REST is not asked") {
  const bool by_sign_in = GENERATE(true, false);
  if (by_sign_in) {
    access.make_rest = nullptr;
  } else {
    setup.rules.rest = false;
  }
  log_in();
  CHECK(refusal() == "license.right-unknown");
  CHECK(desk.unknown()->why.code.id == "rest.disabled");
  CHECK(http.sent.empty());
}

TEST_CASE_METHOD(RightsFixture, "a PBX that does not answer holds the user up for seconds only") {
  seats.set_capacity(1);
  log_in();
  scheduler.advance(RightsDesk::kPatience - 1ms);
  CHECK(ear.heard.empty());
  // Nobody else may sign in on it meanwhile, and the id is in use.
  call(2, "session.login", R"({"user":"1002","password":"x"})");
  CHECK(refusal() == "session.already-signed-in");
  call(1, "system.info");
  CHECK(refusal() == "rpc.invalid-request");
  scheduler.advance(1ms);
  CHECK(result()["right"] == "unknown");
  CHECK(desk.unknown()->why.code.id == "transport.timeout");
  // The late answer is nobody's.
  const std::size_t before = ear.heard.size();
  show(kTheRight);
  CHECK(ear.heard.size() == before);
}

TEST_CASE_METHOD(RightsFixture, "while many sign in at REST at once, it is tried again in time") {
  book.error = Error{{"rest.busy", Exit::temp_failure}, "many users sign in", {}};
  log_in();
  scheduler.advance(RightsDesk::kRetry);
  CHECK(ear.heard.empty());
  SECTION("with success") {
    book.error.reset();
    scheduler.advance(RightsDesk::kRetry);
    show(kTheRight);
    CHECK(result()["right"] == "granted");
  }
  SECTION("in vain") {
    scheduler.advance(RightsDesk::kPatience);
    CHECK(refusal() == "license.right-unknown");
    CHECK(contains(message(), "many users sign in"));
  }
}

TEST_CASE_METHOD(RightsFixture, "a session that ends meanwhile is not answered") {
  log_in();
  SECTION("its client does not come back") {
    conversation->on_abandoned();
    CHECK(access.pbx(0).count(kLogout) == 1);
  }
  SECTION("it goes") {
    conversation.reset();
  }
  scheduler.advance(60s);
  CHECK(ear.heard.empty());
}

TEST_CASE_METHOD(RightsFixture, "a user who is signed out meanwhile is told as the answer") {
  log_in();
  accounts.sign_out("1001", {{"session.signed-out", Exit::failure}, "signed out", {}});
  CHECK(refusal() == "session.signed-out");
  CHECK(last()["id"] == 1);
  scheduler.advance(60s);
  CHECK(ear.heard.size() == 1);
}

TEST_CASE_METHOD(RightsFixture,
                 "a ticket whose user the PBX refuses meanwhile is refused as a ticket") {
  const TemporaryDirectory directory;
  const crypto::P256Key key = crypto::P256Key::generate().value();
  Tickets tickets({scheduler,
                   directory / "keys",
                   directory / "book",
                   {1},
                   std::chrono::days(30),
                   [] { return std::string("pbx.example.com"); },
                   [] { return std::string("the PBX"); },
                   [](const tunnel::KeyId&) { return true; },
                   [this] { return now; }});
  setup.tickets = &tickets;
  conversation->on_opened({"test/1", {7}, {1}});
  log_in();
  show(kTheRight);
  call(2, "session.ticket",
       R"({"lifetime":"long","key":")" + text::to_base64(key.public_key()) + R"("})");
  const std::string ticket = result()["ticket"].asString();
  const crypto::Sha256Digest hash{2};
  conversation = std::make_unique<Conversation>(setup, ear);
  conversation->on_opened({"test/1", {7}, hash});
  scheduler.advance(15s);
  access.pbx(0).value(kLogout, true);
  scheduler.turn();
  const std::string proof = text::to_base64(key.sign(tunnel::ticket_proof_message(hash, ticket)));
  call(3, "session.login", R"({"ticket":")" + ticket + R"(","proof":")" + proof + R"("})");
  access.accept(access.opened.size() - 1);
  scheduler.turn();
  accounts.sign_out("1001", {uci::codes::kLoginRefused, "another password", {}});
  CHECK(last()["id"] == 3);
  CHECK(refusal() == "session.ticket-refused");
  conversation.reset();
}

TEST_CASE_METHOD(RightsFixture,
                 "nothing is said before the answer, and after it that events may be missing") {
  log_in();
  access.opened[0].connection->deliver("ucp.v30.events.call.receiveCallState", {});
  access.opened[0].connection->lose_event();
  scheduler.turn();
  CHECK(ear.heard.empty());
  show(kTheRight);
  REQUIRE(ear.heard.size() == 2);
  CHECK(ear.heard[0]["result"]["right"] == "granted");
  CHECK(last()["method"] == "session.pbx");
}

TEST_CASE_METHOD(RightsFixture, "the administrator hears once that the PBX shows no rights") {
  const sfteams::test::LogLines log;
  const auto warnings = [&] {
    return std::ranges::count_if(log.lines, [](const std::string& line) {
      return line.starts_with("warn") && contains(line, "not visible at the PBX");
    });
  };
  seats.set_capacity(9);
  for (int id = 1; id < 4; ++id) {
    now += 60;
    log_in(2 * id);
    show("[]");
    CHECK(result()["right"] == "unknown");
    call(2 * id + 1, "session.logout");
    access.pbx(static_cast<std::size_t>(id - 1)).value(kLogout, true);
    scheduler.turn();
  }
  CHECK(warnings() == 1);
  CHECK(desk.unknown()->at == 1'180);
  // Others whose rights are seen do not make it good; this user does.
  log_in(20);
  show(kTheRight);
  CHECK_FALSE(desk.unknown());
}

TEST_CASE_METHOD(RightsFixture, "what could not be known is shown for a day, or until a reload") {
  log_in();
  show("[]");
  REQUIRE(desk.unknown());
  SECTION("a day") {
    now += RightsDesk::kShown;
    CHECK_FALSE(desk.unknown());
  }
  SECTION("a reload") {
    desk.forget();
    CHECK_FALSE(desk.unknown());
  }
}

}  // namespace
}  // namespace sfteams::agent
