#include "base/crypto/aes_gcm.h"

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>
#include <openssl/err.h>

#include "tests/base/crypto/hexadecimal.h"

namespace sfteams::crypto {
namespace {

using Bytes = std::vector<std::uint8_t>;

struct Vector {
  std::string key;
  std::string nonce;
  std::string associated;
  std::string plaintext;
  std::string sealed;  // ciphertext and tag
};

const std::string kZeroKey(64, '0');
const std::string kZeroNonce(24, '0');
const std::string kKey = "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308";

// McGrew and Viega, "The Galois/Counter Mode of Operation (GCM)", appendix B: test cases 13 to 16,
// those with a 256-bit key and a 96-bit nonce.
const Vector kVectors[] = {
    {kZeroKey, kZeroNonce, "", "", "530f8afbc74536b9a963b4f1c4cb738b"},
    {kZeroKey, kZeroNonce, "", "00000000000000000000000000000000",
     "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"},
    {kKey, "cafebabefacedbaddecaf888", "",
     "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
     "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255",
     "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
     "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad"
     "b094dac5d93471bdec1a502270e3cc6c"},
    {kKey, "cafebabefacedbaddecaf888", "feedfacedeadbeeffeedfacedeadbeefabaddad2",
     "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
     "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
     "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
     "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
     "76fc6ece0f4e1768cddf8853bb2d551b"},
};

Bytes seal(AesGcm& cipher, const AesGcm::Nonce& nonce, const Bytes& associated,
           const Bytes& plaintext) {
  Bytes out(plaintext.size() + AesGcm::kTagSize);
  cipher.seal(nonce, associated, plaintext, out);
  return out;
}

TEST_CASE("AES-256-GCM seals as McGrew and Viega published") {
  for (const auto& vector : kVectors) {
    AesGcm cipher(hex(vector.key));
    CHECK(text::to_hex(seal(cipher, hex_array<12>(vector.nonce), hex(vector.associated),
                            hex(vector.plaintext))) == vector.sealed);
  }
}

TEST_CASE("AES-256-GCM opens what McGrew and Viega published") {
  for (const auto& vector : kVectors) {
    AesGcm cipher(hex(vector.key));
    Bytes plaintext(vector.plaintext.size() / 2);
    CHECK(cipher.open(hex_array<12>(vector.nonce), hex(vector.associated), hex(vector.sealed),
                      plaintext));
    CHECK(text::to_hex(plaintext) == vector.plaintext);
  }
}

TEST_CASE("one object seals and opens many messages in any order") {
  AesGcm cipher(hex(kKey));
  AesGcm::Nonce nonce{};
  for (std::uint8_t i = 0; i < 50; ++i) {
    nonce[11] = i;
    const Bytes message(std::size_t{i} * 7, i);
    const Bytes associated(i % 5U, i);
    const Bytes sealed = seal(cipher, nonce, associated, message);
    AesGcm fresh(hex(kKey));
    REQUIRE(sealed == seal(fresh, nonce, associated, message));
    Bytes opened(message.size());
    REQUIRE(cipher.open(nonce, associated, sealed, opened));
    REQUIRE(opened == message);
  }
}

TEST_CASE("a message works in place") {
  AesGcm cipher(hex(kVectors[3].key));
  const auto nonce = hex_array<12>(kVectors[3].nonce);
  const Bytes associated = hex(kVectors[3].associated);
  Bytes buffer = hex(kVectors[3].plaintext);
  const std::size_t size = buffer.size();
  buffer.resize(size + AesGcm::kTagSize);
  cipher.seal(nonce, associated, std::span(buffer).first(size), buffer);
  CHECK(text::to_hex(buffer) == kVectors[3].sealed);
  REQUIRE(cipher.open(nonce, associated, buffer, std::span(buffer).first(size)));
  buffer.resize(size);
  CHECK(text::to_hex(buffer) == kVectors[3].plaintext);
}

TEST_CASE("a sealed message with any bit changed is refused and nothing of it is left") {
  AesGcm cipher(hex(kVectors[3].key));
  const auto nonce = hex_array<12>(kVectors[3].nonce);
  const Bytes associated = hex(kVectors[3].associated);
  const Bytes sealed = hex(kVectors[3].sealed);
  for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    Bytes changed = sealed;
    changed[bit / 8] = static_cast<std::uint8_t>(changed[bit / 8] ^ (1U << (bit % 8)));
    Bytes out(sealed.size() - AesGcm::kTagSize, 0x55);
    REQUIRE_FALSE(cipher.open(nonce, associated, changed, out));
    REQUIRE(out == Bytes(out.size()));
  }
  // The object is still good for the next message.
  Bytes out(sealed.size() - AesGcm::kTagSize);
  CHECK(cipher.open(nonce, associated, sealed, out));
  CHECK(ERR_peek_error() == 0);
}

TEST_CASE("another nonce, other associated data and another key are refused") {
  AesGcm cipher(hex(kVectors[3].key));
  const auto nonce = hex_array<12>(kVectors[3].nonce);
  const Bytes associated = hex(kVectors[3].associated);
  const Bytes sealed = hex(kVectors[3].sealed);
  Bytes out(sealed.size() - AesGcm::kTagSize);
  auto other_nonce = nonce;
  other_nonce[0] ^= 1;
  CHECK_FALSE(cipher.open(other_nonce, associated, sealed, out));
  CHECK_FALSE(cipher.open(nonce, {}, sealed, out));
  AesGcm other(hex(kZeroKey));
  CHECK_FALSE(other.open(nonce, associated, sealed, out));
}

TEST_CASE("a ciphertext shorter than a tag is refused") {
  AesGcm cipher(hex(kZeroKey));
  for (std::size_t size = 0; size < AesGcm::kTagSize; ++size) {
    Bytes out(4, 0x55);
    CHECK_FALSE(cipher.open({}, {}, Bytes(size), out));
    CHECK(out == Bytes(4));
  }
}

TEST_CASE("a key of another size or too little room is a programmer's error") {
  CHECK_THROWS_AS(AesGcm(Bytes(16)), std::invalid_argument);
  CHECK_THROWS_AS(AesGcm(Bytes(33)), std::invalid_argument);
  AesGcm cipher(hex(kZeroKey));
  Bytes small(19);
  CHECK_THROWS_AS(cipher.seal({}, {}, Bytes(4), small), std::invalid_argument);
  Bytes smaller(3);
  CHECK_THROWS_AS(cipher.open({}, {}, Bytes(20), smaller), std::invalid_argument);
}

TEST_CASE("a cipher that was moved keeps its key") {
  AesGcm first(hex(kVectors[1].key));
  AesGcm second = std::move(first);
  CHECK(text::to_hex(seal(second, hex_array<12>(kVectors[1].nonce), {},
                          hex(kVectors[1].plaintext))) == kVectors[1].sealed);
}

}  // namespace
}  // namespace sfteams::crypto
