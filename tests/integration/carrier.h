#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>

#include "base/files/descriptor.h"

namespace sfteams::integration {

/// Carries bytes between pairs of TCP connections, each pair in a thread of its own, until one of
/// the two ends. Its pairs are in groups, which are cut together.
class Carrier {
 public:
  Carrier() = default;
  /// Cuts all.
  ~Carrier();
  Carrier(const Carrier&) = delete;
  Carrier& operator=(const Carrier&) = delete;

  void carry(std::size_t group, files::Descriptor outer, files::Descriptor inner);
  void cut(std::size_t group);
  /// Nothing moves until release(), and no connection is ended.
  void hold() { held_ = true; }
  void release() { held_ = false; }

 private:
  struct Pair {
    std::size_t group = 0;
    files::Descriptor outer;
    files::Descriptor inner;
  };
  void move(const Pair& pair) const;
  static void shut(const Pair& pair);

  std::atomic<bool> over_{false};
  std::atomic<bool> held_{false};
  std::mutex mutex_;  // for what follows
  std::condition_variable ended_;
  std::map<std::uint64_t, Pair> pairs_;  ///< whose threads run
  std::uint64_t next_ = 0;
};

/// Waits for connections on a free port of loopback, in a thread of its own.
class Door {
 public:
  /// `came` is called in that thread.
  explicit Door(std::function<void(files::Descriptor)> came);
  ~Door();
  Door(const Door&) = delete;
  Door& operator=(const Door&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  void accept();

  std::function<void(files::Descriptor)> came_;
  files::Descriptor listener_;
  std::uint16_t port_ = 0;
  std::atomic<bool> over_{false};
  std::thread thread_;
};

struct Target {
  std::string address = "127.0.0.1";  ///< IPv4
  std::uint16_t port = 0;
};

/// A connection to there; none when nobody listens, or nobody answers within a second.
[[nodiscard]] files::Descriptor connected_to(const Target& target);

}  // namespace sfteams::integration
