#include "agent/licensing/license_book.h"

#include <catch2/catch.hpp>

#include "agent/licensing/codes.h"
#include "agent/state/codes.h"
#include "base/clock/utc_time.h"
#include "keygen/codes.h"
#include "tests/integration/child_process.h"

namespace sfteams::agent {
namespace {

using integration::read_file;
using integration::write_file;

LicenseBook::Now at(const char* day) {
  return clock::parse_day(day).value();
}

struct LicenseBookFixture {
  integration::ScratchDirectory scratch;
  std::filesystem::path file = scratch.path() / "licenses.json";
  crypto::Ed25519Key issuer = crypto::Ed25519Key::generate().value();

  [[nodiscard]] LicenseBook book() const {
    return LicenseBook::load(file, "pbx.example.com", {issuer.public_key()}).value();
  }
  [[nodiscard]] std::string license(std::uint32_t seats, const char* from = "2026-01-01",
                                    const char* until = "2026-12-31",
                                    const char* system = "pbx.example.com") const {
    keygen::License terms;
    terms.holder = "Muster GmbH";
    terms.systems = {system};
    terms.seats = seats;
    terms.from = clock::parse_day(from).value();
    terms.until = clock::parse_day(until).value();
    return keygen::issue_license(issuer, terms, at("2025-12-01")).value();
  }
};

TEST_CASE_METHOD(LicenseBookFixture, "licences that are entered are there again after a restart") {
  LicenseBook first = book();
  CHECK(first.seats(at("2026-05-01")) == 0);
  REQUIRE(first.add(license(5), at("2026-05-01")));
  REQUIRE(first.add("  " + license(3) + "\r\n", at("2026-05-01")));
  CHECK(first.seats(at("2026-05-01")) == 8);
  CHECK(book().seats(at("2026-05-01")) == 8);
  CHECK(book().entries(at("2026-05-01")).size() == 2);
}

TEST_CASE_METHOD(LicenseBookFixture, "licences give seats only on their days") {
  LicenseBook licenses = book();
  REQUIRE(licenses.add(license(5, "2026-01-01", "2026-06-30"), at("2026-05-01")));
  // One that begins later may be entered before.
  REQUIRE(licenses.add(license(7, "2026-07-01", "2027-06-30"), at("2026-05-01")));
  CHECK(licenses.seats(at("2026-06-30")) == 5);
  CHECK(licenses.seats(at("2026-07-01")) == 7);
  CHECK(licenses.seats(at("2027-07-01")) == 0);
  const auto entries = licenses.entries(at("2026-07-01"));
  REQUIRE(entries[0].problem);
  CHECK(entries[0].problem->code == keygen::codes::kLicenseExpired);
  CHECK_FALSE(entries[1].problem);
}

TEST_CASE_METHOD(LicenseBookFixture,
                 "what may not be entered is refused, and what was there stays") {
  LicenseBook licenses = book();
  const std::string good = license(5);
  REQUIRE(licenses.add(good, at("2026-05-01")));
  const std::string before = read_file(file);
  const auto refusal = [&](const std::string& text) {
    return licenses.add(text, at("2026-05-01")).error().code;
  };
  CHECK(refusal(good) == codes::kLicenseThere);
  CHECK(refusal("") == keygen::codes::kNoLicense);
  CHECK(refusal(license(5, "2024-01-01", "2025-01-01")) == keygen::codes::kLicenseExpired);
  CHECK(refusal(license(5, "2026-01-01", "2026-12-31", "other.example.com")) ==
        keygen::codes::kLicenseSystem);
  const auto stranger = crypto::Ed25519Key::generate().value();
  keygen::License terms = licenses.entries(at("2026-05-01"))[0].license;
  CHECK(refusal(keygen::issue_license(stranger, terms, at("2026-01-01")).value()) ==
        keygen::codes::kLicenseIssuer);
  CHECK(read_file(file) == before);
  for (std::size_t i = 1; i < LicenseBook::kMost; ++i)
    REQUIRE(licenses.add(license(1), at("2026-05-01")));
  CHECK(refusal(license(1)) == codes::kTooManyLicenses);
}

TEST_CASE_METHOD(LicenseBookFixture, "a licence can be taken out by its number") {
  LicenseBook licenses = book();
  const std::string id = licenses.add(license(5), at("2026-05-01"))->id;
  CHECK(licenses.remove("0000000000000000").error().code == codes::kNoSuchLicense);
  CHECK(licenses.remove(id));
  CHECK(licenses.seats(at("2026-05-01")) == 0);
  CHECK(book().entries(at("2026-05-01")).empty());
}

TEST_CASE_METHOD(LicenseBookFixture,
                 "a licence whose issuer is trusted no longer is shown and gives no seats") {
  LicenseBook licenses = book();
  REQUIRE(licenses.add(license(5), at("2026-05-01")));
  licenses.trust({}, "pbx.example.com");
  CHECK(licenses.seats(at("2026-05-01")) == 0);
  CHECK(licenses.entries(at("2026-05-01"))[0].problem->code == keygen::codes::kLicenseIssuer);
  licenses.trust({issuer.public_key()}, "pbx.example.com");
  CHECK(licenses.seats(at("2026-05-01")) == 5);
}

TEST_CASE_METHOD(LicenseBookFixture, "a damaged file is refused by name") {
  for (const char* text :
       {"", "{}", R"({"type":"starface-teams-agent-licenses","version":2,"licenses":[]})",
        R"({"type":"starface-teams-agent-licenses","version":1})",
        R"({"type":"starface-teams-agent-licenses","version":1,"licenses":["v4.public.AA"]})",
        R"({"type":"starface-teams-agent-licenses","version":1,"licenses":[7]})"}) {
    write_file(file, text);
    const auto loaded = LicenseBook::load(file, "pbx.example.com", {});
    INFO(text);
    REQUIRE_FALSE(loaded);
    CHECK(loaded.error().code == codes::kStateDamaged);
    CHECK(contains(loaded.error().message, file.string()));
  }
}

TEST_CASE_METHOD(LicenseBookFixture, "who held seats is read as it was written") {
  const auto seats = scratch.path() / "seats.json";
  CHECK(load_holders(seats)->empty());
  REQUIRE(save_holders(seats, {{"1001", 1'700'000'000, 2}, {"umlaut-ä", 5, 1}}));
  const auto holders = load_holders(seats).value();
  REQUIRE(holders.size() == 2);
  CHECK(holders[0].user == "1001");
  CHECK(holders[0].since == 1'700'000'000);
  CHECK(holders[0].sessions == 0);
  for (const char* holder :
       {"{}", R"({"user":"1001","since":9223372036854775807})", R"({"user":"1001","since":-1})"}) {
    INFO(holder);
    write_file(seats,
               std::string(R"({"type":"starface-teams-agent-seats","version":1,"holders":[)") +
                   holder + "]}");
    CHECK(load_holders(seats).error().code == codes::kStateDamaged);
  }
}

}  // namespace
}  // namespace sfteams::agent
