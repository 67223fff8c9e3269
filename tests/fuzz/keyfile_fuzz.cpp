// Any bytes as a key file, and as a key: refused without a word of what stands in it, or read; and
// what was read is written the same.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/error/error.h"
#include "keygen/key_file.h"

namespace {

namespace keygen = sfteams::keygen;

/// Two groups of a key, as they are written: enough to tell of it.
bool looks_like_a_key(std::string_view text) {
  constexpr std::size_t kGroup = keygen::SystemKey::kGroupSize;
  if (text.size() != 2 * kGroup + 1 || text[kGroup] != '-') return false;
  return std::ranges::all_of(
      text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || c == '-'; });
}

// No error may quote what stands in the place of the key, right or wrong.
void quotes_nothing(const sfteams::Error& error, std::string_view text) {
  constexpr std::string_view kMember = "\"key\": \"";
  const std::size_t at = text.find(kMember);
  if (at == std::string_view::npos) return;
  const std::string_view key =
      text.substr(at + kMember.size(), 2 * keygen::SystemKey::kGroupSize + 1);
  if (looks_like_a_key(key) && describe(error).find(key) != std::string::npos) {
    std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // A byte may be looked at as a char ([basic.lval]).
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto key = keygen::SystemKey::parse(text)) {
    const auto again = keygen::SystemKey::parse(key->display().text());
    if (!again || !(*again == *key)) std::abort();
  }
  const auto file = keygen::parse_key_file(text);
  if (!file) {
    quotes_nothing(file.error(), text);
    return 0;
  }
  const auto written = keygen::key_file_text(*file);
  const auto again = keygen::parse_key_file(written.text());
  if (!again || again->name != file->name || !(again->key == file->key) ||
      again->connector != file->connector || again->created != file->created) {
    std::abort();
  }
  return 0;
}
