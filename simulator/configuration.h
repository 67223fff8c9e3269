#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/error/error.h"
#include "simulator/directory.h"
#include "simulator/options.h"
#include "simulator/rules.h"

namespace sfteams::simulator {

/// All that a file of users says.
struct Configuration {
  Directory directory;
  Options options;
  Rules rules;
};

/// Reads the sections [pbx] (switches), [user-…], [group-…], [latency-…] and [misbehave-…]; then
/// come `switches`, each "name=value". Fails with what base/settings/ and Directory::read() fail
/// with, and with simulator.unknown-switch or simulator.bad-switch.
[[nodiscard]] Result<Configuration> read_configuration(const std::filesystem::path& file,
                                                       const std::vector<std::string>& switches);

}  // namespace sfteams::simulator
