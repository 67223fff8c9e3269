#include "base/crypto/secret.h"

#include <utility>

#include <openssl/crypto.h>

namespace sfteams::crypto {

void wipe(std::span<std::uint8_t> bytes) noexcept {
  if (!bytes.empty()) OPENSSL_cleanse(bytes.data(), bytes.size());
}

bool equal_constant_time(std::span<const std::uint8_t> a,
                         std::span<const std::uint8_t> b) noexcept {
  if (a.size() != b.size()) return false;
  return a.empty() || CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

Secret Secret::from_text(std::string_view text) {
  Secret secret;
  secret.bytes_.assign(text.begin(), text.end());
  return secret;
}

Secret::~Secret() {
  wipe(bytes_);
}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this == &other) return *this;
  wipe(bytes_);
  bytes_ = std::move(other.bytes_);
  other.bytes_.clear();
  return *this;
}

std::string_view Secret::text() const {
  if (bytes_.empty()) return {};
  // A byte may be looked at as a char ([basic.lval]).
  return {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()};
}

void wipe(std::string& text) noexcept {
  // Growing to the capacity never allocates, and makes what an earlier, longer content left
  // reachable.
  text.resize(text.capacity());
  OPENSSL_cleanse(text.data(), text.size());
  text.clear();
}

}  // namespace sfteams::crypto
