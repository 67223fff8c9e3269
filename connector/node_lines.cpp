#include "connector/node_lines.h"

#include <algorithm>
#include <span>
#include <stdexcept>

#include "base/log/log.h"
#include "connector/link.h"
#include "connector/node_line.h"
#include "tunnel/byte_order.h"
#include "tunnel/wire_code.h"

namespace sfteams::connector {
namespace {

/// As tunnel/frame.h says of ADMIT.
constexpr std::size_t kShortestAdmit = 75;
constexpr std::size_t kLongestAdmit = 327;

}  // namespace

NodeLines::Entry::Entry(std::shared_ptr<EnterWait> wait) : wait_(std::move(wait)) {}

NodeLines::Entry::~Entry() {
  wait_->done = nullptr;
  wait_->timer.reset();
}

NodeLines::NodeLines(LinkContext& context, Dial dial) : context_(context), dial_(std::move(dial)) {}

// As Exchange does: the wires drop their connections without a word.
NodeLines::~NodeLines() = default;

std::unique_ptr<NodeLines::Entry> NodeLines::enter(const Place& place, EnterRequest request,
                                                   tunnel::Outbox& client_outbox,
                                                   RelayOwner& client,
                                                   std::function<void(EnterOutcome)> done) {
  if (request.admit.size() < kShortestAdmit || request.admit.size() > kLongestAdmit)
    throw std::invalid_argument("NodeLines::enter needs an ADMIT");
  auto wait = std::make_shared<EnterWait>(EnterWait{std::move(request), client_outbox, client,
                                                    context_.tallies.lines.entries, std::move(done),
                                                    nullptr});
  NodeLine* const line = line_to(place);
  const bool added = line != nullptr && line->add(wait);
  const std::weak_ptr<EnterWait> weak = wait;
  const bool crowded = line != nullptr && !added;
  wait->timer = context_.scheduler.after(
      added ? kEnterDeadline : transport::Duration::zero(), [weak, crowded] {
        const auto it = weak.lock();
        if (it) it->finish(crowded ? EnterOutcome(Crowded{}) : EnterOutcome(Unreachable{}));
      });
  return std::make_unique<Entry>(std::move(wait));
}

NodeLines::Key NodeLines::key_of(const Place& place) {
  return {place.node, tunnel::load(std::span(place.boot))};
}

/// nullptr: it cannot be reached now.
NodeLine* NodeLines::line_to(const Place& place) {
  const Key key = key_of(place);
  const transport::TimePoint now = context_.scheduler.now();
  if (known_.size() >= kMaxLines && !known_.contains(key)) {
    std::erase_if(known_, [now](const auto& each) {
      return each.second.line == nullptr && each.second.rests_until <= now;
    });
    if (known_.size() >= kMaxLines) return nullptr;
  }
  Known& known = known_[key];
  // What it leaves behind is not known any more.
  if (known.line) return known.line->leave_if_overdue() ? nullptr : known.line.get();
  if (now < known.rests_until) return nullptr;
  if (now - known.rests_until > kForgotten) known.next_rest = kFirstRest;
  known.line = std::make_unique<NodeLine>(context_, *this, place);
  const Result<void> dialled = known.line->dial(dial_);
  if (dialled) return known.line.get();
  known.line.reset();
  context_.tallies.lines.dials.add(dialled.error().code.id);
  log::info("cluster", "no link to node {} at {}: {}", place.node, place.url,
            describe(dialled.error()));
  rest(known);
  return nullptr;
}

void NodeLines::rest(Known& known) {
  known.rests_until = context_.scheduler.now() + known.next_rest;
  known.next_rest = std::min(2 * known.next_rest, kLongestRest);
}

void NodeLines::leaving(NodeLine& line, bool failed) {
  const auto known = known_.find(key_of(line.place()));
  leaving_.emplace(&line, std::move(known->second.line));
  if (failed) {
    rest(known->second);
  } else {
    known_.erase(known);
  }
}

void NodeLines::ended(NodeLine& line) {
  // Out of the map before it goes.
  const auto gone = leaving_.extract(&line);
}

std::size_t NodeLines::proven() const {
  return static_cast<std::size_t>(std::ranges::count_if(
      known_, [](const auto& each) { return each.second.line && each.second.line->proven(); }));
}

std::size_t NodeLines::streams() const {
  std::size_t streams = 0;
  for (const auto& [key, known] : known_) {
    if (known.line) streams += known.line->streams();
  }
  return streams;
}

}  // namespace sfteams::connector
