#pragma once

#include <string>
#include <string_view>

#include "base/error/error.h"

namespace sfteams::keygen {

/// The name under which a PBX is known to its connector and its users: a host name that need not
/// resolve. Gives it in lower case and without a dot at its end.
///
/// Letters, digits and '-' in labels of 1..63 characters, joined by dots, 1..253 characters in all
/// (RFC 1123 section 2.1, RFC 1035 section 2.3.4); no label begins or ends with '-', and the last
/// one is not all digits, so that no name can be taken for an address. Fails with keygen.bad-name,
/// what is wrong, and how to write it.
[[nodiscard]] Result<std::string> canonical_system_name(std::string_view text);

}  // namespace sfteams::keygen
