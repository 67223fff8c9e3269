#include "base/crypto/x25519.h"

#include <utility>

#include "base/crypto/codes.h"
#include "base/crypto/openssl_handle.h"
#include "base/crypto/random.h"

namespace sfteams::crypto {
namespace {

constexpr std::size_t kKeySize = 32;

}  // namespace

struct X25519Key::Handle {
  PkeyHandle key;
};

X25519Key::X25519Key(std::unique_ptr<Handle> handle, const X25519PublicKey& public_key)
    : handle_(std::move(handle)), public_key_(public_key) {}

X25519Key::~X25519Key() = default;
X25519Key::X25519Key(X25519Key&&) noexcept = default;
X25519Key& X25519Key::operator=(X25519Key&&) noexcept = default;

Result<X25519Key> X25519Key::generate() {
  Secret bytes(kKeySize);
  if (const auto filled = fill_random_private(bytes.bytes()); !filled) return fail(filled.error());
  return from_private(bytes.bytes());
}

Result<X25519Key> X25519Key::from_private(std::span<const std::uint8_t> bytes) {
  if (bytes.size() != kKeySize) {
    return fail(codes::kBadKey,
                "an X25519 private key has 32 bytes, not " + std::to_string(bytes.size()));
  }
  auto handle = std::make_unique<Handle>();
  handle->key.reset(
      EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, nullptr, bytes.data(), bytes.size()));
  must(handle->key != nullptr, "an X25519 key");
  X25519PublicKey public_key{};
  std::size_t size = public_key.size();
  must(EVP_PKEY_get_raw_public_key(handle->key.get(), public_key.data(), &size) == 1,
       "an X25519 public key");
  return X25519Key(std::move(handle), public_key);
}

Result<Secret> X25519Key::agree(const X25519PublicKey& peer) const {
  const ErrorQueueGuard guard;
  const PkeyHandle peer_key{
      EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, nullptr, peer.data(), peer.size())};
  must(peer_key != nullptr, "an X25519 public key");
  const PkeyContext context{EVP_PKEY_CTX_new_from_pkey(nullptr, handle_->key.get(), nullptr)};
  must(context && EVP_PKEY_derive_init(context.get()) == 1 &&
           EVP_PKEY_derive_set_peer(context.get(), peer_key.get()) == 1,
       "an X25519 agreement");
  Secret shared(kKeySize);
  std::size_t size = shared.size();
  // OpenSSL refuses the all-zero result itself, as RFC 7748 section 6.1 recommends.
  if (EVP_PKEY_derive(context.get(), shared.bytes().data(), &size) != 1 || size != kKeySize) {
    return fail(codes::kBadKey, "the peer's X25519 key is of small order",
                "the peer's software is broken or hostile");
  }
  return shared;
}

}  // namespace sfteams::crypto
