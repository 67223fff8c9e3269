#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "transport/bus/inbound.h"
#include "transport/bus/nats_line.h"
#include "transport/bus/nats_options.h"
#include "transport/bus/own_threads.h"
#include "transport/bus/worker_queue.h"

namespace sfteams::bus {

/// What the worker shares with the loop.
struct WorkerShare {
  std::shared_ptr<WorkerQueue> queue;
  std::shared_ptr<Inbound> inbound;
  std::shared_ptr<OwnThreads> threads;
  std::atomic<std::uint64_t> not_sent{0};  ///< messages that the queue took and no server got
};

/// Keeps a line to one of the servers, sends what it is given, and tells the loop whether it is up.
/// Lives on its own thread.
class NatsWorker {
 public:
  /// `inbox`: as LineEnds has it.
  NatsWorker(NatsOptions options, std::vector<NatsAddress> servers, std::string inbox,
             std::shared_ptr<WorkerShare> share);

  /// Until the queue is closed.
  void run();

 private:
  void handle(Publish& message);
  void handle(Subscribe& subscription);
  void handle(Unsubscribe& subscription);
  void handle(Dialled& dialled);
  void handle(Closed& closed);
  /// When tick() has something to do next.
  [[nodiscard]] transport::TimePoint next_tick() const;
  void tick(transport::TimePoint now);
  void dial_next(transport::TimePoint now);
  void dial_failed(const Error& problem);
  void tell_once(const Error& problem);
  void beat(transport::TimePoint now);
  void lose(const std::string& why);
  void drop(const Publish& message);
  [[nodiscard]] std::string server() const { return servers_[dialled_].to_string(); }

  NatsOptions options_;
  std::vector<NatsAddress> servers_;
  std::shared_ptr<WorkerShare> share_;
  std::shared_ptr<LineEnds> ends_;
  std::minstd_rand dice_;
  std::map<std::uint64_t, std::string> subscriptions_;

  std::unique_ptr<NatsLine> line_;
  transport::TimePoint line_since_{};
  std::uint64_t beats_ = 0;
  std::uint64_t first_beat_ = 0;  ///< of this line
  transport::TimePoint next_beat_{};

  std::vector<std::size_t> round_;  ///< servers to try still, the next one last
  std::size_t dialled_ = 0;         ///< the server of the attempt or the line
  std::uint64_t attempt_ = 0;
  bool dialling_ = false;
  bool refused_ = false;  ///< one of this round has refused the credentials
  transport::TimePoint next_dial_{};
  transport::TimePoint dial_deadline_{};
  std::set<std::string_view> told_;  ///< codes of this outage that stand in the log
};

}  // namespace sfteams::bus
