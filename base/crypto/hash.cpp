#include "base/crypto/hash.h"

#include <algorithm>
#include <stdexcept>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include "base/crypto/openssl_handle.h"
#include "base/crypto/sha1.h"

namespace sfteams::crypto {
namespace {

using Parts = std::initializer_list<std::span<const std::uint8_t>>;

// Looking an algorithm up costs more than hashing a small message, so each is looked up once and
// kept until the process ends.
const EVP_MD* fetch_digest(const char* name) {
  const EVP_MD* digest = EVP_MD_fetch(nullptr, name, nullptr);
  must(digest != nullptr, name);
  return digest;
}

template <std::size_t kSize>
std::array<std::uint8_t, kSize> digest_of(const EVP_MD* algorithm, Parts parts) {
  // One context a thread: no allocation per message.
  thread_local const DigestContext context{EVP_MD_CTX_new()};
  must(context && EVP_DigestInit_ex2(context.get(), algorithm, nullptr) == 1, "a digest");
  for (const auto part : parts) {
    must(EVP_DigestUpdate(context.get(), part.data(), part.size()) == 1, "a digest's input");
  }
  std::array<std::uint8_t, kSize> digest{};
  must(EVP_DigestFinal_ex(context.get(), digest.data(), nullptr) == 1, "a digest's end");
  return digest;
}

// A context that knows its digest and holds an empty key; copies of it take the real one. The copy,
// not the original, is freed after use, and OpenSSL wipes it then.
MacContext new_hmac_sha256() {
  EVP_MAC* mac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  must(mac != nullptr, "HMAC");
  MacContext context{EVP_MAC_CTX_new(mac)};
  EVP_MAC_free(mac);
  std::array<char, 7> digest{"SHA256"};
  const std::array<OSSL_PARAM, 2> parameters{
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0),
      OSSL_PARAM_construct_end()};
  const unsigned char empty_key = 0;
  must(context && EVP_MAC_init(context.get(), &empty_key, 0, parameters.data()) == 1, "HMAC");
  return context;
}

}  // namespace

Sha256Digest sha256(Parts parts) {
  static const EVP_MD* const algorithm = fetch_digest("SHA256");
  return digest_of<32>(algorithm, parts);
}

Sha512Digest sha512(Parts parts) {
  static const EVP_MD* const algorithm = fetch_digest("SHA512");
  return digest_of<64>(algorithm, parts);
}

Sha1Digest sha1(Parts parts) {
  static const EVP_MD* const algorithm = fetch_digest("SHA1");
  return digest_of<20>(algorithm, parts);
}

Md5Digest md5(Parts parts) {
  static const EVP_MD* const algorithm = fetch_digest("MD5");
  return digest_of<16>(algorithm, parts);
}

Sha256Digest hmac_sha256(std::span<const std::uint8_t> key, Parts parts) {
  thread_local const MacContext original = new_hmac_sha256();
  const MacContext context{EVP_MAC_CTX_dup(original.get())};
  // A null key would mean "keep the former one".
  const unsigned char nothing = 0;
  const unsigned char* key_bytes = key.empty() ? &nothing : key.data();
  must(context && EVP_MAC_init(context.get(), key_bytes, key.size(), nullptr) == 1, "an HMAC key");
  for (const auto part : parts) {
    must(EVP_MAC_update(context.get(), part.data(), part.size()) == 1, "an HMAC's input");
  }
  Sha256Digest digest{};
  std::size_t size = 0;
  must(EVP_MAC_final(context.get(), digest.data(), &size, digest.size()) == 1, "an HMAC's end");
  return digest;
}

// OpenSSL's own HKDF refuses empty key material, which Noise needs (Split() in revision 34).
Secret hkdf_sha256(std::span<const std::uint8_t> salt, std::span<const std::uint8_t> key_material,
                   std::span<const std::uint8_t> info, std::size_t size) {
  constexpr std::size_t kMostBlocks = 255;
  if (size > kMostBlocks * std::tuple_size_v<Sha256Digest>) {
    throw std::invalid_argument("hkdf_sha256: at most 255 blocks of 32 bytes");
  }
  Sha256Digest pseudo_random_key = hmac_sha256(salt, {key_material});
  Secret output(size);
  Sha256Digest block{};
  std::span<const std::uint8_t> previous;
  std::uint8_t number = 0;
  for (auto rest = output.bytes(); !rest.empty();) {
    ++number;
    block = hmac_sha256(pseudo_random_key, {previous, info, {&number, 1}});
    previous = block;
    const std::size_t taken = std::min(rest.size(), block.size());
    std::copy_n(block.begin(), taken, rest.begin());
    rest = rest.subspan(taken);
  }
  wipe(pseudo_random_key);
  wipe(block);
  return output;
}

Secret scrypt(std::span<const std::uint8_t> password, std::span<const std::uint8_t> salt,
              const ScryptCost& cost, std::size_t size) {
  Secret output(size);
  // Its default bound of memory, 32 MiB. A byte may be looked at as a char ([basic.lval]).
  must(EVP_PBE_scrypt(reinterpret_cast<const char*>(password.data()), password.size(), salt.data(),
                      salt.size(), cost.n, cost.r, cost.p, 0, output.bytes().data(), size) == 1,
       "scrypt");
  return output;
}

}  // namespace sfteams::crypto
