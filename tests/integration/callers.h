#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "client/access.h"
#include "tests/integration/installation.h"
#include "transport/loop.h"
#include "transport/network.h"

namespace sfteams::integration {

/// Users who sign in once and call all the time, each a call after the other, with a loop in a
/// thread of their own. What they saw is compared with the PBX's journal at the end. One at a time
/// in a process.
class Callers {
 public:
  using Milliseconds = std::chrono::milliseconds;

  /// One session for each user; waits until all are signed in, and throws when they do not get
  /// there.
  Callers(const Installation& installation, const std::vector<Installation::User>& users);
  ~Callers();
  Callers(const Callers&) = delete;
  Callers& operator=(const Callers&) = delete;

  struct Seen {
    std::size_t signed_in = 0;    ///< users, now
    std::size_t interrupted = 0;  ///< sessions, now
    std::size_t interruptions = 0;
    std::size_t sessions_lost = 0;
    std::size_t answered = 0;
    std::vector<std::string> failures{};  ///< of calls, with their codes
    Milliseconds longest_interruption{0};
    Milliseconds longest_call{0};  ///< from the question to its answer
  };
  [[nodiscard]] Seen seen() const;
  /// The longest times are measured from now on.
  void measure_again();
  /// Whether each user has had so many more answers before the patience was over.
  [[nodiscard]] bool go_on(std::size_t calls = 5) const;

  /// No more calls, and those under way are answered; then what is wrong, a text for each:
  /// executed twice or not at all by the PBX, lost, failed.
  [[nodiscard]] std::vector<std::string> compare(const Installation& installation);

 private:
  class Caller;

  transport::Network* network_ = nullptr;
  std::shared_ptr<const client::Access> access_;
  std::filesystem::path ca_file_;
  std::unique_ptr<transport::Loop> loop_;
  mutable std::mutex mutex_;
  bool calm_ = false;
  std::vector<Seen> seen_;                    ///< of each user
  std::map<std::string, std::string> calls_;  ///< tokens, and what came of them: "" while under way
  std::thread thread_;
};

}  // namespace sfteams::integration
