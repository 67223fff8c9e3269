#include "base/crypto/hash.h"

#include <stdexcept>
#include <string>

#include <catch2/catch.hpp>

#include "tests/base/crypto/hexadecimal.h"

namespace sfteams::crypto {
namespace {

std::span<const std::uint8_t> operator""_bytes(const char* text, std::size_t size) {
  return bytes_of({text, size});
}

// NIST, "Examples with Intermediate Values" for FIPS 180-4 (SHA256.pdf, SHA512.pdf), and the empty
// message of the NIST CAVP short message test (SHA256ShortMsg.rsp, SHA512ShortMsg.rsp).
TEST_CASE("SHA-256 gives NIST's digests") {
  CHECK(text::to_hex(sha256({""_bytes})) ==
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(text::to_hex(sha256({"abc"_bytes})) ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(text::to_hex(sha256({"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"_bytes})) ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  const std::string million(1'000'000, 'a');
  CHECK(text::to_hex(sha256({bytes_of(million)})) ==
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("SHA-512 gives NIST's digests") {
  CHECK(text::to_hex(sha512({""_bytes})) ==
        "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
        "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e");
  CHECK(text::to_hex(sha512({"abc"_bytes})) ==
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
        "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
}

// RFC 1321, appendix A.5.
TEST_CASE("MD5 gives the digests of RFC 1321") {
  CHECK(text::to_hex(md5({""_bytes})) == "d41d8cd98f00b204e9800998ecf8427e");
  CHECK(text::to_hex(md5({"a"_bytes})) == "0cc175b9c0f1b6a831c399e269772661");
  CHECK(text::to_hex(md5({"abc"_bytes})) == "900150983cd24fb0d6963f7d28e17f72");
  CHECK(text::to_hex(md5({"message digest"_bytes})) == "f96b697d7cb7938d525a2f31aaf161d0");
  CHECK(text::to_hex(md5({"abcdefghijklmnopqrstuvwxyz"_bytes})) ==
        "c3fcd3d76192e4007dfb496cca67e13b");
  CHECK(
      text::to_hex(md5({"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"_bytes})) ==
      "d174ab98d277d9f5a5611c2c9f419d9f");
  CHECK(text::to_hex(md5({"1234567890123456789012345678901234567890123456789012345678901234567890"
                          "1234567890"_bytes})) == "57edf4a22be3c955ac49da2e2107b67a");
}

TEST_CASE("parts are hashed as if they stood one after the other") {
  CHECK(sha256({"a"_bytes, ""_bytes, "bc"_bytes}) == sha256({"abc"_bytes}));
  CHECK(sha512({"ab"_bytes, "c"_bytes}) == sha512({"abc"_bytes}));
  CHECK(md5({"a"_bytes, "b"_bytes, "c"_bytes}) == md5({"abc"_bytes}));
  CHECK(hmac_sha256("k"_bytes, {"a"_bytes, "bc"_bytes}) == hmac_sha256("k"_bytes, {"abc"_bytes}));
  CHECK(sha256({}) == sha256({""_bytes}));
}

TEST_CASE("a digest does not depend on the one before it") {
  const auto first = sha256({"abc"_bytes});
  (void)md5({"something else"_bytes});
  (void)sha256({"something else"_bytes});
  CHECK(sha256({"abc"_bytes}) == first);
}

struct HmacVector {
  std::string key;
  std::string data;
  std::string mac;
};

// RFC 4231, sections 4.2 to 4.5, 4.7 and 4.8 (4.6 is about cutting the result short).
TEST_CASE("HMAC-SHA-256 gives the codes of RFC 4231") {
  const std::string long_key(262, 'a');  // 131 times 0xaa
  const HmacVector vectors[] = {
      {"0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", text::to_hex("Hi There"_bytes),
       "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
      {text::to_hex("Jefe"_bytes), text::to_hex("what do ya want for nothing?"_bytes),
       "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
      {std::string(40, 'a'),
       [] {
         std::string data;
         for (int i = 0; i < 50; ++i)
           data += "dd";
         return data;
       }(),
       "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
      {"0102030405060708090a0b0c0d0e0f10111213141516171819",
       [] {
         std::string data;
         for (int i = 0; i < 50; ++i)
           data += "cd";
         return data;
       }(),
       "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
      {long_key, text::to_hex("Test Using Larger Than Block-Size Key - Hash Key First"_bytes),
       "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
      {long_key,
       text::to_hex(
           "This is a test using a larger than block-size key and a larger than block-size "
           "data. The key needs to be hashed before being used by the HMAC algorithm."_bytes),
       "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"},
  };
  for (const auto& vector : vectors) {
    CHECK(text::to_hex(hmac_sha256(hex(vector.key), {hex(vector.data)})) == vector.mac);
  }
}

TEST_CASE("an empty HMAC key is a key of zeros and not the key before it") {
  const std::array<std::uint8_t, 64> zeros{};
  (void)hmac_sha256("another key"_bytes, {"abc"_bytes});
  CHECK(hmac_sha256({}, {"abc"_bytes}) == hmac_sha256(zeros, {"abc"_bytes}));
}

// RFC 5869, appendix A.1 to A.3.
TEST_CASE("HKDF gives the key material of RFC 5869") {
  const auto basic = hkdf_sha256(hex("000102030405060708090a0b0c"),
                                 hex("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b"),
                                 hex("f0f1f2f3f4f5f6f7f8f9"), 42);
  CHECK(text::to_hex(basic.bytes()) ==
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");

  const auto counting = [](std::uint8_t from) {
    std::vector<std::uint8_t> bytes(80);
    for (auto& byte : bytes)
      byte = from++;
    return bytes;
  };
  const auto longer = hkdf_sha256(counting(0x60), counting(0x00), counting(0xb0), 82);
  CHECK(text::to_hex(longer.bytes()) ==
        "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c6"
        "5e590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87");

  const auto without = hkdf_sha256({}, hex("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b"), {}, 42);
  CHECK(text::to_hex(without.bytes()) ==
        "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
}

// Noise's HKDF (revision 34, section 4.3) with empty key material, as Split() calls it:
// output1 = HMAC(temp, 0x01), output2 = HMAC(temp, output1 || 0x02), temp = HMAC(key, "").
TEST_CASE("HKDF takes empty key material") {
  const auto chaining_key = "a chaining key of thirty-two bytes"_bytes;
  const std::uint8_t one = 1;
  const std::uint8_t two = 2;
  const auto temp = hmac_sha256(chaining_key, {});
  const auto first = hmac_sha256(temp, {{&one, 1}});
  const auto second = hmac_sha256(temp, {first, {&two, 1}});
  const auto both = hkdf_sha256(chaining_key, {}, {}, 64);
  CHECK(text::to_hex(both.bytes()) == text::to_hex(first) + text::to_hex(second));
}

// RFC 7914, section 12.
TEST_CASE("scrypt gives the RFC's keys") {
  CHECK(text::to_hex(scrypt({}, {}, {.n = 16, .r = 1, .p = 1}, 64).bytes()) ==
        "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442"
        "fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906");
  CHECK(text::to_hex(
            scrypt("password"_bytes, "NaCl"_bytes, {.n = 1024, .r = 8, .p = 16}, 64).bytes()) ==
        "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
        "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640");
  CHECK_THROWS_AS(scrypt({}, {}, {.n = 3, .r = 8, .p = 1}, 32), std::runtime_error);
}

TEST_CASE("HKDF gives at most 255 blocks") {
  constexpr std::size_t kMost = std::size_t{255} * 32;
  CHECK(hkdf_sha256("s"_bytes, "k"_bytes, "i"_bytes, kMost).size() == kMost);
  CHECK(hkdf_sha256("s"_bytes, "k"_bytes, "i"_bytes, 0).empty());
  CHECK_THROWS_AS(hkdf_sha256("s"_bytes, "k"_bytes, "i"_bytes, kMost + 1), std::invalid_argument);
}

}  // namespace
}  // namespace sfteams::crypto
