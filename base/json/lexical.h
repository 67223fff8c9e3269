#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace sfteams::json {

/// Where a text breaks RFC 8259 in its symbols. Lines and columns (in bytes) count from 1.
struct LexicalFault {
  enum class Kind { symbol, too_deep, large_number };
  Kind kind = Kind::symbol;
  std::size_t line = 1;
  std::size_t column = 1;
  const char* what = "";  ///< never quotes the text
};

/// Checks what jsoncpp lets pass: raw control characters in strings, lone surrogates, numbers like
/// 01 or 1., words other than true, false and null, comments, and arrays and objects nested deeper
/// than `depth`; with `exact`, whole numbers beyond 64 bits too, which jsoncpp rounds. How the
/// symbols stand together is left to the parser. `text` is UTF-8.
[[nodiscard]] std::optional<LexicalFault> find_lexical_fault(std::string_view text, int depth,
                                                             bool exact);

}  // namespace sfteams::json
