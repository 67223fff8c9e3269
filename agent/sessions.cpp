#include "agent/sessions.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "crypto/random.h"
#include "crypto/secret.h"
#include "error/counted.h"
#include "log/log.h"
#include "tunnel/codes.h"

namespace sfteams::agent {

using tunnel::WireCode;

Sessions::Sessions(transport::Scheduler& scheduler, const Limits& limits, MakeTalk make_talk)
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
      scheduler_, *this, id, key, std::move(secret), limits_.window, limits_.kept, kept_});
  session->set_talk(make_talk_(*session));
  return sessions_.emplace(id, std::move(session)).first->second.get();
}

Session* Sessions::find(const tunnel::ResumeRecord& request,
                        std::span<const std::uint8_t> handshake_hash) {
  const auto found = sessions_.find(request.session_id);
  if (found == sessions_.end()) return nullptr;
  Session& session = *found->second;
  const tunnel::Proof expected = tunnel::resume_proof(session.secret().bytes(), handshake_hash);
  if (crypto::equal_constant_time(request.proof, expected)) return &session;
  log::warn("session", "a client named a session that is not its own");
  return nullptr;
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
