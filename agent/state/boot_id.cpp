#include "agent/state/boot_id.h"

#include <algorithm>
#include <string_view>

#include "base/files/small_file.h"

namespace sfteams::agent {
namespace {

/// The kernel writes it with hyphens, systemd without.
std::string plain(std::string_view text) {
  std::string digits;
  std::ranges::copy_if(text, std::back_inserter(digits),
                       [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
  return digits.size() == 32 ? digits : std::string();
}

}  // namespace

std::string boot_id(const std::filesystem::path& file, const char* passed) {
  const Result<crypto::Secret> content = files::read_small_file(file, 64);
  std::string id = content ? plain(content->text()) : std::string();
  if (id.empty() && passed != nullptr) id = plain(std::string_view(passed).substr(0, 64));
  return id;
}

}  // namespace sfteams::agent
