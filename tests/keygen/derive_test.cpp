#include "keygen/derive.h"

#include <set>

#include <catch2/catch.hpp>

#include "base/crypto/hash.h"
#include "base/text/encoding.h"
#include "tests/keygen/sample.h"

namespace sfteams::keygen {
namespace {

// The vectors were computed apart from this program, with Python's cryptography package.
TEST_CASE("everything derived from the keys of the vectors is as they say") {
  const Json::Value keys = vectors()["keys"];
  REQUIRE(keys.size() >= 4);
  for (const auto& vector : keys) {
    const auto key = SystemKey::parse(member(vector, "display"));
    REQUIRE(key);
    CHECK(key->display().text() == member(vector, "display"));
    const auto admission = derive_admission_key(*key);
    CHECK(text::to_hex(admission.seed().bytes()) == member(vector, "admission_seed"));
    CHECK(text::to_hex(admission.public_key()) == member(vector, "admission_public"));
    CHECK(text::to_hex(derive_noise_psk(*key).bytes()) == member(vector, "noise_psk"));
    CHECK(text::to_hex(derive_key_id(*key)) == member(vector, "key_id"));
  }
}

TEST_CASE("the admission key signs for its public half") {
  const auto key = derive_admission_key(sample_key());
  const auto message = crypto::bytes_of("challenge");
  CHECK(crypto::verify_ed25519(key.public_key(), message, key.sign(message)));
}

TEST_CASE("another key gives other secrets throughout") {
  const auto other = SystemKey::generate();
  REQUIRE(other);
  const SystemKey key = sample_key();
  CHECK(derive_key_id(*other) != derive_key_id(key));
  CHECK_FALSE(derive_noise_psk(*other) == derive_noise_psk(key));
  CHECK(derive_admission_key(*other).public_key() != derive_admission_key(key).public_key());
}

TEST_CASE("no derived value is the beginning of another") {
  const SystemKey key = sample_key();
  const std::string id = text::to_hex(derive_key_id(key));
  const std::string psk = text::to_hex(derive_noise_psk(key).bytes());
  const std::string seed = text::to_hex(derive_admission_key(key).seed().bytes());
  CHECK(std::set<std::string>{id, psk.substr(0, 16), seed.substr(0, 16)}.size() == 3);
}

}  // namespace
}  // namespace sfteams::keygen
