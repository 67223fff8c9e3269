#include "rest/nonce_credential.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "rest/codes.h"
#include "rest/login.h"
#include "tests/fake_scheduler.h"
#include "tests/rest/answers.h"
#include "tests/rest/fakes.h"
#include "transport/codes.h"

namespace sfteams::rest {
namespace {

struct NonceScene {
  sfteams::test::FakeScheduler scheduler;
  test::FakeHttp http;
  std::unique_ptr<NonceCredential> credential = std::make_unique<NonceCredential>(
      NonceCredential::Setup{http, scheduler, *transport::parse_url("http://127.0.0.1"),
                             std::nullopt, "0017", crypto::Secret::from_text("5ec7")});

  struct Got {
    std::unique_ptr<Asking> asking;
    std::shared_ptr<std::optional<Error>> error = std::make_shared<std::optional<Error>>();
    std::shared_ptr<std::string> token = std::make_shared<std::string>();
    std::shared_ptr<std::uint64_t> number = std::make_shared<std::uint64_t>();
  };
  Got get() {
    Got got;
    got.asking = credential->get([got_error = got.error, token = got.token,
                                  number = got.number](Result<Credential::Shown> shown) {
      if (!shown) {
        *got_error = shown.error();
        return;
      }
      *token = shown->header.name + ": " + std::string(shown->header.value.text());
      *number = shown->number;
    });
    return got;
  }
  /// A token that was given out and has served.
  std::uint64_t sign_in(const std::string& token) {
    const Got got = get();
    http.answer(200, test::kNonce);
    http.answer(200, R"({"token":")" + token + "\"}");
    REQUIRE(*got.token == "authToken: " + token);
    return *got.number;
  }
};

TEST_CASE_METHOD(NonceScene, "the first request signs in, with the answer to the nonce") {
  const Got got = get();
  REQUIRE(http.sent.size() == 1);
  CHECK(http.last().method == "GET");
  CHECK(http.last().url == "http://127.0.0.1/rest/login");
  CHECK(http.last().headers ==
        std::vector<std::string>{"Accept: application/json", "X-Version: 2"});
  CHECK(http.last().sign_in.empty());
  http.answer(200, test::kNonce);
  REQUIRE(http.sent.size() == 2);
  CHECK(http.last().method == "POST");
  CHECK(http.last().body == login_body("0017", "n0nce", crypto::Secret::from_text("5ec7")).text());
  CHECK(http.last().timeout == NonceCredential::kPatience);
  http.answer(200, R"({"token":"t0ken"})");
  CHECK(*got.token == "authToken: t0ken");
}

TEST_CASE_METHOD(NonceScene, "all who wait share one login, and the token is kept") {
  const Got one = get();
  const Got two = get();
  { const Got given_up = get(); }
  CHECK(http.sent.size() == 1);
  http.answer(200, test::kNonce);
  http.answer(200, R"({"token":"t"})");
  CHECK(*one.token == "authToken: t");
  CHECK(*two.token == "authToken: t");
  CHECK(*get().token == "authToken: t");
  CHECK(http.sent.size() == 2);
  scheduler.advance(NonceCredential::kLifetime);
  const Got later = get();
  CHECK(later.token->empty());
  CHECK(http.sent.size() == 3);
}

TEST_CASE_METHOD(NonceScene,
                 "a token that has served and is turned away is replaced, once for all") {
  const std::uint64_t number = sign_in("t1");
  credential->served(number);
  CHECK(credential->refused(number));
  CHECK(credential->refused(number));
  CHECK(sign_in("t2") == number + 1);
  // Of the old one.
  CHECK(credential->refused(number));
  CHECK(*get().token == "authToken: t2");
  // That the old one had served says nothing for the new one.
  CHECK_FALSE(credential->refused(number + 1));
}

TEST_CASE_METHOD(NonceScene, "a new token that is turned away ends it for a while") {
  CHECK_FALSE(credential->refused(sign_in("t1")));
  CHECK((*get().error)->code == codes::kNotSignedIn);
  CHECK(http.waiting() == 0);
  scheduler.advance(NonceCredential::kPause);
  sign_in("t2");
}

TEST_CASE_METHOD(NonceScene, "a refused login is never tried again") {
  const Got got = get();
  http.answer(200, test::kNonce);
  http.answer(400, "");
  CHECK((*got.error)->code == codes::kLoginRefused);
  scheduler.advance(std::chrono::hours(24));
  CHECK((*get().error)->code == codes::kLoginRefused);
  CHECK(http.sent.size() == 2);
}

TEST_CASE_METHOD(NonceScene, "with Active Directory no login is tried") {
  const Got got = get();
  http.answer(200, R"({"loginType":"ActiveDirectory","nonce":"x","secret":null})");
  CHECK((*got.error)->code == codes::kActiveDirectory);
  CHECK((*get().error)->code == codes::kActiveDirectory);
  CHECK(http.sent.size() == 1);
}

TEST_CASE_METHOD(NonceScene, "a PBX without REST is left alone for a while") {
  const Got got = get();
  http.answer(404, "");
  CHECK((*got.error)->code == codes::kNotOffered);
  CHECK((*get().error)->code == codes::kNotOffered);
  CHECK(http.sent.size() == 1);
  scheduler.advance(NonceCredential::kPause);
  sign_in("t1");
}

TEST_CASE_METHOD(NonceScene, "a PBX in trouble says nothing about the login") {
  const Got unreachable = get();
  http.fail_with({transport::codes::kConnectFailed, "nobody listens", "x"});
  CHECK((*unreachable.error)->code == transport::codes::kConnectFailed);
  const Got unwell = get();
  http.answer(200, test::kNonce);
  http.answer(503, "");
  CHECK((*unwell.error)->code == codes::kPbxError);
  sign_in("t1");
}

TEST_CASE_METHOD(NonceScene, "signing out gives the token back, once") {
  CHECK_FALSE(credential->sign_out());
  sign_in("t1");
  const auto call = credential->sign_out();
  REQUIRE(call);
  CHECK(call->method == "DELETE");
  CHECK(call->url.text() == "http://127.0.0.1/rest/login");
  CHECK(call->secret_header.name == "authToken");
  CHECK(call->secret_header.value.text() == "t1");
  CHECK_FALSE(credential->sign_out());
  CHECK_FALSE(BearerCredential({}).sign_out());
}

TEST_CASE_METHOD(NonceScene, "who gets the token may destroy the credential") {
  int called = 0;
  std::vector<std::unique_ptr<Asking>> asked;
  for (int i = 0; i < 3; ++i) {
    asked.push_back(credential->get([&](const Result<Credential::Shown>&) {
      ++called;
      credential.reset();
      asked.clear();
    }));
  }
  http.answer(200, test::kNonce);
  http.answer(200, R"({"token":"t"})");
  CHECK(called == 1);
}

}  // namespace
}  // namespace sfteams::rest
