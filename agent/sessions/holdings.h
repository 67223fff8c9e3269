#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace sfteams::agent {

/// How many bytes of memory sessions hold for their clients (tunnel::SessionChannel::held_bytes()):
/// in all, of sessions whose clients are away, and by user. Nobody but a Holding changes the sums.
class Holdings {
 public:
  [[nodiscard]] std::size_t in_all() const { return in_all_; }
  [[nodiscard]] std::size_t away() const { return away_; }
  /// "": of all sessions in which nobody is signed in.
  [[nodiscard]] std::size_t of_user(std::string_view user) const {
    const auto found = users_.find(user);
    return found == users_.end() ? 0 : found->second.bytes;
  }

 private:
  friend class Holding;
  struct User {
    std::size_t bytes = 0;
    std::size_t sessions = 0;
  };
  using Users = std::map<std::string, User, std::less<>>;

  std::size_t in_all_ = 0;
  std::size_t away_ = 0;
  Users users_;  ///< those who have sessions
};

/// One session's part in the sums; it is taken out of them when it goes.
class Holding {
 public:
  /// `all` outlives it. Of nobody (""), and of 0 bytes.
  explicit Holding(Holdings& all) : all_(all), user_(enter("")) {}
  ~Holding() {
    set(0, false);
    leave();
  }
  Holding(const Holding&) = delete;
  Holding& operator=(const Holding&) = delete;

  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  [[nodiscard]] const std::string& user() const { return user_->first; }

  void set(std::size_t bytes, bool away) {
    add(false);
    bytes_ = bytes;
    away_ = away;
    add(true);
  }
  void set_user(std::string_view user) {
    add(false);
    leave();
    user_ = enter(user);
    add(true);
  }

 private:
  void add(bool more) {
    const auto change = [&](std::size_t& sum) { sum = more ? sum + bytes_ : sum - bytes_; };
    change(all_.in_all_);
    change(user_->second.bytes);
    if (away_) change(all_.away_);
  }
  [[nodiscard]] Holdings::Users::iterator enter(std::string_view user) {
    const auto place = all_.users_.try_emplace(std::string(user)).first;
    ++place->second.sessions;
    return place;
  }
  void leave() {
    if (--user_->second.sessions == 0) all_.users_.erase(user_);
  }

  Holdings& all_;
  Holdings::Users::iterator user_;
  std::size_t bytes_ = 0;
  bool away_ = false;
};

}  // namespace sfteams::agent
