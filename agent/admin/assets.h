#pragma once

#include <span>
#include <string_view>

namespace sfteams::admin {

/// A file of admin/page, as it was when this was built.
struct Asset {
  std::string_view path;  ///< "/style.css"; "/" for index.html
  std::string_view content_type;
  std::string_view content;
};

[[nodiscard]] std::span<const Asset> assets();

}  // namespace sfteams::admin
