// What a refusal means: the second half of TokenDesk::Gate.

#include <chrono>

#include "agent/guard/codes.h"
#include "agent/guard/token_desk_gate.h"
#include "uci/codes.h"

namespace sfteams::agent {

using uci::TokenAnswer;
using uci::TokenSign;

void TokenDesk::Gate::judge(const TokenAnswer& answer, std::function<void(Verdict)> decide) {
  if (answer.issue != TokenAnswer::Issue::none) return decide_issue(answer.issue, decide);
  desk_.ask_nobody([this, present = std::weak_ptr(present_), answer,
                    decide = std::move(decide)](const Shape& nobody) {
    if (!present.expired()) decide_with(answer, nobody, decide);
  });
}

/// Who gives out tokens says clearly what is wrong, so nobody else is asked, and nobody else's token
/// becomes doubtful.
void TokenDesk::Gate::decide_issue(TokenAnswer::Issue issue,
                                   const std::function<void(Verdict)>& decide) {
  wrong_ = issue == TokenAnswer::Issue::password;
  circumstances_.told_as_wrong = issue == TokenAnswer::Issue::unclear;
  if (wrong_ && was_good_) desk_.guard_.refused_later(fingerprint_, desk_.scheduler_.now(), true);
  desk_.room_soon();
  decide(Verdict::wrong);
}

void TokenDesk::Gate::decide_with(const TokenAnswer& answer, const Shape& nobody,
                                  const std::function<void(Verdict)>& decide) {
  using Kind = Judgement::Kind;
  desk_.watch_nobody();
  const Refusal refusal = describe_refusal(answer, nobody);
  // A token that was good is hardly changed in the very moment in which the PBX is unwell.
  // (After an outage, that may well be.)
  const bool fresh_doubt =
      kept_doubts_ == 0 ? asked_in_trust_ : desk_.scheduler_.now() <= doubted_at_ + kNoRestart;
  const bool state = refusal.nobody == Refusal::Nobody::otherwise && strikes_ == 0 && fresh_doubt &&
                     refusal.token != Refusal::Token::unproven;
  if (refusal.as_nobody || state) {
    circumstances_.pbx = nobody;
    desk_.guard_.note_pbx(kept_, nobody);
    // The calls before it, too, when no restart fits between them.
    if (fresh_doubt) desk_.guard_.note_pbx(kept_doubts_, nobody);
  }
  const Judgement judgement = agent::judge(refusal);
  switch (judgement.kind) {
    case Kind::wrong:
      wrong_ = !answer.issued;
      [[fallthrough]];
    case Kind::told_as_wrong:
      circumstances_.told_as_wrong = !wrong_ && !answer.issued && refusal.judgement;
      if (was_good_) {
        desk_.doubt_all();
        if (!answer.issued)
          desk_.guard_.refused_later(fingerprint_, desk_.scheduler_.now(), wrong_);
      }
      if (refusal.token == Refusal::Token::proven && !wrong_) desk_.note_refused(fingerprint_);
      desk_.room_soon();
      return decide(Verdict::wrong);
    case Kind::look_again:
      not_before_ = desk_.scheduler_.now() + judgement.pause;
      desk_.suspect();
      break;
    case Kind::unwell:
      if (was_good_) desk_.suspect();
      break;
    case Kind::later:
      if (was_good_ && !answer.answered) note_unanswered();
      break;
  }
  decide(Verdict::later);
}

Refusal TokenDesk::Gate::describe_refusal(const TokenAnswer& answer, const Shape& nobody) {
  using Token = Refusal::Token;
  Refusal refusal;
  refusal.nobody = desk_.usual_.compare(nobody);
  refusal.answered = answer.answered;
  refusal.turned_away = answer.turned_away;
  refusal.judgement = answer.shape.rank == Shape::Rank::judgement ||
                      (answer.sign == TokenSign::refused && answer.shape.rank == Shape::Rank::rpc);
  refusal.as_nobody = answer.shape == nobody;
  refusal.suspected = desk_.scouts_.suspicious();
  refusal.well_around = well_around();
  if (!was_good_) {
    circumstances_.proven = proven_ && proven_();
    refusal.token = circumstances_.proven ? Token::proven : Token::unproven;
    if (const auto first = desk_.first_refusal_of(fingerprint_)) {
      refusal.times = 2;
      refusal.served_since = desk_.last_good_at_ > *first;
    }
    return refusal;
  }
  refusal.token = Token::good;
  // Only what was looked at while the PBX seemed well is a strike.
  const bool strike = refusal.nobody != Refusal::Nobody::otherwise && answer.answered;
  if (strike && ++strikes_ == 1) struck_at_ = desk_.scheduler_.now();
  refusal.times = strikes_;
  refusal.served_since = strikes_ > 0 && others_served_ > struck_at_;
  refusal.several = desk_.several_struck();
  return refusal;
}

/// The PBX is well and leaves this user's requests without an answer. What it makes of the token is
/// unknown, so each of them costs room, and others need that as well.
void TokenDesk::Gate::note_unanswered() {
  const auto now = desk_.scheduler_.now();
  const LoginGuard::Limits& limits = desk_.guard_.limits();
  std::erase_if(unanswered_, [&](TimePoint at) { return now >= at + limits.window; });
  unanswered_.push_back(now);
  if (unanswered_.size() >= limits.failures_per_user) {
    not_before_ = std::chrono::ceil<Duration>(unanswered_.front() - TimePoint()) + TimePoint() +
                  limits.window;
  }
}

/// Somebody was served before the request that is judged, and from then until now, when the PBX is
/// as usual, too little time has gone by for it to go down and come up again. (That somebody was
/// served after that request would prove nothing: the PBX may have come up between the two.)
bool TokenDesk::Gate::well_around() const {
  return well_before_ && desk_.scheduler_.now() <= *well_before_ + kNoRestart;
}

LoginGuard::Outcome TokenDesk::Gate::outcome(const Result<void>& login) const {
  using Outcome = LoginGuard::Outcome;
  if (login) return Outcome::accepted;
  if (wrong_) return Outcome::refused;
  return last_answer_.sign == TokenSign::unsent ? Outcome::not_reached : Outcome::unknown;
}

Error TokenDesk::Gate::why() const {
  if (desk_.scouts_.suspicious()) {
    return {uci::codes::kPbxError, "the PBX turns users away at the moment",
            "it is starting, or in trouble; try again in a moment"};
  }
  const auto now = desk_.scheduler_.now();
  if (desk_.guard_.failures(now) + 1 >= desk_.guard_.most()) {
    if (desk_.guard_.has_unanswered_requests()) {
      return {uci::codes::kPbxError,
              "the PBX has left requests without a usable answer lately; no further one goes there "
              "before it is known that this user's password still holds",
              "try again in some minutes"};
    }
    return {codes::kLoginPaused,
            "too many wrong passwords have reached the PBX lately; no further request goes there "
            "before it is known that this user's password still holds",
            "try again in some minutes"};
  }
  return {uci::codes::kTooManyWaiting, "too many calls of the user are under way",
          "wait for answers before calling again"};
}

}  // namespace sfteams::agent
