#pragma once

#include <string>
#include <string_view>

namespace sfteams::diagnosis {

/// An INI text without its comments, and without what others should not see. Only a value that is
/// known to be harmless is shown: its section and key are the agent's, and it has the form that
/// belongs to them. URLs and the proxy are put together anew from what was understood of them,
/// without user and password; of lists of users their length is told. Of everything else, however
/// little is wrong with it, only the length: "(not shown, 12 characters)".
[[nodiscard]] std::string redacted_ini(std::string_view text);

}  // namespace sfteams::diagnosis
