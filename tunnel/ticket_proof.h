#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace sfteams::tunnel {

/// What a device signs to sign a user in by a ticket (part 6 of docs/protocol.md): the label, the
/// hash of the handshake that opened the session, and the SHA-256 of the ticket's text.
[[nodiscard]] std::vector<std::uint8_t> ticket_proof_message(
    std::span<const std::uint8_t> handshake_hash, std::string_view ticket);

}  // namespace sfteams::tunnel
