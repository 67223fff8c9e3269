#pragma once

#include "transport/scheduler.h"

namespace sfteams::agent {

/// Decides which tokens may go while the PBX is suspected of turning everybody away: none but
/// scouts, one at a time and with growing pauses, until one of them is served. Meanwhile the PBX is
/// asked without a token, which costs nothing, to see whether it answers as usual.
///
/// It sends nothing and has no timer: the caller asks the PBX after the pauses that it names, and
/// passes moments, which never go back.
class Scouts {
 public:
  using Duration = transport::Duration;
  using TimePoint = transport::TimePoint;

  static constexpr Duration kFirstPause{1'000};
  /// Between two questions without a token, while users wait for the PBX: a fourth of the time that
  /// they have waited, within these bounds.
  static constexpr Duration kShortWait{5'000};
  static constexpr Duration kLongWait{60'000};
  /// The same while nobody waits.
  static constexpr Duration kAskAtLeast{600'000};
  /// Between two scouts at most, so that they alone do not use up what may be wrong in a window.
  static constexpr Duration kScoutPause{150'000};
  static constexpr Duration kScoutsOften{8'000};
  /// While the PBX answers nobody otherwise than usual: that may have changed for good.
  static constexpr Duration kScoutOtherwise{60'000};

  [[nodiscard]] bool suspicious() const { return suspicious_; }
  /// No token waits for the PBX to be well again, or one may go to see whether it is.
  [[nodiscard]] bool may_go() const { return !suspicious_ || (may_go_ && !under_way_); }

  /// False: it was suspected already. Otherwise the PBX is asked after kFirstPause.
  [[nodiscard]] bool suspect(TimePoint now);
  /// Until then the suspicion does not end because no user waits.
  void keep_up_until(TimePoint until) { at_least_until_ = until; }
  /// A user was served. True: that ends a suspicion.
  [[nodiscard]] bool note_served();
  /// No user's request waits for the PBX: the next sign-in finds out how it is.
  void nobody_waits(TimePoint now);

  /// A token goes out. True: it is a scout, whose end comes with scout_ended().
  [[nodiscard]] bool send(TimePoint now);
  void scout_ended() { under_way_ = false; }

  /// The PBX begins to be asked without a token, after kFirstPause.
  void begin_to_ask() { pause_ = suspicious_ ? kFirstPause : kShortWait; }
  /// It is asked now; pause() is from the answer to the next question.
  void note_asked(TimePoint now);
  [[nodiscard]] Duration pause() const { return pause_; }
  /// `usual`: the answer is not another one than usual, as far as that is known. True: a scout may
  /// go now.
  [[nodiscard]] bool note_answer(bool usual, TimePoint now);

 private:
  bool suspicious_ = false;
  bool may_go_ = false;
  bool under_way_ = false;
  TimePoint last_{};  ///< when the last scout went
  TimePoint suspected_at_{};
  TimePoint at_least_until_{};
  Duration pause_ = kFirstPause;
  Duration scout_pause_{0};
};

}  // namespace sfteams::agent
