// Signing in and out, staying connected, and the server's version.

#include <array>

#include "simulator/services/table.h"

namespace sfteams::simulator {
namespace {

constexpr std::size_t kMostServices = 100;

Answer login(const Asking& asking) {
  const Options& options = asking.exchange.options;
  if (!asking.credentials.wrong_callback.empty()) {
    return fault(options, "UcpCommunicationException",
                 "the callback cannot be used: " + asking.credentials.wrong_callback);
  }
  const crypto::Secret& legacy_token = asking.exchange.gate.token_of(asking.user);
  return asking.exchange.logins.open(asking.user, asking.credentials, legacy_token) != nullptr;
}

/// "Response is always true" (javadoc of the vendor's library).
Answer logout(const Asking& asking) {
  if (asking.login != nullptr) {
    asking.exchange.outbox.drop(*asking.login);
    asking.exchange.logins.close(*asking.login);
  }
  return true;
}

Answer keep_alive(const Asking& asking) {
  if (asking.login == nullptr) return false;
  asking.exchange.logins.keep_alive(*asking.login);
  return true;
}

/// v20: the client says which of its own services the PBX may call.
Answer set_provided_services(const Asking& asking) {
  Params params(asking, 1);
  std::vector<std::string> services = params.texts(0);
  if (const auto problem = params.problem()) return *problem;
  if (services.size() > kMostServices) {
    return fault(asking.exchange.options, "UciException", "too many services");
  }
  asking.login->services = std::move(services);
  return true;
}

Answer server_version(const Asking& asking) {
  const Options& options = asking.exchange.options;
  if (options.version_shape == VersionShape::structure) {
    return uci::Value(uci::Struct{{"version", options.version}});
  }
  return uci::Value(options.version);
}

constexpr std::array kConnectionMethods{
    Method{"connection", "login", kAll, false, login},
    Method{"connection", "logout", kAll, false, logout},
    Method{"connection", "keepAlive", kV22Up, false, keep_alive},
    Method{"connection", "probe", kV20, false, keep_alive},
    Method{"connection", "setProvidedServices", kV20, true, set_provided_services},
    Method{"system", "getServerVersion", kV22Up, false, server_version},
};

}  // namespace

std::span<const Method> connection_methods() {
  return kConnectionMethods;
}

}  // namespace sfteams::simulator
