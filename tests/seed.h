#pragma once

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace sfteams::test {

/// With SFTEAMS_SEEDS=DIRECTORY in the environment, keeps what a test feeds a parser as a seed for
/// fuzz_TARGET (`make fuzz`); otherwise does nothing.
inline void keep_seed(std::string_view target, std::string_view bytes) {
  const char* const seeds = std::getenv("SFTEAMS_SEEDS");
  constexpr std::size_t kLargest = 20'000;  // larger ones only slow the fuzzer down
  if (seeds == nullptr || bytes.empty() || bytes.size() > kLargest) return;
  const auto directory = std::filesystem::path(seeds) / target;
  std::filesystem::create_directories(directory);
  const std::size_t name = std::hash<std::string_view>()(bytes);
  std::ofstream(directory / std::to_string(name), std::ios::binary) << bytes;
}

inline void keep_seed(std::string_view target, std::span<const std::uint8_t> bytes) {
  // A byte may be looked at as a char ([basic.lval]).
  keep_seed(target, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

}  // namespace sfteams::test
