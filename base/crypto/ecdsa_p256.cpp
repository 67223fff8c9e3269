#include "base/crypto/ecdsa_p256.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/obj_mac.h>
#include <openssl/param_build.h>

#include "base/crypto/codes.h"
#include "base/crypto/openssl_handle.h"
#include "base/crypto/random.h"

namespace sfteams::crypto {
namespace {

constexpr std::size_t kScalarSize = 32;
constexpr int kScalarBytes = 32;  ///< as OpenSSL counts

using BigNumber = std::unique_ptr<BIGNUM, FreeWith<BN_clear_free>>;
using Group = std::unique_ptr<EC_GROUP, FreeWith<EC_GROUP_free>>;
using Point = std::unique_ptr<EC_POINT, FreeWith<EC_POINT_clear_free>>;
using ParamBuilder = std::unique_ptr<OSSL_PARAM_BLD, FreeWith<OSSL_PARAM_BLD_free>>;
using Params = std::unique_ptr<OSSL_PARAM, FreeWith<OSSL_PARAM_free>>;
using DerSignature = std::unique_ptr<ECDSA_SIG, FreeWith<ECDSA_SIG_free>>;

Group p256() {
  Group group{EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1)};
  must(group != nullptr, "the curve P-256");
  return group;
}

/// `scalar` nullptr: a public key only. nullptr when the point is none of the curve.
PkeyHandle make_key(const P256PublicKey& point, const BIGNUM* scalar) {
  const ParamBuilder builder{OSSL_PARAM_BLD_new()};
  must(builder != nullptr &&
           OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME,
                                           SN_X9_62_prime256v1, 0) == 1,
       "the parameters of a P-256 key");
  must(OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                        point.size()) == 1,
       "a P-256 point");
  if (scalar != nullptr) {
    must(OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_PRIV_KEY, scalar) == 1,
         "a P-256 scalar");
  }
  const Params params{OSSL_PARAM_BLD_to_param(builder.get())};
  const PkeyContext context{EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr)};
  must(params && context && EVP_PKEY_fromdata_init(context.get()) == 1, "a P-256 key");
  EVP_PKEY* key = nullptr;
  const int selection = scalar != nullptr ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY;
  if (EVP_PKEY_fromdata(context.get(), &key, selection, params.get()) != 1) return nullptr;
  return PkeyHandle{key};
}

/// nullptr when the bytes are none, in this form, of the curve.
PkeyHandle public_key_of(const P256PublicKey& bytes) {
  constexpr std::uint8_t kUncompressed = 0x04;
  if (bytes[0] != kUncompressed) return nullptr;
  return make_key(bytes, nullptr);
}

}  // namespace

struct P256Key::Handle {
  PkeyHandle key;
};

P256Key::P256Key(std::unique_ptr<Handle> handle, const P256PublicKey& public_key)
    : handle_(std::move(handle)), public_key_(public_key) {}

P256Key::~P256Key() = default;
P256Key::P256Key(P256Key&&) noexcept = default;
P256Key& P256Key::operator=(P256Key&&) noexcept = default;

Result<P256Key> P256Key::generate() {
  while (true) {
    Secret scalar(kScalarSize);
    if (const auto filled = fill_random_private(scalar.bytes()); !filled)
      return fail(filled.error());
    // One in 2^32 is beyond the order of the curve.
    if (Result<P256Key> key = from_scalar(scalar.bytes())) return key;
  }
}

Result<P256Key> P256Key::from_scalar(std::span<const std::uint8_t> scalar) {
  if (scalar.size() != kScalarSize) {
    return fail(codes::kBadKey,
                "a P-256 private key has 32 bytes, not " + std::to_string(scalar.size()));
  }
  const Group group = p256();
  const BigNumber number{BN_bin2bn(scalar.data(), kScalarBytes, nullptr)};
  must(number != nullptr, "a number");
  BN_set_flags(number.get(), BN_FLG_CONSTTIME);
  if (BN_is_zero(number.get()) == 1 ||
      BN_cmp(number.get(), EC_GROUP_get0_order(group.get())) >= 0) {
    return fail(codes::kBadKey, "this is no private key of the curve P-256");
  }
  const Point point{EC_POINT_new(group.get())};
  P256PublicKey public_key{};
  must(point &&
           EC_POINT_mul(group.get(), point.get(), number.get(), nullptr, nullptr, nullptr) == 1 &&
           EC_POINT_point2oct(group.get(), point.get(), POINT_CONVERSION_UNCOMPRESSED,
                              public_key.data(), public_key.size(), nullptr) == public_key.size(),
       "a P-256 public key");
  auto handle = std::make_unique<Handle>();
  handle->key = make_key(public_key, number.get());
  must(handle->key != nullptr, "a P-256 key");
  return P256Key(std::move(handle), public_key);
}

