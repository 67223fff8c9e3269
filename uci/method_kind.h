#pragma once

#include <string_view>

namespace sfteams::uci {

/// What a method does to the connection that several sessions of a user share.
enum class MethodKind {
  ordinary,        ///< nothing
  reserved,        ///< logs in or out: only the connection itself may
  subscribe,       ///< service.subscribeEvents(service), v22 and v30
  unsubscribe,     ///< service.unsubscribeEvents(service)
  subscribe_list,  ///< connection.setProvidedServices([service …]), v20
};

/// By the end of the name, whatever the version.
[[nodiscard]] MethodKind kind_of(std::string_view method);

}  // namespace sfteams::uci
