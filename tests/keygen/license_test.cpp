#include "keygen/license.h"

#include <array>

#include <catch2/catch.hpp>

#include "base/clock/utc_time.h"
#include "keygen/codes.h"
#include "keygen/paseto.h"
#include "keygen/system_key.h"
#include "tests/contains.h"

namespace sfteams::keygen {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::sys_days;

sys_days day(const char* text) {
  return clock::parse_day(text).value();
}

License terms() {
  License license;
  license.holder = "Muster & Söhne GmbH";
  license.systems = {"PBX.example.com.", "spare.example.com"};
  license.seats = 20;
  license.from = day("2026-01-01");
  license.until = day("2026-12-31");
  return license;
}

struct LicenseFixture {
  crypto::Ed25519Key issuer = crypto::Ed25519Key::generate().value();
  std::array<crypto::Ed25519PublicKey, 1> trusted{issuer.public_key()};
  std::string key = issue_license(issuer, terms(), day("2025-12-24") + hours(10)).value();

  [[nodiscard]] Code refusal(std::string_view text) const {
    const auto read = read_license(text, trusted);
    return read ? Code{} : read.error().code;
  }
  /// The key with other words in its message, its signature left as it was.
  [[nodiscard]] std::string changed(const std::string& from, const std::string& to) const {
    SignedText parts = take_apart(key).value();
    parts.message.replace(parts.message.find(from), from.size(), to);
    // There is no way to put parts together but by signing them, so another key signs.
    const auto forger = crypto::Ed25519Key::generate().value();
    return sign_text(forger, parts.message, parts.footer, "starface-teams-license");
  }
  /// Signed by the issuer itself, whatever it says.
  [[nodiscard]] std::string issued(const std::string& message) const {
    const std::string footer = R"({"kid":")" + key_id_of(issuer.public_key()) + "\"}";
    return sign_text(issuer, message, footer, "starface-teams-license");
  }
};

TEST_CASE_METHOD(LicenseFixture, "a licence that was issued is read with its terms") {
  const auto license = read_license(key, trusted);
  REQUIRE(license);
  CHECK(license->holder == "Muster & Söhne GmbH");
  CHECK(license->systems == std::vector<std::string>{"pbx.example.com", "spare.example.com"});
  CHECK(license->seats == 20);
  CHECK(clock::day_text(license->from) == "2026-01-01");
  CHECK(clock::day_text(license->until) == "2026-12-31");
  CHECK(license->issued == "2025-12-24T10:00:00Z");
  CHECK(license->id.size() == 16);
  CHECK(read_license_unchecked(key)->id == license->id);
  // Two keys of the same terms can be told apart.
  CHECK(read_license(issue_license(issuer, terms(), day("2025-12-24")).value(), trusted)->id !=
        license->id);
}

TEST_CASE_METHOD(LicenseFixture, "a licence key may be wrapped and indented as mail programs do") {
  std::string wrapped = "\r\n  ";
  for (std::size_t i = 0; i < key.size(); ++i) {
    wrapped += key[i];
    if (i % 60 == 59) wrapped += "\r\n\t";
  }
  CHECK(read_license(wrapped + "\n", trusted));
}

TEST_CASE_METHOD(LicenseFixture,
                 "a licence key is found in what mail programs and editors make of it") {
  const auto wrapped = [&](const std::string& by) {
    std::string text;
    for (std::size_t i = 0; i < key.size(); i += 60)
      text += (i == 0 ? "" : by) + key.substr(i, 60);
    return text;
  };
  const std::string half = key.substr(0, 70);
  const std::string rest = key.substr(70);
  for (const std::string& text :
       {"\xef\xbb\xbf" + key, "> " + wrapped("\r\n> ") + "\r\n", ">> " + wrapped("\n>> "),
        wrapped("=\r\n"), '"' + key + '"', "<" + key + ">", "'" + wrapped("\n") + "'",
        half + "\xc2\xa0" + rest, half + "\xe2\x80\x8b" + rest, half + "\xef\xbb\xbf" + rest,
        "Ihr Schl\xc3\xbcssel: " + wrapped("\r\n") +
            "\r\n\r\nMit freundlichen Gr\xc3\xbc\xc3\x9f"
            "en",
        "It begins with v4.public. and is this one:\n" + wrapped("\n") + "\nRegards\nMuster",
        "Your key is " + key + ".", key + "==", key + "\n" + key}) {
    INFO(text);
    const auto found = find_license_key(text);
    REQUIRE(found);
    CHECK(*found == key);
    CHECK(read_license(text, trusted));
  }
}

