#include "base/crypto/x25519.h"

#include <algorithm>

#include <catch2/catch.hpp>
#include <openssl/err.h>

#include "base/crypto/codes.h"
#include "tests/base/crypto/hexadecimal.h"

namespace sfteams::crypto {
namespace {

std::string agreed(const std::string& scalar, const std::string& point) {
  const auto key = X25519Key::from_private(hex(scalar));
  REQUIRE(key);
  const auto shared = key->agree(hex_array<32>(point));
  REQUIRE(shared);
  return text::to_hex(shared->bytes());
}

// RFC 7748, section 5.2. The second point has its highest bit set, which must be ignored.
TEST_CASE("X25519 gives the products of RFC 7748") {
  CHECK(agreed("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
               "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c") ==
        "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552");
  CHECK(agreed("4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
               "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493") ==
        "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957");
}

// RFC 7748, section 5.2: the result after 1 and after 1,000 rounds.
TEST_CASE("X25519 gives the repeated products of RFC 7748") {
  X25519PublicKey scalar{9};
  X25519PublicKey point{9};
  for (int round = 1; round <= 1000; ++round) {
    const auto key = X25519Key::from_private(scalar);
    REQUIRE(key);
    const auto shared = key->agree(point);
    REQUIRE(shared);
    point = scalar;
    std::copy_n(shared->bytes().begin(), scalar.size(), scalar.begin());
    if (round == 1) {
      CHECK(text::to_hex(scalar) ==
            "422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079");
    }
  }
  CHECK(text::to_hex(scalar) == "684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51");
}

// RFC 7748, section 6.1.
TEST_CASE("Alice and Bob of RFC 7748 agree") {
  const auto alice = X25519Key::from_private(
      hex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a"));
  const auto bob = X25519Key::from_private(
      hex("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb"));
  REQUIRE(alice);
  REQUIRE(bob);
  CHECK(text::to_hex(alice->public_key()) ==
        "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a");
  CHECK(text::to_hex(bob->public_key()) ==
        "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f");
  const auto of_alice = alice->agree(bob->public_key());
  const auto of_bob = bob->agree(alice->public_key());
  REQUIRE(of_alice);
  REQUIRE(of_bob);
  CHECK(text::to_hex(of_alice->bytes()) ==
        "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742");
  CHECK(*of_alice == *of_bob);
}

TEST_CASE("a peer's key that gives the all-zero secret is refused") {
  const auto key = X25519Key::generate();
  REQUIRE(key);
  // The points of order 1, 2 and 8 (RFC 7748, section 7; listed in Bernstein's curve25519 page).
  const char* const small[] = {"0000000000000000000000000000000000000000000000000000000000000000",
                               "0100000000000000000000000000000000000000000000000000000000000000",
                               "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
                               "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
                               "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"};
  for (const char* const point : small) {
    const auto shared = key->agree(hex_array<32>(point));
    REQUIRE_FALSE(shared);
    CHECK(shared.error().code == codes::kBadKey);
    CHECK(ERR_peek_error() == 0);
  }
}

TEST_CASE("an X25519 private key of another size is refused") {
  for (const std::size_t size : {0U, 31U, 33U}) {
    const auto key = X25519Key::from_private(std::vector<std::uint8_t>(size));
    REQUIRE_FALSE(key);
    CHECK(key.error().code == codes::kBadKey);
  }
}

TEST_CASE("generated X25519 keys differ and agree") {
  const auto a = X25519Key::generate();
  const auto b = X25519Key::generate();
  REQUIRE(a);
  REQUIRE(b);
  CHECK(a->public_key() != b->public_key());
  const auto of_a = a->agree(b->public_key());
  const auto of_b = b->agree(a->public_key());
  REQUIRE(of_a);
  REQUIRE(of_b);
  CHECK(*of_a == *of_b);
}

}  // namespace
}  // namespace sfteams::crypto
