#include <catch2/catch.hpp>

#include "oauth/codes.h"
#include "tests/oauth/scene.h"
#include "transport/codes.h"

namespace sfteams::oauth {
namespace {

using namespace std::chrono_literals;
using namespace test;  // NOLINT: the room's own
using transport::HttpReply;

constexpr const char* kWhere = "/auth/realms/pbx/.well-known/openid-configuration";

struct SearchFixture : Scene {
  using Scene::Scene;
  Arrived result;
  std::unique_ptr<Issuer::Asking> asking = issuer->find(result.found());
};

TEST_CASE_METHOD(SearchFixture, "the PBX is asked where to look before anything else") {
  REQUIRE(http.asked.size() == 1);
  CHECK(http.asked[0].url == "https://pbx.example/rpc/oauth/login-config");
  http.answer(kLogin, reply_of(404, ""));
  REQUIRE(http.asked.size() == 2);
  CHECK(http.asked[1].url == "https://pbx.example/.well-known/openid-configuration");
  CHECK(result.times == 0);
  http.answer(kDiscovery, reply_of(200, kDocument));
  CHECK(result.times == 1);
  CHECK(result.access == "https://pbx.example/oauth2/token");
  for (const auto& asked : http.asked) {
    CHECK(asked.method == "GET");
    CHECK(asked.body.empty());
    CHECK(asked.authorization.empty());
    CHECK(asked.call.read_redirect);
    CHECK(asked.call.ca_file == "/ca.pem");
    CHECK(asked.call.timeout == Issuer::kPatience);
    CHECK(asked.call.max_body == kMostDocument);
  }
}

TEST_CASE_METHOD(SearchFixture,
                 "whatever an older PBX answers there, its own document is looked for") {
  const auto reply =
      GENERATE(reply_of(200, "<html></html>"), reply_of(200, ""), reply_of(200, "{}"),
               reply_of(200, "[]"), reply_of(302, ""), reply_of(401, ""), reply_of(403, ""),
               reply_of(404, "{}"), reply_of(500, ""), reply_of(501, ""),
               reply_of(404, R"({"oauthConfigUrl":"https://pbx.example/x"})"));
  http.answer(kLogin, reply);
  CHECK(http.is_open("https://pbx.example/.well-known/openid-configuration"));
}

TEST_CASE_METHOD(SearchFixture,
                 "a PBX that is starting may have its login elsewhere: it is asked again later") {
  http.answer(kLogin, reply_of(GENERATE(429, 502, 503, 504), ""));
  CHECK(result.code == codes::kUnwell.id);
  CHECK(http.open() == 0);
}

TEST_CASE_METHOD(SearchFixture, "megabytes for an answer are no document") {
  const Error large{transport::codes::kReplyTooLarge, "large", {}};
  http.answer(kLogin, fail(large));
  http.answer(kDiscovery, fail(large));
  CHECK(result.code == codes::kNotOffered.id);
}

TEST_CASE_METHOD(SearchFixture, "a failure of the way there is told as it is") {
  const Error down{transport::codes::kConnectFailed, "down", {}};
  SECTION("at the first question") {
    http.answer(kLogin, fail(down));
  }
  SECTION("at the second") {
    http.answer(kLogin, reply_of(404, ""));
    http.answer(kDiscovery, fail(down));
  }
  CHECK(result.times == 1);
  CHECK(result.code == transport::codes::kConnectFailed.id);
  CHECK(http.open() == 0);
}

TEST_CASE_METHOD(SearchFixture,
                 "a PBX without a document offers no OAuth, and one in trouble may") {
  http.answer(kLogin, reply_of(404, ""));
  SECTION("404") {
    http.answer(kDiscovery, reply_of(GENERATE(204, 400, 401, 403, 404, 410), kDocument));
    CHECK(result.code == codes::kNotOffered.id);
  }
  SECTION("503") {
    http.answer(kDiscovery, reply_of(GENERATE(429, 500, 503), kDocument));
    CHECK(result.code == codes::kUnwell.id);
  }
  SECTION("a page") {
    http.answer(kDiscovery, reply_of(200, "<html></html>", "text/html"));
    CHECK(result.code == codes::kNotOffered.id);
  }
}

TEST_CASE_METHOD(SearchFixture, "four redirects are followed, and a fifth is a circle") {
  http.answer(kLogin, reply_of(404, ""));
  http.answer(kDiscovery, redirect_to(std::string("https://pbx.example") + kWhere));
  for (int more = 0; more < 3; ++more) {
    REQUIRE(http.is_open(kWhere));
    http.answer(kWhere, redirect_to(std::string("https://pbx.example") + kWhere));
  }
  REQUIRE(http.is_open(kWhere));
  CHECK(result.times == 0);
  SECTION("the fifth answer is the document") {
    http.answer(kWhere, reply_of(200, kDocument));
    CHECK(result.code.empty());
  }
  SECTION("the fifth answer is one more") {
    http.answer(kWhere, redirect_to(std::string("https://pbx.example") + kWhere));
    CHECK(result.code == codes::kBadDocument.id);
    CHECK(http.open() == 0);
    CHECK(http.asked.size() == 6);
  }
}

TEST_CASE_METHOD(SearchFixture, "a redirect to nowhere is no OAuth") {
  http.answer(kLogin, reply_of(404, ""));
  http.answer(kDiscovery,
              redirect_to(GENERATE("", "ftp://pbx.example/x", "/relative", "https://",
                                   "https://u:p@pbx.example/", "https://pbx.example/?a=b")));
  CHECK(result.code == codes::kNotOffered.id);
  CHECK(http.open() == 0);
}

TEST_CASE_METHOD(SearchFixture, "a redirect to another host, or away from https, is not followed") {
  http.answer(kLogin, reply_of(404, ""));
  http.answer(kDiscovery, redirect_to(GENERATE("https://other.example/x", "http://pbx.example/x",
                                               "https://127.0.0.1/x", "http://127.0.0.1/x")));
  CHECK(result.code == codes::kElsewhere.id);
  CHECK(http.open() == 0);
}

TEST_CASE_METHOD(SearchFixture,
                 "a login service on another host is not asked unless it is allowed") {
  http.answer(kLogin, reply_of(200, R"({"oauthConfigUrl":"https://login.example/x"})"));
  CHECK(result.code == codes::kElsewhere.id);
  CHECK(http.asked.size() == 1);
}

TEST_CASE_METHOD(SearchFixture, "a login service without a usable address is a bad document") {
  http.answer(kLogin, reply_of(200, R"({"oauthConfigUrl":"login.example"})"));
  CHECK(result.code == codes::kBadDocument.id);
  CHECK(http.asked.size() == 1);
}

struct Elsewhere : SearchFixture {
  Elsewhere() : SearchFixture({"login.example"}) {
    http.answer(kLogin, reply_of(200, R"({"oauthConfigUrl":"https://login.example/x",)"
                                      R"("edgeNodeId":"n-1"})"));
  }
};

TEST_CASE_METHOD(Elsewhere,
                 "an allowed login service is asked, and told the node with each token") {
  http.answer("https://login.example/x", redirect_to("https://login.example/y"));
  http.answer("https://login.example/y",
              reply_of(200, R"({"token_endpoint":"https://login.example/token"})"));
  CHECK(result.access == "https://login.example/token");
  Arrived tokens;
  const auto by_password = issuer->by_password("u", secret("p"), tokens.got());
  scheduler.turn();
  CHECK(http.last("login.example/token").body ==
        "grant_type=password&client_id=client&client_secret=s3cret&username=u&password=p"
        "&scope=login&resource=edgenode%3A%2F%2Fn-1");
}

TEST_CASE_METHOD(Elsewhere,
                 "what a login service elsewhere calls its host is not looked for at the PBX") {
  http.answer("https://login.example/x",
              reply_of(200, R"({"token_endpoint":"https://sso.example/token"})"));
  CHECK(result.code == codes::kElsewhere.id);
}

}  // namespace
}  // namespace sfteams::oauth
