#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/crypto/random.h"
#include "base/error/error.h"
#include "transport/scheduler.h"
#include "uci/token.h"
#include "uci/xmlrpc.h"

namespace sfteams::uci {

/// The version of UCI that the connection itself speaks; calls and events of the others pass
/// unchanged.
enum class Version { v20, v22, v30 };

/// "v20", "v22" or "v30".
[[nodiscard]] std::string_view to_string(Version version);

/// What is not documented about UCI, or differs between PBXs, as one choice each. What was found
/// about each point, and where, stands in docs/uci.md; the defaults are what most known clients do.
struct Dialect {
  Version version = Version::v30;

  // Names of the methods that keep the connection.
  std::string login;
  std::string logout;
  std::string keep_alive;  ///< "probe" in v20
  std::string subscribe;
  std::string server_version;
  /// An event whose name ends so means that the PBX has ended the connection. Known for v20 only.
  std::string reset_suffix = ".connection.reset";

  /// Subscribed after each login, besides what clients subscribe themselves.
  std::vector<std::string> services;

  // The request.
  TokenKind token = TokenKind::sha512;
  NilHabit nil = NilHabit::element;
  std::string content_type = "text/xml; charset=UTF-8";
  bool send_user = true;                  ///< de.vertico.starface.user beside the token
  bool callback_on_every_request = true;  ///< otherwise only with the login
  bool send_callback_type = true;

  /// Parts of a fault's text that say that no login is active, and that the user has no right. No
  /// fault of a PBX has been published; these are the names of the declared Java exceptions. Case
  /// does not matter.
  std::vector<std::string> not_connected_marks{"NotConnected"};
  std::vector<std::string> no_right_marks{"IllegalAccess"};

  // Times. The PBX's own limit is presumably 60 s; clients ask every 30 to 50 s.
  transport::Duration keep_alive_interval{30'000};
  transport::Duration keep_alive_timeout{10'000};
  transport::Duration login_timeout{15'000};
  transport::Duration call_timeout{30'000};
  transport::Duration logout_timeout{5'000};
  transport::Duration logout_grace{2'000};   ///< for calls on their way, before the logout is sent
  transport::Duration login_spacing{5'000};  ///< least time between two logins of one connection
  /// After the PBX could not be reached, doubled each time …
  transport::Duration retry_first{1'000};
  transport::Duration retry_most{30'000};  ///< … up to this
  /// Half of each such pause is left to chance: a number in [0, bound), bound > 0. Tests bring one
  /// that repeats itself.
  std::function<std::uint64_t(std::uint64_t bound)> chance = crypto::random_below;
};

[[nodiscard]] Dialect dialect_of(Version version);

/// The full name of an event service: "call" is "ucp.v30.events.call", and
/// "ucp.v20.client.communication.call" in v20. A name that begins with "ucp." is taken as it is.
[[nodiscard]] std::string event_service(Version version, std::string_view name);

}  // namespace sfteams::uci
