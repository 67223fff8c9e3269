#include "base/log/tail.h"

#include <algorithm>

namespace sfteams::log {
namespace {

/// Not in the middle of a character.
std::string cut(std::string_view text) {
  if (text.size() <= Tail::kMostBytes) return std::string(text);
  std::size_t end = Tail::kMostBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U)
    --end;
  return std::string(text.substr(0, end)) + "…";
}

}  // namespace

void Tail::add(std::chrono::system_clock::time_point time, Level level, std::string_view area,
               std::string_view message) {
  if (lines_.size() == kMostLines) lines_.pop_front();
  lines_.push_back({next_++, time, level, std::string(area), cut(message)});
}

std::vector<Tail::Line> Tail::after(std::uint64_t number, std::size_t most) const {
  auto first = std::ranges::find_if(lines_, [&](const Line& line) { return line.number > number; });
  const auto count = static_cast<std::size_t>(lines_.end() - first);
  if (count > most) first += static_cast<std::ptrdiff_t>(count - most);
  return {first, lines_.end()};
}

}  // namespace sfteams::log
