#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/crypto/secret.h"
#include "base/error/error.h"
#include "simulator/reach.h"

namespace sfteams::simulator {

/// Where a client wants its events.
struct Callback {
  std::string scheme;  ///< http or https
  std::string host;    ///< within reach, IPv6 without brackets
  std::uint16_t port = 0;
  std::string path;  ///< begins with '/', may have a query

  /// "http://127.0.0.1:8080": the path is as secret as a password, so it is never shown.
  [[nodiscard]] std::string origin() const;

  friend bool operator==(const Callback&, const Callback&) = default;
};

/// Who asks: the query of /xml-rpc (`de.vertico.starface.*`).
struct Credentials {
  std::string user;  ///< empty: not said
  crypto::Secret token;
  crypto::Secret jwt;  ///< an access token in its place
  std::optional<Callback> callback;
  /// Why the callback that was given cannot be one; empty: nothing wrong.
  std::string wrong_callback;
};

/// Takes the parameters user, auth, jwt and callback.{type,host,port,path}; `type` may be left out,
/// others are ignored. A callback beyond `reach` is a wrong one: the simulator calls nobody else.
[[nodiscard]] Credentials read_credentials(std::string_view query, const Reach& reach = {});

/// What an event says about whose it is.
enum class EventAuth {
  token,   ///< `user`, and a token in `auth`
  jwt,     ///< `user`, and an access token in `jwt`
  nothing  ///< neither
};

/// The address for one event: the callback with that in the query.
[[nodiscard]] crypto::Secret event_url(const Callback& callback, std::string_view user,
                                       EventAuth auth, const crypto::Secret& token);

}  // namespace sfteams::simulator
