#include "keygen/system_key.h"

#include <array>
#include <optional>
#include <string>
#include <utility>

#include "base/crypto/random.h"
#include "base/text/invisible.h"
#include "keygen/codes.h"

namespace sfteams::keygen {
namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::string_view kHumanReadablePart = "sfteams";
constexpr std::size_t kChecksumSymbols = SystemKey::kSymbols - SystemKey::kRandomSymbols;
// Nobody types more than this; it bounds the work on a wrong file that was pasted whole.
constexpr std::size_t kLongestText = 1024;

constexpr std::string_view kCompareHint =
    "compare it with the key that the administrator gave you, or use the key file";

/// The checksum register of BIP-350, which takes one 5-bit value after the other.
class Checksum {
 public:
  Checksum() {
    for (const char c : kHumanReadablePart)
      add(static_cast<std::uint8_t>(c >> 5));
    add(0);
    for (const char c : kHumanReadablePart)
      add(static_cast<std::uint8_t>(c & 31));
  }

  void add(std::uint8_t value) {
    constexpr std::array<std::uint32_t, 5> kGenerator{0x3b6a57b2, 0x26508e6d, 0x1ea119fa,
                                                      0x3d4233dd, 0x2a1462b3};
    const std::uint32_t top = state_ >> 25;
    state_ = (state_ & 0x1ffffff) << 5 ^ value;
    for (std::size_t i = 0; i < kGenerator.size(); ++i) {
      // No branch on what comes from the key.
      state_ ^= kGenerator[i] & (0U - (top >> i & 1U));
    }
  }

  [[nodiscard]] bool fits() const { return state_ == kConstant; }

  /// The symbols that make it fit when they follow.
  [[nodiscard]] std::array<std::uint8_t, kChecksumSymbols> closing_values() const {
    Checksum closed = *this;
    for (std::size_t i = 0; i < kChecksumSymbols; ++i)
      closed.add(0);
    const std::uint32_t rest = closed.state_ ^ kConstant;
    std::array<std::uint8_t, kChecksumSymbols> values{};
    for (std::size_t i = 0; i < kChecksumSymbols; ++i) {
      values[i] = static_cast<std::uint8_t>(rest >> 5 * (kChecksumSymbols - 1 - i) & 31);
    }
    return values;
  }

 private:
  static constexpr std::uint32_t kConstant = 0x2bc830a3;
  std::uint32_t state_ = 1;
};

std::uint8_t symbol_of(std::uint8_t value) {
  return static_cast<std::uint8_t>(kAlphabet[value]);
}

std::optional<std::uint8_t> value_of(char c) {
  if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  if (c == 'O') c = '0';
  if (c == 'I' || c == 'L') c = '1';
  const std::size_t place = kAlphabet.find(c);
  if (place == std::string_view::npos) return std::nullopt;
  return static_cast<std::uint8_t>(place);
}

bool is_separator(char c) {
  return c == ' ' || c == '-' || c == '_' || c == '\t' || c == '\r' || c == '\n';
}

tl::unexpected<Error> wrong_length(const std::string& found) {
  return fail(
      codes::kKeyLength,
      "a system key has " + std::to_string(SystemKey::kSymbols) + " characters, this has " + found,
      "copy all eight groups of five");
}

/// `rest` begins with the character, of which only is told that nobody sees it.
tl::unexpected<Error> wrong_character(std::size_t index, std::string_view rest) {
  const auto invisible = text::find_invisible(rest);
  const bool seen = !invisible || invisible->position != 1;
  return fail(codes::kKeyCharacter,
              "character " + std::to_string(index % SystemKey::kGroupSize + 1) + " of group " +
                  std::to_string(index / SystemKey::kGroupSize + 1) + " of the system key is " +
                  (seen ? "none that a key can have" : invisible->name()),
              seen ? "a key has only digits and letters, and no U; " + std::string(kCompareHint)
                   : std::string(text::kInvisibleHint));
}

}  // namespace

Result<SystemKey> SystemKey::generate() {
  crypto::Secret symbols(kSymbols);
  const auto bytes = symbols.bytes();
  if (const auto filled = crypto::fill_random_private(bytes); !filled) return fail(filled.error());
  Checksum checksum;
  for (auto& byte : bytes.first(kRandomSymbols)) {
    // 256 is a multiple of 32, so the low bits of a random byte are a random value.
    const std::uint8_t value = byte & 31;
    checksum.add(value);
    byte = symbol_of(value);
  }
  auto closing = checksum.closing_values();
  for (std::size_t i = 0; i < kChecksumSymbols; ++i) {
    bytes[kRandomSymbols + i] = symbol_of(closing[i]);
  }
  crypto::wipe(closing);
  return SystemKey(std::move(symbols));
}

Result<SystemKey> SystemKey::parse(std::string_view text) {
  if (text.size() > kLongestText) return wrong_length("far more");
  crypto::Secret symbols(kSymbols);
  Checksum checksum;
  std::size_t count = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_separator(text[i])) continue;
    const auto value = value_of(text[i]);
    if (!value) return wrong_character(count, text.substr(i));
    if (count < kSymbols) {
      symbols.bytes()[count] = symbol_of(*value);
      checksum.add(*value);
    }
    ++count;
  }
  if (count != kSymbols) return wrong_length(count == 0 ? "none" : std::to_string(count));
  if (!checksum.fits()) {
    return fail(codes::kKeyChecksum,
                "the system key has a typing error: its check characters do not fit",
                std::string(kCompareHint));
  }
  return SystemKey(std::move(symbols));
}

crypto::Secret SystemKey::display() const {
  crypto::Secret text(kSymbols + kSymbols / kGroupSize - 1);
  const auto out = text.bytes();
  std::size_t place = 0;
  for (std::size_t i = 0; i < kSymbols; ++i) {
    if (i != 0 && i % kGroupSize == 0) out[place++] = '-';
    out[place++] = symbols_.bytes()[i];
  }
  return text;
}

}  // namespace sfteams::keygen