TEST_CASE_METHOD(LicenseFixture, "of several licence keys in one text none is taken") {
  const std::string other = issue_license(issuer, terms(), day("2025-12-24")).value();
  const auto refused = find_license_key(key + "\n" + other);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == codes::kLicenseKind);
  CHECK(refused.error().message == "there are several licence keys in this text");
}

TEST_CASE_METHOD(LicenseFixture,
                 "a text that is made to be searched for long is refused all the same") {
  std::string headers;
  while (headers.size() < kMaxLicenseText)
    headers += "v4.public. ";
  CHECK(refusal(headers) != Code{});
  std::string spaced = "v4.public." + std::string(4'000, 'A') + ".";
  while (spaced.size() < kMaxLicenseText)
    spaced += " A";
  CHECK(refusal(spaced) != Code{});
}

TEST_CASE_METHOD(LicenseFixture,
                 "a licence holds on its first and its last day, UTC, and for its systems") {
  const License license = read_license(key, trusted).value();
  const auto outcome = [&](std::string_view system, std::chrono::system_clock::time_point now) {
    const auto checked = check_license(license, system, now);
    return checked ? Code{} : checked.error().code;
  };
  const auto second = std::chrono::seconds(1);
  CHECK(outcome("pbx.example.com", day("2026-01-01") - second) == codes::kLicenseNotYet);
  CHECK(outcome("pbx.example.com", day("2026-01-01")) == Code{});
  CHECK(outcome("spare.example.com", day("2026-06-01")) == Code{});
  CHECK(outcome("pbx.example.com", day("2027-01-01") - second) == Code{});
  CHECK(outcome("pbx.example.com", day("2027-01-01")) == codes::kLicenseExpired);
  CHECK(outcome("other.example.com", day("2026-06-01")) == codes::kLicenseSystem);
  const auto other = check_license(license, "other.example.com", day("2026-06-01"));
  CHECK(other.error().message ==
        "this licence is for pbx.example.com, spare.example.com, not for other.example.com");
}

TEST_CASE_METHOD(LicenseFixture, "a licence may end on any day of four digits") {
  for (const char* until : {"2262-04-12", "2620-01-01", "9999-12-31"}) {
    INFO(until);
    License endless = terms();
    endless.until = day(until);
    const auto text = issue_license(issuer, endless, day("2025-12-24"));
    REQUIRE(text);
    const License license = read_license(*text, trusted).value();
    CHECK(clock::day_text(license.until) == until);
    CHECK(check_license(license, "pbx.example.com", day("2026-06-01")));
  }
}

TEST_CASE_METHOD(LicenseFixture, "what is no licence key is named as what it is") {
  CHECK(refusal("") == codes::kNoLicense);
  CHECK(refusal(" \r\n") == codes::kNoLicense);
  const auto words = [&](const std::string& text) {
    return read_license(text, trusted).error().message;
  };
  const std::string system_key(SystemKey::generate()->display().text());
  CHECK(words(system_key) == "this is a system key, not a licence key");
  CHECK(words("{\n  \"type\": \"starface-teams-key\",") ==
        "this is a key file for users, not a licence key");
  CHECK(words(public_key_text(issuer.public_key())) ==
        "this is an issuer's public key, not a licence key");
  CHECK(words("-----BEGIN CERTIFICATE-----") == "this is a certificate, not a licence key");
  CHECK(words("-----BEGIN PRIVATE KEY-----") == "this is a private key, not a licence key");
  CHECK(words("k4.secret.AAAA") == "this is an issuer's private key, not a licence key");
  CHECK(words("v4.local.AAAA") == "this is a token of another kind (v4.local), not a licence key");
  CHECK(words("v2.public.AAAA") ==
        "this is a token of another kind (v2.public), not a licence key");
  CHECK(read_license("k4.secret.AAAA", trusted).error().hint.starts_with("keep it secret"));
  // As key show prints it.
  CHECK(words("key:     " + system_key + "\nid:      4136455897a445ba\n") ==
        "this is a system key, not a licence key");
  CHECK(words(std::string("\xff\xfe"
                          "v\0"
                          "4\0",
                          6)) == "this is no text in UTF-8, so no licence key");
  CHECK(words("4711-0815") == "this is something else, not a licence key");
  for (const char* text : {"{}", "4711", "-----BEGIN PRIVATE KEY-----"})
    CHECK(refusal(text) == codes::kLicenseKind);
  // A system key is a secret: nothing of it is quoted.
  CHECK_FALSE(contains(words(system_key), system_key.substr(0, 5)));
}

TEST_CASE_METHOD(LicenseFixture, "a key that was cut off, changed or forged is refused") {
  for (std::size_t length = 10; length < key.size(); ++length) {
    INFO(length);
    CHECK(refusal(key.substr(0, length)) != Code{});
  }
  for (std::size_t i = 0; i < key.size(); ++i) {
    std::string wrong = key;
    wrong[i] = wrong[i] == 'A' ? 'B' : 'A';
    INFO(i);
    CHECK(refusal(wrong) != Code{});
  }
  CHECK(refusal(changed("\"seats\":20", "\"seats\":99")) == codes::kLicenseTampered);
  CHECK(refusal(changed("2026-12-31", "2036-12-31")) == codes::kLicenseTampered);
  CHECK(refusal(std::string(kMaxLicenseText, 'A')) == codes::kLicenseKind);
  CHECK(refusal("v4.public." + std::string(kMaxLicenseText, 'A')) == codes::kLicenseDamaged);
}

TEST_CASE_METHOD(LicenseFixture, "a licence of somebody who is not trusted is refused by name") {
  const auto stranger = crypto::Ed25519Key::generate().value();
  const auto theirs = issue_license(stranger, terms(), day("2025-12-24")).value();
  const auto refused = read_license(theirs, trusted);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == codes::kLicenseIssuer);
  CHECK(contains(refused.error().message, key_id_of(stranger.public_key())));
  CHECK(contains(read_license(theirs, {}).error().hint, "[license] issuers"));
  CHECK(refusal(sign_text(issuer, "{}", "", "starface-teams-license")) == codes::kLicenseIssuer);
}

