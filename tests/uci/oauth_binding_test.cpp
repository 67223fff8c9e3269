#include "uci/oauth_binding.h"

#include <catch2/catch.hpp>

#include "oauth/codes.h"
#include "tests/contains.h"
#include "tests/uci/oauth_scene.h"
#include "transport/codes.h"

namespace sfteams::uci {
namespace {

using namespace std::chrono_literals;
using namespace test;  // NOLINT: the room's own
using oauth::test::kToken;
using oauth::test::refused;
using oauth::test::reply_of;
using oauth::test::tokens_reply;

/// What a request was answered.
struct Answered {
  int times = 0;
  Result<RpcReply> reply = fail(Code{"test.nothing"}, "nothing");
  std::function<void()> then;

  [[nodiscard]] RpcTransport::Callback callback() {
    return [this](Result<RpcReply> arrived) {
      ++times;
      reply = std::move(arrived);
      if (then) then();
    };
  }
  [[nodiscard]] std::string code() const { return reply ? "" : std::string(reply.error().code.id); }
};

struct BindingFixture : OauthScene {
  using OauthScene::OauthScene;

  void send(bool announce = false) {
    request = binding.send("<methodCall/>", announce, 7s, got.callback());
    scheduler.turn();
  }
  /// Logs in with the access token a1.
  void signed_in() {
    send(true);
    http.answer(kToken, tokens_reply("head.claims.a1", "r1"));
    http.answer(kRpc, rpc_value(true));
    REQUIRE(got.times == 1);
    got = {};
  }

