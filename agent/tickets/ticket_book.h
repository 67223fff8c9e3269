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

/// Which series of tickets are good, one for each device on which a user stays signed in, in a file
/// of the state directory. A ticket whose series does not stand here is worth nothing. It has names,
/// and neither tickets nor secrets.
///
/// What ends tickets is on disk before the call returns. So is what makes some good, unless the file
/// was written within the last kSoon: then it follows after that, as users come in crowds, and an
/// agent that is killed in between does not know a device's first ticket any more, whose user then
/// types the password. An end in the file may be later than that of any ticket, by less than kSlack, so
/// that a device that gets many costs one write a day; when it was last used is written along with that.
///
/// A file that cannot be read is logged and replaced; then no ticket of before is good. One that
/// cannot be written is logged once and tried again after kAgain.
class TicketBook {
 public:
  using Duration = transport::Duration;
  static constexpr Duration kSoon{1'000};
  static constexpr Duration kAgain{10'000};
  static constexpr clock::UnixSeconds kSlack = 86'400;
  /// Devices in all. Beyond them the one whose tickets end first has none any more.
  static constexpr std::size_t kMostDevices = 20'000;
  /// The same among those of one user.
  static constexpr std::size_t kMostOfUser = 20;

  struct Device {
    Ticket::Series series{};
    std::string software;          ///< what the client called itself at the first ticket; may be ""
    clock::UnixSeconds since = 0;  ///< the first ticket
    clock::UnixSeconds used = 0;   ///< the last ticket, or the last sign-in by one
    clock::UnixSeconds ends = 0;   ///< of the last ticket to end, or up to kSlack later
  };
  struct Entry {
    std::string user;
    Device device;
  };

  /// Reads the file, if there is one. `scheduler` nullptr: nothing is written but what ends tickets.
  TicketBook(transport::Scheduler* scheduler, std::filesystem::path file,
             std::size_t most_devices = kMostDevices);
  /// Writes what is left to be written.
  ~TicketBook();
  TicketBook(const TicketBook&) = delete;
  TicketBook& operator=(const TicketBook&) = delete;

  struct Asked {
    std::string_view user;
    /// Of the ticket before, on the same device. What is not good any more begins anew.
    std::optional<Ticket::Series> after{};
    std::string_view software{};
  };
  /// Enters a ticket that ends then; its series. Fails with crypto.no-randomness.
  [[nodiscard]] Result<Ticket::Series> add(const Asked& asked, clock::UnixSeconds now,
                                           clock::UnixSeconds ends);
  [[nodiscard]] bool is_good(std::string_view user, const Ticket::Series& series) const;
  /// Somebody has signed in by a ticket of that series.
  void use(std::string_view user, const Ticket::Series& series, clock::UnixSeconds now);

  /// Ends all tickets of a user. False: there are none. Fails with session.tickets-not-saved; then
  /// they have ended all the same, until a restart.
  [[nodiscard]] Result<bool> end(std::string_view user);
  /// The same of one device of that user (device_name()).
  [[nodiscard]] Result<bool> end(std::string_view user, std::string_view device);
  /// The same of all users; how many there were.
  [[nodiscard]] Result<std::size_t> end_all();

  /// That of the user with this name; nullptr: there is none. Good until the next change.
  [[nodiscard]] const Device* find(std::string_view user, std::string_view device) const;
  /// Those with a ticket that may be good at `now`, by users' names; of one user, the first one first.
  [[nodiscard]] std::vector<Entry> entries(clock::UnixSeconds now) const;

 private:
  using Devices = std::vector<Device>;  ///< never empty
  using Users = std::map<std::string, Devices, std::less<>>;

  void load();
  [[nodiscard]] bool take_in(const Json::Value& document);
  [[nodiscard]] Device* device_of(std::string_view user, const Ticket::Series& series);
  void make_room(std::string_view user, clock::UnixSeconds now);
  /// Those that have ended by then.
  void drop_over(Devices& devices, clock::UnixSeconds now);
  void drop_first_to_end(Devices& devices);
  [[nodiscard]] Result<bool> ended(bool had_some);
  void write_soon();
  void write_later(Duration delay);
  void write();
  [[nodiscard]] Result<void> save(files::Outlives outlives);
  [[nodiscard]] Result<void> save_end();

  transport::Scheduler* scheduler_;
  std::filesystem::path file_;
  std::size_t most_devices_;
  Users users_;
  std::size_t count_ = 0;  ///< devices
  bool dirty_ = false;
  bool used_ = false;  ///< a use is not on disk yet, which can wait
  bool told_ = false;
  std::optional<transport::TimePoint> written_;  ///< last tried
  std::unique_ptr<transport::Timer> later_;
};

}  // namespace sfteams::agent