TEST_CASE_METHOD(LicenseFixture, "what an issuer signs for another purpose is no licence") {
  const SignedText parts = take_apart(key).value();
  CHECK(refusal(sign_text(issuer, parts.message, parts.footer, "")) == codes::kLicenseTampered);
  CHECK(refusal(issued(R"({"type":"something-else","version":1})")) == codes::kLicenseKind);
  CHECK(refusal(issued(R"({"type":"starface-teams-license","version":2})")) ==
        codes::kLicenseVersion);
  CHECK(refusal(issued(R"({"type":"starface-teams-license","version":1})")) ==
        codes::kLicenseContent);
  CHECK(refusal(issued("no json")) == codes::kLicenseContent);
}

TEST_CASE_METHOD(LicenseFixture,
                 "terms that are signed and wrong are for the issuer, not for the clipboard") {
  const std::string good = take_apart(key).value().message;
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string message = good;
    message.replace(message.find(from), from.size(), to);
    return issued(message);
  };
  for (const std::string& wrong :
       {with("\"seats\":20", "\"seats\":0"), with("\"seats\":20", "\"seats\":20,\"color\":1"),
        with("\"seats\":20", "\"seats\":20,\"seats\":9"), with("2026-12-31", "2026-02-30")}) {
    const auto refused = read_license(wrong, trusted);
    REQUIRE_FALSE(refused);
    INFO(describe(refused.error()));
    CHECK(refused.error().code == codes::kLicenseContent);
    CHECK(contains(refused.error().hint, "make it anew"));
    // Unless nobody knows who has signed it: then it may be the clipboard.
    const auto unchecked = read_license_unchecked(wrong);
    CHECK(unchecked.error().code == codes::kLicenseDamaged);
    CHECK(contains(unchecked.error().hint, "copy it again"));
  }
}

TEST_CASE_METHOD(LicenseFixture, "terms that make no sense are not issued") {
  const auto refused = [&](const auto& change) {
    License wrong = terms();
    change(wrong);
    const auto text = issue_license(issuer, wrong, day("2025-12-24"));
    return !text && text.error().code == codes::kLicenseTerms;
  };
  CHECK(refused([](License& wrong) { wrong.holder = ""; }));
  CHECK(refused([](License& wrong) { wrong.holder = "a\nb"; }));
  CHECK(refused([](License& wrong) { wrong.holder = "\xff"; }));
  CHECK(refused([](License& wrong) { wrong.holder.assign(201, 'x'); }));
  CHECK(refused([](License& wrong) { wrong.systems.clear(); }));
  CHECK(refused([](License& wrong) { wrong.systems = {"no name"}; }));
  CHECK(refused([](License& wrong) { wrong.systems.assign(21, "pbx.example.com"); }));
  CHECK(refused([](License& wrong) { wrong.seats = 0; }));
  CHECK(refused([](License& wrong) { wrong.seats = 100'001; }));
  CHECK(refused([](License& wrong) { wrong.until = wrong.from - days(1); }));
  CHECK_FALSE(refused([](License& wrong) { wrong.until = wrong.from; }));
}

}  // namespace
}  // namespace sfteams::keygen
