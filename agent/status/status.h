#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>

#include <json/value.h>

#include "agent/keys/active_key.h"
#include "agent/licensing/licensing.h"
#include "agent/pbx/accounts.h"
#include "agent/pbx/auth_choice.h"
#include "agent/pbx/rights_desk.h"
#include "agent/uplink/uplink.h"
#include "base/crypto/ed25519.h"
#include "base/error/error.h"
#include "monitoring/health.h"

namespace sfteams::agent {

/// Everything that `status` tells, taken at one moment.
struct Status {
  std::string version;
  int pid = 0;
  std::chrono::seconds uptime{0};
  std::string system_name;
  crypto::Ed25519PublicKey identity{};
  std::string connector_url;
  std::optional<std::string> proxy;  ///< host:port
  Uplink::Status uplink;
  std::span<const ActiveKey> keys;  ///< the one in force first; none: none was made yet
  bool uci_enabled = false;
  std::string uci_url;
  std::optional<AuthChoice> uci_auth;  ///< nullopt: not known yet
  bool uci_asked = true;  ///< false: it is not known whether the PBX answers; no uci_error then
  /// Nothing: it answers. One that is only a doubt (is_doubt()) is a warning.
  std::optional<Error> uci_error;
  std::uint64_t events_refused = 0;  ///< since the start
  std::optional<Error> last_refused_event{};
  std::optional<Error> page_error;  ///< why there is no administration page, where one should be
  std::optional<Error> monitoring_error;  ///< the same of [watch] listen
  Licensing::Summary licensing;
  /// Since when it could not be known whether somebody has the right at the PBX.
  std::optional<RightsDesk::Unknown> rights_unknown{};
  std::size_t sessions = 0;
  std::size_t sessions_waiting = 0;  ///< of these, for their clients to come back
  std::size_t max_sessions = 0;
  Accounts::Summary accounts;
};

using monitoring::Health;
/// A warning: users can work, but the UCI connection is switched off, a licence gives no seats, the
/// last one ends soon (kEndsSoon), all seats are taken, the PBX does not show whether users have the
/// right that [license] named = pbx asks for, a user's connection to the PBX is not up, it is in
/// doubt that the PBX is there or can deliver events, or the port of the administration page or of
/// monitoring cannot be opened.
///
/// Critical: nobody can work, because there is no tunnel, no system key or one that the connector has
/// not taken yet, or the PBX does not answer.
[[nodiscard]] Health health(const Status& status);

/// agent.keys-not-taken while the connector, where the agent is registered, has not acknowledged
/// the keys in force. Users may be refused by their new keys, and let in by old ones, until then.
[[nodiscard]] std::optional<Error> keys_error(const Status& status);

/// The JSON form of docs/status.md. `now` is for the age of the key.
[[nodiscard]] Json::Value to_json(const Status& status, std::chrono::system_clock::time_point now);

/// The lines for people, from the JSON form, which may come from another version: what is missing
/// is left out.
[[nodiscard]] std::string to_text(const Json::Value& status);

}  // namespace sfteams::agent
