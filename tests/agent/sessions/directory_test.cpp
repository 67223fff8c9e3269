// contacts.search, users.me, users.list and users.avatar of a conversation.

#include <algorithm>

#include <catch2/catch.hpp>

#include "agent/sessions/conversation.h"
#include "agent/sessions/directory_answers.h"
#include "base/crypto/hash.h"
#include "base/json/json.h"
#include "base/text/encoding.h"
#include "tests/agent/pbx/fake_pbx.h"
#include "tests/contains.h"
#include "tests/fake_background.h"
#include "tests/log_lines.h"
#include "tests/rest/answers.h"
#include "tests/rest/fakes.h"
#include "tests/rest/pictures.h"

namespace sfteams::agent {
namespace {

using namespace std::chrono_literals;

struct DirectoryEar final : Speaker {
  bool say(std::string_view text) override {
    heard.push_back(*json::parse(text));
    return true;
  }
  void end(tunnel::WireCode, std::string_view) override {}
  void on_sign_in(SignIn, std::string_view) override {}

  std::vector<Json::Value> heard;
};

struct DirectoryFixture {
  DirectoryFixture() {
    access.make_rest = [this] {
      return std::make_unique<rest::Client>(rest::Client::Setup{
          http, scheduler, background, *transport::parse_url("https://pbx.example"), std::nullopt,
          "1001", std::make_unique<rest::test::FakeCredential>(book)});
    };
  }

  FakeScheduler scheduler;
  sfteams::test::FakeBackground background;
  rest::test::FakeHttp http;
  rest::test::CredentialBook book;
  FakeAccess access{scheduler};
  LoginGuard guard{{}, crypto::Secret(32)};
  Accounts accounts{{access, scheduler, guard, 10s}};
  ConversationSetup setup{"starface-teams-agent/test",
                          scheduler,
                          [this]() -> Result<Accounts*> { return &accounts; },
                          {"pbx.example.com", uci::Version::v30,
                           MethodFilter::create({"ucp.v*.requests.*"}).value(), 3, 60s}};
  DirectoryEar ear;
  std::unique_ptr<Conversation> conversation = std::make_unique<Conversation>(setup, ear);

  void call(int id, const std::string& method, const std::string& params = "[]") {
    conversation->on_message(R"({"jsonrpc":"2.0","id":)" + std::to_string(id) + R"(,"method":")" +
                             method + R"(","params":)" + params + "}");
    scheduler.turn();
  }
  void sign_in() {
    call(1, "session.login", R"({"user":"1001","password":"S3cret"})");
    access.accept(access.opened.size() - 1);
    REQUIRE(last()["result"]["user"] == "1001");
  }
  [[nodiscard]] const Json::Value& last() const { return ear.heard.back(); }
  [[nodiscard]] const Json::Value& result() const { return last()["result"]; }
  [[nodiscard]] std::string refusal() const { return last()["error"]["data"]["code"].asString(); }
  [[nodiscard]] std::uint64_t counted(const std::string& outcome) const {
    return setup.counts->calls.of(outcome);
  }
};

TEST_CASE_METHOD(DirectoryFixture, "a search brings one page of contacts in the documented shape") {
  sign_in();
  call(2, "contacts.search", R"({"text":"Lövelace","page":1,"size":2})");
  REQUIRE(http.sent.size() == 1);
  CHECK(contains(http.last().url, "searchTerms=L%C3%B6velace&page=1&pagesize=2"));
  http.answer(200, json::write(rest::test::contacts_page()));
  CHECK(last()["id"] == 2);
  CHECK(result()["page"] == 1);
  CHECK(result()["more"] == true);
  REQUIRE(result()["contacts"].size() == 2);
  const Json::Value& ada = result()["contacts"][0];
  CHECK(ada["lastName"] == "Lovelace");
  CHECK(ada["internalNumber"] == "11");
  CHECK(ada["numbers"][1]["kind"] == "mobile");
  CHECK(ada["numbers"][1]["number"] == "0171/5555");
  CHECK_FALSE(ada.isMember("avatar"));
  CHECK_FALSE(result().isMember("pages"));
  CHECK(counted("ok") == 1);
}

TEST_CASE_METHOD(DirectoryFixture, "the last page says that there is no more") {
  sign_in();
  call(2, "contacts.search", R"({"text":"","page":2})");
  REQUIRE(http.sent.size() == 1);
  CHECK(contains(http.last().url, "page=2&pagesize=20"));
  http.answer(200, json::write(rest::test::contacts_page()));
  CHECK(result()["more"] == false);
}

