#include "simulator/rest_query.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "base/text/encoding.h"
#include "base/text/percent.h"
#include "simulator/text.h"

namespace sfteams::simulator {
namespace {

constexpr std::size_t kMostQuery = 8'192;
constexpr std::size_t kMostPage = 1'000'000;
constexpr std::size_t kMostPageSize = 1'000;

/// Blanks part terms; a real PBX's rules are not published.
std::vector<std::string> split_terms(std::string_view text) {
  std::vector<std::string> terms;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    if (end > 0) terms.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return terms;
}

bool read_count(std::string_view text, std::size_t& count) {
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, count);
  return error == std::errc() && stop == end;
}

/// False: its value is none.
bool read_parameter(std::string_view name, const std::string& value, ContactQuery& into) {
  if (name == "searchTerms") {
    into.search.terms = split_terms(value);
  } else if (name == "tags") {
    into.search.tags = split_list(value);
  } else if (name == "userId") {
    into.user_id = value;
  } else if (name == "page") {
    return read_count(value, into.page) && into.page <= kMostPage;
  } else if (name == "pagesize") {
    if (!read_count(value, into.page_size) || into.page_size == 0) return false;
    into.page_size = std::min(into.page_size, kMostPageSize);
  } else if (name == "sortdirection") {
    into.search.descending = value == "DESC";
    return value == "ASC" || value == "DESC";
  } else if (name == "sort") {
    const auto* const found =
        std::find_if(kSummaryFields.begin(), kSummaryFields.end(),
                     [&](const ContactField& field) { return field.display_key == value; });
    if (found == kSummaryFields.end()) return false;
    into.search.sort = static_cast<std::size_t>(found - kSummaryFields.begin());
  }
  return true;
}

}  // namespace

ContactQuery read_contact_query(std::string_view query) {
  ContactQuery read;
  if (query.size() > kMostQuery) {
    read.problem = "the query is too long";
    return read;
  }
  std::set<std::string, std::less<>> seen;
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos || equals == 0) continue;
    const std::string name(pair.substr(0, equals));
    const std::string value = text::percent_decode(pair.substr(equals + 1), true);
    if (!seen.insert(name).second) {
      read.problem = "a parameter occurs twice";
    } else if (!text::is_utf8(value)) {
      read.problem = "a parameter is not UTF-8";
    } else if (!read_parameter(name, value, read)) {
      read.problem = "a parameter has no possible value";
    }
    if (!read.problem.empty()) return read;
  }
  return read;
}

}  // namespace sfteams::simulator
