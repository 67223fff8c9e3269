#include "rest/client.h"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "rest/codes.h"
#include "rest/values.h"
#include "tests/rest/client_scene.h"
#include "transport/codes.h"

namespace sfteams::rest {
namespace {

using test::ClientScene;

TEST_CASE_METHOD(ClientScene, "a search asks for one page, signed in, and brings it") {
  const auto found = search("Müller & Söhne");
  CHECK(http.sent.empty());
  scheduler.turn();
  REQUIRE(http.sent.size() == 1);
  CHECK(http.last().method == "GET");
  CHECK(http.last().url ==
        "https://pbx.example/rest/contacts?searchTerms=M%C3%BCller%20%26%20S%C3%B6hne&page=0"
        "&pagesize=20");
  CHECK(http.last().sign_in == "Authorization: t1");
  CHECK(http.last().headers ==
        std::vector<std::string>{"Accept: application/json", "X-Version: 2"});
  CHECK(http.last().max_body == kMostAnswer);
  CHECK(http.last().timeout == Client::Limits().patience);
  CHECK(http.last().sender == "0017");
  http.answer(200, page());
  CHECK(found.value().contacts.size() == 2);
  CHECK(book.served == std::vector<std::uint64_t>{1});
}

TEST_CASE_METHOD(ClientScene, "what is asked for is brought within the bounds") {
  const auto drop = [](const Result<ContactPage>&) {};
  const auto one = client->search(std::string(127, 'x') + "ä", -1, 0, drop);
  const auto two = client->search("", 1'000'000'000'000, 5'000, drop);
  scheduler.turn();
  REQUIRE(http.sent.size() == 2);
  CHECK(http.sent[0].url == "https://pbx.example/rest/contacts?searchTerms=" +
                                std::string(127, 'x') + "&page=0&pagesize=1");
  CHECK(http.sent[1].url ==
        "https://pbx.example/rest/contacts?searchTerms=&page=9999&pagesize=100");
}

TEST_CASE_METHOD(ClientScene, "the user and the colleagues are asked for at their places") {
  const auto own = me();
  const auto others = colleagues();
  scheduler.turn();
  REQUIRE(http.sent.size() == 2);
  CHECK(http.sent[0].url == "https://pbx.example/rest/users/me");
  CHECK(http.sent[1].url == "https://pbx.example/rest/accounts");
  http.answer(200, test::kMe);
  http.answer(200, R"([{"accountId":5,"lastname":"Lovelace","type":"USER"}])");
  CHECK(own.value().id == "1017");
  CHECK(others.value() == "1");
}

TEST_CASE_METHOD(ClientScene, "the user's own rights are asked for with the id, which is kept") {
  const auto rights = permissions();
  scheduler.turn();
  CHECK(http.last().url == "https://pbx.example/rest/users/me");
  http.answer(200, test::kMe);
  scheduler.turn();
  CHECK(http.last().url == "https://pbx.example/rest/permissions/users/1017");
  http.answer(200, R"([{"id":1,"permission":"TEAMS"}])");
  CHECK(rights.value().visible);
  CHECK(rights.value().granted.size() == 1);
  const auto again = permissions();
  scheduler.turn();
  CHECK(http.last().url == "https://pbx.example/rest/permissions/users/1017");
  http.answer(403, "");
  CHECK_FALSE(again.value().visible);
}

TEST_CASE_METHOD(ClientScene, "rights that nobody can be asked about are not visible") {
  const auto nameless = permissions();
  scheduler.turn();
  http.answer(200, R"({"login":"0017"})");
  CHECK_FALSE(nameless.value().visible);
  const auto refused = permissions();
  scheduler.turn();
  http.answer(404, "");
  CHECK_FALSE(refused.value().visible);
}

TEST_CASE_METHOD(ClientScene, "rights that could not be asked for are a failure") {
  const auto rights = permissions();
  scheduler.turn();
  http.answer(500, "");
  CHECK(rights.code() == codes::kPbxError);
}

TEST_CASE_METHOD(ClientScene, "a token that is over costs one further request with the next one") {
  for (const int status : {401, 302}) {
    const auto own = me();
    scheduler.turn();
    const std::size_t sent = http.sent.size();
    http.answer(status, "");
    REQUIRE(http.sent.size() == sent + 1);
    CHECK(http.last().sign_in == "Authorization: t" + std::to_string(book.number));
    http.answer(200, test::kMe);
    CHECK(own.value().id == "1017");
  }
  const auto own = me();
  scheduler.turn();
  http.answer(200, "<html>", "text/HTML; charset=utf-8");
  http.answer(200, test::kMe);
  CHECK(own.value().id == "1017");
}

TEST_CASE_METHOD(ClientScene, "who is turned away twice is not signed in, and is left alone") {
  const auto own = me();
  scheduler.turn();
  http.answer(401, "");
  http.answer(401, "");
  CHECK(own.code() == codes::kNotSignedIn);
  CHECK(http.waiting() == 0);
  CHECK(book.refused == std::vector<std::uint64_t>{1, 2});
  const auto found = search();
  scheduler.turn();
  CHECK(found.code() == codes::kNotSignedIn);
  CHECK(http.sent.size() == 2);
  scheduler.advance(Client::Limits().not_signed_in);
  const auto later = search();
  scheduler.turn();
  CHECK(http.sent.size() == 3);
}

TEST_CASE_METHOD(ClientScene, "without another sign-in nothing is sent again") {
  book.has_another = false;
  const auto own = me();
  scheduler.turn();
  http.answer(401, "");
  CHECK(own.code() == codes::kNotSignedIn);
  scheduler.advance(Client::Limits().not_signed_in);
  const auto page = me();
  scheduler.turn();
  http.answer(200, "<html>", "text/html");
  CHECK(page.code() == codes::kPbxError);
  CHECK(http.sent.size() == 2);
}

TEST_CASE_METHOD(ClientScene, "what is not offered is not asked for again for a while") {
  for (const int status : {403, 404}) {
    const auto found = search();
    scheduler.turn();
    http.answer(status, R"({"message":"User with id 7 has no permission"})");
    CHECK(found.code() == codes::kNotOffered);
    const auto again = search();
    scheduler.turn();
    CHECK(again.code() == codes::kNotOffered);
    CHECK(http.waiting() == 0);
    // Something else is.
    const auto own = me();
    scheduler.turn();
    http.answer(200, test::kMe);
    CHECK(own.over());
    scheduler.advance(Client::Limits().not_offered);
  }
  const auto later = search();
  scheduler.turn();
  CHECK(http.waiting() == 1);
}

TEST_CASE_METHOD(ClientScene, "other answers are failures with a code, and are asked for again") {
  const auto code = [&](int status, const std::string& body) {
    const auto found = search();
    scheduler.advance(Client::Limits().every);
    http.answer(status, body);
    return found.code().id;
  };
  CHECK(code(200, "") == codes::kBrokenReply.id);
  CHECK(code(204, "") == codes::kBrokenReply.id);
  CHECK(code(200, "[]") == codes::kBrokenReply.id);
  for (const int status : {0, 100, 400, 407, 429, 500, 503})
    CHECK(code(status, "") == codes::kPbxError.id);
  const auto found = search();
  scheduler.advance(Client::Limits().every);
  http.fail_with({transport::codes::kReplyTooLarge, "too large", "x"});
  CHECK(found.code() == codes::kTooLarge);
  const auto unreachable = search();
  scheduler.advance(Client::Limits().every);
  http.fail_with({transport::codes::kConnectFailed, "nobody listens", "x"});
  CHECK(unreachable.code() == transport::codes::kConnectFailed);
}

TEST_CASE_METHOD(ClientScene, "no sign-in fails with what the credential says") {
  book.error = Error{codes::kLoginRefused, "refused", "sign in"};
  const auto own = me();
  scheduler.turn();
  CHECK(own.code() == codes::kLoginRefused);
  CHECK(http.sent.empty());
}

TEST_CASE_METHOD(ClientScene, "a sign-in may take its time") {
  book.later = true;
  const auto own = me();
  scheduler.turn();
  CHECK(http.sent.empty());
  book.answer_oldest();
  http.answer(401, "");
  CHECK(http.waiting() == 0);
  book.answer_oldest();
  CHECK(http.last().sign_in == "Authorization: t2");
  http.answer(200, test::kMe);
  CHECK(own.value().login == "0017");
}

TEST_CASE_METHOD(ClientScene, "a large answer is read beside the loop") {
  Json::Value large = test::contacts_page();
  large["padding"] = std::string(40'000, 'x');
  const auto found = search();
  scheduler.turn();
  http.answer(200, json::write(large));
  CHECK_FALSE(found.over());
  REQUIRE(background.waiting() == 1);
  background.do_one();
  CHECK(found.value().contacts.size() == 2);
  // Nobody waits for it any more.
  {
    const auto dropped = search();
    scheduler.turn();
    http.answer(200, json::write(large));
  }
  const int called = background.called();
  background.do_all();
  CHECK(background.called() == called);
}

TEST_CASE_METHOD(ClientScene, "what is made of many colleagues is made beside the loop") {
  Json::Value many(Json::arrayValue);
  for (int i = 0; i < 1'000; ++i) {
    Json::Value one(Json::objectValue);
    one["accountId"] = i;
    one["lastname"] = "Lovelace";
    many.append(std::move(one));
  }
  const auto others = colleagues();
  scheduler.turn();
  http.answer(200, json::write(many));
  CHECK(written == 0);
  background.do_one();
  CHECK(written == 1);
  CHECK(others.value() == "1000");
  const auto broken = colleagues();
  scheduler.turn();
  http.answer(200, "{}");
  CHECK(broken.code() == codes::kBrokenReply);
  CHECK(written == 1);
}

TEST_CASE("a token of version 10 is shown as a bearer's") {
  struct Nothing final : Asking {};
  const crypto::Secret token = crypto::Secret::from_text("abc");
  std::vector<std::uint64_t> served;
  BearerCredential credential({[&token](const BearerCredential::Got& got) {
                                 got(BearerCredential::Token{token, 7});
                                 return std::make_unique<Nothing>();
                               },
                               [&served](std::uint64_t number) { served.push_back(number); },
                               [](std::uint64_t number) { return number == 7; }});
  std::string shown;
  const auto asking = credential.get([&shown](Result<Credential::Shown> got) {
    REQUIRE(got);
    CHECK(got->number == 7);
    shown = got->header.name + ": " + std::string(got->header.value.text());
  });
  CHECK(shown == "Authorization: Bearer abc");
  credential.served(7);
  CHECK(served == std::vector<std::uint64_t>{7});
  CHECK(credential.refused(7));
  CHECK_FALSE(credential.refused(8));
}

}  // namespace
}  // namespace sfteams::rest
