#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sfteams::transport::test {

/// What a websocket server says to the request (RFC 6455 section 4.2.2); `subprotocol` may be
/// empty.
[[nodiscard]] std::string upgrade_answer(const std::string& request,
                                         const std::string& subprotocol);

/// A request that asks for a websocket. `more` is added to the head, line by line with CRLF.
[[nodiscard]] std::string upgrade_request(const std::string& subprotocol,
                                          const std::string& more = {});

/// One frame as a client sends it: masked, with a key of zeros, so that the payload stays readable.
/// `first` is the whole first byte (0x82: binary, final), `announced` the length that the header
/// says.
[[nodiscard]] std::string client_frame(std::uint8_t first, std::string_view payload);
[[nodiscard]] std::string client_frame(std::uint8_t first, std::string_view payload,
                                       std::uint64_t announced);

/// One unmasked frame of less than 126 bytes, as a server sends it.
[[nodiscard]] std::string server_frame(std::uint8_t first, std::string_view payload);

}  // namespace sfteams::transport::test
