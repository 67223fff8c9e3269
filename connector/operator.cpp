#include "connector/operator.h"

#include <array>
#include <charconv>
#include <cstdlib>
#include <optional>
#include <string_view>

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

namespace sfteams::connector {
namespace {

constexpr std::size_t kMostOfName = 40;

std::string user_text(uid_t uid) {
  std::array<char, 4096> buffer{};
  passwd entry{};
  passwd* found = nullptr;
  getpwuid_r(uid, &entry, buffer.data(), buffer.size(), &found);
  if (found == nullptr) return fmt::format("uid {}", uid);
  std::string name = std::string(found->pw_name).substr(0, kMostOfName);
  for (char& letter : name) {
    if (letter <= ' ' || letter > '~') letter = '?';
  }
  return fmt::format("{} (uid {})", name, uid);
}

/// Only its number is believed, and only where root could have set it.
std::optional<uid_t> sudo_user() {
  const char* const text = std::getenv("SUDO_UID");
  if (text == nullptr) return std::nullopt;
  const std::string_view digits(text);
  uid_t uid = 0;
  const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), uid);
  if (problem != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return uid;
}

}  // namespace

std::string operator_name() {
  // The real one: root acts as the registry's owner meanwhile.
  const uid_t uid = getuid();
  const std::optional<uid_t> behind = uid == 0 ? sudo_user() : std::nullopt;
  if (!behind || *behind == uid) return user_text(uid);
  return user_text(uid) + ", for " + user_text(*behind);
}

}  // namespace sfteams::connector
