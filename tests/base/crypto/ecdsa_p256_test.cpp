#include "base/crypto/ecdsa_p256.h"

#include <algorithm>
#include <string>

#include <catch2/catch.hpp>
#include <openssl/err.h>

#include "base/crypto/codes.h"
#include "base/crypto/hash.h"
#include "tests/base/crypto/hexadecimal.h"

namespace sfteams::crypto {
namespace {

// RFC 6979, appendix A.2.5: the key, and its signatures over SHA-256.
constexpr const char* kScalar = "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721";
constexpr const char* kPoint =
    "04"
    "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
    "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299";
constexpr const char* kOfSample =
    "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
    "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8";
constexpr const char* kOfTest =
    "f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367"
    "019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083";
/// The order of the curve.
constexpr const char* kOrder = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";

P256Key key_of_rfc() {
  return P256Key::from_scalar(hex(kScalar)).value();
}

TEST_CASE("P-256 makes the public key of RFC 6979") {
  const P256Key key = key_of_rfc();
  CHECK(text::to_hex(key.public_key()) == kPoint);
  CHECK(text::to_hex(key.scalar().bytes()) == kScalar);
  CHECK(is_p256_public_key(key.public_key()));
}

TEST_CASE("ECDSA takes the signatures of RFC 6979") {
  const auto point = hex_array<65>(kPoint);
  CHECK(verify_p256(point, bytes_of("sample"), hex_array<64>(kOfSample)));
  CHECK(verify_p256(point, bytes_of("test"), hex_array<64>(kOfTest)));
  CHECK_FALSE(verify_p256(point, bytes_of("test"), hex_array<64>(kOfSample)));
  CHECK_FALSE(verify_p256(point, bytes_of("Sample"), hex_array<64>(kOfSample)));
}

TEST_CASE("a signature with any bit turned is refused") {
  const auto point = hex_array<65>(kPoint);
  for (std::size_t bit = 0; bit < 64 * 8; ++bit) {
    auto signature = hex_array<64>(kOfSample);
    signature.at(bit / 8) ^= static_cast<std::uint8_t>(1U << (bit % 8));
    CAPTURE(bit);
    CHECK_FALSE(verify_p256(point, bytes_of("sample"), signature));
  }
}

TEST_CASE("numbers that no signature has are refused") {
  const auto point = hex_array<65>(kPoint);
  const std::string zero(64, '0');
  const std::string most(64, 'f');
  const std::string good(kOfSample);
  for (const std::string& wrong :
       {zero + good.substr(64), good.substr(0, 64) + zero, zero + zero, most + most,
        kOrder + good.substr(64), good.substr(0, 64) + kOrder}) {
    CAPTURE(wrong);
    CHECK_FALSE(verify_p256(point, bytes_of("sample"), hex_array<64>(wrong)));
  }
}

TEST_CASE("what is no point of P-256 is no key") {
  const auto is_key = [](const std::string& text) { return is_p256_public_key(hex(text)); };
  std::string point(kPoint);
  CHECK(is_key(point));
  CHECK_FALSE(is_key(""));
  CHECK_FALSE(is_key("00"));
  CHECK_FALSE(is_key(point + "00"));
  CHECK_FALSE(is_key(point.substr(0, 128)));
  CHECK_FALSE(is_key("02" + point.substr(2, 64)));  // compressed
  CHECK_FALSE(is_key("06" + point.substr(2)));      // hybrid
  CHECK_FALSE(is_key("04" + std::string(128, '0')));
  CHECK_FALSE(is_key("04" + std::string(128, 'f')));
  point.back() = point.back() == '9' ? '8' : '9';
  CHECK_FALSE(is_key(point));
  CHECK_FALSE(verify_p256(hex_array<65>(point), bytes_of("sample"), hex_array<64>(kOfSample)));
  CHECK(ERR_peek_error() == 0);
}

TEST_CASE("a new key signs what its public half takes, and nothing else") {
  const P256Key key = P256Key::generate().value();
  const P256Key other = P256Key::generate().value();
  CHECK(key.public_key() != other.public_key());
  for (int i = 0; i < 20; ++i) {
    const std::string message = "message " + std::to_string(i);
    const P256Signature signature = key.sign(bytes_of(message));
    CHECK(verify_p256(key.public_key(), bytes_of(message), signature));
    CHECK_FALSE(verify_p256(other.public_key(), bytes_of(message), signature));
  }
  const P256Key again = P256Key::from_scalar(key.scalar().bytes()).value();
  CHECK(again.public_key() == key.public_key());
}

TEST_CASE("a scalar outside of the curve's order is refused") {
  for (const std::string& wrong : {std::string(64, '0'), std::string(kOrder), std::string(64, 'f'),
                                   std::string(62, '1'), std::string(66, '1'), std::string()}) {
    CAPTURE(wrong);
    const auto key = P256Key::from_scalar(hex(wrong));
    REQUIRE_FALSE(key);
    CHECK(key.error().code == codes::kBadKey);
  }
}

}  // namespace
}  // namespace sfteams::crypto
