#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/crypto/ed25519.h"
#include "base/error/error.h"

namespace sfteams::keygen {

/// Texts signed with Ed25519: PASETO v4.public (https://github.com/paseto-standard/paseto-spec,
/// docs/01-Protocol-Versions/Version4.md, sections "Sign" and "Verify").
///
/// "v4.public." base64url(message, signature) ["." base64url(footer)]
struct SignedText {
  std::string message;
  crypto::Ed25519Signature signature{};
  std::string footer;  ///< signed too, but to be read before the signature can be checked
};

inline constexpr std::string_view kPasetoHeader = "v4.public.";

/// `implicit` is signed, too, but not in the token: both sides know it.
[[nodiscard]] std::string sign_text(const crypto::Ed25519Key& key, std::string_view message,
                                    std::string_view footer, std::string_view implicit);

/// The parts of a token, nothing of them checked; nullopt when the form is wrong.
[[nodiscard]] std::optional<SignedText> take_apart(std::string_view token);

/// Whether the holder of that key has signed all of it.
[[nodiscard]] bool is_signed_by(const SignedText& text, const crypto::Ed25519PublicKey& key,
                                std::string_view implicit);

/// A public key as people exchange it: PASERK "k4.public." base64url(key).
[[nodiscard]] std::string public_key_text(const crypto::Ed25519PublicKey& key);
[[nodiscard]] std::optional<crypto::Ed25519PublicKey> parse_public_key(std::string_view text);

}  // namespace sfteams::keygen
