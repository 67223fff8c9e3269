#pragma once

#include <cstddef>
#include <ostream>
#include <string>
#include <string_view>

namespace sfteams {

/// Whether a text has a part. It is used like a bool; a failed CHECK prints the text and the part.
class Contained {
 public:
  Contained(std::string_view text, std::string_view part)
      : found_(text.find(part) != std::string_view::npos), text_(text), part_(part) {}

  // Not explicit: a test may return it where a bool is wanted.
  operator bool() const { return found_; }

  friend std::ostream& operator<<(std::ostream& out, const Contained& searched) {
    // Of a long log the end tells most.
    constexpr std::size_t kShown = 4000;
    const std::string& text = searched.text_;
    out << '"' << searched.part_ << (searched.found_ ? "\" is in:\n" : "\" is not in:\n");
    if (text.size() <= kShown) return out << text;
    return out << "… " << text.substr(text.size() - kShown);
  }

 private:
  bool found_;
  std::string text_;
  std::string part_;
};

[[nodiscard]] inline Contained contains(std::string_view text, std::string_view part) {
  return Contained(text, part);
}

}  // namespace sfteams
