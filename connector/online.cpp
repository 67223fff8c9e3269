#include "connector/online.h"

#include <algorithm>

#include "base/clock/utc_time.h"
#include "connector/agent_link.h"

namespace sfteams::connector {

std::vector<OnlineAgent> online_after(const Routes& routes, std::string_view after,
                                      std::size_t most) {
  std::vector<const AgentLink*> behind;
  for (const auto& [name, agent] : routes)
    if (name > after) behind.push_back(agent);
  const auto end = behind.begin() + static_cast<std::ptrdiff_t>(std::min(most, behind.size()));
  std::partial_sort(
      behind.begin(), end, behind.end(),
      [](const AgentLink* one, const AgentLink* other) { return one->name() < other->name(); });
  std::vector<OnlineAgent> agents;
  for (auto agent = behind.begin(); agent != end; ++agent) {
    agents.push_back({(*agent)->name(), (*agent)->software(), (*agent)->from().to_string(),
                      (*agent)->since(), (*agent)->streams()});
  }
  return agents;
}

Json::Value to_json(const OnlineAgent& agent) {
  Json::Value json(Json::objectValue);
  json["name"] = agent.name;
  json["software"] = agent.software;
  json["address"] = agent.address;
  json["since"] = clock::utc_text(agent.since);
  json["clients"] = static_cast<Json::UInt64>(agent.clients);
  return json;
}

}  // namespace sfteams::connector
