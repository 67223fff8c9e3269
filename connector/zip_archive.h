#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace sfteams::connector {

struct ZipEntry {
  std::string_view name;  ///< without a directory
  std::string_view content;
};

/// A zip of these files, in this order, which is the same bytes each time: stored and not deflated,
/// so that no version of zlib matters, all of one fixed time, without directories, extra fields,
/// data descriptors and Zip64. nullopt when libzip has no memory.
[[nodiscard]] std::optional<std::string> zip_archive(std::span<const ZipEntry> entries);

}  // namespace sfteams::connector
