#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/files/descriptor.h"
#include "tests/integration/carrier.h"

namespace sfteams::integration {

/// A load balancer for TCP on loopback of the network where it was made, in threads of this process:
/// what the cluster's guide has HAProxy do. Each connection goes to the first node that takes one. It asks every node's /healthz:
/// 404 sends nobody new there, and who does not answer three times is cut off from everybody.
class Entrance {
 public:
  static constexpr std::chrono::milliseconds kBetweenLooks{300};

  /// `nodes`: connectors with TLS, the first one is wanted most. `looks`: false: it asks for no
  /// /healthz, as a name in the DNS that has several addresses.
  Entrance(const std::vector<Target>& nodes, std::filesystem::path ca_file, bool looks = true);
  ~Entrance();
  Entrance(const Entrance&) = delete;
  Entrance& operator=(const Entrance&) = delete;

  [[nodiscard]] std::string url() const;
  /// The order of the nodes, by their numbers from 0, from the next connection on.
  void prefer(const std::vector<std::size_t>& order);
  /// Ends all connections with this node.
  void cut(std::size_t node) { carrier_.cut(node); }

 private:
  struct Node {
    Target target;
    int failures = 0;     ///< in a row
    bool leaves = false;  ///< it has said so
    [[nodiscard]] bool takes() const { return failures < kMostFailures && !leaves; }
  };
  static constexpr int kMostFailures = 3;

  void look_after(std::size_t node);
  void lead(files::Descriptor outer);

  std::filesystem::path ca_file_;
  std::atomic<bool> over_{false};
  std::mutex mutex_;
  std::vector<Node> nodes_;
  std::vector<std::size_t> order_;
  std::vector<std::thread> watchers_;
  Carrier carrier_;
  Door door_;  ///< the last, because it uses the others
};

}  // namespace sfteams::integration
