#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <json/value.h>

#include "base/clock/unix_time.h"
#include "connector/routes.h"

namespace sfteams::connector {

/// An agent that is registered right now, as `list` shows it.
struct OnlineAgent {
  std::string name;
  std::string software;  ///< "starface-teams-agent/0.1.0": what it says that it is
  std::string address;   ///< from where it came, as a proxy in front says
  clock::UnixSeconds since = 0;
  std::size_t clients = 0;  ///< users' connections that are joined to it
};

/// Up to `most` of them, by name, from the first one behind `after`; all of them have to be looked
/// at.
[[nodiscard]] std::vector<OnlineAgent> online_after(const Routes& routes, std::string_view after,
                                                    std::size_t most);

/// {"name", "software", "address", "since", "clients"}, the time as UTC text.
[[nodiscard]] Json::Value to_json(const OnlineAgent& agent);

}  // namespace sfteams::connector
