#include "base/crypto/ed25519.h"

#include <utility>

#include <openssl/bio.h>
#include <openssl/pem.h>

#include "base/crypto/codes.h"
#include "base/crypto/openssl_handle.h"
#include "base/crypto/random.h"

namespace sfteams::crypto {
namespace {

constexpr std::size_t kSeedSize = 32;

using BioHandle = std::unique_ptr<BIO, FreeWith<BIO_free_all>>;

}  // namespace

struct Ed25519Key::Handle {
  PkeyHandle key;
};

Ed25519Key::Ed25519Key(std::unique_ptr<Handle> handle, const Ed25519PublicKey& public_key)
    : handle_(std::move(handle)), public_key_(public_key) {}

Ed25519Key::~Ed25519Key() = default;
Ed25519Key::Ed25519Key(Ed25519Key&&) noexcept = default;
Ed25519Key& Ed25519Key::operator=(Ed25519Key&&) noexcept = default;

Result<Ed25519Key> Ed25519Key::generate() {
  Secret seed(kSeedSize);
  if (const auto filled = fill_random_private(seed.bytes()); !filled) return fail(filled.error());
  return from_seed(seed.bytes());
}

Result<Ed25519Key> Ed25519Key::from_seed(std::span<const std::uint8_t> seed) {
  if (seed.size() != kSeedSize) {
    return fail(codes::kBadKey,
                "an Ed25519 private key has 32 bytes, not " + std::to_string(seed.size()));
  }
  auto handle = std::make_unique<Handle>();
  handle->key.reset(
      EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed.data(), seed.size()));
  must(handle->key != nullptr, "an Ed25519 key");
  Ed25519PublicKey public_key{};
  std::size_t size = public_key.size();
  must(EVP_PKEY_get_raw_public_key(handle->key.get(), public_key.data(), &size) == 1,
       "an Ed25519 public key");
  return Ed25519Key(std::move(handle), public_key);
}

Result<Ed25519Key> Ed25519Key::from_pem(std::string_view text) {
  const ErrorQueueGuard guard;
  if (text.data() == nullptr) text = "";  // an empty file's; OpenSSL takes no null pointer
  const BioHandle bio{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
  must(bio != nullptr, "a buffer");
  // Without this OpenSSL would ask on the terminal.
  const auto no_passphrase = [](char*, int, int, void*) { return 0; };
  const PkeyHandle key{PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr)};
  Secret seed(kSeedSize);
  std::size_t size = seed.size();
  if (!key || EVP_PKEY_get_id(key.get()) != EVP_PKEY_ED25519 ||
      EVP_PKEY_get_raw_private_key(key.get(), seed.bytes().data(), &size) != 1) {
    return fail(codes::kBadKey, "this is no Ed25519 private key in PEM without a passphrase",
                "make one with: openssl genpkey -algorithm ed25519");
  }
  return from_seed(seed.bytes());
}

Secret Ed25519Key::pem() const {
  // In memory that OpenSSL wipes when it lets go of it.
  const BioHandle bio{BIO_new(BIO_s_secmem())};
  must(bio && PEM_write_bio_PKCS8PrivateKey(bio.get(), handle_->key.get(), nullptr, nullptr, 0,
                                            nullptr, nullptr) == 1,
       "a PEM text");
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return Secret::from_text({data, static_cast<std::size_t>(size)});
}

Ed25519Signature Ed25519Key::sign(std::span<const std::uint8_t> message) const {
  const DigestContext context{EVP_MD_CTX_new()};
  must(context && EVP_DigestSignInit_ex(context.get(), nullptr, nullptr, nullptr, nullptr,
                                        handle_->key.get(), nullptr) == 1,
       "an Ed25519 signature");
  Ed25519Signature signature{};
  std::size_t size = signature.size();
  must(EVP_DigestSign(context.get(), signature.data(), &size, message.data(), message.size()) == 1,
       "an Ed25519 signature");
  return signature;
}

Secret Ed25519Key::seed() const {
  Secret seed(kSeedSize);
  std::size_t size = seed.size();
  must(EVP_PKEY_get_raw_private_key(handle_->key.get(), seed.bytes().data(), &size) == 1,
       "an Ed25519 seed");
  return seed;
}

bool verify_ed25519(const Ed25519PublicKey& key, std::span<const std::uint8_t> message,
                    std::span<const std::uint8_t> signature) {
  if (signature.size() != std::tuple_size_v<Ed25519Signature>) return false;
  const ErrorQueueGuard guard;
  const PkeyHandle handle{
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, key.data(), key.size())};
  if (!handle) return false;
  const DigestContext context{EVP_MD_CTX_new()};
  must(context && EVP_DigestVerifyInit_ex(context.get(), nullptr, nullptr, nullptr, nullptr,
                                          handle.get(), nullptr) == 1,
       "an Ed25519 verification");
  return EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(),
                          message.size()) == 1;
}

}  // namespace sfteams::crypto
