#include "base/settings/nearest.h"

#include <algorithm>
#include <numeric>

#include "base/text/ascii.h"

namespace sfteams::settings {
namespace {}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t exchanged = diagonal + (a[i] == b[j] ? 0U : 1U);
      diagonal = row[j + 1];
      row[j + 1] = std::min({exchanged, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

std::string nearest(std::string_view written, const std::vector<std::string>& names) {
  std::string found;
  const std::string small = text::lower_case(written);
  std::size_t best = std::max<std::size_t>(2, written.size() / 3) + 1;
  for (const std::string& name : names) {
    const std::size_t distance = edit_distance(small, text::lower_case(name));
    if (distance < best) best = distance, found = name;
  }
  return found;
}

}  // namespace sfteams::settings
