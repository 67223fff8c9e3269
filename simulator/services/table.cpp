#include "simulator/services/table.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace sfteams::simulator {
namespace {

std::string service_name(Dialect dialect, std::string_view service) {
  if (dialect != Dialect::v20)
    return fmt::format("ucp.{}.requests.{}", to_string(dialect), service);
  const std::string_view group = service == "call" ? "communication." : "";
  return fmt::format("ucp.v20.server.{}{}", group, service);
}

}  // namespace

MethodTable::MethodTable() {
  add(connection_methods());
  add(service_methods());
  add(call_methods());
  add(phone_methods());
  add(user_state_methods());
  add(call_list_methods());
  add(redirect_methods());
  add(group_methods());
  add(function_key_methods());
  add(voicemail_methods());
}

void MethodTable::add(std::span<const Method> methods) {
  for (const Method& method : methods) {
    for (const Dialect dialect : kDialects) {
      if ((method.dialects & in_dialect(dialect)) == 0) continue;
      const std::string service = service_name(dialect, method.service);
      by_name_.emplace(fmt::format("{}.{}", service, method.name), Found{&method, dialect});
      const std::pair entry(dialect, service);
      if (std::find(services_.begin(), services_.end(), entry) == services_.end()) {
        services_.push_back(entry);
      }
    }
  }
}

MethodTable::Found MethodTable::find(std::string_view name) const {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? Found{} : found->second;
}

std::vector<std::string> MethodTable::services(Dialect dialect) const {
  std::vector<std::string> names;
  for (const auto& [of, name] : services_) {
    if (of == dialect) names.push_back(name);
  }
  return names;
}

bool is_login(std::string_view method) {
  return method.starts_with("ucp.") && method.ends_with(".connection.login");
}

}  // namespace sfteams::simulator
