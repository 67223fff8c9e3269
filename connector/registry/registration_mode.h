#pragma once

namespace sfteams::connector {

/// Who may register a name that nobody owns yet.
enum class RegistrationMode {
  open,      ///< whoever comes first
  enrolled,  ///< the first one after the operator has enrolled it
};
[[nodiscard]] constexpr const char* to_string(RegistrationMode mode) {
  return mode == RegistrationMode::open ? "open" : "enrolled";
}

}  // namespace sfteams::connector
