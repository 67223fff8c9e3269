#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "base/clock/unix_time.h"
#include "base/crypto/ecdsa_p256.h"
#include "base/crypto/secret.h"
#include "tunnel/control.h"

namespace sfteams::agent {

/// What stands inside of a ticket, which only this agent can open.
struct Ticket {
  /// The tickets of one user on one device, each made for the one before it, from the first one until
  /// they are ended; drawn at random, so that one that has ended never comes again. Each ticket of it
  /// may have a key of its own.
  using Series = std::array<std::uint8_t, 16>;

  static constexpr std::size_t kMostUserBytes = 128;
  /// So that the text stays within kMostTicketText.
  static constexpr std::size_t kMostSecretBytes = 480;

  std::string user;
  crypto::Secret secret;           ///< what the PBX takes of the user instead of a password
  crypto::P256PublicKey device{};  ///< who may use it
  tunnel::KeyId key{};             ///< of the system key by which the session had come in
  Series series{};
  clock::UnixSeconds issued = 0;
  clock::UnixSeconds ends = 0;  ///< not good any more from this second on
};

/// Characters of a ticket's text at most.
inline constexpr std::size_t kMostTicketText = 1'024;

/// By which people tell one device of a user from another: 8 hexadecimal digits.
[[nodiscard]] std::string device_name(const Ticket::Series& series);

/// nullopt when the user or the secret is empty or longer than a ticket holds, or a time is
/// negative.
[[nodiscard]] std::optional<crypto::Secret> pack_ticket(const Ticket& ticket);
/// nullopt for anything but the bytes of pack_ticket().
[[nodiscard]] std::optional<Ticket> unpack_ticket(std::span<const std::uint8_t> bytes);

}  // namespace sfteams::agent