P256Signature P256Key::sign(std::span<const std::uint8_t> message) const {
  const DigestContext context{EVP_MD_CTX_new()};
  must(context && EVP_DigestSignInit_ex(context.get(), nullptr, "SHA256", nullptr, nullptr,
                                        handle_->key.get(), nullptr) == 1,
       "an ECDSA signature");
  std::size_t size = 0;
  must(EVP_DigestSign(context.get(), nullptr, &size, message.data(), message.size()) == 1,
       "the size of an ECDSA signature");
  std::vector<std::uint8_t> der(size);
  must(EVP_DigestSign(context.get(), der.data(), &size, message.data(), message.size()) == 1,
       "an ECDSA signature");
  const std::uint8_t* next = der.data();
  const DerSignature read{d2i_ECDSA_SIG(nullptr, &next, static_cast<long>(size))};
  must(read != nullptr, "its own ECDSA signature");
  P256Signature signature{};
  must(BN_bn2binpad(ECDSA_SIG_get0_r(read.get()), signature.data(), kScalarBytes) == kScalarBytes &&
           BN_bn2binpad(ECDSA_SIG_get0_s(read.get()), signature.data() + kScalarSize,
                        kScalarBytes) == kScalarBytes,
       "the numbers of an ECDSA signature");
  return signature;
}

Secret P256Key::scalar() const {
  BIGNUM* number = nullptr;
  must(EVP_PKEY_get_bn_param(handle_->key.get(), OSSL_PKEY_PARAM_PRIV_KEY, &number) == 1,
       "a P-256 scalar");
  const BigNumber owned{number};
  Secret scalar(kScalarSize);
  must(BN_bn2binpad(owned.get(), scalar.bytes().data(), kScalarBytes) == kScalarBytes,
       "a P-256 scalar");
  return scalar;
}

bool is_p256_public_key(std::span<const std::uint8_t> bytes) {
  const ErrorQueueGuard guard;
  P256PublicKey key{};
  if (bytes.size() != key.size()) return false;
  std::ranges::copy(bytes, key.begin());
  return public_key_of(key) != nullptr;
}

bool verify_p256(const P256PublicKey& key, std::span<const std::uint8_t> message,
                 const P256Signature& signature) {
  const ErrorQueueGuard guard;
  const PkeyHandle handle = public_key_of(key);
  if (!handle) return false;
  const DerSignature pair{ECDSA_SIG_new()};
  BigNumber r{BN_bin2bn(signature.data(), kScalarBytes, nullptr)};
  BigNumber s{BN_bin2bn(signature.data() + kScalarSize, kScalarBytes, nullptr)};
  must(pair && r && s && ECDSA_SIG_set0(pair.get(), r.get(), s.get()) == 1,
       "the numbers of an ECDSA signature");
  // Now the pair's.
  static_cast<void>(r.release());
  static_cast<void>(s.release());
  std::uint8_t* encoded = nullptr;
  const int size = i2d_ECDSA_SIG(pair.get(), &encoded);
  must(size > 0, "an ECDSA signature");
  const std::vector<std::uint8_t> der(encoded, encoded + size);
  OPENSSL_free(encoded);
  const DigestContext context{EVP_MD_CTX_new()};
  must(context && EVP_DigestVerifyInit_ex(context.get(), nullptr, "SHA256", nullptr, nullptr,
                                          handle.get(), nullptr) == 1,
       "an ECDSA verification");
  return EVP_DigestVerify(context.get(), der.data(), der.size(), message.data(), message.size()) ==
         1;
}

}  // namespace sfteams::crypto
