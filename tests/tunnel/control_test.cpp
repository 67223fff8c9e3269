#include "tunnel/control.h"

#include <stdexcept>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/base/crypto/hexadecimal.h"
#include "tunnel/codes.h"
#include "tunnel/limits.h"

namespace sfteams::tunnel {
namespace {

using crypto::hex;

crypto::Ed25519Key key_of(std::uint8_t seed) {
  auto key = crypto::Ed25519Key::from_seed(Bytes(32, seed));
  REQUIRE(key);
  return std::move(*key);
}

Nonce nonce_of(std::uint8_t value) {
  Nonce nonce{};
  nonce.fill(value);
  return nonce;
}

AdmissionKey admission_key(std::uint8_t id, std::uint64_t expires = 0) {
  AdmissionKey key;
  key.id.fill(id);
  key.key = key_of(id).public_key();
  key.expires = expires;
  return key;
}

Bytes registration(std::size_t keys = 2) {
  std::vector<AdmissionKey> list;
  for (std::size_t i = 0; i < keys; ++i) {
    list.push_back(admission_key(static_cast<std::uint8_t>(i + 1), 1'800'000'000 + i));
  }
  return make_register(key_of(9), nonce_of(5), "pbx.example.com", list, "test/1");
}

template <typename T>
std::string code_id(const Result<T>& result) {
  return result ? "" : std::string(result.error().code.id);
}

TEST_CASE("a challenge carries the version and a nonce") {
  const Bytes payload = encode_challenge(nonce_of(0x77));
  CHECK(payload.size() == 33);
  CHECK(payload[0] == 1);
  const auto nonce = decode_challenge(payload);
  REQUIRE(nonce);
  CHECK(*nonce == nonce_of(0x77));
}

TEST_CASE("a challenge of another version is not supported, of another length malformed") {
  Bytes payload = encode_challenge(nonce_of(1));
  payload[0] = 2;
  CHECK(code_id(decode_challenge(payload)) == "tunnel.version-unsupported");
  CHECK(code_id(decode_challenge(Bytes{1, 2})) == "tunnel.control-malformed");
  CHECK(code_id(decode_challenge(Bytes{})) == "tunnel.control-malformed");
}

TEST_CASE("a registration that was signed for this challenge is taken") {
  const std::size_t keys = GENERATE(0U, 1U, 4U);
  const auto taken = verify_register(registration(keys), nonce_of(5));
  REQUIRE(taken);
  CHECK(taken->name == "pbx.example.com");
  CHECK(taken->identity == key_of(9).public_key());
  CHECK(taken->software == "test/1");
  REQUIRE(taken->keys.size() == keys);
  if (keys > 0) CHECK(taken->keys[0] == admission_key(1, 1'800'000'000));
}

TEST_CASE("a registration for another challenge is refused") {
  CHECK(code_id(verify_register(registration(), nonce_of(6))) == "tunnel.registration-refused");
}

TEST_CASE("a registration with any one byte changed is refused") {
  const Bytes good = registration();
  for (std::size_t i = 0; i < good.size(); ++i) {
    Bytes bad = good;
    bad[i] ^= 0x04;
    INFO(i);
    CHECK_FALSE(verify_register(bad, nonce_of(5)));
  }
}

TEST_CASE("a registration that is cut or has more behind it is malformed") {
  const Bytes good = registration();
  for (std::size_t size = 1; size < good.size(); ++size) {
    INFO(size);
    CHECK_FALSE(verify_register(std::span(good).first(size), nonce_of(5)));
  }
  Bytes longer = good;
  longer.push_back(0);
  CHECK(code_id(verify_register(longer, nonce_of(5))) == "tunnel.control-malformed");
}

TEST_CASE("a registration of another version is not supported whatever follows") {
  CHECK(code_id(verify_register(Bytes{9}, nonce_of(5))) == "tunnel.version-unsupported");
}

// A REGISTER by hand, for what make_register refuses to make.
Bytes signed_register(const std::string& name, Bytes keys, const std::string& software) {
  const auto identity = key_of(9);
  Bytes payload{1, static_cast<std::uint8_t>(name.size())};
  payload.insert(payload.end(), name.begin(), name.end());
  payload.insert(payload.end(), identity.public_key().begin(), identity.public_key().end());
  payload.insert(payload.end(), keys.begin(), keys.end());
  payload.push_back(static_cast<std::uint8_t>(software.size()));
  payload.insert(payload.end(), software.begin(), software.end());
  const std::string label = "starface-teams/1 register";
  Bytes transcript(label.begin(), label.end());
  transcript.push_back(0);
  const Nonce nonce = nonce_of(5);
  transcript.insert(transcript.end(), nonce.begin(), nonce.end());
  transcript.insert(transcript.end(), payload.begin(), payload.end());
  const auto signature = identity.sign(transcript);
  payload.insert(payload.end(), signature.begin(), signature.end());
  return payload;
}

TEST_CASE("the signature is over label, nonce and payload as documented") {
  CHECK(signed_register("pbx", {0}, "test/1") ==
        make_register(key_of(9), nonce_of(5), "pbx", {}, "test/1"));
}

TEST_CASE("a well-signed registration with a name that is no host name is refused") {
  const std::string name = GENERATE("", "PBX", "a b", "pbx.", std::string("a\0", 2));
  CHECK(code_id(verify_register(signed_register(name, {0}, ""), nonce_of(5))) ==
        "tunnel.registration-refused");
}

TEST_CASE(
    "a well-signed registration with too many keys, one key twice or bad software is malformed") {
  Bytes five{5};
  five.resize(1 + 5 * 48);
  CHECK(code_id(verify_register(signed_register("pbx", five, ""), nonce_of(5))) ==
        "tunnel.control-malformed");
  Bytes twice{2};
  twice.resize(1 + 2 * 48);
  CHECK(code_id(verify_register(signed_register("pbx", twice, ""), nonce_of(5))) ==
        "tunnel.control-malformed");
  CHECK(code_id(verify_register(signed_register("pbx", {0}, "a\nb"), nonce_of(5))) ==
        "tunnel.control-malformed");
  CHECK(code_id(verify_register(signed_register("pbx", {0}, std::string(65, 'x')), nonce_of(5))) ==
        "tunnel.control-malformed");
}

TEST_CASE("making a registration or list that nobody would take is a mistake of the programmer") {
  const std::vector<AdmissionKey> twice{admission_key(1), admission_key(1)};
  CHECK_THROWS_AS(make_register(key_of(1), nonce_of(1), "Not A Name", {}, ""),
                  std::invalid_argument);
  CHECK_THROWS_AS(make_register(key_of(1), nonce_of(1), "pbx", twice, ""), std::invalid_argument);
  CHECK_THROWS_AS(make_register(key_of(1), nonce_of(1), "pbx", {}, std::string(65, 'x')),
                  std::invalid_argument);
  CHECK_THROWS_AS(encode_keys(std::vector<AdmissionKey>(5)), std::invalid_argument);
  CHECK_THROWS_AS(make_admit(key_of(1), nonce_of(1), "", KeyId{}), std::invalid_argument);
}

TEST_CASE("a list of keys replaces the one before and may be empty") {
  const std::vector<AdmissionKey> keys{admission_key(1), admission_key(2, 5)};
  const auto decoded = decode_keys(encode_keys(keys));
  REQUIRE(decoded);
  CHECK(*decoded == keys);
  const auto none = decode_keys(encode_keys({}));
  REQUIRE(none);
  CHECK(none->empty());
  CHECK(code_id(decode_keys(Bytes{})) == "tunnel.control-malformed");
  CHECK(code_id(decode_keys(Bytes{1})) == "tunnel.control-malformed");
  CHECK(code_id(decode_keys(Bytes{255})) == "tunnel.control-malformed");
  Bytes longer = encode_keys(keys);
  longer.push_back(0);
  CHECK(code_id(decode_keys(longer)) == "tunnel.control-malformed");
}

TEST_CASE("a numbered list of keys carries its number, and is acknowledged by it") {
  const std::vector<AdmissionKey> keys{admission_key(1), admission_key(2, 5)};
  const auto decoded = decode_numbered_keys(encode_numbered_keys(0x01020304, keys));
  REQUIRE(decoded);
  CHECK(*decoded == NumberedKeys{0x01020304, keys});
  CHECK(encode_numbered_keys(7, {}) == hex("0000000700"));
  CHECK(code_id(decode_numbered_keys(Bytes{})) == "tunnel.control-malformed");
  CHECK(code_id(decode_numbered_keys(hex("000000"))) == "tunnel.control-malformed");
  CHECK(code_id(decode_numbered_keys(hex("00000001"))) == "tunnel.control-malformed");
  CHECK(code_id(decode_numbered_keys(hex("0000000105"))) == "tunnel.control-malformed");
  CHECK(code_id(decode_numbered_keys(hex("0000000101"))) == "tunnel.control-malformed");
  Bytes longer = encode_numbered_keys(1, keys);
  longer.push_back(0);
  CHECK(code_id(decode_numbered_keys(longer)) == "tunnel.control-malformed");
  CHECK(code_id(decode_numbered_keys(
            encode_numbered_keys(1, std::vector{admission_key(1), admission_key(2)}))) == "");
  CHECK_THROWS_AS(encode_numbered_keys(1, std::vector<AdmissionKey>(5)), std::invalid_argument);
  CHECK(encode_keys_taken(258) == hex("00000102"));
  CHECK(*decode_keys_taken(hex("00000102")) == 258);
  CHECK(code_id(decode_keys_taken(hex("000102"))) == "tunnel.control-malformed");
  CHECK(code_id(decode_keys_taken(hex("0000000102"))) == "tunnel.control-malformed");
}

TEST_CASE("an admission holds with the key that signed it, and with no other") {
  const KeyId id{1, 2, 3, 4, 5, 6, 7, 8};
  const Bytes payload = make_admit(key_of(3), nonce_of(8), "pbx.example.com", id);
  const auto admission = decode_admit(payload);
  REQUIRE(admission);
  CHECK(admission->name == "pbx.example.com");
  CHECK(admission->key_id == id);
  CHECK(verify_admit(payload, nonce_of(8), key_of(3).public_key()));
  CHECK_FALSE(verify_admit(payload, nonce_of(8), key_of(4).public_key()));
  CHECK_FALSE(verify_admit(payload, nonce_of(9), key_of(3).public_key()));
  CHECK_FALSE(verify_admit(payload, nonce_of(8), crypto::Ed25519PublicKey{}));
  for (std::size_t i = 0; i < payload.size(); ++i) {
    Bytes bad = payload;
    bad[i] ^= 0x01;
    INFO(i);
    CHECK_FALSE(verify_admit(bad, nonce_of(8), key_of(3).public_key()));
  }
}

TEST_CASE("a registration's signature is worth nothing as an admission") {
  // The same key, nonce and bytes: only the label differs.
  const Bytes payload = make_register(key_of(3), nonce_of(8), "pbx", {}, "");
  CHECK_FALSE(verify_admit(payload, nonce_of(8), key_of(3).public_key()));
}

TEST_CASE("an admission that is cut, longer, or of another version or name is refused") {
  const Bytes good = make_admit(key_of(3), nonce_of(8), "pbx", KeyId{});
  for (std::size_t size = 1; size < good.size(); ++size) {
    CHECK(code_id(decode_admit(std::span(good).first(size))) == "tunnel.control-malformed");
  }
  Bytes longer = good;
  longer.push_back(0);
  CHECK(code_id(decode_admit(longer)) == "tunnel.control-malformed");
  Bytes other = good;
  other[0] = 2;
  CHECK(code_id(decode_admit(other)) == "tunnel.version-unsupported");
  Bytes bad_name = good;
  bad_name[2] = '.';
  CHECK(code_id(decode_admit(bad_name)) == "tunnel.admission-refused");
  CHECK_FALSE(verify_admit(Bytes(10), nonce_of(8), key_of(3).public_key()));
}

TEST_CASE("a refusal carries its code, when to come back, and a reason") {
  const Bytes payload = encode_refused({WireCode::try_again_later, 30, "t\xc3\xa4st\n"});
  CHECK(payload == hex("0007001e74c3a473743f"));
  const auto refusal = decode_refused(payload);
  REQUIRE(refusal);
  CHECK(refusal->code == WireCode::try_again_later);
  CHECK(refusal->retry_after == 30);
  CHECK(refusal->reason == "t\xc3\xa4st?");
}

TEST_CASE("a close carries its code and a reason of at most 120 bytes") {
  const auto close = decode_close(encode_close(WireCode::too_slow, std::string(200, 'x')));
  REQUIRE(close);
  CHECK(close->code == WireCode::too_slow);
  CHECK(close->reason == std::string(120, 'x'));
  Bytes too_long(2 + 121, 'x');
  CHECK(code_id(decode_close(too_long)) == "tunnel.control-malformed");
  CHECK(code_id(decode_close(Bytes{0})) == "tunnel.control-malformed");
  CHECK(code_id(decode_close(hex("0000ff"))) == "tunnel.control-malformed");
  const auto hostile =
      decode_close(hex("0001"
                       "410a1b42"));
  REQUIRE(hostile);
  CHECK(hostile->reason == "A??B");
}

TEST_CASE("small payloads are exactly as long as they must be") {
  CHECK(*decode_registered(encode_registered(4096)) == Registered{4096, 0});
  CHECK(*decode_registered(encode_registered(kMaxStreams, 0xfe)) == Registered{kMaxStreams, 0xfe});
  CHECK_FALSE(Registered{1, 0xfe}.acknowledges_keys());
  CHECK(decode_registered(encode_registered(1, kFeatureKeysTaken))->acknowledges_keys());
  CHECK_THROWS_AS(encode_registered(kMaxStreams + 1), std::invalid_argument);
  CHECK(code_id(decode_registered(hex("ff000000"))) == "tunnel.control-malformed");
  CHECK(code_id(decode_registered(hex("00000000"))) == "tunnel.control-malformed");
  CHECK(code_id(decode_registered(hex("000001"))) == "tunnel.control-malformed");
  CHECK(*decode_open(encode_open(KeyId{8, 7, 6, 5, 4, 3, 2, 1})) == KeyId{8, 7, 6, 5, 4, 3, 2, 1});
  CHECK(code_id(decode_open(Bytes(9))) == "tunnel.control-malformed");
  CHECK(*decode_window(encode_window(65'536)) == 65'536);
  CHECK(code_id(decode_window(Bytes(5))) == "tunnel.control-malformed");
  CHECK(code_id(decode_refused(Bytes(3))) == "tunnel.control-malformed");
}

}  // namespace
}  // namespace sfteams::tunnel
