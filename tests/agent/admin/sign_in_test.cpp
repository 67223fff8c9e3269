#include "agent/admin/sign_in.h"

#include <catch2/catch.hpp>

#include "agent/admin/codes.h"

namespace sfteams::admin {
namespace {

using namespace std::chrono_literals;

struct SignInFixture {
  SignIn sign_in;
  SignIn::TimePoint now{1'000h};

  std::string link() { return sign_in.new_link(now).value(); }
  SignIn::Session session() { return sign_in.redeem(link(), now).value(); }
  bool admits(const SignIn::Session& session) {
    return sign_in.admits(session.cookie, session.csrf, now);
  }
};

}  // namespace

TEST_CASE_METHOD(SignInFixture, "a link signs in once") {
  const std::string token = link();
  CHECK(token.size() == 43);  // 256 bits
  const auto session = sign_in.redeem(token, now);
  REQUIRE(session);
  CHECK(admits(*session));
  const auto again = sign_in.redeem(token, now);
  REQUIRE_FALSE(again);
  CHECK(again.error().code == codes::kBadLink);
}

TEST_CASE_METHOD(SignInFixture, "a link is good for five minutes") {
  const std::string token = link();
  now += 5min - 1ms;
  const std::string late = link();
  now += 1ms;
  CHECK_FALSE(sign_in.redeem(token, now));
  CHECK(sign_in.redeem(late, now));
}

TEST_CASE_METHOD(SignInFixture, "what was never a link does not sign in") {
  const std::string token = link();
  for (const std::string& wrong : {std::string(), std::string("x"), token + "x", token.substr(1)})
    CHECK_FALSE(sign_in.redeem(wrong, now));
  CHECK(sign_in.redeem(token, now));
}

TEST_CASE_METHOD(SignInFixture, "cookie and token are worth something together only") {
  const SignIn::Session one = session();
  const SignIn::Session other = session();
  CHECK(one.cookie != other.cookie);
  CHECK_FALSE(sign_in.admits(one.cookie, other.csrf, now));
  CHECK_FALSE(sign_in.admits(one.cookie, "", now));
  CHECK_FALSE(sign_in.admits("", one.csrf, now));
  CHECK_FALSE(sign_in.admits("", "", now));
  CHECK_FALSE(sign_in.admits(one.csrf, one.cookie, now));
  CHECK(admits(one));
}

TEST_CASE_METHOD(SignInFixture,
                 "a session ends half an hour after its last use, and after eight hours") {
  const SignIn::Session idle = session();
  now += SignIn::kIdle;
  CHECK_FALSE(admits(idle));
  const SignIn::Session busy = session();
  for (int i = 0; i < 16; ++i) {
    CHECK(admits(busy));
    now += SignIn::kIdle - 1ms;
  }
  CHECK(admits(busy));
  now += 1min;
  CHECK_FALSE(admits(busy));
}

TEST_CASE_METHOD(SignInFixture, "what an open page asks by itself does not keep its session") {
  const SignIn::Session left_open = session();
  now += SignIn::kIdle - 1ms;
  CHECK(sign_in.admits(left_open.cookie, left_open.csrf, now, SignIn::By::script));
  now += 1ms;
  CHECK_FALSE(admits(left_open));
}

TEST_CASE_METHOD(SignInFixture, "signing out ends one session and no other") {
  const SignIn::Session one = session();
  const SignIn::Session other = session();
  sign_in.sign_out(one.cookie);
  CHECK_FALSE(admits(one));
  CHECK(admits(other));
}

TEST_CASE_METHOD(SignInFixture, "of too many sessions the one that was used least recently ends") {
  std::vector<SignIn::Session> sessions;
  for (std::size_t i = 0; i < SignIn::kMostSessions; ++i) {
    sessions.push_back(session());
    now += 1s;
  }
  CHECK(admits(sessions.front()));
  sessions.push_back(session());
  CHECK_FALSE(admits(sessions[1]));
  CHECK(admits(sessions.front()));
  CHECK(admits(sessions.back()));
}

TEST_CASE_METHOD(SignInFixture, "of too many links the oldest is good no more") {
  const std::string first = link();
  const std::string second = link();
  for (std::size_t i = 1; i < SignIn::kMostLinks; ++i)
    static_cast<void>(link());
  CHECK_FALSE(sign_in.redeem(first, now));
  CHECK(sign_in.redeem(second, now));
}

}  // namespace sfteams::admin
