#include <catch2/catch.hpp>

#include "oauth/codes.h"
#include "tests/contains.h"
#include "tests/oauth/scene.h"
#include "transport/codes.h"

namespace sfteams::oauth {
namespace {

using namespace std::chrono_literals;
using namespace test;  // NOLINT: the room's own

TEST_CASE("a token request is one POST of a form, with the client's secret in its body") {
  Scene scene;
  scene.offers_oauth();
  Arrived tokens;
  const auto asking = scene.issuer->by_password("0001", secret("p w"), tokens.got());
  scene.scheduler.turn();
  const auto& asked = scene.http.last(kToken);
  CHECK(asked.method == "POST");
  CHECK(asked.url == "https://pbx.example/oauth2/token");
  CHECK(asked.call.content_type == "application/x-www-form-urlencoded");
  CHECK(asked.call.body.empty());
  CHECK(asked.body ==
        "grant_type=password&client_id=client&client_secret=s3cret&username=0001&password=p%20w"
        "&scope=login");
  CHECK(asked.authorization.empty());
  CHECK_FALSE(asked.call.read_redirect);
  CHECK(asked.call.ca_file == "/ca.pem");
  CHECK(asked.call.timeout == Issuer::kPatience);
  CHECK(asked.call.max_body == kMostReply);
  scene.http.answer(kToken, tokens_reply("a", "r"));
  CHECK(tokens.times == 1);
  CHECK(tokens.access == "a");
  CHECK(tokens.refresh == "r");
}

TEST_CASE("where the PBX wants the secret in a header, it stands there and nowhere else") {
  Scene scene;
  scene.offers_oauth(R"({"token_endpoint":"/oauth2/token","revocation_endpoint":"/oauth2/revoke",)"
                     R"("token_endpoint_auth_methods_supported":["client_secret_basic"]})");
  Arrived tokens;
  const auto asking = scene.issuer->by_refresh(secret("r"), tokens.got());
  const auto revoking = scene.issuer->revoke(secret("r"), [] {});
  scene.scheduler.turn();
  for (const char* path : {kToken, kRevoke}) {
    CHECK(scene.http.last(path).authorization == "Basic Y2xpZW50OnMzY3JldA==");
    CHECK_FALSE(contains(scene.http.last(path).body, "client"));
  }
}

TEST_CASE("those who come together share one search, and each is answered") {
  Scene scene;
  Arrived found;
  Arrived tokens;
  const auto first = scene.issuer->find(found.found());
  const auto second = scene.issuer->find(found.found());
  const auto third = scene.issuer->by_refresh(secret("r"), tokens.got());
  CHECK(scene.http.asked.size() == 1);
  scene.http.answer(kLogin, reply_of(404, ""));
  scene.http.answer(kDiscovery, reply_of(200, kDocument));
  CHECK(found.times == 2);
  CHECK(scene.http.count(kToken) == 1);
}

TEST_CASE("what was found holds for an hour, and is told in a later turn") {
  Scene scene;
  scene.offers_oauth();
  Arrived found;
  auto asking = scene.issuer->find(found.found());
  scene.scheduler.turn();
  CHECK(found.times == 1);
  scene.scheduler.advance(Issuer::kHolds - 1ms);
  asking = scene.issuer->find(found.found());
  CHECK(found.times == 1);
  scene.scheduler.turn();
  CHECK(found.times == 2);
  CHECK(scene.http.count(kDiscovery) == 1);
  scene.scheduler.advance(1ms);
  asking = scene.issuer->find(found.found());
  scene.scheduler.turn();
  CHECK(found.times == 3);
  CHECK(scene.http.count(kDiscovery) == 2);
}

TEST_CASE("a search that found nothing is made again by the next who asks") {
  Scene scene;
  scene.http.answers(kLogin, 404, "");
  scene.http.answers(kDiscovery, 503, "");
  Arrived found;
  auto asking = scene.issuer->find(found.found());
  scene.scheduler.turn();
  CHECK(found.code == codes::kUnwell.id);
  scene.offers_oauth();
  asking = scene.issuer->find(found.found());
  scene.scheduler.turn();
  CHECK(found.code.empty());
}

TEST_CASE("nobody at the token endpoint: the next request looks for it again") {
  Scene scene;
  scene.offers_oauth();
  scene.http.answers(kToken, 404, "");
  Arrived tokens;
  auto asking = scene.issuer->by_refresh(secret("r"), tokens.got());
  scene.scheduler.turn();
  CHECK(tokens.code == codes::kBadDocument.id);
  CHECK(scene.http.count(kToken) == 1);
  asking = scene.issuer->by_refresh(secret("r"), tokens.got());
  scene.scheduler.turn();
  CHECK(scene.http.count(kDiscovery) == 2);
  CHECK(scene.http.count(kToken) == 2);
}

TEST_CASE("whatever a token request is answered, it is not sent a second time") {
  Scene scene;
  scene.offers_oauth();
  const int status = GENERATE(200, 204, 302, 400, 401, 403, 404, 429, 500, 503);
  Arrived tokens;
  const auto asking = scene.issuer->by_password("u", secret("p"), tokens.got());
  scene.scheduler.turn();
  scene.http.answer(kToken, reply_of(status, ""));
  scene.scheduler.advance(24h);
  CHECK(tokens.times == 1);
  CHECK(scene.http.count(kToken) == 1);
}

TEST_CASE("a request that broke off is not sent a second time either") {
  Scene scene;
  scene.offers_oauth();
  Arrived tokens;
  const auto asking = scene.issuer->by_password("u", secret("p"), tokens.got());
  scene.scheduler.turn();
  scene.http.answer(kToken, fail(transport::codes::kTimeout, "slow"));
  scene.scheduler.advance(24h);
  CHECK(tokens.code == transport::codes::kTimeout.id);
  CHECK(scene.http.count(kToken) == 1);
}

TEST_CASE("after the client was refused in a renewal, nobody's is asked for ten minutes") {
  Scene scene;
  scene.offers_oauth();
  Arrived first;
  const auto one = scene.issuer->by_refresh(secret("r"), first.got());
  scene.scheduler.turn();
  scene.http.answer(kToken, refused("invalid_client", 401));
  CHECK(first.code == codes::kClientRefused.id);
  scene.scheduler.advance(Issuer::kClientPause - 1ms);
  Arrived later;
  const auto by_refresh = scene.issuer->by_refresh(secret("s"), later.got());
  CHECK(later.times == 0);
  scene.scheduler.turn();
  CHECK(later.times == 1);
  CHECK(later.code == codes::kClientRefused.id);
  CHECK(scene.http.count(kToken) == 1);
  // A password may bring a token: who lacks the right gets the same answer as a wrong secret.
  const auto by_password = scene.issuer->by_password("w", secret("p"), later.got());
  scene.scheduler.turn();
  CHECK(scene.http.count(kToken) == 2);
  scene.scheduler.advance(1ms);
  const auto again = scene.issuer->by_refresh(secret("s"), later.got());
  scene.scheduler.turn();
  CHECK(scene.http.count(kToken) == 3);
}

TEST_CASE("where no passwords are taken none is sent; a renewal is") {
  Scene scene;
  scene.offers_oauth(
      R"({"token_endpoint":"/oauth2/token","grant_types_supported":["refresh_token"]})");
  Arrived tokens;
  const auto by_password = scene.issuer->by_password("u", secret("p"), tokens.got());
  scene.scheduler.turn();
  CHECK(tokens.code == codes::kNoPasswordGrant.id);
  CHECK(scene.http.count(kToken) == 0);
  const auto by_refresh = scene.issuer->by_refresh(secret("r"), tokens.got());
  scene.scheduler.turn();
  CHECK(scene.http.count(kToken) == 1);
}

TEST_CASE("a token is revoked where that is possible, and whatever happens it is told as done") {
  Scene scene;
  int done = 0;
  std::unique_ptr<Issuer::Asking> revoking;
  const auto revoke = [&] {
    revoking = scene.issuer->revoke(secret("r&1"), [&done] { ++done; });
    CHECK(done == 0);
    scene.scheduler.turn();
  };
  SECTION("it is") {
    scene.offers_oauth();
    revoke();
    CHECK(scene.http.last(kRevoke).body ==
          "client_id=client&client_secret=s3cret&token=r%261&token_type_hint=refresh_token");
    CHECK(done == 0);
    scene.http.answer(kRevoke, reply_of(GENERATE(200, 302, 400, 401, 404, 503), "odd"));
  }
  SECTION("no answer") {
    scene.offers_oauth();
    revoke();
    scene.http.answer(kRevoke, fail(transport::codes::kTimeout, "slow"));
  }
  SECTION("without an endpoint") {
    scene.offers_oauth(R"({"token_endpoint":"/oauth2/token"})");
    revoke();
    CHECK(scene.http.open() == 0);
  }
  SECTION("nobody knows where") {
    scene.http.answers(kLogin, 404, "");
    scene.http.answers(kDiscovery, 404, "");
    revoke();
  }
  CHECK(done == 1);
  scene.scheduler.advance(24h);
  CHECK(done == 1);
}

/// Moments at which something may go: after so many answers.
struct Moments {
  Scene scene;
  Arrived tokens;
  std::unique_ptr<Issuer::Asking> asking =
      scene.issuer->by_password("u", secret("p"), tokens.got());