TEST_CASE_METHOD(DirectoryFixture, "the user and the colleagues are told") {
  sign_in();
  call(2, "users.me");
  http.answer(200, R"({"id":1017,"login":"1001","firstName":"Ada","familyName":"Lovelace"})");
  CHECK(result()["id"] == "1017");
  CHECK(result()["lastName"] == "Lovelace");
  call(3, "users.list");
  http.answer(200, R"([{"accountId":5,"lastname":"Lovelace","type":"USER"}])");
  REQUIRE(result()["users"].size() == 1);
  CHECK(result()["users"][0]["accountId"] == "5");
}

TEST_CASE_METHOD(DirectoryFixture, "a user's picture is told in Base64, and none as null") {
  sign_in();
  call(2, "users.avatar", R"({"user":"1017"})");
  CHECK(http.last().url == "https://pbx.example/rest/users/1017/avatar");
  http.answer(200, rest::test::jpeg(96, 96), "image/svg+xml");
  CHECK(result()["type"] == "image/jpeg");
  CHECK(result()["data"] == text::to_base64(crypto::bytes_of(rest::test::jpeg(96, 96))));
  call(3, "users.avatar", R"({"user":"1018"})");
  http.answer(404, "{}");
  CHECK(last()["id"] == 3);
  REQUIRE(last().isMember("result"));
  CHECK(result().isNull());
  CHECK(counted("ok") == 2);
}

TEST_CASE_METHOD(DirectoryFixture, "a picture that is refused is none, and logged once a session") {
  const sfteams::test::LogLines log;
  sign_in();
  for (int id = 2; id < 5; ++id) {
    call(id, "users.avatar", R"({"user":"1017"})");
    http.answer(200, id < 4 ? "<svg/>" : rest::test::png(30'000, 30'000), "image/png");
    CHECK(result().isNull());
  }
  CHECK(std::ranges::count_if(log.messages, [](const std::string& message) {
          return contains(message, "is not passed on");
        }) == 2);
}

TEST_CASE_METHOD(DirectoryFixture, "parameters beyond their bounds ask nothing of the PBX") {
  sign_in();
  const std::string params = GENERATE(
      as<std::string>{}, R"([])", R"({})", R"(["ada"])", R"({"text":5})", R"({"text":null})",
      R"({"page":1})", R"({"text":"a","page":-1})", R"({"text":"a","page":10000})",
      R"({"text":"a","page":1.5})", R"({"text":"a","page":1.0})", R"({"text":"a","page":"1"})",
      R"({"text":"a","page":null})", R"({"text":"a","size":0})", R"({"text":"a","size":101})",
      R"({"text":"a","size":true})", R"({"text":"a","size":9223372036854775807})",
      R"({"text":"a","sort":"NAME"})", R"({"text":")" + std::string(127, 'x') + R"(ä"})");
  CAPTURE(params);
  call(2, "contacts.search", params);
  CHECK(refusal() == "rpc.invalid-params");
  call(3, "users.me", R"({"id":5})");
  CHECK(refusal() == "rpc.invalid-params");
  call(4, "users.list", "[1]");
  CHECK(refusal() == "rpc.invalid-params");
  CHECK(http.sent.empty());
  CHECK(book.served.empty());
}

TEST_CASE_METHOD(DirectoryFixture, "no picture is asked for of what cannot be a user's id") {
  sign_in();
  const std::string user = GENERATE(
      as<std::string>{}, "[]", "{}", R"(["1017"])", R"({"user":1017})", R"({"user":""})",
      R"({"user":null})", R"({"user":"../me"})", R"({"user":"1017","size":48})",
      R"({"user":"1/2"})", R"({"id":"1017"})", R"({"user":")" + std::string(65, '1') + R"("})");
  CAPTURE(user);
  call(2, "users.avatar", user);
  CHECK(refusal() == "rpc.invalid-params");
  CHECK(http.sent.empty());
}

TEST_CASE_METHOD(DirectoryFixture, "nobody asks without a sign-in, or where REST is switched off") {
  const auto [method, params] =
      GENERATE(table<std::string, std::string>({{"contacts.search", R"({"text":"a"})"},
                                                {"users.me", "[]"},
                                                {"users.list", "[]"},
                                                {"users.avatar", R"({"user":"1"})"}}));
  call(1, method, params);
  CHECK(refusal() == "session.not-signed-in");
  sign_in();
  setup.rules.rest = false;
  call(2, method, params);
  CHECK(refusal() == "rest.disabled");
  // A reload switches it on for those who are signed in.
  setup.rules.rest = true;
  call(3, method, params);
  CHECK(http.sent.size() == 1);
}

