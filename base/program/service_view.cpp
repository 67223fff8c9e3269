#include "base/program/service_view.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <system_error>

namespace sfteams::program {
namespace {

namespace fs = std::filesystem;

/// packaging/systemd/: what ProtectHome=yes and PrivateTmp=yes take away.
constexpr std::array<std::string_view, 5> kHidden{"/home/", "/root/", "/run/user/", "/tmp/",
                                                  "/var/tmp/"};

bool lies_hidden(const fs::path& path) {
  const std::string text = path.string() + "/";
  return std::ranges::any_of(kHidden,
                             [&](std::string_view hidden) { return text.starts_with(hidden); });
}

}  // namespace

bool hidden_from_services(const fs::path& path) {
  std::error_code error;
  const fs::path whole = fs::absolute(path, error).lexically_normal();
  if (error || lies_hidden(whole)) return !error;
  const fs::path followed = fs::weakly_canonical(whole, error);
  return !error && lies_hidden(followed);
}

std::string hint_about_file(const fs::path& path, std::string hint) {
  if (!hidden_from_services(path)) return hint;
  if (!hint.empty()) hint += "; ";
  return hint +
         "an installed service sees neither homes nor /tmp: put the file beside its configuration "
         "in /etc";
}

}  // namespace sfteams::program
