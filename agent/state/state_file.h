#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include <json/value.h>

#include "base/error/error.h"
#include "base/files/atomic_file.h"

namespace sfteams::agent {

/// A file of the state directory: a JSON object with "type" and "version": 1. nullopt when there is
/// none. Fails with agent.state-damaged and as files::read_small_file() does.
[[nodiscard]] Result<std::optional<Json::Value>> load_state(const std::filesystem::path& file,
                                                            std::string_view type,
                                                            std::size_t most_bytes);

/// Writes it whole or not at all; `text` is wiped. Fails as files::write_file_atomically().
[[nodiscard]] Result<void> save_state(const std::filesystem::path& file, std::string text,
                                      files::Existing existing,
                                      files::Outlives outlives = files::Outlives::power_failure);

/// What to say when a file's content makes no sense.
[[nodiscard]] tl::unexpected<Error> damaged_state(const std::filesystem::path& file,
                                                  const std::string& why);

}  // namespace sfteams::agent
