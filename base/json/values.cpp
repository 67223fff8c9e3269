#include "base/json/values.h"

#include <fmt/format.h>

#include "base/json/codes.h"

namespace sfteams::json {

Result<void> check_values(std::string_view text, std::size_t most) {
  // Each takes a byte at least, and most texts are far shorter than that.
  if (text.size() <= most) return {};
  std::size_t values = 1;
  bool in_string = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (in_string && c == '\\') {
      ++at;
    } else if (c == '"') {
      in_string = !in_string;
    } else if (!in_string && (c == ',' || c == '[' || c == '{')) {
      ++values;
    }
  }
  if (values <= most) return {};
  return fail(codes::kTooLarge,
              fmt::format("the JSON text has {} values, more than the {} allowed", values, most));
}

}  // namespace sfteams::json