TEST_CASE_METHOD(DirectoryFixture, "a sign-in that is no good for REST is told as switched off") {
  access.make_rest = nullptr;
  sign_in();
  call(2, "users.me");
  CHECK(refusal() == "rest.disabled");
  call(2, "users.me");
  CHECK(last()["id"] == 2);
}

TEST_CASE_METHOD(DirectoryFixture, "failures come back with their codes, and are counted") {
  sign_in();
  call(2, "users.list");
  http.answer(403, "{}");
  CHECK(refusal() == "rest.not-offered");
  CHECK(counted("rest.not-offered") == 1);
  call(3, "users.me");
  http.answer(500, "");
  CHECK(refusal() == "rest.pbx-error");
  call(4, "contacts.search", R"({"text":"a"})");
  http.answer(200, "nonsense");
  CHECK(refusal() == "rest.broken-reply");
}

TEST_CASE_METHOD(DirectoryFixture, "they count among the calls of a session, whose ids they keep") {
  sign_in();
  for (int id = 2; id < 5; ++id)
    call(id, "users.me");
  call(4, "users.me");
  CHECK(refusal() == "rpc.invalid-request");
  call(5, "users.me");
  CHECK(refusal() == "session.too-many-calls");
  call(6, kGetPhones);
  CHECK(refusal() == "session.too-many-calls");
  http.answer(200, R"({"id":1017})");
  call(7, kGetPhones);
  CHECK(access.pbx(0).count(kGetPhones) == 1);
}

TEST_CASE_METHOD(DirectoryFixture, "who signs out gives up what was asked, once") {
  sign_in();
  call(2, "users.me");
  CHECK(http.waiting() == 1);
  call(3, "session.logout");
  REQUIRE(ear.heard.size() == 3);
  CHECK(ear.heard[1]["id"] == 2);
  CHECK(ear.heard[1]["error"]["data"]["code"] == "session.signed-out");
  CHECK(http.waiting() == 0);
}

TEST_CASE_METHOD(DirectoryFixture, "a client that has gone is not answered") {
  sign_in();
  call(2, "users.me");
  const std::size_t heard = ear.heard.size();
  SECTION("with its session") {
    conversation.reset();
  }
  SECTION("and its session waits no longer") {
    conversation->on_abandoned();
  }
  CHECK(http.waiting() == 0);
  scheduler.advance(20s);
  CHECK(ear.heard.size() == heard);
}

rest::Colleagues many_colleagues(std::size_t count) {
  rest::Colleagues all;
  for (std::size_t i = 0; i < count; ++i) {
    rest::Colleague one;
    one.account_id = std::to_string(i);
    one.display = std::string(256, 'x');
    all.people.push_back(one);
  }
  return all;
}

TEST_CASE("of a list that fits into no message the end is left out, and counted") {
  const rest::Colleagues all = many_colleagues(100);
  const std::string whole = users_answer(1, all, 1'000'000);
  CHECK((*json::parse(whole))["result"]["users"].size() == 100);
  CHECK_FALSE((*json::parse(whole))["result"].isMember("leftOut"));
  CHECK(users_answer(1, all, whole.size()) == whole);
  for (const std::size_t most : {whole.size() - 1, std::size_t{10'000}, std::size_t{2'100}}) {
    const std::string text = users_answer(1, all, most);
    CHECK(text.size() <= most);
    const Json::Value result = (*json::parse(text))["result"];
    CHECK(result["users"].size() < 100);
    CHECK(result["users"].size() + result["leftOut"].asUInt64() == 100);
  }
  rest::ContactPage page;
  for (int i = 0; i < 100; ++i) {
    page.contacts.emplace_back();
    page.contacts.back().last_name = std::string(200, 'x');
  }
  page.left_out = 3;
  const std::string cut = contacts_answer(1, page, {"x", 0, 100}, 10'000);
  CHECK(cut.size() <= 10'000);
  const Json::Value result = (*json::parse(cut))["result"];
  CHECK(result["contacts"].size() + result["leftOut"].asUInt64() == 103);
  CHECK(result["more"] == true);
}

TEST_CASE("without a count of pages a full page may be followed by another one") {
  rest::ContactPage page;
  page.contacts.resize(2);
  const auto more = [&](std::int64_t number, std::int64_t size) {
    return (*json::parse(contacts_answer(1, page, {"x", number, size}, 10'000)))["result"]["more"];
  };
  CHECK(more(0, 2) == true);
  CHECK(more(0, 3) == false);
  CHECK(more(rest::Client::kMostPages - 1, 2) == false);
  page.left_out = 1;
  CHECK(more(0, 3) == true);
}

}  // namespace
}  // namespace sfteams::agent
