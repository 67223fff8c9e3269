#include "tests/integration/entrance.h"

#include <numeric>
#include <utility>

#include "tests/integration/http.h"

namespace sfteams::integration {

Entrance::Entrance(const std::vector<Target>& nodes, std::filesystem::path ca_file, bool looks)
    : ca_file_(std::move(ca_file)),
      door_([this](files::Descriptor outer) { lead(std::move(outer)); }) {
  const std::lock_guard lock(mutex_);
  for (const Target& target : nodes)
    nodes_.push_back({.target = target});
  order_.resize(nodes_.size());
  std::iota(order_.begin(), order_.end(), 0U);
  for (std::size_t node = 0; looks && node < nodes_.size(); ++node)
    watchers_.emplace_back([this, node] { look_after(node); });
}

Entrance::~Entrance() {
  over_ = true;
  for (std::thread& thread : watchers_)
    thread.join();
}

std::string Entrance::url() const {
  return "wss://localhost:" + std::to_string(door_.port());
}

void Entrance::prefer(const std::vector<std::size_t>& order) {
  const std::lock_guard lock(mutex_);
  order_ = order;
}

/// To the first node that takes it; a node that is dead is not waited for.
void Entrance::lead(files::Descriptor outer) {
  const std::lock_guard lock(mutex_);
  for (const std::size_t number : order_) {
    if (!nodes_[number].takes()) continue;
    files::Descriptor inner = connected_to(nodes_[number].target);
    if (inner) return carrier_.carry(number, std::move(outer), std::move(inner));
  }
}

void Entrance::look_after(std::size_t node) {
  const Target target = nodes_[node].target;
  while (!over_) {
    const auto next = std::chrono::steady_clock::now() + kBetweenLooks;
    const HttpAnswer answer =
        http("https://" + target.address + ":" + std::to_string(target.port) + "/healthz", {},
             ca_file_.string(), {}, {}, std::chrono::seconds(1));
    bool dead = false;
    {
      const std::lock_guard lock(mutex_);
      Node& seen = nodes_[node];
      seen.leaves = answer.status == 404;
      seen.failures = answer.status == 0 ? seen.failures + 1 : 0;
      dead = seen.failures == kMostFailures;
    }
    if (dead) carrier_.cut(node);
    std::this_thread::sleep_until(next);
  }
}

}  // namespace sfteams::integration