  void reach(int moment) {
    if (moment > 0) scene.http.answer(kLogin, reply_of(404, ""));
    if (moment > 1) scene.http.answer(kDiscovery, reply_of(200, kDocument));
  }
  void answer_the_rest() {
    if (scene.http.is_open(kLogin)) scene.http.answer(kLogin, reply_of(404, ""));
    if (scene.http.is_open(kDiscovery)) scene.http.answer(kDiscovery, reply_of(200, kDocument));
    if (scene.http.is_open(kToken)) scene.http.answer(kToken, tokens_reply("a"));
    scene.scheduler.advance(24h);
  }
};

TEST_CASE_METHOD(Moments, "whoever goes, at whatever moment, is not called") {
  reach(GENERATE(0, 1, 2));
  asking.reset();
  answer_the_rest();
  CHECK(tokens.times == 0);
  CHECK(scene.http.count(kToken) <= 1);
}

TEST_CASE_METHOD(Moments, "whoever outlives the issuer is not called") {
  reach(GENERATE(0, 1, 2));
  scene.issuer.reset();
  answer_the_rest();
  CHECK(tokens.times == 0);
  asking.reset();
}

TEST_CASE("whoever outlives the issuer is not told what was found before either") {
  Scene scene;
  scene.offers_oauth();
  Arrived found;
  auto asking = scene.issuer->find(found.found());
  scene.scheduler.turn();
  Arrived tokens;
  auto later = scene.issuer->by_refresh(secret("r"), tokens.got());
  asking = scene.issuer->find(found.found());
  scene.issuer.reset();
  scene.scheduler.advance(24h);
  CHECK(found.times == 1);
  CHECK(tokens.times == 0);
  CHECK(scene.http.count(kToken) == 0);
}

TEST_CASE("an answer may destroy whoever asked, others who ask, and the issuer") {
  Scene scene;
  scene.offers_oauth();
  if (GENERATE(false, true)) {  // with what was found, and without
    Arrived found;
    const auto asking = scene.issuer->find(found.found());
    scene.scheduler.turn();
  }
  Arrived first;
  Arrived second;
  std::unique_ptr<Issuer::Asking> one;
  std::unique_ptr<Issuer::Asking> two;
  int seconds = 0;
  SECTION("itself") {
    one = scene.issuer->find(first.found());
    two = scene.issuer->by_refresh(secret("r"), second.got());
    first.then = [&] { one.reset(); };
    seconds = 1;
  }
  SECTION("the next") {
    one = scene.issuer->find(first.found());
    two = scene.issuer->find(second.found());
    first.then = [&] { two.reset(); };
  }
  SECTION("the issuer, with all that comes from it") {
    one = scene.issuer->find(first.found());
    two = scene.issuer->by_refresh(secret("r"), second.got());
    first.then = [&] {
      one.reset();
      two.reset();
      scene.issuer.reset();
    };
  }
  SECTION("the issuer alone") {
    one = scene.issuer->find(first.found());
    two = scene.issuer->by_refresh(secret("r"), second.got());
    first.then = [&] { scene.issuer.reset(); };
  }
  scene.http.answers(kToken, [](const auto&) { return tokens_reply("a"); });
  scene.scheduler.advance(1h);
  CHECK(first.times == 1);
  CHECK(second.times == seconds);
}

TEST_CASE("tokens that arrive may destroy the request and the issuer") {
  Scene scene;
  scene.offers_oauth();
  Arrived tokens;
  auto asking = scene.issuer->by_refresh(secret("r"), tokens.got());
  scene.scheduler.turn();
  tokens.then = [&] {
    asking.reset();
    scene.issuer.reset();
  };
  scene.http.answer(kToken, GENERATE(true, false) ? tokens_reply("a") : refused("invalid_client"));
  CHECK(tokens.times == 1);
  scene.scheduler.advance(24h);
}

TEST_CASE("a revocation that is done may destroy itself, and one that goes is not told") {
  Scene scene;
  scene.offers_oauth();
  int done = 0;
  std::unique_ptr<Issuer::Asking> revoking;
  revoking = scene.issuer->revoke(secret("r"), [&] {
    ++done;
    revoking.reset();
  });
  scene.scheduler.turn();
  const bool answered = GENERATE(true, false);
  if (!answered) revoking.reset();
  if (answered) scene.http.answer(kRevoke, reply_of(200, ""));
  scene.scheduler.advance(24h);
  CHECK(done == (answered ? 1 : 0));
}

TEST_CASE("whoever is answered may ask again at once") {
  Scene scene;
  scene.offers_oauth();
  Arrived tokens;
  std::unique_ptr<Issuer::Asking> asking;
  tokens.then = [&] {
    if (tokens.times < 3) asking = scene.issuer->by_refresh(secret("r"), tokens.got());
  };
  scene.http.answers(kToken, [](const auto&) { return tokens_reply("a"); });
  asking = scene.issuer->by_refresh(secret("r"), tokens.got());
  scene.scheduler.advance(1s);
  CHECK(tokens.times == 3);
  CHECK(scene.http.count(kDiscovery) == 1);
}

}  // namespace
}  // namespace sfteams::oauth
