#include "connector/search_for_agent.h"

#include <algorithm>
#include <utility>

namespace sfteams::connector {

SearchForAgent::SearchForAgent(ClusterNode& cluster, Client client,
                               std::function<void(Outcome)> done)
    : cluster_(cluster), client_(std::move(client)), done_(std::move(done)) {
  look();
}

void SearchForAgent::look() {
  lookup_ =
      cluster_.directory().find(client_.name, [this](const Finding& finding) { take(finding); });
}

void SearchForAgent::take(const Finding& finding) {
  // The callback that this runs in is the lookup's own.
  const auto lookup = std::move(lookup_);
  const bool elsewhere =
      finding.outcome == Finding::Outcome::found && finding.place.node != cluster_.self().id;
  remembered_ = finding.remembered;
  if (elsewhere) return enter(finding.place);
  not_found(finding.outcome == Finding::Outcome::nobody);
}

void SearchForAgent::enter(const Place& place) {
  entry_ = cluster_.lines().enter(place, client_.request, client_.outbox, client_.owner,
                                  [this](EnterOutcome outcome) { take(std::move(outcome)); });
}

void SearchForAgent::take(EnterOutcome outcome) {
  const auto entry = std::move(entry_);
  if (auto* const entered = std::get_if<Entered>(&outcome))
    return done_(Outcome(std::move(*entered)));
  if (auto* const refusal = std::get_if<tunnel::Refusal>(&outcome))
    return done_(Outcome(std::move(*refusal)));
  // The other node has not seen the key.
  if (std::holds_alternative<Crowded>(outcome)) return done_(NoAgent{.crowded = true});
  if (missing_) return ask_next();
  // While the bus is down, that place is all that is known: the agent may be on its way back to it.
  if (remembered_) return not_found(false);
  cluster_.directory().forget_place(client_.name);
  if (!std::exchange(again_, true)) return look();
  not_found(std::holds_alternative<NotHere>(outcome));
}

void SearchForAgent::not_found(bool nobody) {
  nobody_ = nobody;
  missing_ = client_.proven ? cluster_.members().missing() : std::vector<Place>();
  std::ranges::reverse(*missing_);
  ask_next();
}

void SearchForAgent::ask_next() {
  if (missing_->empty()) return done_(NoAgent{nobody_});
  const Place place = std::move(missing_->back());
  missing_->pop_back();
  enter(place);
}

}  // namespace sfteams::connector
