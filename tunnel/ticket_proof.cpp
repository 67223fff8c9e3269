#include "tunnel/ticket_proof.h"

#include "base/crypto/hash.h"

namespace sfteams::tunnel {
namespace {

constexpr std::string_view kTicketLabel{"starface-teams/1 ticket\0", 24};

}  // namespace

std::vector<std::uint8_t> ticket_proof_message(std::span<const std::uint8_t> handshake_hash,
                                               std::string_view ticket) {
  const auto label = crypto::bytes_of(kTicketLabel);
  const crypto::Sha256Digest digest = crypto::sha256({crypto::bytes_of(ticket)});
  std::vector<std::uint8_t> message;
  message.reserve(label.size() + handshake_hash.size() + digest.size());
  message.insert(message.end(), label.begin(), label.end());
  message.insert(message.end(), handshake_hash.begin(), handshake_hash.end());
  message.insert(message.end(), digest.begin(), digest.end());
  return message;
}

}  // namespace sfteams::tunnel
