#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "agent/guard/login_guard.h"
#include "base/clock/unix_time.h"
#include "transport/scheduler.h"

namespace sfteams::agent {

/// Keeps what the guard has counted over a restart: the PBX goes on counting. The file has the
/// moments of failures; for each sign-in that may be under way a keyed hash of the user's name
/// (LoginGuard::NameTag); and how many requests of signed-in users may be under way. It has no
/// names, no passwords and nothing derived from a password.
///
/// A request is in the file before it goes out, so that an agent that is killed in that very moment
/// has counted it. When a sign-in counts less, the file follows in the next turn, or a little later
/// while other sign-ins are under way.
///
/// **Requests of signed-in users** (keepAlives, logouts, calls) are too many for a write each. Of
/// them the file has one number, the most that were under way at once. It is written when it rises
/// above what the file has, and lowered after kLowerAfter to the most since the last look. So the
/// disk sees about LoginGuard::most() of these writes in kLowerAfter in the worst case, however
/// many users there are, and usually one or two. The price: a kill costs the next process as many
/// left-overs as were under way at the worst moment of the last two minutes, not at the last one.
/// Nobody takes these back, because the number has no names.
///
/// **Time.** Within one boot of the host (agent/state/boot_id.h) all ages are measured by the
/// monotonic clock. After another boot the time between is measured by the wall clock; where that
/// would be negative, it is taken for 0. How old a failure was when the file was written never
/// depends on the wall clock.
///
/// A file that cannot be read counts as half of the budget, used up just now. When the file cannot
/// be written, the log says so once, the guard goes on in memory, and the book tries again with
/// each change and after kAgain.
class GuardBook {
 public:
  using UnixNow = std::function<clock::UnixSeconds()>;
  static constexpr transport::Duration kLater{50};
  static constexpr transport::Duration kLowerAfter{60'000};
  static constexpr transport::Duration kAgain{10'000};  ///< after it could not be written

  /// Takes in what the file has. `guard` outlives this. `boot`: as boot_id() says; empty: not
  /// known, so that the wall clock is all there is.
  GuardBook(transport::Scheduler& scheduler, std::filesystem::path file, LoginGuard& guard,
            UnixNow unix_now = clock::unix_now, std::string boot = {});
  /// Writes what is left to be written.
  ~GuardBook();
  GuardBook(const GuardBook&) = delete;
  GuardBook& operator=(const GuardBook&) = delete;

 private:
  using Memory = LoginGuard::Memory;

  void load();
  [[nodiscard]] Memory current() const;
  [[nodiscard]] bool is_in_file(const Memory& memory) const;
  void on_change();
  void write_after(transport::Duration delay);
  void lower_later();
  void write(const Memory& memory);

  transport::Scheduler& scheduler_;
  std::filesystem::path file_;
  LoginGuard& guard_;
  UnixNow unix_now_;
  std::string boot_;
  Memory in_file_;             ///< as current()
  std::size_t signed_in_ = 0;  ///< the most since lower_later() looked
  bool told_ = false;
  std::unique_ptr<transport::Timer> later_;
  std::unique_ptr<transport::Timer> lower_;
};

}  // namespace sfteams::agent
