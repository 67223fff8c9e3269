#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "base/error/error.h"
#include "connector/cluster/jet_stream.h"
#include "connector/cluster/log_entry.h"
#include "connector/cluster/log_memory.h"
#include "transport/scheduler.h"

namespace sfteams::connector {

/// Writes entries into the log of names. Whatever the answer to a publication is, what then stands
/// on the subject is read from the stream's leader and taken into the registry: that is what holds,
/// also when an answer was lost or made up.
class LogWriter {
 public:
  /// What stands on the subject, and whether it is what was to be written.
  struct Standing {
    LogEntry entry;
    bool ours = false;
  };
  using Done = std::function<void(Result<Standing>)>;

  LogWriter(transport::Scheduler& scheduler, bus::Bus& bus, const LogSeal& seal, LogMemory& memory)
      : scheduler_(scheduler), streams_(bus), seal_(seal), memory_(memory) {}

  /// `done` is called once, in a later turn, unless this is destroyed before. Fails with
  /// connector.registry-log-away, connector.registry-log-foreign, connector.registry-… or
  /// crypto.no-randomness.
  void write(const LogEntry& entry, Done done);
  /// Reads what stands where this entry would, and takes it into the registry, or notes that it is a
  /// stranger's. `done` is called once, in a later turn, unless this is destroyed before; also when
  /// nothing could be read.
  void look(const LogEntry& entry, std::function<void()> done);
  /// In a later turn, unless this is destroyed before.
  void soon(std::function<void()> task);

  static constexpr int kTries = 3;
  static constexpr transport::Duration kAgainAfter{200};

 private:
  struct Writing {
    LogReplica::Stored stored;
    Done done;
    int tries = 0;
    JetStream::Handle request{};
    std::unique_ptr<transport::Timer> timer{};
  };
  void publish(std::uint64_t number);
  void read_back(std::uint64_t number);
  void take(std::uint64_t number, const StreamReply<StreamMessage>& reply);
  void finish(std::uint64_t number, Result<Standing> result);

  transport::Scheduler& scheduler_;
  JetStream streams_;
  const LogSeal& seal_;
  LogMemory& memory_;
  std::map<std::uint64_t, Writing> writing_;
  std::map<std::uint64_t, JetStream::Handle> looking_;
  std::map<std::uint64_t, std::unique_ptr<transport::Timer>> soon_;
  std::uint64_t next_ = 0;
};

/// That the log cannot be written just now.
[[nodiscard]] Error log_away(const std::string& why);

}  // namespace sfteams::connector
