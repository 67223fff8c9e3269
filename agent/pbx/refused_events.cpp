#include "agent/pbx/refused_events.h"

#include <functional>
#include <utility>

#include <fmt/format.h>

#include "base/log/log.h"

namespace sfteams::agent {

RefusedEvents::RefusedEvents(const transport::Scheduler& scheduler,
                             std::shared_ptr<metrics::Tally> counts)
    : scheduler_(scheduler), counts_(std::move(counts)) {}

void RefusedEvents::add(const Error& error) {
  counts_->add(error.code.id);
  ++total_;
  last_ = error;
  const transport::TimePoint now = scheduler_.now();
  const auto [found, first] = kinds_.try_emplace(std::string(error.code.id));
  Kind& kind = found->second;
  if (!first && now - kind.logged < kBetween) {
    ++kind.since;
    return;
  }
  const std::string more =
      kind.since == 0 ? "" : fmt::format(" ({} more since the last such line)", kind.since);
  log::warn("uci", "an event of the PBX was refused: {}{}", describe(error), more);
  kind = {now, 0};
}

}  // namespace sfteams::agent
