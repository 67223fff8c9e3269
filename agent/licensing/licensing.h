#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <json/value.h>

#include "agent/licensing/license_book.h"
#include "agent/licensing/seats.h"
#include "agent/licensing/settings.h"
#include "agent/state/state_directory.h"
#include "base/error/error.h"
#include "transport/scheduler.h"

namespace sfteams::agent {

/// What has been entered (LicenseBook) and who sits on it (Seats), kept on the disk and in step
/// with the calendar.
class Licensing {
 public:
  struct Setup {
    transport::Scheduler& scheduler;
    std::filesystem::path licenses_file;
    std::filesystem::path seats_file;
    std::string system;
    LicenseSettings rules;
    /// So long seats are kept for those who had them when the agent stopped.
    transport::Duration keep{60'000};
    std::function<LicenseBook::Now()> clock = [] { return std::chrono::system_clock::now(); };
  };

  /// When what was entered cannot be read, this is logged and shown by summary(), the floating
  /// licences give no seats, nothing is written over them, and the file is read again every minute:
  /// users who are named need none of them. When it cannot be read who held seats, this is logged,
  /// and all seats are free.
  [[nodiscard]] static std::unique_ptr<Licensing> create(Setup setup);
  Licensing(const Licensing&) = delete;
  Licensing& operator=(const Licensing&) = delete;

  [[nodiscard]] Seats& seats() { return seats_; }
  /// After a change of [license] or of the system's name.
  void use(const LicenseSettings& rules, const std::string& system);
  /// Before the sessions end because the agent stops: who holds a seat now is remembered.
  void stop();

  // As the control socket asks.
  [[nodiscard]] Result<Json::Value> add(std::string_view text);
  [[nodiscard]] Result<Json::Value> remove(std::string_view id);
  /// Gives {"sessions": …}: how many were signed out.
  [[nodiscard]] Result<Json::Value> withdraw(const std::string& user);
  /// Licences, seats and their holders, and who is named.
  [[nodiscard]] Json::Value list();

  struct Summary {
    bool everybody_named = true;
    bool by_pbx = false;  ///< users with a right at the PBX are named, too
    std::size_t named = 0;
    std::size_t licenses = 0;
    std::optional<Error> problem;  ///< of the first licence that gives no seats
    std::size_t seats = 0;
    std::size_t taken = 0;
    /// last_day_of_seats(), where not everybody is named.
    std::optional<std::chrono::sys_days> last_day{};
    bool ends_soon = false;  ///< that day is near, or over
  };
  [[nodiscard]] Summary summary();

 private:
  Licensing(Setup setup, LicenseBook book);
  void restore();
  void refresh();
  /// Licences begin and end with the day: what is asked after midnight is not to wait for the
  /// timer.
  void refresh_on_new_day();
  void tell_problems(const std::vector<LicenseBook::Entry>& entries);
  void seats_changed();
  void write_holders_after(transport::Duration delay);
  void write_holders();

  Setup setup_;
  LicenseBook book_;
  Seats seats_;
  bool stopped_ = false;
  bool write_failed_ = false;
  std::chrono::sys_days refreshed_{};            ///< the day of the last refresh()
  std::map<std::string, std::string> problems_;  ///< of licences by their ids, as they were logged
  std::unique_ptr<transport::Timer> refresh_;
  std::unique_ptr<transport::Timer> write_;
  std::unique_ptr<transport::Timer> release_;
};

}  // namespace sfteams::agent