  Answered got;
  std::unique_ptr<RpcPending> request;
};

TEST_CASE_METHOD(BindingFixture, "a login carries its token as jwt, with everything else as ever") {
  send(true);
  CHECK(http.count(kRpc) == 0);
  http.answer(kToken, tokens_reply("a+b/c", "r1"));
  const auto& asked = http.last(kRpc);
  CHECK(
      asked.url ==
      "https://pbx.example/xml-rpc?de.vertico.starface.jwt=a%2Bb%2Fc&de.vertico.starface.user=0001"
      "&de.vertico.starface.callback.type=http&de.vertico.starface.callback.host=127.0.0.1"
      "&de.vertico.starface.callback.port=4711&de.vertico.starface.callback.path=%2Fevents%2Fx");
  CHECK(asked.method == "POST");
  CHECK(asked.body == "<methodCall/>");
  CHECK(asked.call.content_type == dialect.content_type);
  CHECK(asked.call.ca_file == "/ca.pem");
  CHECK(asked.call.timeout == 7s);
  CHECK(asked.call.sender == "0001");
  CHECK_FALSE(asked.call.read_redirect);
  http.answer(kRpc, rpc_value("yes"));
  CHECK(got.times == 1);
  REQUIRE(got.reply);
  CHECK(got.reply->status == 200);
  CHECK(got.reply->content_type == "text/xml");
  CHECK(contains(got.reply->body, "yes"));
}

TEST_CASE(
    "the callback is named with each request, or with the login only, as the dialect has it") {
  Dialect dialect = dialect_of(Version::v30);
  dialect.callback_on_every_request = GENERATE(true, false);
  dialect.send_callback_type = false;
  dialect.send_user = false;
  OauthScene scene("p", "", dialect);
  const auto url_of = [&scene](bool announce) {
    Answered got;
    const auto request = scene.binding.send("", announce, 1s, got.callback());
    scene.scheduler.turn();
    if (scene.http.is_open(kToken)) scene.http.answer(kToken, tokens_reply("a", "r"));
    return scene.http.last(kRpc).url;
  };
  const std::string token = "https://pbx.example/xml-rpc?de.vertico.starface.jwt=a";
  const std::string callback =
      "&de.vertico.starface.callback.host=127.0.0.1&de.vertico.starface.callback.port=4711"
      "&de.vertico.starface.callback.path=%2Fevents%2Fx";
  CHECK(url_of(true) == token + callback);
  CHECK(url_of(false) == token + (dialect.callback_on_every_request ? callback : ""));
}

TEST_CASE_METHOD(BindingFixture,
                 "a request that is turned away with a token that was served is sent once more") {
  signed_in();
  send();
  const auto away = GENERATE(page(401), page(403), page(407), page(302), page(307), page(200),
                             reply_of(200, "<html></html>", ""),
                             reply_of(200, "Sign in", "Text/HTML; charset=utf-8"),
                             reply_of(200, "\n<!DOCTYPE html><p>", "text/plain"));
  http.answer(kRpc, away);
  CHECK(got.times == 0);
  scheduler.turn();
  CHECK(contains(http.last(kToken).body, "refresh_token=r1"));
  http.answer(kToken, tokens_reply("a2", "r2"));
  CHECK(contains(http.last(kRpc).url, "jwt=a2&"));
  CHECK(http.last(kRpc).body == "<methodCall/>");
  CHECK(http.last(kRpc).call.timeout == 7s);
  SECTION("and its second answer counts, if it is one") {
    http.answer(kRpc, rpc_value(true));
    CHECK(got.reply->status == 200);
  }
  SECTION("and its second answer counts, if it is turned away again") {
    http.answer(kRpc, away);
    CHECK(got.reply->status == away.status);
    CHECK(got.reply->body == away.body);
  }
  CHECK(got.times == 1);
  scheduler.advance(1h);
  CHECK(http.count(kRpc) == 3);
  CHECK(http.count(kToken) == 2);
}

TEST_CASE_METHOD(BindingFixture,
                 "a request that is turned away with a token never served is not repeated") {
  send(true);
  http.answer(kToken, tokens_reply("a1", "r1"));
  const int status = GENERATE(401, 403, 407, 302, 200);
  http.answer(kRpc, page(status));
  CHECK(got.times == 1);
  CHECK(got.reply->status == status);
  scheduler.advance(1h);
  CHECK(http.count(kRpc) == 1);
  CHECK(http.count(kToken) == 1);
}

TEST_CASE_METHOD(BindingFixture,
                 "an answer that was carried out is not sent again, whatever comes with it") {
  signed_in();
  send();
  const std::string xml = write_response(Value(true)).value();
  const auto reply = GENERATE_COPY(
      reply_of(200, xml, "text/html"), reply_of(302, xml, "text/xml"),
      reply_of(200, "<?xml version=\"1.0\"?><!-- x --><methodResponse/>", "text/html"),
      reply_of(204, "", ""), reply_of(200, "", ""), page(404), page(500), page(503));
  http.answer(kRpc, reply);
  CHECK(got.times == 1);
  CHECK(got.reply->status == reply.status);
  CHECK(http.count(kRpc) == 2);
  CHECK(http.count(kToken) == 1);
}

TEST_CASE_METHOD(BindingFixture, "a web page is no proof that a token was good") {
  send(true);
  http.answer(kToken, tokens_reply("a1", "r1"));
  http.answer(kRpc, page());
  got = {};
  send();
  http.answer(kRpc, page(401));
  CHECK(got.times == 1);
  CHECK(http.count(kToken) == 1);
}

TEST_CASE_METHOD(
    BindingFixture,
    "many requests with a token that is over share one renewal, each is sent once more") {
  signed_in();
  constexpr std::size_t kMany = 5;
  std::vector<Answered> answers(kMany);
  std::vector<std::unique_ptr<RpcPending>> requests;
  for (Answered& answer : answers)
    requests.push_back(binding.send("<x/>", false, 1s, answer.callback()));
  for (std::size_t i = 0; i < kMany; ++i) {
    // The last one only after the new token is there.
    if (i + 1 == kMany) http.answer(kToken, tokens_reply("a2", "r2"));
    http.answer("jwt=head.claims.a1", page(401));
    scheduler.turn();
  }
  CHECK(http.count(kToken) == 2);
  CHECK(http.count("jwt=a2") == kMany);
  for (std::size_t i = 0; i < kMany; ++i)
    http.answer("jwt=a2", rpc_value(true));
  for (const Answered& answer : answers)
    CHECK(answer.times == 1);
}

TEST_CASE_METHOD(BindingFixture, "a failure of the way is never repeated") {
  signed_in();
  send();
  const auto [code, expected] =
      GENERATE(std::pair{transport::codes::kConnectFailed, codes::kUnreachable},
               std::pair{transport::codes::kTlsUntrusted, codes::kUnreachable},
               std::pair{transport::codes::kTimeout, codes::kTimeout},
               std::pair{transport::codes::kBrokenReply, codes::kBrokenReply},
               std::pair{transport::codes::kReplyTooLarge, codes::kBrokenReply});
  http.answer(kRpc, fail(code, "the network did it"));
  CHECK(got.times == 1);
  CHECK(got.code() == expected.id);
  CHECK(http.count(kRpc) == 2);
}

TEST_CASE_METHOD(BindingFixture, "each reason for no token is told in the words of the contract") {
  struct Case {
    transport::HttpReply reply;
    Code code;
  };
  namespace issue = oauth::codes;
  const Case one = GENERATE(
      Case{refused("invalid_grant"), codes::kLoginRefused},
      Case{refused("odd", 401), issue::kRefused}, Case{refused("invalid_client"), issue::kRefused},
      Case{refused("unsupported_grant_type"), issue::kNoPasswordGrant},
      Case{refused("invalid_scope"), issue::kRequestRefused},
      Case{reply_of(503, ""), codes::kPbxError}, Case{reply_of(200, "<html>"), codes::kPbxError},
      Case{reply_of(200, "{}"), codes::kBrokenReply}, Case{reply_of(404, ""), issue::kBadDocument});
  send(true);
  http.answer(kToken, one.reply);
  CHECK(got.times == 0);  // a later turn
  scheduler.turn();
  CHECK(got.times == 1);
  CHECK(got.code() == one.code.id);
  CHECK(http.count(kRpc) == 0);
}

TEST_CASE_METHOD(BindingFixture, "a way that fails before there is a token is a way that fails") {
  const auto [code, expected] =
      GENERATE(std::pair{transport::codes::kConnectFailed, codes::kUnreachable},
               std::pair{transport::codes::kTimeout, codes::kTimeout},
               std::pair{transport::codes::kBrokenReply, codes::kBrokenReply});
  send(true);
  http.answer(kToken, fail(code, "down"));
  scheduler.turn();
  CHECK(got.code() == expected.id);
}

TEST_CASE("a PBX without OAuth, or with one elsewhere, is told as it is") {
  OauthScene scene;
  const bool elsewhere = GENERATE(true, false);
  if (elsewhere)
    scene.http.answers(oauth::test::kLogin, 200, R"({"oauthConfigUrl":"https://other.example/x"})");
  scene.http.answers(oauth::test::kDiscovery, 404, "");
  Answered got;
  const auto request = scene.binding.send("", true, 1s, got.callback());
  scene.scheduler.turn();
  CHECK(got.code() == (elsewhere ? oauth::codes::kElsewhere.id : oauth::codes::kNotOffered.id));
}

TEST_CASE_METHOD(BindingFixture,
                 "tokens that are over mean a login where the password is at hand") {
  signed_in();
  scheduler.advance(300s);
  send();
  http.answer(kToken, refused("invalid_grant"));
  scheduler.turn();
  CHECK(got.code() == codes::kNotConnected.id);
  got = {};
  send(true);
  CHECK(contains(http.last(kToken).body, "grant_type=password"));
}

TEST_CASE("tokens that are over are the end where no password is at hand") {
  OauthScene scene("", "r0");
  const bool announce = GENERATE(true, false);
  Answered got;
  auto request = scene.binding.send("", announce, 1s, got.callback());
  scene.scheduler.turn();
  scene.http.answer(kToken, refused("invalid_grant"));
  scene.scheduler.turn();
  CHECK(got.code() == codes::kSignInOver.id);
  request = scene.binding.send("", announce, 1s, got.callback());
  CHECK(got.times == 1);
  scene.scheduler.turn();
  CHECK(got.times == 2);
  CHECK(got.code() == codes::kSignInOver.id);
  CHECK(scene.http.count(kToken) == 1);
}

TEST_CASE_METHOD(BindingFixture,
                 "a token that is over without a refresh token ends in a login, not in a refusal") {
  send(true);
  http.answer(kToken, tokens_reply("a1"));
  http.answer(kRpc, rpc_value(true));
  got = {};
  send();
  http.answer(kRpc, page(401));
  scheduler.turn();
  CHECK(got.code() == codes::kNotConnected.id);
  send(true);
  http.answer(kToken, tokens_reply("a2"));
  CHECK(contains(http.last(kRpc).url, "jwt=a2&"));
}

TEST_CASE_METHOD(BindingFixture,
                 "a token is not to be read in an answer that is small enough to be an error") {
  signed_in();
  send();
  http.answer(kRpc, reply_of(500, "denied: head.claims.a1 and again a1!", "text/plain"));
  CHECK(got.reply->body == "denied: head.claims.** and again **!");
  send();
  const std::string large = "a1" + std::string(100'000, ' ');
  http.answer(kRpc, reply_of(200, large, "text/xml"));
  CHECK(got.reply->body == large);
  // After a renewal it is the new one that is hidden.
  send();
  http.answer(kRpc, page(401));
  scheduler.turn();
  http.answer(kToken, tokens_reply("head.claims.b7", "r2"));
  http.answer(kRpc, reply_of(401, "b7 is bad", "text/plain"));
  CHECK(got.reply->body == "** is bad");
}

TEST_CASE_METHOD(BindingFixture, "a request that goes, at whatever moment, is not called") {
  const int moment = GENERATE(0, 1, 2, 3, 4);
  if (moment > 1) signed_in();
  if (moment == 4) scheduler.advance(300s);
  send(moment < 2);
  if (moment == 1) http.answer(kToken, tokens_reply("a1", "r1"));
  if (moment == 3) http.answer(kRpc, page(401));
  if (moment == 4) http.answer(kToken, refused("invalid_grant"));
  request.reset();
  scheduler.turn();
  while (http.is_open(kToken))
    http.answer(kToken, tokens_reply("a2", "r2"));
  scheduler.advance(1h);
  CHECK(got.times == 0);
  CHECK_FALSE(http.is_open(kRpc));
}

TEST_CASE_METHOD(BindingFixture, "an answer may destroy its request, or send the next") {
  const bool success = GENERATE(true, false);
  got.then = [this] {
    request.reset();
    if (got.times == 1) request = binding.send("<next/>", false, 1s, got.callback());
  };
  send(true);
  http.answer(kToken, success ? tokens_reply("a1", "r1") : refused("invalid_grant"));
  if (success) http.answer(kRpc, rpc_value(true));
  scheduler.turn();
  if (success) {
    CHECK(http.last(kRpc).body == "<next/>");
    http.answer(kRpc, rpc_value(true));
  }
  scheduler.advance(1s);
  CHECK(got.times == 2);
  CHECK(http.count(kToken) == 1);
}

}  // namespace
}  // namespace sfteams::uci
