#pragma once

#include <algorithm>
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
  struct Limits {
    std::size_t sessions = 2'000;  ///< at once, those that wait for their clients included
    /// How long a session waits for its client to come back; zero: not at all.
    transport::Duration window{60'000};
    /// Bytes that a session holds for a client that is away.
    std::size_t kept = 4U << 20U;
    /// That all of them hold together.
    std::size_t kept_in_all = 64U << 20U;
    /// Bytes that the sessions of one user hold, their clients here or away. Those in which nobody
    /// is signed in count as those of one user.
    std::size_t held_per_user = 16U << 20U;
    /// That all sessions hold together.
    std::size_t held_in_all = 256U << 20U;
    /// How long a client may take nothing while something waits for it. A dead line looks like that
    /// until the connector notices it, by default 30 s later ([keepalive] client-interval and
    /// client-deadline); only then does `window` begin. So this has to be longer, or the session of
    /// a client that is about to come back ends.
    transport::Duration read_timeout{60'000};

    /// Sessions in which nobody has signed in or is about to. With one more, those end that have
    /// had kStrangersTime, the oldest first.
    [[nodiscard]] std::size_t strangers() const {
      return std::min(sessions, std::max(kLeastStrangers, sessions / 10));
    }
    static constexpr std::size_t kLeastStrangers = 16;
    /// After an outage all clients come at once, and each needs a moment for its sign-in.
    static constexpr transport::Duration kStrangersTime{5'000};
  };
  using MakeTalk = std::function<std::unique_ptr<Talk>(Speaker&)>;

  Sessions(transport::Scheduler& scheduler, const Limits& limits, MakeTalk make_talk);
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
  void set_limits(const Limits& limits);
  /// Ends all, and takes no new one.
  void drain();

  [[nodiscard]] std::size_t size() const { return sessions_.size() - over_.size(); }
  /// Of these, how many wait for their clients.
  [[nodiscard]] std::size_t waiting() const;
  [[nodiscard]] const Limits& limits() const { return limits_; }
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
  Limits limits_;
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
