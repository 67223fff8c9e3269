#include "agent/guard/token_verdict.h"

#include <catch2/catch.hpp>

namespace sfteams::agent {
namespace {

using Kind = Judgement::Kind;
using Nobody = Refusal::Nobody;
using Token = Refusal::Token;

/// A sign-in that a well PBX, which serves others, turns away as it turns nobody away.
Refusal sign_in(Token token = Token::unproven) {
  Refusal refusal;
  refusal.token = token;
  refusal.judgement = true;
  refusal.nobody = Nobody::usual;
  return refusal;
}

Refusal good_token(unsigned times) {
  Refusal refusal = sign_in(Token::good);
  refusal.times = times;
  return refusal;
}

Kind kind(const Refusal& refusal) {
  return judge(refusal).kind;
}

TEST_CASE("a PBX that answers nobody otherwise than usual is unwell, whatever it says of a token") {
  for (const Token token : {Token::unproven, Token::proven, Token::good}) {
    for (const bool judgement : {false, true}) {
      for (const bool around : {false, true}) {
        Refusal refusal = sign_in(token);
        refusal.nobody = Nobody::otherwise;
        refusal.judgement = judgement;
        refusal.well_around = around;
        refusal.times = 9;
        CHECK(kind(refusal) == Kind::unwell);
      }
    }
  }
}

TEST_CASE("a first sign-in that is refused is a wrong password, once somebody was ever let in") {
  CHECK(kind(sign_in()) == Kind::wrong);
  Refusal refusal = sign_in();
  refusal.nobody = Nobody::likely;
  CHECK(kind(refusal) == Kind::wrong);
  refusal.nobody = Nobody::unlearned;
  CHECK(kind(refusal) == Kind::told_as_wrong);
}

TEST_CASE("a first sign-in that others share with, or that nobody spoke of, is only told so") {
  Refusal refusal = sign_in();
  refusal.suspected = true;
  refusal.well_around = true;
  CHECK(kind(refusal) == Kind::told_as_wrong);
  refusal = sign_in();
  refusal.judgement = false;
  CHECK(kind(refusal) == Kind::told_as_wrong);
  refusal.as_nobody = true;
  CHECK(kind(refusal) == Kind::wrong);
  refusal.turned_away = false;
  CHECK(kind(refusal) == Kind::later);
}

TEST_CASE("a password that was right before is wrong only when the PBX serves others meanwhile") {
  Refusal refusal = sign_in(Token::proven);
  CHECK(kind(refusal) == Kind::told_as_wrong);
  refusal.times = 2;
  CHECK(kind(refusal) == Kind::told_as_wrong);
  refusal.served_since = true;
  CHECK(kind(refusal) == Kind::wrong);
  refusal.suspected = true;
  CHECK(kind(refusal) == Kind::unwell);
  // Since the start of the agent nobody was let in.
  refusal = sign_in(Token::proven);
  refusal.nobody = Nobody::unlearned;
  CHECK(kind(refusal) == Kind::unwell);
  refusal = sign_in(Token::proven);
  refusal.well_around = true;
  CHECK(kind(refusal) == Kind::wrong);
}

TEST_CASE("a good token that is refused is looked at twice, or is wrong when others are served") {
  CHECK(judge(good_token(1)) == Judgement{Kind::look_again, kQuickLook});
  CHECK(kind(good_token(2)) == Kind::told_as_wrong);
  Refusal refusal = good_token(1);
  refusal.as_nobody = true;
  CHECK(judge(refusal) == Judgement{Kind::look_again, kSecondLook});
  refusal.times = 2;
  CHECK(kind(refusal) == Kind::told_as_wrong);
  refusal.served_since = true;
  CHECK(kind(refusal) == Kind::wrong);
  refusal = good_token(1);
  refusal.well_around = true;
  CHECK(kind(refusal) == Kind::wrong);
}

TEST_CASE("several good tokens that are refused are looked at four times") {
  for (unsigned times = 1; times < 4; ++times) {
    Refusal refusal = good_token(times);
    refusal.several = true;
    CHECK(kind(refusal) == Kind::look_again);
  }
  Refusal refusal = good_token(4);
  refusal.several = true;
  CHECK(kind(refusal) == Kind::told_as_wrong);
}

TEST_CASE("an answer that says nothing of the user signs nobody out while nobody else is served") {
  Refusal refusal = good_token(50);
  refusal.judgement = false;
  refusal.turned_away = false;
  CHECK(judge(refusal) == Judgement{Kind::look_again, kSecondLook});
  refusal.served_since = true;
  CHECK(kind(refusal) == Kind::wrong);
  refusal.answered = false;
  CHECK(kind(refusal) == Kind::later);
}

TEST_CASE("a page where nobody gets another one is looked at four times, half a minute apart") {
  Refusal refusal = good_token(1);
  refusal.judgement = false;
  CHECK(judge(refusal) == Judgement{Kind::look_again, kQuickLook});
  for (unsigned times = 2; times < 4; ++times) {
    refusal.times = times;
    CHECK(judge(refusal) == Judgement{Kind::look_again, kSecondLook});
  }
  refusal.times = 4;
  CHECK(kind(refusal) == Kind::told_as_wrong);
}

}  // namespace
}  // namespace sfteams::agent
