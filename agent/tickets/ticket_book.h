#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <json/value.h>

#include "agent/tickets/ticket.h"
#include "base/clock/unix_time.h"
#include "base/error/error.h"
#include "base/files/atomic_file.h"
#include "transport/scheduler.h"

namespace sfteams::agent {

/// Which series of tickets is good, a user each, in a file of the state directory. A ticket whose
/// series does not stand here is worth nothing. It has names, and neither tickets nor secrets.
///
/// What ends tickets is on disk before the call returns. So is what makes some good, unless the file
/// was written within the last kSoon: then it follows after that, as users come in crowds, and an
/// agent that is killed in between does not know a user's first ticket any more, who then types the
/// password. An end in the file may be later than that of any ticket, by less than kSlack, so that a
/// user who gets many costs one write a day.
///
/// A file that cannot be read is logged and replaced; then no ticket of before is good. One that
/// cannot be written is logged once and tried again after kAgain.
class TicketBook {
 public:
  using Duration = transport::Duration;
  static constexpr Duration kSoon{1'000};
  static constexpr Duration kAgain{10'000};
  static constexpr clock::UnixSeconds kSlack = 86'400;
  /// Beyond them the user whose tickets end first has none any more.
  static constexpr std::size_t kMostUsers = 10'000;

  struct Entry {
    std::string user;
    Ticket::Series series{};
    clock::UnixSeconds issued = 0;  ///< the last one
    clock::UnixSeconds ends = 0;    ///< of the last one to end, or up to kSlack later
  };

  /// Reads the file, if there is one. `scheduler` nullptr: nothing is written but what ends tickets.
  TicketBook(transport::Scheduler* scheduler, std::filesystem::path file,
             std::size_t most_users = kMostUsers);
  /// Writes what is left to be written.
  ~TicketBook();
  TicketBook(const TicketBook&) = delete;
  TicketBook& operator=(const TicketBook&) = delete;

  /// Enters a ticket that ends then; its series. Fails with crypto.no-randomness.
  [[nodiscard]] Result<Ticket::Series> add(std::string_view user, clock::UnixSeconds now,
                                           clock::UnixSeconds ends);
  [[nodiscard]] bool is_good(std::string_view user, const Ticket::Series& series) const;

  /// Ends all tickets of a user. False: there are none. Fails with session.tickets-not-saved; then
  /// they have ended all the same, until a restart.
  [[nodiscard]] Result<bool> end(std::string_view user);
  /// The same of all users; how many there were.
  [[nodiscard]] Result<std::size_t> end_all();

  /// Those with a ticket that may be good at `now`, by name.
  [[nodiscard]] std::vector<Entry> entries(clock::UnixSeconds now) const;

 private:
  struct User {
    Ticket::Series series{};
    clock::UnixSeconds issued = 0;
    clock::UnixSeconds ends = 0;
  };
  using Users = std::map<std::string, User, std::less<>>;

  void load();
  [[nodiscard]] bool take_in(const Json::Value& document);
  void make_room(clock::UnixSeconds now);
  void write_soon();
  void write_later(Duration delay);
  void write();
  [[nodiscard]] Result<void> save(files::Outlives outlives);
  [[nodiscard]] Result<void> save_end();

  transport::Scheduler* scheduler_;
  std::filesystem::path file_;
  std::size_t most_users_;
  Users users_;
  bool dirty_ = false;
  bool told_ = false;
  std::optional<transport::TimePoint> written_;  ///< last tried
  std::unique_ptr<transport::Timer> later_;
};

}  // namespace sfteams::agent
