#include "keygen/paseto.h"

#include <catch2/catch.hpp>

#include "base/text/encoding.h"

namespace sfteams::keygen {
namespace {

// Published with the PASETO specification: test-vectors/v4.json, 4-S-1 to 4-S-3.
struct Vector {
  const char* token;
  const char* footer;
  const char* implicit;
};
constexpr const char* kSeed = "b4cbfb43df4ce210727d953e4a713307fa19bb7d9f85041438d9e11b942a3774";
constexpr const char* kPublicKey =
    "1eb9dbbbbc047c03fd70604e0071f0987e16b28b757225c11f00415d0e20b1a2";
constexpr const char* kMessage =
    R"({"data":"this is a signed message","exp":"2022-01-01T00:00:00+00:00"})";
constexpr const char* kFooter = R"({"kid":"zVhMiPBP9fRf2snEcT7gFTioeA9COcNy9DfgL1W60haN"})";
const Vector kVectors[] = {
    {"v4.public."
     "eyJkYXRhIjoidGhpcyBpcyBhIHNpZ25lZCBtZXNzYWdlIiwiZXhwIjoiMjAyMi0wMS0wMVQwMDowMDowMCswMDowMCJ9"
     "bg_XBBzds8lTZShVlwwKSgeKpLT3yukTw6JUz3W4h_ExsQV-P0V54zemZDcAxFaSeef1QlXEFtkqxT1ciiQEDA",
     "", ""},
    {"v4.public."
     "eyJkYXRhIjoidGhpcyBpcyBhIHNpZ25lZCBtZXNzYWdlIiwiZXhwIjoiMjAyMi0wMS0wMVQwMDowMDowMCswMDowMCJ9"
     "v3Jt8mx_TdM2ceTGoqwrh4yDFn0XsHvvV_D0DtwQxVrJEBMl0F2caAdgnpKlt4p7xBnx1HcO-SPo8FPp214HDw."
     "eyJraWQiOiJ6VmhNaVBCUDlmUmYyc25FY1Q3Z0ZUaW9lQTlDT2NOeTlEZmdMMVc2MGhhTiJ9",
     kFooter, ""},
    {"v4.public."
     "eyJkYXRhIjoidGhpcyBpcyBhIHNpZ25lZCBtZXNzYWdlIiwiZXhwIjoiMjAyMi0wMS0wMVQwMDowMDowMCswMDowMCJ9"
     "NPWciuD3d0o5eXJXG5pJy-DiVEoyPYWs1YSTwWHNJq6DZD3je5gf-0M4JR9ipdUSJbIovzmBECeaWmaqcaP0DQ."
     "eyJraWQiOiJ6VmhNaVBCUDlmUmYyc25FY1Q3Z0ZUaW9lQTlDT2NOeTlEZmdMMVc2MGhhTiJ9",
     kFooter, R"({"test-vector":"4-S-3"})"}};

crypto::Ed25519Key vector_key() {
  return crypto::Ed25519Key::from_seed(text::from_hex(kSeed).value()).value();
}

TEST_CASE("the published vectors of PASETO v4.public are signed and verified") {
  const crypto::Ed25519Key key = vector_key();
  REQUIRE(text::to_hex(key.public_key()) == kPublicKey);
  for (const Vector& vector : kVectors) {
    CHECK(sign_text(key, kMessage, vector.footer, vector.implicit) == vector.token);
    const auto parts = take_apart(vector.token);
    REQUIRE(parts);
    CHECK(parts->message == kMessage);
    CHECK(parts->footer == vector.footer);
    CHECK(is_signed_by(*parts, key.public_key(), vector.implicit));
    CHECK_FALSE(is_signed_by(*parts, key.public_key(), "something else"));
  }
}

TEST_CASE("every changed bit of a signed text is found") {
  const crypto::Ed25519Key key = vector_key();
  const auto whole = take_apart(kVectors[1].token).value();
  const auto good = [&](const SignedText& text) {
    return is_signed_by(text, key.public_key(), "");
  };
  REQUIRE(good(whole));
  for (std::size_t i = 0; i < whole.message.size() * 8; ++i) {
    SignedText changed = whole;
    changed.message[i / 8] = static_cast<char>(changed.message[i / 8] ^ (1 << i % 8));
    CHECK_FALSE(good(changed));
  }
  for (std::size_t i = 0; i < whole.footer.size() * 8; ++i) {
    SignedText changed = whole;
    changed.footer[i / 8] = static_cast<char>(changed.footer[i / 8] ^ (1 << i % 8));
    CHECK_FALSE(good(changed));
  }
  for (std::size_t i = 0; i < whole.signature.size() * 8; ++i) {
    SignedText changed = whole;
    changed.signature[i / 8] ^= static_cast<std::uint8_t>(1U << i % 8);
    CHECK_FALSE(good(changed));
  }
}

TEST_CASE("what has not the form of a signed text is not taken apart") {
  for (const char* text :
       {"", "v4.public", "v4.public.", "v4.public.AAAA", "v3.public.AAAA", "v4.local.AAAA",
        "v4.public.bg_XBBzds8lTZShVlwwKSgeKpLT3yukTw6JUz3W4h_ExsQV-"
        "P0V54zemZDcAxFaSeef1QlXEFtkqxT1ciiQE"
        "D*"}) {
    INFO(text);
    CHECK_FALSE(take_apart(text));
  }
}

TEST_CASE("a public key's text is read back, and nothing else is") {
  const crypto::Ed25519Key key = vector_key();
  const std::string text = public_key_text(key.public_key());
  CHECK(text == "k4.public.Hrnbu7wEfAP9cGBOAHHwmH4Wsot1ciXBHwBBXQ4gsaI");
  CHECK(parse_public_key(text) == key.public_key());
  CHECK_FALSE(parse_public_key(text + "A"));
  CHECK_FALSE(parse_public_key(text.substr(0, text.size() - 1)));
  CHECK_FALSE(parse_public_key("k4.secret." + text.substr(10)));
}

}  // namespace
}  // namespace sfteams::keygen
