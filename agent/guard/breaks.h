#pragma once

#include <cstddef>
#include <list>

#include "agent/guard/login_guard.h"
#include "transport/scheduler.h"

namespace sfteams::agent {

/// Decides whose calls count when many break off together: a call with a trusted token got an
/// answer that says nothing, or none, as when the PBX crashes.
///
/// It does not happen that the passwords of several users are changed and all of these users call
/// within one round trip. So of the calls that were sent before the first such answer came, only
/// one user's may have carried a wrong token: those of the user with most of them count, until that
/// token turns out to be good. Then those of the user with the next most count.
///
/// It counts nothing itself and has no clock: the caller passes moments, which never go back.
class Breaks {
 public:
  using TimePoint = transport::TimePoint;

  /// One user, who does the counting that is decided here. The calls must not come back into
  /// Breaks.
  class User {
   public:
    virtual ~User() = default;
    /// One more of this user's calls is in doubt.
    virtual void doubt_call() = 0;
    /// `calls` of this user count in the guard from now on.
    [[nodiscard]] virtual LoginGuard::Number count_calls(std::size_t calls) = 0;
    /// So many of those that are in doubt no longer are, and what was counted under this number (0:
    /// nothing) counts no longer.
    virtual void forgive_calls(std::size_t in_doubt, LoginGuard::Number counted) = 0;
  };

  /// What a user had to do with the last break; a member of that user. Breaks outlives it.
  class Part {
   public:
    Part(Breaks& breaks, User& user);
    ~Part();
    Part(const Part&) = delete;
    Part& operator=(const Part&) = delete;

    /// A call that was sent at `sent` has broken off.
    void note(TimePoint sent, TimePoint now);
    /// The user's token is good: none of its calls counts, and so others' may.
    void end();
    /// The calls that were in doubt (User::doubt_call()) are counted under this number now.
    void note_counted(LoginGuard::Number number);

   private:
    friend class Breaks;
    void forget();

    Breaks& breaks_;
    User& user_;
    TimePoint at_{};  ///< of the break that the rest is about
    std::size_t calls_ = 0;
    std::size_t in_doubt_ = 0;        ///< of these
    LoginGuard::Number counted_ = 0;  ///< in the guard, or 0
  };

 private:
  TimePoint at_{};          ///< when the first answer of the last break came
  Part* counts_ = nullptr;  ///< whose calls count
  std::list<Part*> parts_;
};

}  // namespace sfteams::agent
