#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/files/descriptor.h"

namespace sfteams::integration {

/// A load balancer for TCP on loopback, in threads of this process: what the cluster's guide has
/// HAProxy do. Each connection goes to the first node that takes one. It asks every node's /healthz:
/// 404 sends nobody new there, and who does not answer three times is cut off from everybody.
class Entrance {
 public:
  static constexpr std::chrono::milliseconds kBetweenLooks{300};

  /// `nodes`: the ports of connectors with TLS on loopback, the first one is wanted most.
  Entrance(std::vector<std::uint16_t> nodes, std::filesystem::path ca_file);
  ~Entrance();
  Entrance(const Entrance&) = delete;
  Entrance& operator=(const Entrance&) = delete;

  [[nodiscard]] std::string url() const;
  /// The order of the nodes, by their numbers from 0, from the next connection on.
  void prefer(const std::vector<std::size_t>& order);

 private:
  struct Node {
    std::uint16_t port = 0;
    int failures = 0;     ///< in a row
    bool leaves = false;  ///< it has said so
    [[nodiscard]] bool takes() const { return failures < kMostFailures && !leaves; }
  };
  struct Pair {
    std::size_t node = 0;
    files::Descriptor outer;
    files::Descriptor inner;
  };
  static constexpr int kMostFailures = 3;

  void accept();
  void look_after(std::size_t node);
  void lead(files::Descriptor outer);
  void carry(Pair& pair) const;
  void cut(std::size_t node);

  std::filesystem::path ca_file_;
  files::Descriptor listener_;
  std::uint16_t port_ = 0;
  std::atomic<bool> over_{false};
  std::mutex mutex_;
  std::vector<Node> nodes_;
  std::vector<std::size_t> order_;
  std::map<std::uint64_t, Pair> pairs_;
  std::uint64_t next_ = 0;
  std::vector<std::thread> threads_;  ///< of the pairs
  std::vector<std::thread> watchers_;
};

}  // namespace sfteams::integration
