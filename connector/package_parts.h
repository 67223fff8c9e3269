#pragma once

#include <span>
#include <string_view>

namespace sfteams::connector::package_parts {

/// A file of app/package, as it was when this was built.
struct Asset {
  std::string_view path;  ///< "/color.png"
  std::string_view content_type;
  std::string_view content;
};

[[nodiscard]] std::span<const Asset> assets();

}  // namespace sfteams::connector::package_parts
