#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "agent/counts.h"
#include "agent/session.h"
#include "agent/talk.h"
#include "error/error.h"
#include "transport/scheduler.h"
#include "tunnel/control.h"
#include "tunnel/record.h"

namespace sfteams::agent {

/// All sessions, whether their clients are here or have to come back. They outlive the streams, and
/// the links to the connector.
class Sessions final : private SessionOwner {
 public:
  struct Limits {
    std::size_t sessions = 2'000;  ///< at once, those that wait for their clients included
    /// How long a session waits for its client to come back; zero: not at all.
    transport::Duration window{60'000};
    /// Bytes of messages that a session keeps for a client that is away.
    std::size_t kept = 4U << 20U;
    /// That all of them keep together.
    std::size_t kept_in_all = 64U << 20U;
  };
  using MakeTalk = std::function<std::unique_ptr<Talk>(Speaker&)>;

  Sessions(transport::Scheduler& scheduler, const Limits& limits, MakeTalk make_talk);
  ~Sessions() override;
  Sessions(const Sessions&) = delete;
  Sessions& operator=(const Sessions&) = delete;

  /// A new session for a client that was admitted by this key. Fails with tunnel.too-many-streams,
  /// tunnel.shutting-down and crypto.no-randomness.
  [[nodiscard]] Result<Session*> open(const tunnel::KeyId& key);

  /// The session that a client wants back, if it proves that it is its; nullptr: there is none, or
  /// the proof is wrong. `handshake_hash` is that of the new stream.
  [[nodiscard]] Session* find(const tunnel::ResumeRecord& request,
                              std::span<const std::uint8_t> handshake_hash);

  /// Ends every session that was admitted by a key not among these.
  void keep_only(const std::vector<tunnel::KeyId>& keys);
  /// Sessions that wait for their clients already keep to the old ones.
  void set_limits(const Limits& limits) { limits_ = limits; }
  /// Ends all, and takes no new one.
  void drain();

  [[nodiscard]] std::size_t size() const { return sessions_.size() - over_.size(); }
  /// Of these, how many wait for their clients.
  [[nodiscard]] std::size_t waiting() const;
  [[nodiscard]] const Limits& limits() const { return limits_; }
  [[nodiscard]] const SessionCounts& counts() const { return counts_; }

 private:
  [[nodiscard]] Result<Session*> make(const tunnel::KeyId& key);

  // SessionOwner
  [[nodiscard]] bool may_keep(std::size_t bytes) const override {
    return kept_ + bytes <= limits_.kept_in_all;
  }
  void on_resumed() override { ++counts_.resumed; }
  void on_given_up() override { ++counts_.given_up; }
  void on_over(Session& session) override;

  transport::Scheduler& scheduler_;
  Limits limits_;
  MakeTalk make_talk_;
  std::size_t kept_ = 0;  ///< by all that wait for their clients
  std::map<tunnel::SessionId, std::unique_ptr<Session>> sessions_;
  std::vector<tunnel::SessionId> over_;  ///< to be destroyed by burial_
  std::unique_ptr<transport::Timer> burial_;
  SessionCounts counts_;
  bool draining_ = false;
};

}  // namespace sfteams::agent
