#pragma once

#include <chrono>
#include <cstdint>
#include <fstream>
#include <functional>
#include <memory>
#include <vector>

#include "tests/faults/books.h"
#include "tests/faults/fleet.h"
#include "tests/faults/gauges.h"
#include "tests/faults/judge.h"
#include "tests/faults/pbx_faults.h"
#include "tests/faults/site.h"
#include "tests/faults/soak_settings.h"
#include "tests/integration/installation.h"
#include "transport/loop.h"
#include "transport/network.h"

namespace sfteams::faults {

/// An installation with its fleet, and what happens to them until everything rests.
class Scenario {
 public:
  /// Throws MachineLacks.
  explicit Scenario(const SoakOptions& options);

  /// False when the users could not even sign in before the first fault.
  [[nodiscard]] bool run();
  /// After run(): prints what was done; whether every promise was kept.
  [[nodiscard]] bool judge();

 private:
  using TimePoint = std::chrono::steady_clock::time_point;

  void set_up();
  void set_up_fleet();
  void set_up_faults();
  bool turn_until(const std::function<bool()>& happened, std::chrono::steady_clock::duration most);
  [[nodiscard]] bool is_over();
  void events_go_on();
  void manners_change();
  void look_at_gauges();
  void next_fault();
  void begin(const Fault& fault);
  void read_journal();
  void come_to_rest();
  [[nodiscard]] Work work() const;
  [[nodiscard]] Evidence evidence();
  void tell(const Evidence& evidence) const;

  SoakOptions options_;
  Dice dice_;
  // Of their own, so that what they do does not change the faults.
  Dice event_dice_;
  Dice manner_dice_;
  std::unique_ptr<Site> site_;
  integration::Installation& installation_;
  Gauges gauges_;
  Books books_;
  Passwords passwords_{"many-secret"};
  TroubleLog troubles_;
  std::unique_ptr<transport::Loop> loop_;
  std::unique_ptr<transport::Network> network_;
  std::unique_ptr<Fleet> fleet_;
  std::unique_ptr<PbxFaults> pbx_;
  std::unique_ptr<Deck<Fault>> deck_;
  std::unique_ptr<transport::Timer> look_;
  std::unique_ptr<transport::Timer> events_timer_;
  std::unique_ptr<transport::Timer> manners_timer_;
  std::unique_ptr<transport::Timer> gauges_timer_;
  std::unique_ptr<transport::Timer> fault_timer_;
  TimePoint end_;
  TimePoint next_look_;     ///< whether enough was done
  std::ofstream evidence_;  ///< the PBX's journal, when the files are kept
  std::uint64_t events_ = 0;
  std::uint64_t since_ = 0;
  Least least_;
  Fleet::Counts faults_;
  bool under_a_fault_ = false;
  bool over_ = false;  ///< no more events and faults
};

}  // namespace sfteams::faults
