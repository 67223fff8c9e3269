#include "uci/xml_mend.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/text/ascii.h"
#include "uci/codes.h"
#include "uci/xml_decode.h"
#include "uci/xml_screen.h"

namespace sfteams::uci {
namespace {

constexpr char32_t kBeyond = 0x110000;

/// "&#252;" or "&#xFC;" at the front of a text, as the parser takes it.
struct Reference {
  char32_t number = 0;  // kBeyond for everything that is larger
  std::size_t size = 0;
};

std::optional<Reference> reference_at(std::string_view text, std::size_t at) {
  text = text.substr(at);
  if (!text.starts_with("&#")) return std::nullopt;
  const bool hex = text.size() > 2 && text[2] == 'x';
  const std::size_t first = hex ? 3 : 2;
  const unsigned base = hex ? 16 : 10;
  Reference found{.size = first};
  while (found.size < text.size()) {
    const auto digit = text::hex_value(text[found.size]);
    if (!digit || *digit >= base) break;
    ++found.size;
    if (found.number < kBeyond) found.number = found.number * base + *digit;
  }
  if (found.size == first || found.size == text.size() || text[found.size] != ';')
    return std::nullopt;
  ++found.size;
  return found;
}

/// Behind the comment, CDATA section or processing instruction at `at`, where '&' means nothing;
/// `at` itself when none begins there.
std::size_t behind_plain(std::string_view text, std::size_t at) {
  const auto skip = [text, at](std::string_view open, std::string_view close) -> std::size_t {
    if (!text.substr(at).starts_with(open)) return at;
    const std::size_t end = text.find(close, at + open.size());
    return end == std::string_view::npos ? text.size() : end + close.size();
  };
  std::size_t behind = skip("<!--", "-->");
  if (behind == at) behind = skip("<![CDATA[", "]]>");
  if (behind == at) behind = skip("<?", "?>");
  return behind;
}

/// Replaces the references that XML excludes. What replaces one is never longer, so that the text
/// only moves towards its front.
class Mender {
 public:
  explicit Mender(std::string& text) : text_(text) {}

  void run() {
    std::size_t at = 0;
    while (at < text_.size()) {
      const std::size_t next = std::min(text_.find_first_of("<&", at), text_.size());
      keep(at, next);
      at = next == text_.size() ? next : mark(next);
    }
    text_.resize(end_);
  }

 private:
  /// Takes what begins with '<' or '&'; gives the place behind it.
  std::size_t mark(std::size_t at) {
    if (const auto reference = reference_at(text_, at)) return replace(at, *reference);
    const std::size_t behind = std::max(behind_plain(text_, at), at + 1);
    keep(at, behind);
    return behind;
  }

  std::size_t replace(std::size_t at, const Reference& first) {
    const std::size_t behind = at + first.size;
    if (is_xml_char(first.number)) {
      keep(at, behind);
      return behind;
    }
    const bool high = first.number >= 0xD800 && first.number <= 0xDBFF;
    const auto second = high ? reference_at(text_, behind) : std::nullopt;
    const bool pair = second && second->number >= 0xDC00 && second->number <= 0xDFFF;
    std::string character;
    append_character(character,
                     pair ? 0x10000 + ((first.number - 0xD800) << 10U) + (second->number - 0xDC00)
                          : char32_t{0xFFFD});
    std::copy(character.begin(), character.end(), place(end_));
    end_ += character.size();
    return pair ? behind + second->size : behind;
  }

  void keep(std::size_t from, std::size_t to) {
    if (from != end_) std::copy(place(from), place(to), place(end_));
    end_ += to - from;
  }

  std::string::iterator place(std::size_t at) {
    return text_.begin() + static_cast<std::ptrdiff_t>(at);
  }

  std::string& text_;
  std::size_t end_ = 0;
};

bool has_bad_reference(std::string_view text) {
  for (std::size_t at = text.find("&#"); at != std::string_view::npos;
       at = text.find("&#", at + 2)) {
    const auto reference = reference_at(text, at);
    if (reference && !is_xml_char(reference->number)) return true;
  }
  return false;
}

tl::unexpected<Error> too_large(std::size_t bytes, std::size_t limit) {
  return fail(codes::kXmlTooLarge,
              fmt::format("the XML document has {} bytes, {} are allowed", bytes, limit));
}

}  // namespace

Result<std::string> mend_document(std::string_view document, std::size_t limit) {
  if (document.size() > limit) return too_large(document.size(), limit);
  std::string text = decode_document(document);
  if (text.size() > limit) return too_large(text.size(), limit);
  if (has_bad_reference(text)) Mender(text).run();
  return text;
}

}  // namespace sfteams::uci
