#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/crypto/secret.h"
#include "simulator/credentials.h"
#include "simulator/directory.h"
#include "simulator/options.h"
#include "transport/scheduler.h"

namespace sfteams::simulator {

/// One login: an account and the callback that it gave (or none).
struct Login {
  std::uint64_t id = 0;  ///< never used again
  const User* user = nullptr;
  std::optional<Callback> callback;
  crypto::Secret token;               ///< the one it signed in with; sent back with every event
  bool by_jwt = false;                ///< that is an access token
  crypto::Secret legacy_token;        ///< of the user, when by_jwt
  std::vector<std::string> services;  ///< of events that it wants: "ucp.v30.events.call"
  transport::TimePoint last_seen{};

  [[nodiscard]] bool wants(std::string_view service) const;
};

/// Who is logged in. A login ends by logout, or when no keepAlive came for the time that
/// Options::keep_alive_timeout has.
class Logins {
 public:
  /// Called with a login that has run out of time, or that end() has ended, just before it goes.
  using OnEnd = std::function<void(const Login&, bool timed_out)>;

  /// All references outlive this.
  Logins(const Options& options, transport::Scheduler& scheduler, std::size_t users, OnEnd on_end);

  /// The login that a request of `user` with this callback belongs to; nullptr when there is none.
  [[nodiscard]] Login* find(const User& user, const std::optional<Callback>& callback);
  /// Logs in, or takes the same login over again. nullptr when the user has too many.
  /// `legacy_token`: the user's.
  Login* open(const User& user, const Credentials& credentials, const crypto::Secret& legacy_token);
  /// It has shown that it is still there.
  void keep_alive(Login& login) { login.last_seen = scheduler_.now(); }
  /// By the user's own wish.
  void close(const Login& login);
  /// The PBX's side: ends all logins of a user, or of everybody.
  std::size_t end(const User* user);
  /// The time-out has changed.
  void reschedule();

  /// False when its time is over, even if nobody has taken note yet.
  [[nodiscard]] bool alive(const Login& login) const;
  [[nodiscard]] const std::vector<std::unique_ptr<Login>>& of(const User& user) const {
    return by_user_[user.index];
  }
  [[nodiscard]] std::size_t count() const { return count_; }

 private:
  void sweep();
  void schedule();

  const Options& options_;
  transport::Scheduler& scheduler_;
  OnEnd on_end_;
  std::vector<std::vector<std::unique_ptr<Login>>> by_user_;
  std::size_t count_ = 0;
  std::uint64_t last_id_ = 0;
  std::unique_ptr<transport::Timer> timer_;
};

}  // namespace sfteams::simulator
