#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/error/error.h"
#include "simulator/options.h"

namespace sfteams::simulator {

/// One member of Options under the name by which files, the command line and the control port know
/// it.
struct Switch {
  std::string_view name;    ///< "refused-login"
  std::string_view values;  ///< "fault | http-401 | …", "milliseconds", "yes | no"
  std::string_view help;
  struct Access {
    bool (*set)(Options&, std::string_view text);  ///< false: not one of `values`
    std::string (*get)(const Options&);
  } access;
};

/// Sets several others; whoever sets many at once begins with it.
inline constexpr std::string_view kPresetSwitch = "preset";

/// All of them, in the order of the documentation.
[[nodiscard]] std::span<const Switch> switches();

/// Fails with simulator.unknown-switch (names the nearest) or simulator.bad-switch (names the
/// values).
[[nodiscard]] Result<void> set_switch(Options& options, std::string_view name,
                                      std::string_view text);

/// "name=value", as it stands on a command line.
[[nodiscard]] Result<void> set_switch(Options& options, std::string_view assignment);

}  // namespace sfteams::simulator
