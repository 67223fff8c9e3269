#include "agent/pbx/auth_watch.h"

#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "oauth/codes.h"
#include "tests/fake_scheduler.h"
#include "transport/codes.h"

namespace sfteams::agent {
namespace {

using namespace std::chrono_literals;

struct WatchFixture {
  WatchFixture() {
    settings.auth = SignInBy::automatic;
    settings.client_secret_file = "/etc/secret";
  }

  Result<std::unique_ptr<ProviderQuestion>> find(ProviderQuestion::Answer answer) {
    struct Question final : ProviderQuestion {};
    if (broken) return fail(transport::codes::kConnectFailed, "no more files", "");
    ++asked;
    open = std::move(answer);
    return std::make_unique<Question>();
  }
  void answer(const Result<oauth::Provider>& found) {
    REQUIRE(open);
    std::exchange(open, nullptr)(found);
  }
  static Result<oauth::Provider> nothing() {
    return fail(oauth::codes::kNotOffered, "the PBX offers no OAuth", "");
  }
  static Result<oauth::Provider> offered() {
    oauth::Provider provider;
    provider.password_grant = true;
    return provider;
  }
  /// An agent that has waited long enough for a PBX that may have been starting.
  void settle_without_oauth() {
    REQUIRE_FALSE(*watch.ask(settings));
    answer(nothing());
    scheduler.advance(AuthWatch::kStarting);
    REQUIRE_FALSE(*watch.ask(settings));
    answer(nothing());
    REQUIRE(watch.choice());
    told.clear();
  }

  sfteams::test::FakeScheduler scheduler;
  PbxSettings settings;
  ProviderQuestion::Answer open;
  bool broken = false;
  int asked = 0;
  std::vector<std::string> told;  ///< "answered", "changed", or the code of an error
  AuthWatch watch{
      {scheduler,
       [this](const PbxSettings&, ProviderQuestion::Answer done) { return find(std::move(done)); },
       [this](const std::optional<Error>& why) {
         told.push_back(why ? std::string(why->code.id) : "answered");
       },
       [this] { told.push_back("changed"); }}};
};

TEST_CASE_METHOD(WatchFixture, "what is configured is not asked for") {
  for (const SignInBy by : {SignInBy::sha512, SignInBy::md5, SignInBy::oauth}) {
    watch.forget();
    settings.auth = by;
    CHECK(*watch.ask(settings));
    CHECK(watch.choice()->by == by);
  }
  scheduler.advance(24h);
  CHECK(asked == 0);
}

TEST_CASE_METHOD(WatchFixture, "what the PBX says holds, and is not asked for again") {
  CHECK_FALSE(*watch.ask(settings));
  CHECK(watch.asks());
  CHECK_FALSE(watch.choice());
  answer(offered());
  CHECK(told == std::vector<std::string>{"answered"});
  CHECK_FALSE(watch.asks());
  CHECK(watch.choice()->by == SignInBy::oauth);
  CHECK_FALSE(watch.choice()->problem);
  CHECK(*watch.ask(settings));
  scheduler.advance(24h);
  CHECK(asked == 1);
}

TEST_CASE_METHOD(WatchFixture, "a PBX that does not offer what it should may be starting") {
  CHECK_FALSE(*watch.ask(settings));
  answer(nothing());
  CHECK(told == std::vector<std::string>{"uci.unreachable"});
  CHECK_FALSE(watch.choice());
  scheduler.advance(AuthWatch::kStarting - 1ms);
  CHECK_FALSE(*watch.ask(settings));
  answer(nothing());
  CHECK_FALSE(watch.choice());
  scheduler.advance(1ms);
  CHECK_FALSE(*watch.ask(settings));
  answer(nothing());
  CHECK(watch.choice()->by == SignInBy::sha512);
  CHECK(told.back() == "answered");
}

TEST_CASE_METHOD(WatchFixture, "an agent that is no client of OAuth waits for none") {
  settings.client_secret_file.reset();
  CHECK_FALSE(*watch.ask(settings));
  answer(nothing());
  CHECK(watch.choice()->by == SignInBy::sha512);
  scheduler.advance(24h);
  CHECK(asked == 1);
}

TEST_CASE_METHOD(WatchFixture, "a PBX that is updated is noticed") {
  settle_without_oauth();
  const int before = asked;
  scheduler.advance(AuthWatch::kLookAgain);
  REQUIRE(asked == before + 1);
  CHECK_FALSE(watch.asks());  // the choice still holds
  answer(fail(transport::codes::kConnectFailed, "it restarts", ""));
  scheduler.advance(AuthWatch::kLookAgain);
  answer(nothing());
  broken = true;
  scheduler.advance(AuthWatch::kLookAgain);
  broken = false;
  CHECK(watch.choice()->by == SignInBy::sha512);
  scheduler.advance(AuthWatch::kLookAgain);
  CHECK(told.empty());
  answer(offered());
  CHECK(told == std::vector<std::string>{"changed"});
  CHECK(watch.choice()->by == SignInBy::oauth);
  const int then = asked;
  scheduler.advance(24h);
  CHECK(asked == then);
}

TEST_CASE_METHOD(WatchFixture, "what is forgotten or over asks for nothing") {
  settle_without_oauth();
  const bool forgotten = GENERATE(true, false);
  forgotten ? watch.forget() : watch.stop();
  CHECK(watch.choice().has_value() == !forgotten);
  const int before = asked;
  scheduler.advance(24h);
  CHECK(asked == before);
}

TEST_CASE_METHOD(WatchFixture, "what cannot be asked, or is not answered, is told as it is") {
  broken = true;
  CHECK(watch.ask(settings).error().code == transport::codes::kConnectFailed);
  broken = false;
  CHECK_FALSE(*watch.ask(settings));
  answer(fail(oauth::codes::kUnwell, "HTTP 503", ""));
  CHECK(told == std::vector<std::string>{"oauth.unwell"});
  CHECK_FALSE(watch.choice());
}

TEST_CASE_METHOD(WatchFixture, "a PBX without passwords is a problem before anybody tries") {
  Result<oauth::Provider> external = offered();
  external->password_grant = false;
  CHECK_FALSE(*watch.ask(settings));
  answer(external);
  CHECK(watch.choice()->by == SignInBy::oauth);
  CHECK(watch.choice()->problem->code == oauth::codes::kNoPasswordGrant);
}

}  // namespace
}  // namespace sfteams::agent
