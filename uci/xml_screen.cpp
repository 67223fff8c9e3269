#include "uci/xml_screen.h"

#include <algorithm>
#include <cstddef>
#include <string>

#include <fmt/format.h>

#include "base/text/encoding.h"
#include "uci/codes.h"

namespace sfteams::uci {
namespace {

constexpr std::string_view kSpace = " \t\r\n";
/// XML elements around the values (methodResponse, params, param, fault) and inside the innermost
/// one.
constexpr int kFrameDepth = 8;
/// XML elements of one nesting: value, struct, member or value, array, data.
constexpr int kElementsANesting = 3;

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool begins_with_word(std::string_view text, std::string_view word) {
  return text.size() >= word.size() &&
         std::equal(word.begin(), word.end(), text.begin(),
                    [](char expected, char c) { return expected == lower(c); });
}

/// The first of the characters at or behind `from`, or the end. Texts between tags are short, so a
/// plain loop is several times faster than find_first_of(), which calls memchr for every character.
template <char... kWanted>
std::size_t find_any(std::string_view text, std::size_t from) {
  while (from < text.size() && ((text[from] != kWanted) && ...))
    ++from;
  return from;
}

/// One pass over the mark-up, from '<' to the next one.
class Screen {
 public:
  Screen(std::string_view xml, const XmlLimits& limits)
      : xml_(xml),
        left_(limits.elements),
        max_depth_(limits.depth * kElementsANesting + kFrameDepth) {}

  Result<void> run() {
    while (position_ < xml_.size()) {
      if (auto passed = text(); !passed) return passed;
      if (position_ == xml_.size()) break;
      if (auto passed = markup(); !passed) return passed;
    }
    if (depth_ != 0) return syntax("ends inside an element");
    return {};
  }

 private:
  [[nodiscard]] tl::unexpected<Error> syntax(std::string_view what) const {
    return fail(codes::kXmlSyntax,
                fmt::format("the XML document {} (at byte {})", what, position_));
  }

  Result<void> text() {
    const std::size_t next = find_any<'<'>(xml_, position_);
    const std::string_view run = xml_.substr(position_, next - position_);
    if (depth_ == 0 && run.find_first_not_of(kSpace) != std::string_view::npos)
      return syntax("has text outside its root");
    position_ = next;
    return {};
  }

  Result<void> markup() {
    const std::string_view rest = xml_.substr(position_);
    if (rest.starts_with("</")) return closing_tag();
    if (auto passed = count(); !passed) return passed;
    if (rest.starts_with("<!--")) return skip_to("-->", 4);
    if (rest.starts_with("<?")) return skip_to("?>", 2);
    if (rest.starts_with("<![CDATA[")) {
      if (depth_ == 0) return syntax("has text outside its root");
      return skip_to("]]>", 9);
    }
    if (rest.starts_with("<!"))
      return fail(
          codes::kXmlDoctype,
          fmt::format("the XML document has a document type declaration (at byte {})", position_));
    return opening_tag();
  }

  Result<void> count() {
    if (left_ == 0)
      return fail(codes::kXmlTooManyElements, "the XML document has too many elements");
    --left_;
    return {};
  }

  Result<void> skip_to(std::string_view end, std::size_t opening) {
    const std::size_t found = xml_.find(end, position_ + opening);
    if (found == std::string_view::npos) return syntax("ends inside its mark-up");
    position_ = found + end.size();
    return {};
  }

  Result<void> closing_tag() {
    if (depth_ == 0) return syntax("closes an element that was not opened");
    --depth_;
    return skip_to(">", 2);
  }

  Result<void> opening_tag() {
    if (depth_ == 0 && root_seen_) return syntax("has more than one root");
    root_seen_ = true;
    position_ = find_any<'>', '"', '\''>(xml_, position_);
    while (position_ < xml_.size() && xml_[position_] != '>') {
      if (auto passed = attribute(); !passed) return passed;
      position_ = find_any<'>', '"', '\''>(xml_, position_);
    }
    if (position_ == xml_.size()) return syntax("ends inside a tag");
    const bool empty = xml_[position_ - 1] == '/';
    ++position_;
    if (empty) return {};
    if (++depth_ > max_depth_)
      return fail(codes::kXmlTooDeep, "the XML document nests its elements too deeply");
    return {};
  }

  /// From the opening quote of a value to behind the closing one.
  Result<void> attribute() {
    if (auto passed = count(); !passed) return passed;
    const char quote = xml_[position_];
    const std::size_t end = xml_.find(quote, position_ + 1);
    if (end == std::string_view::npos) return syntax("ends inside an attribute");
    if (xml_.substr(position_ + 1, end - position_ - 1).find('<') != std::string_view::npos)
      return syntax("holds mark-up in an attribute");
    position_ = end + 1;
    return {};
  }

  std::string_view xml_;
  std::size_t position_ = 0;
  std::size_t left_;
  int depth_ = 0;
  int max_depth_;
  bool root_seen_ = false;
};

}  // namespace

TextFlaw text_flaw(std::string_view text) {
  bool ascii = true;
  bool control = false;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    ascii &= byte < 0x80;
    control |= byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r';
  }
  if (control) return TextFlaw::bad_character;
  if (ascii) return TextFlaw::none;
  if (!text::is_utf8(text)) return TextFlaw::not_utf8;
  // The only excluded characters left are U+FFFE and U+FFFF.
  for (std::size_t at = text.find("\xEF\xBF"); at != std::string_view::npos;
       at = text.find("\xEF\xBF", at + 3)) {
    if (static_cast<unsigned char>(text[at + 2]) >= 0xBE) return TextFlaw::bad_character;
  }
  return TextFlaw::none;
}

bool looks_like_html(std::string_view text) {
  while (true) {
    text.remove_prefix(std::min(text.find_first_not_of(kSpace), text.size()));
    std::string_view end;
    if (text.starts_with("<?")) end = "?>";
    if (text.starts_with("<!--")) end = "-->";
    if (end.empty()) break;
    const std::size_t found = text.find(end);
    if (found == std::string_view::npos) return false;
    text.remove_prefix(found + end.size());
  }
  return begins_with_word(text, "<!doctype html") || begins_with_word(text, "<html");
}

Result<void> screen_xml(std::string_view xml, const XmlLimits& limits) {
  return Screen(xml, limits).run();
}

}  // namespace sfteams::uci
