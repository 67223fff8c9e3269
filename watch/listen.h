#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "settings/ini.h"

namespace sfteams::watch {

/// Where a daemon tells how it is: on loopback only, because it does not ask who wants to know.
struct Listen {
  std::string address;     ///< an IP address, without brackets
  std::uint16_t port = 0;  ///< 0: any free one
  friend bool operator==(const Listen&, const Listen&) = default;
};

/// [watch] listen, as in 127.0.0.1:9781 or [::1]:9781; nothing when it is empty or missing. Any
/// other address than a loopback one is rejected.
[[nodiscard]] std::optional<Listen> take_listen(settings::Reader& reader);

}  // namespace sfteams::watch
