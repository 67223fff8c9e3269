#pragma once

#include <algorithm>
#include <cctype>
#include <set>
#include <string>
#include <vector>

#include <libwebsockets.h>

namespace sfteams::test {

/// Every proper beginning of every header that libwebsockets knows, as it says itself: its own
/// reader takes "X: 1" for the begun "X-Forwarded-For" and looks for the rest in the next line. No
/// beginning that is a header of its own.
inline std::vector<std::string> header_prefixes() {
  std::set<std::string> names;
  for (int token = 0; token < WSI_TOKEN_COUNT; ++token) {
    const unsigned char* known = lws_token_to_string(static_cast<lws_token_indexes>(token));
    std::string name = known == nullptr ? "" : reinterpret_cast<const char*>(known);
    if (!name.ends_with(':') || name.starts_with(':')) continue;
    name.pop_back();
    names.insert(std::move(name));
  }
  std::set<std::string> prefixes;
  for (const std::string& name : names) {
    for (std::size_t length = 1; length < name.size(); ++length) {
      const std::string prefix = name.substr(0, length);
      if (!names.contains(prefix)) prefixes.insert(prefix);
    }
  }
  return {prefixes.begin(), prefixes.end()};
}

}  // namespace sfteams::test
