#include "agent/sessions/sessions.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "agent/sessions/codes.h"
#include "base/crypto/random.h"
#include "base/crypto/secret.h"
#include "base/error/counted.h"
#include "base/log/log.h"
#include "tunnel/codes.h"

namespace sfteams::agent {

using tunnel::WireCode;

Sessions::Sessions(transport::Scheduler& scheduler, const SessionSettings& limits,
                   MakeTalk make_talk)
    : scheduler_(scheduler), limits_(limits), make_talk_(std::move(make_talk)) {}

Sessions::~Sessions() = default;

Result<Session*> Sessions::open(const tunnel::KeyId& key) {
  Result<Session*> session = make(key);
  if (session) {
    ++counts_.opened;
  } else {
    counts_.refused.add(session.error().code.id);
  }
  return session;
}

Result<Session*> Sessions::make(const tunnel::KeyId& key) {
  if (draining_) return fail(tunnel::codes::kShuttingDown, "the agent is being stopped");
  end_strangers();
  if (size() >= limits_.sessions) {
    return fail(tunnel::codes::kTooManyStreams,
                "no more than " + counted(limits_.sessions, "session") + " may be open at once");
  }
  tunnel::SessionId id{};
  crypto::Secret secret(32);
  if (Result<void> filled = crypto::fill_random(id); !filled) return fail(filled.error());
  if (Result<void> filled = crypto::fill_random_private(secret.bytes()); !filled) {
    return fail(filled.error());
  }
  auto session = std::make_unique<Session>(Session::Setup{
      scheduler_, *this, id, key, std::move(secret), limits_.resume_window, holdings_});
  session->set_talk(make_talk_(*session));
  strangers_.push_back({session.get(), scheduler_.now()});
  return sessions_.emplace(id, std::move(session)).first->second.get();
}

void Sessions::end_strangers() {
  const auto in_the_way = [this] {
    if (strangers_.empty()) return false;
    if (size() >= limits_.sessions) return true;
    return strangers_.size() >= limits_.strangers() &&
           scheduler_.now() - strangers_.front().since >= SessionSettings::kStrangersTime;
  };
  while (in_the_way()) {
    counts_.dropped.add("not-signed-in");
    strangers_.front().session->end(WireCode::too_many_streams,
                                    "nobody has signed in, and others come");
  }
}

tl::expected<Session*, WireCode> Sessions::find(const tunnel::ResumeRecord& request,
                                                std::span<const std::uint8_t> handshake_hash) {
  const auto is_owner = [&](const crypto::Secret& secret) {
    const tunnel::Proof expected = tunnel::resume_proof(secret.bytes(), handshake_hash);
    if (crypto::equal_constant_time(request.proof, expected)) return true;
    log::warn("session",
              Error{codes::kWrongProof,
                    "a client wants to go on with a session that is not its own, and is refused",
                    "if it goes on, somebody who has a key file tries it: make a new system key "
                    "with: starface-teams-agent key new --revoke"});
    return false;
  };
  if (const auto found = sessions_.find(request.session_id); found != sessions_.end()) {
    if (is_owner(found->second->secret())) return found->second.get();
    return tl::unexpected(WireCode::session_unknown);
  }
  const auto gone = std::ranges::find(gone_, request.session_id, &Gone::id);
  if (gone == gone_.end() || gone->until < scheduler_.now() || !is_owner(gone->secret)) {
    return tl::unexpected(WireCode::session_unknown);
  }
  return tl::unexpected(gone->code);
}

void Sessions::remember(const Session& session) {
  const transport::TimePoint now = scheduler_.now();
  while (!gone_.empty() && (gone_.front().until < now || gone_.size() >= limits_.sessions))
    gone_.pop_front();
  gone_.push_back(
      {session.id(), session.secret().clone(), session.refusal(), now + session.window()});
}

void Sessions::set_limits(const SessionSettings& limits) {
  limits_ = limits;
  for (const auto& [id, session] : sessions_)
    on_held(*session);
}

void Sessions::on_held(Session& session) {
  keep_own_limit(session);
  keep_limits(session.holding().user());
}

void Sessions::on_away(Session& session) {
  keep_own_limit(session);
  // In a later turn, once for all that went with one link. Nothing more is held meanwhile.
  if (away_check_) return;
  away_check_ = scheduler_.after(transport::Duration(0), [this] {
    away_check_.reset();
    keep_limit_of_away();
  });
}

void Sessions::keep_own_limit(Session& session) {
  if (session.waits_for_client() && session.holding().bytes() > limits_.resume_kept) {
    session.drop("resume-kept", "more waits for this client than is kept");
  }
}

void Sessions::keep_limits(std::string_view user) {
  // The name may go with the last session that is dropped.
  const std::string name(user);
  drop_until(
      limits_.held_per_user, [&] { return holdings_.of_user(name); }, "held-per-user",
      [&](const Session& session) { return session.holding().user() == name; });
  keep_limit_of_away();
  drop_until(
      limits_.held_in_all, [this] { return holdings_.in_all(); }, "held-in-all",
      [](const Session&) { return true; });
}

void Sessions::keep_limit_of_away() {
  drop_until(
      limits_.resume_kept_in_all, [this] { return holdings_.away(); }, "resume-kept-in-all",
      [](const Session& session) { return session.waits_for_client(); });
}

void Sessions::drop_until(std::size_t most, const std::function<std::size_t()>& held,
                          std::string_view limit,
                          const std::function<bool(const Session&)>& concerned) {
  if (held() <= most) return;
  struct Candidate {
    std::pair<bool, std::size_t> rank;
    Session* session = nullptr;
  };
  // Looked for once, however many have to go.
  std::vector<Candidate> candidates;
  for (const auto& [id, session] : sessions_) {
    const std::size_t bytes = session->holding().bytes();
    if (bytes == 0 || !concerned(*session)) continue;
    candidates.push_back({{session->is_stuck(), bytes}, session.get()});
  }
  std::ranges::make_heap(candidates, {}, &Candidate::rank);
  while (held() > most && !candidates.empty()) {
    std::ranges::pop_heap(candidates, {}, &Candidate::rank);
    candidates.back().session->drop(limit, "too much waits for clients");
    candidates.pop_back();
  }
}

void Sessions::on_sign_in(Session& session, SignIn state) {
  forget_stranger(session);
  if (state == SignIn::none) strangers_.push_back({&session, scheduler_.now()});
}

void Sessions::forget_stranger(const Session& session) {
  std::erase_if(strangers_, [&](const Stranger& stranger) { return stranger.session == &session; });
}

void Sessions::keep_only(const std::vector<tunnel::KeyId>& keys) {
  for (const auto& [id, session] : sessions_) {
    if (std::ranges::find(keys, session->key()) == keys.end()) {
      session->end(WireCode::key_revoked, "");
    }
  }
}

void Sessions::drain() {
  draining_ = true;
  for (const auto& [id, session] : sessions_)
    session->end(WireCode::shutting_down, "");
}

std::size_t Sessions::waiting() const {
  return static_cast<std::size_t>(std::ranges::count_if(
      sessions_, [](const auto& entry) { return entry.second->waits_for_client(); }));
}

void Sessions::on_over(Session& session) {
  forget_stranger(session);
  if (session.refusal() != WireCode::session_unknown) remember(session);
  over_.push_back(session.id());
  if (burial_) return;
  // In a later turn: it is still on the stack.
  burial_ = scheduler_.after(transport::Duration(0), [this] {
    burial_.reset();
    for (const tunnel::SessionId& id : std::exchange(over_, {}))
      sessions_.erase(id);
  });
}

}  // namespace sfteams::agent
