#include "connector/exchange.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <malloc.h>

#include "base/clock/utc_time.h"
#include "base/log/log.h"
#include "connector/name_switch.h"
#include "connector/node_link.h"
#include "connector/registry/ownership_rule.h"

namespace sfteams::connector {

using transport::Duration;
using tunnel::WireCode;

namespace {

constexpr Duration kTick{1'000};
/// From one writing of the registry to the next. The first note is written at once: a client that
/// is let in by a new key is not to meet a connector that was killed and has forgotten it. What
/// follows is written together: a thousand agents that come back at once cost a few transactions.
constexpr Duration kWritePause{50};
/// Owners looked up in one tick: a few milliseconds.
constexpr std::size_t kOwnersPerTick = 256;
/// Links of other nodes.
constexpr std::size_t kMostNodes = 1'024;

}  // namespace

Exchange::Exchange(transport::Scheduler& scheduler, const Configuration& configuration,
                   Registry& registry, Admission admission, std::function<UnixSeconds()> unix_now)
    : context_(scheduler, configuration, registry, admission, std::move(unix_now)),
      census_(registry) {
  context_.write_soon = [this] { write_soon(); };
  tick_ = scheduler.after(kTick, [this] { tick(); });
}

// The wires drop their connections without a word; that is for drain() to give.
Exchange::~Exchange() = default;

transport::WebsocketHandler& Exchange::add_agent(std::unique_ptr<Wire> wire,
                                                 const Address& address) {
  const Limits& limits = context_.configuration.limits;
  // A registered agent may have to take over from itself, so there is room beside all of them.
  WaitingRoom::Seat seat = seat_for(address, agents_, limits.agents + limits.waiting, "agents");
  return add(agents_,
             std::make_unique<AgentLink>(context_, *this,
                                         Link::Origin{std::move(wire), address, std::move(seat)}));
}

transport::WebsocketHandler& Exchange::add_client(std::unique_ptr<Wire> wire,
                                                  const Address& address) {
  WaitingRoom::Seat seat =
      seat_for(address, clients_, context_.configuration.limits.clients, "clients");
  return add(clients_,
             std::make_unique<ClientLink>(context_, *this,
                                          Link::Origin{std::move(wire), address, std::move(seat)}));
}

transport::WebsocketHandler& Exchange::add_node(std::unique_ptr<Wire> wire,
                                                const Address& address) {
  return add(nodes_,
             std::make_unique<NodeLink>(
                 context_, *this, Link::Origin{std::move(wire), address, node_seat(address)}));
}

void Exchange::join_cluster(const ClusterKeys& keys, const NodeIdentity& self,
                            NodeLines::Dial dial) {
  context_.cluster_keys = &keys;
  context_.node = &self;
  lines_ = std::make_unique<NodeLines>(context_, std::move(dial));
}

void Exchange::join_cluster(ClusterNode::Parts parts, NodeLines::Dial dial) {
  join_cluster(parts.keys, parts.self, std::move(dial));
  cluster_ = std::make_unique<ClusterNode>(context_, *lines_, std::move(parts), cluster_hooks());
  context_.cluster = cluster_.get();
}

ClusterNode::Hooks Exchange::cluster_hooks() {
  // Who comes later is judged then.
  const auto check = [this](const std::string& name) {
    if (context_.routes.find(name) != nullptr) to_check_.push_back(name);
  };
  ClusterNode::Hooks hooks;
  hooks.names.lost = [this](const std::string& name, Why why) {
    if (AgentLink* const agent = context_.routes.find(name)) agent->lose(why);
  };
  // What the log says of it counts, and that may come a moment later.
  hooks.names.forgotten = check;
  hooks.log.changed = [this, check](const std::string& name) {
    census_.outdate();
    check(name);
  };
  hooks.log.noted = [this] { notes_due_ = true; };
  hooks.describe = [this] {
    BeatWord beat;
    beat.agents = static_cast<std::uint32_t>(context_.routes.size());
    beat.clients = static_cast<std::uint32_t>(clients_.size());
    beat.draining = leaving() || draining_;
    return beat;
  };
  return hooks;
}

WaitingRoom::Seat Exchange::node_seat(const Address& address) {
  const bool may_come = context_.node != nullptr && !draining_ && nodes_.size() < kMostNodes;
  return may_come ? context_.waiting_nodes.enter(address) : WaitingRoom::Seat();
}

WaitingRoom::Seat Exchange::seat_for(const Address& address, const Links& links, std::size_t limit,
                                     std::string_view key) {
  if (draining_) return {};
  if (links.size() >= limit) {
    context_.tallies.limits.add(key);
    return {};
  }
  const bool full = context_.waiting.taken() >= context_.configuration.limits.waiting;
  WaitingRoom::Seat seat = context_.waiting.enter(address);
  if (!seat) context_.tallies.limits.add(full ? "waiting" : "waiting-per-address");
  return seat;
}

transport::WebsocketHandler& Exchange::add(Links& links, std::unique_ptr<Link> link) {
  Link& added = *link;
  links.emplace(&added, std::move(link));
  return added;
}

void Exchange::ended(Link& link) {
  // Out of the map before it goes, so that nothing finds it half destroyed.
  const auto gone = clients_.extract(&link);
  const auto gone_agent = agents_.extract(&link);
  const auto gone_node = nodes_.extract(&link);
  if (draining_ && clients_.empty() && agents_.empty() && nodes_.empty()) drained();
}

Counts Exchange::counts() const {
  Counts counts;
  counts.agents = context_.routes.size();
  counts.clients = clients_.size();
  for (const auto& [name, agent] : context_.routes)
    counts.streams += agent->streams();
  counts.waiting = context_.waiting.taken();
  counts.buffered = context_.buffers->used();
  counts.registry_ok = !registry_problem_;
  if (registry_problem_) counts.registry_code = registry_problem_->code.id;
  return counts;
}

NodeLinkCounts Exchange::node_links() const {
  NodeLinkCounts counts;
  for (const auto& [link, owned] : nodes_) {
    // Only add_node() puts any there.
    const auto& node = static_cast<const NodeLink&>(*link);
    if (node.node().empty()) continue;
    ++counts.proven;
    counts.streams += node.streams();
  }
  return counts;
}

void Exchange::move_away(const Departure::Plan& plan, std::function<void()> done) {
  departure_ = std::make_unique<Departure>(
      context_.scheduler, plan, [this](std::size_t count) { return move_some(count); },
      std::move(done));
}

/// Agents first, each behind the clients that it has here and on other nodes; then the clients of
/// other nodes' agents.
std::size_t Exchange::move_some(std::size_t count) {
  context_.moving = true;
  std::vector<AgentLink*> agents;
  for (const auto& [name, agent] : context_.routes) {
    if (agents.size() == count) break;
    agents.push_back(agent);
  }
  for (AgentLink* const agent : agents)
    agent->move_away();
  count -= agents.size();
  std::vector<Link*> clients;
  for (const auto& [link, owned] : clients_) {
    if (clients.size() == count) break;
    if (link->leaving()) continue;
    clients.push_back(link);
  }
  for (Link* const client : clients)
    client->refuse(WireCode::shutting_down, "this node stops");
  const auto stays = [](const auto& entry) { return !entry.first->leaving(); };
  return context_.routes.size() + static_cast<std::size_t>(std::ranges::count_if(clients_, stays));
}

void Exchange::drain(Duration patience, std::function<void()> done) {
  draining_ = true;
  drained_ = std::move(done);
  const auto spread = static_cast<std::uint16_t>(
      std::chrono::duration_cast<std::chrono::seconds>(context_.configuration.restart_spread)
          .count());
  // Clients first: else they would only hear that their PBX is offline.
  // (And those of other nodes, that their PBX's agent is.)
  for (const Links* links : {&clients_, &nodes_, &agents_}) {
    for (const auto& [link, owned] : *links)
      link->refuse(WireCode::shutting_down, "the connector restarts", spread_retry(1, spread));
  }
  const bool alone = clients_.empty() && agents_.empty() && nodes_.empty();
  drain_timer_ =
      context_.scheduler.after(alone ? Duration::zero() : patience, [this] { drained(); });
}

void Exchange::drained() {
  drain_timer_.reset();
  if (drained_) std::exchange(drained_, nullptr)();
}

void Exchange::tick() {
  write_registry();
  look_for_changes();
  log_notes();
  check_owners();
  give_memory_back();
  tick_ = context_.scheduler.after(kTick, [this] { tick(); });
}

void Exchange::give_memory_back() {
  if (waves_.over(context_.tallies.agents.connections + context_.tallies.clients.connections))
    ::malloc_trim(0);
}

void Exchange::write_soon() {
  if (write_) {
    more_to_write_ = true;
    return;
  }
  write_registry();
  write_ = context_.scheduler.after(kWritePause, [this] {
    write_.reset();
    if (std::exchange(more_to_write_, false)) write_soon();
  });
}

/// What cannot be written stays noted; whoever is connected is served all the same.
void Exchange::write_registry() {
  const Result<void> written = context_.registry.flush();
  const bool was_ok = !registry_problem_;
  registry_problem_ = written ? std::nullopt : std::optional<Error>(written.error());
  if (was_ok == written.has_value()) return;
  if (written) {
    log::info("registry", "it can be written again");
  } else {
    log::error("registry", "{}; connections go on, new names are refused",
               describe(written.error()));
  }
}

/// What was done by hand (`enroll`, `forget`, `disable`, `enable`), beside this process or before
/// it was started. Each is logged once, also while it cannot be dropped because the disk is full;
/// after a crash perhaps twice.
void Exchange::log_notes() {
  if (!notes_due_) return;
  const auto notes = context_.registry.notes(logged_note_);
  if (!notes) return;
  for (const Registry::Note& note : *notes) {
    log::info("registry", "{} was {} by {} at {}{}{}", note.name, note.action, note.who,
              clock::utc_text(note.at), note.reason.empty() ? "" : ": ", note.reason);
    logged_note_ = note.number;
    // Before all others: that is whom somebody waits for.
    to_check_.push_back(note.name);
  }
  const bool dropped = logged_note_ == 0 || context_.registry.drop_notes(logged_note_);
  // There may be more of them.
  notes_due_ = !dropped || !notes->empty();
}

void Exchange::look_for_changes() {
  const Result<bool> changed = context_.registry.changed_elsewhere();
  if (!changed || !*changed) return;
  census_.outdate();
  notes_due_ = true;
  to_check_.clear();
  for (const auto& [name, agent] : context_.routes)
    to_check_.push_back(name);
}

/// `forget` and `disable` on the command line take effect on agents that are connected, too: they
/// have to register again, and then get the answer that the registry has for them now.
void Exchange::check_owners() {
  for (std::size_t count = 0; count < kOwnersPerTick && !to_check_.empty(); ++count) {
    const std::string name = to_check_.back();
    AgentLink* const agent = context_.routes.find(name);
    const auto known = context_.registry.ownership(name);
    // It stays on the list: the next tick asks again.
    if (!known) return;
    to_check_.pop_back();
    if (agent == nullptr) continue;
    const Claim claim = judge_claim(*known, agent->identity(), context_.configuration.registration);
    if (claim == Claim::owned) continue;
    if (claim == Claim::disabled) {
      agent->refuse(WireCode::name_disabled, told_to_agent(*(*known)->disabled), kDisabledRetry);
      continue;
    }
    agent->refuse(WireCode::try_again_later, "the owner of this name has changed: register again",
                  spread_retry(1, 3));
  }
}

}  // namespace sfteams::connector
