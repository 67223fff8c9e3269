#include "keygen/paseto.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <vector>

#include "base/text/encoding.h"

namespace sfteams::keygen {
namespace {

constexpr std::string_view kPublicKeyHeader = "k4.public.";

std::span<const std::uint8_t> bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::string text_of(std::span<const std::uint8_t> bytes) {
  return {bytes.begin(), bytes.end()};
}

void append_length(std::string& out, std::uint64_t length) {
  for (int shift = 0; shift < 64; shift += 8)
    out += static_cast<char>(length >> shift & 0xffU);
}

/// What is signed: the pieces, each after its length, so that no two lists look alike (PASETO's
/// pre-authentication encoding).
std::string encode(std::initializer_list<std::string_view> pieces) {
  std::string out;
  append_length(out, pieces.size());
  for (const std::string_view piece : pieces) {
    append_length(out, piece.size());
    out += piece;
  }
  return out;
}

}  // namespace

std::string sign_text(const crypto::Ed25519Key& key, std::string_view message,
                      std::string_view footer, std::string_view implicit) {
  const crypto::Ed25519Signature signature =
      key.sign(bytes_of(encode({kPasetoHeader, message, footer, implicit})));
  std::vector<std::uint8_t> body(message.begin(), message.end());
  body.insert(body.end(), signature.begin(), signature.end());
  std::string token = std::string(kPasetoHeader) + text::to_base64url(body);
  if (!footer.empty()) token += "." + text::to_base64url(bytes_of(footer));
  return token;
}

std::optional<SignedText> take_apart(std::string_view token) {
  if (!token.starts_with(kPasetoHeader)) return std::nullopt;
  token.remove_prefix(kPasetoHeader.size());
  const std::size_t dot = token.find('.');
  const auto body = text::from_base64url(token.substr(0, dot));
  const auto footer = dot == std::string_view::npos
                          ? std::optional<std::vector<std::uint8_t>>(std::in_place)
                          : text::from_base64url(token.substr(dot + 1));
  constexpr std::size_t kSignature = std::tuple_size_v<crypto::Ed25519Signature>;
  if (!body || !footer || body->size() < kSignature) return std::nullopt;
  SignedText text;
  const std::span<const std::uint8_t> all(*body);
  text.message = text_of(all.first(all.size() - kSignature));
  std::ranges::copy(all.last(kSignature), text.signature.begin());
  text.footer = text_of(*footer);
  return text;
}

bool is_signed_by(const SignedText& text, const crypto::Ed25519PublicKey& key,
                  std::string_view implicit) {
  const std::string signed_text = encode({kPasetoHeader, text.message, text.footer, implicit});
  return crypto::verify_ed25519(key, bytes_of(signed_text), text.signature);
}

std::string public_key_text(const crypto::Ed25519PublicKey& key) {
  return std::string(kPublicKeyHeader) + text::to_base64url(key);
}

std::optional<crypto::Ed25519PublicKey> parse_public_key(std::string_view text) {
  if (!text.starts_with(kPublicKeyHeader)) return std::nullopt;
  const auto bytes = text::from_base64url(text.substr(kPublicKeyHeader.size()));
  crypto::Ed25519PublicKey key{};
  if (!bytes || bytes->size() != key.size()) return std::nullopt;
  std::ranges::copy(*bytes, key.begin());
  return key;
}

}  // namespace sfteams::keygen
