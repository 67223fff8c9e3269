#pragma once

#include <string_view>

namespace sfteams::tunnel {

/// True for a system name in the form that stands on the wire: a lower-case host name of 1 … 253
/// bytes, labels of 1 … 63 letters, digits and inner hyphens, the last one not of digits only, no
/// final dot (RFC 1123 section 2.1). docs/vectors/keygen.json holds examples.
[[nodiscard]] bool is_system_name(std::string_view name);

}  // namespace sfteams::tunnel
