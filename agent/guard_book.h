#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>

#include "agent/login_guard.h"
#include "clock/unix_time.h"
#include "transport/scheduler.h"

namespace sfteams::agent {

/// Keeps what the guard has counted over a restart: the PBX goes on counting. The file has moments
/// and one number, no names, no passwords and nothing made of them. A login is in it before it goes
/// out, as one of so many that may be under way, so that an agent that is killed in that very
/// moment has counted it; when it counts less, the file follows in the next turn, or a little later
/// while other logins are under way.
///
/// A file that cannot be read is taken for half of the budget, used up just now; one that cannot be
/// written is told once in the log, and the guard goes on in memory.
class GuardBook {
 public:
  using UnixNow = std::function<clock::UnixSeconds()>;
  static constexpr transport::Duration kLater{50};

  /// Takes in what the file has. `guard` outlives this.
  GuardBook(transport::Scheduler& scheduler, std::filesystem::path file, LoginGuard& guard,
            UnixNow unix_now = clock::unix_now);
  /// Writes what is left to be written.
  ~GuardBook();
  GuardBook(const GuardBook&) = delete;
  GuardBook& operator=(const GuardBook&) = delete;

 private:
  void load();
  void on_change();
  void write(const LoginGuard::Memory& memory);

  transport::Scheduler& scheduler_;
  std::filesystem::path file_;
  LoginGuard& guard_;
  UnixNow unix_now_;
  std::size_t failed_ = 0;     ///< in the file
  std::size_t under_way_ = 0;  ///< in the file
  bool told_ = false;
  std::unique_ptr<transport::Timer> later_;
};

}  // namespace sfteams::agent
