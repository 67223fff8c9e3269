#include "base/crypto/aes_gcm.h"

#include <algorithm>
#include <limits>
#include <stdexcept>

#include "base/crypto/openssl_handle.h"

namespace sfteams::crypto {
namespace {

const EVP_CIPHER* aes_256_gcm() {
  // Looked up once and kept until the process ends.
  static const EVP_CIPHER* const cipher = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
  must(cipher != nullptr, "AES-256-GCM");
  return cipher;
}

enum class Direction : int { open = 0, seal = 1 };

int checked_size(std::span<const std::uint8_t> bytes) {
  if (bytes.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) {
    throw std::invalid_argument("AesGcm: at most 2 GiB a message");
  }
  return static_cast<int>(bytes.size());
}

// Gives the nonce and the associated data; the expanded key stays as it is.
void begin(EVP_CIPHER_CTX* context, Direction direction, const AesGcm::Nonce& nonce,
           std::span<const std::uint8_t> associated) {
  must(EVP_CipherInit_ex2(context, nullptr, nullptr, nonce.data(), static_cast<int>(direction),
                          nullptr) == 1,
       "a GCM nonce");
  if (associated.empty()) return;
  int written = 0;
  must(EVP_CipherUpdate(context, nullptr, &written, associated.data(), checked_size(associated)) ==
           1,
       "GCM's associated data");
}

bool transform(EVP_CIPHER_CTX* context, std::span<const std::uint8_t> in, std::uint8_t* out) {
  if (in.empty()) return true;
  int written = 0;
  return EVP_CipherUpdate(context, out, &written, in.data(), checked_size(in)) == 1;
}

}  // namespace

struct AesGcm::Context {
  CipherContext cipher{EVP_CIPHER_CTX_new()};
};

AesGcm::AesGcm(std::span<const std::uint8_t> key) : context_(std::make_unique<Context>()) {
  if (key.size() != kKeySize) throw std::invalid_argument("AesGcm: the key must have 32 bytes");
  must(context_->cipher &&
           EVP_CipherInit_ex2(context_->cipher.get(), aes_256_gcm(), key.data(), nullptr,
                              static_cast<int>(Direction::seal), nullptr) == 1,
       "a GCM key");
}

AesGcm::~AesGcm() = default;
AesGcm::AesGcm(AesGcm&&) noexcept = default;
AesGcm& AesGcm::operator=(AesGcm&&) noexcept = default;

void AesGcm::seal(const Nonce& nonce, std::span<const std::uint8_t> associated,
                  std::span<const std::uint8_t> plaintext, std::span<std::uint8_t> out) {
  if (out.size() < plaintext.size() + kTagSize) {
    throw std::invalid_argument("AesGcm::seal: no room for the ciphertext and its tag");
  }
  EVP_CIPHER_CTX* const context = context_->cipher.get();
  begin(context, Direction::seal, nonce, associated);
  must(transform(context, plaintext, out.data()), "GCM's plaintext");
  const auto tag = out.subspan(plaintext.size(), kTagSize);
  int written = 0;
  must(EVP_CipherFinal_ex(context, tag.data(), &written) == 1, "GCM's end");
  must(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, kTagSize, tag.data()) == 1, "GCM's tag");
}

bool AesGcm::open(const Nonce& nonce, std::span<const std::uint8_t> associated,
                  std::span<const std::uint8_t> ciphertext, std::span<std::uint8_t> out) {
  if (ciphertext.size() < kTagSize) {
    wipe(out);
    return false;
  }
  const auto body = ciphertext.first(ciphertext.size() - kTagSize);
  if (out.size() < body.size()) {
    throw std::invalid_argument("AesGcm::open: no room for the plaintext");
  }
  // OpenSSL takes a pointer to non-const, and `out` may lie over the ciphertext.
  std::array<std::uint8_t, kTagSize> tag{};
  std::copy_n(ciphertext.begin() + static_cast<std::ptrdiff_t>(body.size()), kTagSize, tag.begin());

  EVP_CIPHER_CTX* const context = context_->cipher.get();
  begin(context, Direction::open, nonce, associated);
  must(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, kTagSize, tag.data()) == 1, "GCM's tag");
  int written = 0;
  std::array<std::uint8_t, kTagSize> unused{};
  if (transform(context, body, out.data()) &&
      EVP_CipherFinal_ex(context, unused.data(), &written) == 1) {
    return true;
  }
  const ErrorQueueGuard guard;
  wipe(out.first(body.size()));
  return false;
}

}  // namespace sfteams::crypto
