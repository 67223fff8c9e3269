#pragma once

#include <filesystem>

namespace sfteams::settings {

inline const std::filesystem::path kFixtures = SFTEAMS_SOURCE_DIR "/tests/base/settings/fixtures";

}  // namespace sfteams::settings
