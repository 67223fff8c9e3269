#include "base/json/lexical.h"

#include <array>
#include <charconv>
#include <cstdint>
#include <system_error>

#include "base/text/ascii.h"

namespace sfteams::json {
namespace {

using Kind = LexicalFault::Kind;

/// Passes once over the text; every function leaves the position behind what it has read, or at the
/// fault.
class Scanner {
 public:
  Scanner(std::string_view text, int depth, bool exact)
      : text_(text), depth_(depth), exact_(exact) {}

  std::optional<LexicalFault> run() {
    while (at_ < text_.size() && what_ == nullptr)
      symbol();
    if (what_ == nullptr) return std::nullopt;
    LexicalFault fault{kind_, 1, 1, what_};
    for (const char c : text_.substr(0, at_)) {
      ++fault.column;
      if (c == '\n') ++fault.line, fault.column = 1;
    }
    return fault;
  }

 private:
  void symbol() {
    switch (const char c = text_[at_]) {
      case ' ':
      case '\t':
      case '\r':
      case '\n':
      case ',':
      case ':':
        ++at_;
        return;
      case '{':
      case '[':
        if (++open_ > depth_) return fault("nested too deep", Kind::too_deep);
        ++at_;
        return;
      case '}':
      case ']':
        // A surplus one is the parser's to refuse.
        --open_;
        ++at_;
        return;
      case '"':
        return string();
      default:
        if (c == '-' || text::is_digit(c)) return number();
        return word();
    }
  }

  void word() {
    for (const std::string_view known : {"true", "false", "null"}) {
      if (text_.substr(at_, known.size()) == known) {
        at_ += known.size();
        return;
      }
    }
    fault("a character that begins no value");
  }

  void digits() {
    if (!text::is_digit(peek())) return fault("a number lacks a digit");
    while (text::is_digit(peek()))
      ++at_;
  }

  /// Whether it fits into a signed or unsigned integer of 64 bits.
  static bool fits(std::string_view whole) {
    const char* end = whole.data() + whole.size();
    std::int64_t number = 0;
    std::uint64_t positive = 0;
    return std::from_chars(whole.data(), end, number).ec == std::errc{} ||
           std::from_chars(whole.data(), end, positive).ec == std::errc{};
  }

  void number() {
    const std::size_t start = at_;
    if (peek() == '-') ++at_;
    if (peek() == '0') {
      ++at_;
      if (text::is_digit(peek())) return fault("a number begins with a zero");
    } else {
      digits();
    }
    const bool whole = peek() != '.' && peek() != 'e' && peek() != 'E';
    if (exact_ && whole && what_ == nullptr && !fits(text_.substr(start, at_ - start))) {
      at_ = start;
      return fault("a whole number beyond 64 bits", Kind::large_number);
    }
    if (what_ == nullptr && peek() == '.') ++at_, digits();
    if (what_ == nullptr && (peek() == 'e' || peek() == 'E')) {
      ++at_;
      if (peek() == '+' || peek() == '-') ++at_;
      digits();
    }
  }

  void string() {
    ++at_;
    while (what_ == nullptr) {
      if (at_ >= text_.size()) return fault("a string without its end");
      const char c = text_[at_];
      if (static_cast<unsigned char>(c) < 0x20) return fault("a control character in a string");
      if (c == '"') {
        ++at_;
        return;
      }
      if (c == '\\') {
        escape();
      } else {
        ++at_;
      }
    }
  }

  void escape() {
    const std::size_t start = at_++;
    constexpr std::string_view kShort = "\"\\/bfnrt";
    if (peek() != '\0' && kShort.find(peek()) != std::string_view::npos) {
      ++at_;
      return;
    }
    const std::optional<unsigned> unit = code_unit();
    if (!unit) return;
    const bool high = *unit >= 0xd800 && *unit <= 0xdbff;
    const bool low = *unit >= 0xdc00 && *unit <= 0xdfff;
    if (high && peek() == '\\') {
      ++at_;
      const std::optional<unsigned> second = code_unit();
      if (!second || (*second >= 0xdc00 && *second <= 0xdfff)) return;
    }
    if (!high && !low) return;
    at_ = start;
    fault("half of a surrogate pair");
  }

  /// "uXXXX", the backslash already read.
  std::optional<unsigned> code_unit() {
    unsigned value = 0;
    if (peek() != 'u') {
      fault("an unknown escape in a string");
      return std::nullopt;
    }
    ++at_;
    for (int i = 0; i < 4; ++i, ++at_) {
      constexpr std::string_view kHex = "0123456789abcdef";
      const char c = peek();
      const std::size_t digit = kHex.find(c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c);
      if (digit == std::string_view::npos) {
        fault("an escape without its four hexadecimal digits");
        return std::nullopt;
      }
      value = value * 16 + static_cast<unsigned>(digit);
    }
    return value;
  }

  /// NUL at the end, which is no valid character anywhere.
  [[nodiscard]] char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  void fault(const char* what, Kind kind = Kind::symbol) {
    if (what_ == nullptr) what_ = what, kind_ = kind;
  }

  std::string_view text_;
  int depth_;
  bool exact_;
  std::size_t at_ = 0;
  int open_ = 0;
  const char* what_ = nullptr;
  Kind kind_ = Kind::symbol;
};

}  // namespace

std::optional<LexicalFault> find_lexical_fault(std::string_view text, int depth, bool exact) {
  return Scanner(text, depth, exact).run();
}

}  // namespace sfteams::json
