#include "base/crypto/ed25519.h"

#include <string>
#include <utility>

#include <catch2/catch.hpp>
#include <openssl/err.h>

#include "base/crypto/codes.h"
#include "tests/base/crypto/hexadecimal.h"

namespace sfteams::crypto {
namespace {

struct Vector {
  std::string seed;
  std::string public_key;
  std::string message;
  std::string signature;
};

// RFC 8032, section 7.1: TEST 1, TEST 2, TEST 3 and TEST SHA(abc).
const Vector kVectors[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9"
     "b46bd25bf5f0595bbe24655141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f1"
     "1d8c387b2eaeb4302aeeb00d291612bb0c00"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984d"
     "c6594a7c15e9716ed28dc027beceea1ec40a"},
    {"833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
     "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
     "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
     "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
     "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431"
     "e0303dca179c138ac17ad9bef1177331a704"},
};

Ed25519Key key_of(const Vector& vector) {
  auto key = Ed25519Key::from_seed(hex(vector.seed));
  REQUIRE(key);
  return std::move(*key);
}

TEST_CASE("Ed25519 gives the public keys and signatures of RFC 8032") {
  for (const auto& vector : kVectors) {
    const Ed25519Key key = key_of(vector);
    CHECK(text::to_hex(key.public_key()) == vector.public_key);
    CHECK(text::to_hex(key.sign(hex(vector.message))) == vector.signature);
    CHECK(text::to_hex(key.seed().bytes()) == vector.seed);
  }
}

TEST_CASE("Ed25519 accepts the signatures of RFC 8032 and none that differs in a bit") {
  for (const auto& vector : kVectors) {
    const auto public_key = hex_array<32>(vector.public_key);
    const auto message = hex(vector.message);
    const auto signature = hex(vector.signature);
    CHECK(verify_ed25519(public_key, message, signature));
    for (std::size_t bit = 0; bit < signature.size() * 8; ++bit) {
      auto changed = signature;
      changed[bit / 8] = static_cast<std::uint8_t>(changed[bit / 8] ^ (1U << (bit % 8)));
      REQUIRE_FALSE(verify_ed25519(public_key, message, changed));
    }
  }
}

TEST_CASE("an Ed25519 signature does not fit another message or another key") {
  const auto public_key = hex_array<32>(kVectors[1].public_key);
  const auto signature = hex(kVectors[1].signature);
  CHECK_FALSE(verify_ed25519(public_key, hex("73"), signature));
  CHECK_FALSE(verify_ed25519(public_key, {}, signature));
  CHECK_FALSE(verify_ed25519(hex_array<32>(kVectors[0].public_key), hex("72"), signature));
}

TEST_CASE("an Ed25519 signature of another length is refused") {
  const auto public_key = hex_array<32>(kVectors[1].public_key);
  const auto signature = hex(kVectors[1].signature);
  auto longer = signature;
  longer.push_back(0);
  CHECK_FALSE(verify_ed25519(public_key, hex("72"), {}));
  CHECK_FALSE(verify_ed25519(public_key, hex("72"), std::span(signature).first(63)));
  CHECK_FALSE(verify_ed25519(public_key, hex("72"), longer));
}

TEST_CASE("a public key that is no point on the curve verifies nothing") {
  Ed25519PublicKey no_point{};
  no_point[0] = 2;  // y = 2 has no x on the curve
  CHECK_FALSE(verify_ed25519(no_point, hex("72"), hex(kVectors[1].signature)));
}

TEST_CASE("a refused signature leaves nothing in OpenSSL's error queue") {
  Ed25519PublicKey no_point{};
  no_point[0] = 2;
  REQUIRE_FALSE(verify_ed25519(no_point, {}, hex(kVectors[1].signature)));
  CHECK(ERR_peek_error() == 0);
}

TEST_CASE("an Ed25519 seed of another size is refused") {
  for (const std::size_t size : {0U, 31U, 33U, 64U}) {
    const auto key = Ed25519Key::from_seed(std::vector<std::uint8_t>(size));
    REQUIRE_FALSE(key);
    CHECK(key.error().code == codes::kBadKey);
  }
}

TEST_CASE("a text that is no private key in PEM is refused, and so is that of an empty file") {
  for (const std::string_view text : {std::string_view(), std::string_view(""),
                                      std::string_view("-----BEGIN PRIVATE KEY-----\n")}) {
    const auto key = Ed25519Key::from_pem(text);
    REQUIRE_FALSE(key);
    CHECK(key.error().code == codes::kBadKey);
  }
}

TEST_CASE("a generated Ed25519 key signs, is its own, and comes back from its seed") {
  const auto key = Ed25519Key::generate();
  const auto other = Ed25519Key::generate();
  REQUIRE(key);
  REQUIRE(other);
  CHECK(key->public_key() != other->public_key());
  const auto message = hex("00ff00ff");
  const auto signature = key->sign(message);
  CHECK(verify_ed25519(key->public_key(), message, signature));
  CHECK_FALSE(verify_ed25519(other->public_key(), message, signature));
  const auto again = Ed25519Key::from_seed(key->seed().bytes());
  REQUIRE(again);
  CHECK(again->sign(message) == signature);
}

}  // namespace
}  // namespace sfteams::crypto
