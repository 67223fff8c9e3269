// What the server can do, and which events a client wants.

#include <algorithm>
#include <array>

#include "simulator/events.h"
#include "simulator/services/table.h"

namespace sfteams::simulator {
namespace {

bool has_name(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// A client may ask for the events of another dialect than the one that it speaks.
bool is_provided_event(const std::string& name) {
  return has_name(provided_events(Dialect::v22), name) ||
         has_name(provided_events(Dialect::v30), name);
}

uci::Array to_array(const std::vector<std::string>& names) {
  return {names.begin(), names.end()};
}

Answer subscribe(const Asking& asking) {
  Params params(asking, 1);
  const std::string name = params.text(0);
  if (const auto problem = params.problem()) return *problem;
  if (!is_provided_event(name)) return false;
  if (!asking.login->wants(name)) asking.login->services.push_back(name);
  return true;
}

Answer unsubscribe(const Asking& asking) {
  Params params(asking, 1);
  const std::string name = params.text(0);
  if (const auto problem = params.problem()) return *problem;
  return std::erase(asking.login->services, name) > 0;
}

Answer get_provided_events(const Asking& asking) {
  return uci::Value(to_array(provided_events(asking.dialect)));
}

Answer get_provided_requests(const Asking& asking) {
  return uci::Value(to_array(asking.exchange.methods.services(asking.dialect)));
}

Answer provides_events(const Asking& asking) {
  Params params(asking, 1);
  const std::string name = params.text(0);
  if (const auto problem = params.problem()) return *problem;
  return is_provided_event(name);
}

Answer provides_requests(const Asking& asking) {
  Params params(asking, 1);
  const std::string name = params.text(0);
  if (const auto problem = params.problem()) return *problem;
  const MethodTable& methods = asking.exchange.methods;
  return has_name(methods.services(Dialect::v22), name) ||
         has_name(methods.services(Dialect::v30), name);
}

constexpr std::array kServiceMethods{
    Method{"service", "subscribeEvents", kV22Up, true, subscribe},
    Method{"service", "unsubscribeEvents", kV22Up, true, unsubscribe},
    Method{"service", "getProvidedEvents", kV22Up, true, get_provided_events},
    Method{"service", "getProvidedRequests", kV22Up, true, get_provided_requests},
    Method{"service", "providesEvents", kV22Up, true, provides_events},
    Method{"service", "providesRequests", kV22Up, true, provides_requests},
};

}  // namespace

std::span<const Method> service_methods() {
  return kServiceMethods;
}

}  // namespace sfteams::simulator
