#include "uci/dialect.h"

#include <fmt/format.h>

namespace sfteams::uci {
namespace {

/// v22 and v30 differ in the number only.
Dialect modern(Version version) {
  Dialect dialect;
  dialect.version = version;
  const auto request = [version](std::string_view rest) {
    return fmt::format("ucp.{}.requests.{}", to_string(version), rest);
  };
  dialect.login = request("connection.login");
  dialect.logout = request("connection.logout");
  dialect.keep_alive = request("connection.keepAlive");
  dialect.subscribe = request("service.subscribeEvents");
  dialect.services = {event_service(version, "call")};
  return dialect;
}

Dialect first_generation() {
  Dialect dialect;
  dialect.version = Version::v20;
  dialect.login = "ucp.v20.server.connection.login";
  dialect.logout = "ucp.v20.server.connection.logout";
  dialect.keep_alive = "ucp.v20.server.connection.probe";
  dialect.subscribe = "ucp.v20.server.connection.setProvidedServices";
  dialect.services = {"ucp.v20.client.connection", event_service(Version::v20, "call")};
  // Its clients send "" for what they leave out; nil came with later libraries.
  dialect.nil = NilHabit::empty_string;
  return dialect;
}

}  // namespace

std::string_view to_string(Version version) {
  switch (version) {
    case Version::v20:
      return "v20";
    case Version::v22:
      return "v22";
    case Version::v30:
      break;
  }
  return "v30";
}

Dialect dialect_of(Version version) {
  Dialect dialect = version == Version::v20 ? first_generation() : modern(version);
  // Known in v30 only, and called there beside a login of another version.
  dialect.server_version = "ucp.v30.requests.system.getServerVersion";
  return dialect;
}

std::string event_service(Version version, std::string_view name) {
  if (name.starts_with("ucp.")) return std::string(name);
  if (version == Version::v20) return fmt::format("ucp.v20.client.communication.{}", name);
  return fmt::format("ucp.{}.events.{}", to_string(version), name);
}

}  // namespace sfteams::uci
