#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error/error.h"
#include "transport/http_client.h"
#include "uci/value.h"

namespace sfteams::probe {

using Reply = Result<transport::HttpReply>;

/// A word as programs name things: up to 64 letters, digits, '.', '_' and '-'.
[[nodiscard]] bool is_word(std::string_view text);

/// What an answer is, without anything of what it says: "HTTP 401, text/html, a web page", "HTTP
/// 200, text/xml, XML-RPC fault 0 UcpNotConnectedException", "no answer (transport.timeout)".
[[nodiscard]] std::string form_of(const Reply& reply);

/// The PBX did not look at more than the token or password: HTTP 401, 407, a redirect or a web page.
/// HTTP 403 may mean that one request is not for this user.
[[nodiscard]] bool is_turned_away(const Reply& reply);

/// The value that an XML-RPC answer holds; nothing when it is something else, or a fault.
[[nodiscard]] std::optional<uci::Value> value_of(const Reply& reply);

}  // namespace sfteams::probe
