#pragma once

#include <cstdint>
#include <optional>

#include "agent/guard/token_verdict.h"
#include "transport/scheduler.h"
#include "uci/token_gate.h"

namespace sfteams::agent {

/// Learns what a PBX that is well answers to a request without a token ("nobody"), by asking just
/// after the PBX has served a user. Such an answer is likely the usual one. It becomes certain when
/// a request that was sent after it is served, and no restart fits between the two, or when the
/// same answer comes kCertain times in a row.
///
/// It sends nothing and has no clock: the caller passes moments, which never go back, and numbers
/// requests in the order in which they are sent.
class UsualAnswer {
 public:
  using Duration = transport::Duration;
  using TimePoint = transport::TimePoint;
  using Shape = uci::AnswerShape;

  /// Between two questions. Twice as long each time that nothing has changed, because it is not
  /// known for certain that a PBX counts no request without a token.
  static constexpr Duration kAskAgain{60'000};
  static constexpr Duration kAskAtLeast{600'000};
  static constexpr Duration kAskSoon{5'000};  ///< while it is not certain
  static constexpr unsigned kCertain = 3;

  /// `certain`: what was certain before this process.
  explicit UsualAnswer(std::optional<Shape> certain) : certain_(certain) {}

  [[nodiscard]] const std::optional<Shape>& certain() const { return certain_; }
  /// Whether anything is learned, be it only likely.
  [[nodiscard]] bool learned() const { return certain_ || likely_; }
  [[nodiscard]] Refusal::Nobody compare(const Shape& nobody) const;

  /// The PBX has served request number `sent`. True: certain() is another one now.
  [[nodiscard]] bool note_served(std::uint64_t sent, TimePoint now);
  /// After note_served(). True: the caller asks the PBX now, without a token, and hands over the
  /// answer with note_answer(); it is not true again before that.
  [[nodiscard]] bool has_question(TimePoint now);
  /// `asked_at`: when has_question() was true; `last_sent`: the number of the last request that was
  /// sent before the answer came; `doubtful`: the PBX is suspected meanwhile, so that the answer
  /// teaches nothing. True: certain() is another one now.
  [[nodiscard]] bool note_answer(const Shape& nobody, TimePoint asked_at, std::uint64_t last_sent,
                                 bool doubtful, TimePoint now);
  /// The PBX was in trouble: the next user who is served is reason to ask.
  void ask_soon() { next_ = {}; }

 private:
  bool be_certain(TimePoint now);

  std::optional<Shape> certain_;
  std::optional<Shape> likely_;
  std::uint64_t likely_since_ = 0;  ///< number of the last request before it
  TimePoint likely_asked_at_{};
  unsigned in_a_row_ = 0;  ///< so often likely_ came
  bool asking_ = false;
  Duration pause_ = kAskAgain;
  TimePoint next_{};
};

}  // namespace sfteams::agent
