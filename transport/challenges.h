#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sfteams::transport {

/// The schemes that the head of an answer offers in its headers of this name (`name` in lower case:
/// "proxy-authenticate"), in lower case and in their order: {"negotiate", "basic"}. Several
/// challenges may stand in one header, and several headers in one head (RFC 9110 sections 11.6.1
/// and 5.6.1); commas in quoted strings separate nothing; continued lines are joined. What is no
/// scheme is passed over.
[[nodiscard]] std::vector<std::string> offered_schemes(std::string_view head,
                                                       std::string_view name);

}  // namespace sfteams::transport
