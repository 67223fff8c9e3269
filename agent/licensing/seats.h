#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <json/value.h>

#include "base/clock/unix_time.h"
#include "base/error/error.h"

namespace sfteams::agent {

using clock::UnixSeconds;

/// Who may be signed in: named users always, by the rules or by a right at the PBX; everybody else
/// while a seat of a floating licence is free. A seat is a user's, however many sessions that user has. docs/licences.md tells it to the
/// administrator.
class Seats {
 public:
  struct Rules {
    bool everybody_named = true;
    std::set<std::string, std::less<>> named;
    /// Users who have one of these rights at the PBX are named, too; empty: the PBX is not asked.
    std::vector<std::string> pbx_rights{};
    friend bool operator==(const Rules&, const Rules&) = default;
  };
  struct Holder {
    std::string user;
    UnixSeconds since = 0;
    std::size_t sessions = 0;  ///< 0: kept for one who sat there when the agent stopped
  };
  /// The seat was withdrawn: the session is to be signed out. Its permit is worth nothing any more,
  /// and may be destroyed inside.
  using Withdrawn = std::function<void(const Error&)>;

  /// One session's right to be signed in; gives it back when it goes. Seats outlives it.
  class Permit {
   public:
    ~Permit();
    Permit(const Permit&) = delete;
    Permit& operator=(const Permit&) = delete;

   private:
    friend class Seats;
    Permit(Seats& seats, std::string user, Withdrawn withdrawn);
    Seats* seats_;  ///< nullptr: withdrawn, or of a named user
    std::string user_;
    Withdrawn withdrawn_;
  };

  /// `changed` is called after every change of the holders.
  Seats(Rules rules, std::function<void()> changed);
  Seats(const Seats&) = delete;
  Seats& operator=(const Seats&) = delete;

  /// Brings the number of seats up to the day, by the callback: before each admission of somebody
  /// who needs one, and before the seats are shown.
  void bring_up_to_date() const {
    if (renew_) renew_();
  }
  void renew_by(std::function<void()> callback) { renew_ = std::move(callback); }

  /// Whether the user has one of Rules::pbx_rights at the PBX, or why that cannot be known.
  using HasRight = Result<bool>;
  /// Whether the PBX decides if this user is named: then admit() needs its answer.
  [[nodiscard]] bool asks_pbx(const std::string& user) const {
    return !rules_.pbx_rights.empty() && !is_named(user);
  }

  /// A user who turns out to have the right gives back the seat of earlier sessions, which go on.
  /// Fails with license.not-named (no floating licence gives a seat), license.no-seat, or
  /// license.right-unknown: there is no seat, and the user may be named or not.
  [[nodiscard]] Result<std::unique_ptr<Permit>> admit(
      const std::string& user, UnixSeconds now, Withdrawn withdrawn,
      const std::optional<HasRight>& right = std::nullopt);

  /// Who sits there stays, whatever the new rules or number: it counts for those who come. But the
  /// seats of users who are named now are free: they go on without.
  void set_rules(Rules rules);
  /// `why_none`: what users are told when there are none although there are licences, "the floating
  /// licence ended on 2026-12-31".
  void set_capacity(std::size_t seats, std::string why_none = {}) {
    capacity_ = seats;
    why_none_ = std::move(why_none);
  }
  [[nodiscard]] std::size_t capacity() const { return capacity_; }
  [[nodiscard]] const Rules& rules() const { return rules_; }

  /// In the order of their names.
  [[nodiscard]] std::vector<Holder> holders() const;
  [[nodiscard]] std::size_t taken() const { return holders_.size(); }
  [[nodiscard]] bool holds(const std::string& user) const { return holders_.contains(user); }

  /// Signs the holder's sessions out, and says how many there were: none of a seat that is kept.
  /// nullopt: that user holds no seat.
  std::optional<std::size_t> withdraw(const std::string& user, const Error& why);

  /// Seats of users who were signed in when the agent stopped: for them only, until release_kept().
  void keep(const std::vector<Holder>& holders);
  /// They had the time to come back.
  void release_kept();

 private:
  struct Seat {
    UnixSeconds since = 0;
    std::set<Permit*> permits;
  };
  [[nodiscard]] bool is_named(const std::string& user) const;
  /// Why a user who is not named gets no seat.
  [[nodiscard]] Error no_seat(const std::optional<HasRight>& right) const;
  /// The seats of these users are free; their sessions go on. Whether there was one.
  template <typename Which>
  bool free_seats(Which which);
  void give_back(Permit& permit);

  Rules rules_;
  std::function<void()> changed_;
  std::function<void()> renew_;
  std::size_t capacity_ = 0;
  std::string why_none_;
  std::map<std::string, Seat> holders_;
};

/// What whoever held a seat is told.
[[nodiscard]] Error seat_withdrawn();

/// {"seats": …, "taken": …, "holders": [{"user", "since", "sessions"}, …]}
[[nodiscard]] Json::Value seats_json(const Seats& seats);

}  // namespace sfteams::agent
