#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/faults/fault.h"
#include "tests/faults/gauges.h"
#include "tests/faults/soak_settings.h"
#include "tests/integration/installation.h"

namespace sfteams::faults {

/// The machine lacks what was asked for.
class MachineLacks : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// What the sessions of a soak are at: one connector behind a bad line, or three that act as one.
class Site {
 public:
  Site() = default;
  virtual ~Site() = default;
  Site(const Site&) = delete;
  Site& operator=(const Site&) = delete;

  /// With the PBX, the agent and the users' key file.
  [[nodiscard]] virtual integration::Installation& installation() = 0;
  /// Until users can come.
  virtual void start() = 0;
  /// Has the gauges watch all processes of ours; the faults that are not the PBX's. Both outlive
  /// the faults. After start().
  [[nodiscard]] virtual std::vector<Fault> faults(Gauges& gauges, Dice& dice) = 0;
  /// When all rests: what it has promised beside what users and the PBX see.
  [[nodiscard]] virtual std::vector<std::string> broken_promises() { return {}; }
};

/// As the options say. Throws MachineLacks.
[[nodiscard]] std::unique_ptr<Site> site_for(const SoakOptions& options);

/// The two kinds.
[[nodiscard]] std::unique_ptr<Site> one_connector(const SoakOptions& options);
[[nodiscard]] std::unique_ptr<Site> three_nodes(const SoakOptions& options);

}  // namespace sfteams::faults
