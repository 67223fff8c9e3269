#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "agent/sessions/counts.h"
#include "agent/sessions/holdings.h"
#include "agent/sessions/session.h"
#include "agent/sessions/settings.h"
#include "agent/sessions/talk.h"
#include "base/error/error.h"
#include "transport/scheduler.h"
#include "tunnel/control.h"
#include "tunnel/record.h"

namespace sfteams::agent {

/// All sessions, whether their clients are here or have to come back. They outlive the streams, and
/// the links to the connector.
class Sessions final : private SessionOwner {
 public:
  using MakeTalk = std::function<std::unique_ptr<Talk>(Speaker&)>;

  Sessions(transport::Scheduler& scheduler, const SessionSettings& limits, MakeTalk make_talk);
  ~Sessions() override;
  Sessions(const Sessions&) = delete;
  Sessions& operator=(const Sessions&) = delete;

  /// A new session for a client that was admitted by this key. Fails with tunnel.too-many-streams,
  /// tunnel.shutting-down and crypto.no-randomness.
  [[nodiscard]] Result<Session*> open(const tunnel::KeyId& key);

  /// The session that a client wants back, if it proves that it is its; otherwise what to answer:
  /// session_unknown, or to its client why it has ended while the client was away.
  /// `handshake_hash` is that of the new stream.
  [[nodiscard]] tl::expected<Session*, tunnel::WireCode> find(
      const tunnel::ResumeRecord& request, std::span<const std::uint8_t> handshake_hash);

  /// Ends every session that was admitted by a key not among these.
  void keep_only(const std::vector<tunnel::KeyId>& keys);
  /// What is held already has to fit at once; the window of a session stays as it was when it was
  /// opened.
  void set_limits(const SessionSettings& limits);
  /// Ends all, and takes no new one.
  void drain();

  [[nodiscard]] std::size_t size() const { return sessions_.size() - over_.size(); }
  /// Of these, how many wait for their clients.
  [[nodiscard]] std::size_t waiting() const;
  [[nodiscard]] const SessionSettings& limits() const { return limits_; }
  [[nodiscard]] const Holdings& holdings() const { return holdings_; }
  [[nodiscard]] const SessionCounts& counts() const { return counts_; }

 private:
  /// A session that ended while its client was away, and what the client is told.
  struct Gone {
    tunnel::SessionId id{};
    crypto::Secret secret;
    tunnel::WireCode code{};
    transport::TimePoint until;
  };

  [[nodiscard]] Result<Session*> make(const tunnel::KeyId& key);
  struct Stranger {
    Session* session = nullptr;
    transport::TimePoint since;
  };
  /// Makes room for one more session, as far as sessions without a sign-in are in its way.
  void end_strangers();
  void forget_stranger(const Session& session);
  void keep_own_limit(Session& session);
  void keep_limits(std::string_view user);
  void keep_limit_of_away();
  /// Drops sessions that `concerned` names until `held` is within `most`: first those that are
  /// stuck, of these the one that holds most.
  void drop_until(std::size_t most, const std::function<std::size_t()>& held,
                  std::string_view limit, const std::function<bool(const Session&)>& concerned);
  void remember(const Session& session);

  // SessionOwner
  void on_held(Session& session) override;
  void on_away(Session& session) override;
  void on_dropped(std::string_view limit) override { counts_.dropped.add(limit); }
  void on_sign_in(Session& session, SignIn state) override;
  void on_resumed() override { ++counts_.resumed; }
  void on_given_up() override { ++counts_.given_up; }
  void on_over(Session& session) override;

  transport::Scheduler& scheduler_;
  SessionSettings limits_;
  MakeTalk make_talk_;
  Holdings holdings_;
  std::map<tunnel::SessionId, std::unique_ptr<Session>> sessions_;
  std::vector<Stranger> strangers_;      ///< without a sign-in, oldest first
  std::deque<Gone> gone_;                ///< oldest first
  std::vector<tunnel::SessionId> over_;  ///< to be destroyed by burial_
  std::unique_ptr<transport::Timer> burial_;
  std::unique_ptr<transport::Timer> away_check_;
  SessionCounts counts_;
  bool draining_ = false;
};

}  // namespace sfteams::agent
