#include "agent/guard/token_verdict.h"

namespace sfteams::agent {
namespace {

using Kind = Judgement::Kind;
using Nobody = Refusal::Nobody;
using Token = Refusal::Token;

/// Twice, when it is clear that the PBX is there for others.
constexpr unsigned kClearLooks = 2;
constexpr unsigned kMostLooks = 4;

Judgement judge_sign_in(const Refusal& refusal) {
  if (!refusal.turned_away) return {Kind::later};
  if (refusal.well_around && !refusal.suspected) return {Kind::wrong};
  if (refusal.token == Token::proven) {
    if (refusal.suspected || refusal.nobody == Nobody::unlearned) return {Kind::unwell};
    return {refusal.times > 1 && refusal.served_since ? Kind::wrong : Kind::told_as_wrong};
  }
  const bool clear = refusal.judgement || refusal.as_nobody;
  const bool learned = refusal.nobody == Nobody::usual || refusal.nobody == Nobody::likely;
  return {clear && learned && !refusal.suspected ? Kind::wrong : Kind::told_as_wrong};
}

Judgement judge_good(const Refusal& refusal) {
  if (!refusal.answered) return {Kind::later};
  const bool differs = refusal.turned_away && !refusal.as_nobody;
  if (differs && refusal.well_around) return {Kind::wrong};
  // The application may be in trouble behind something that answers nobody as ever.
  const bool may_be_trouble = !refusal.as_nobody && !refusal.judgement;
  const bool clear =
      refusal.served_since || (refusal.turned_away && !refusal.several && !may_be_trouble);
  if (clear && refusal.times >= kClearLooks)
    return {refusal.served_since ? Kind::wrong : Kind::told_as_wrong};
  const bool in_the_end = refusal.turned_away || !may_be_trouble;
  if (in_the_end && refusal.times >= kMostLooks) return {Kind::told_as_wrong};
  return {Kind::look_again, differs && refusal.times == 1 ? kQuickLook : kSecondLook};
}

}  // namespace

Judgement judge(const Refusal& refusal) {
  if (refusal.nobody == Nobody::otherwise) return {Kind::unwell};
  return refusal.token == Token::good ? judge_good(refusal) : judge_sign_in(refusal);
}

}  // namespace sfteams::agent
