#include "agent/licensing/licensing.h"

#include <catch2/catch.hpp>

#include "agent/licensing/codes.h"
#include "agent/state/codes.h"
#include "base/clock/utc_time.h"
#include "base/log/log.h"
#include "tests/fake_scheduler.h"
#include "tests/integration/child_process.h"
#include "tests/log_lines.h"

namespace sfteams::agent {
namespace {

using integration::contains;
using integration::read_file;
using transport::Duration;

/// Licensing with a clock that the test sets, and what it logs.
struct LicensingFixture {
  integration::ScratchDirectory scratch;
  sfteams::test::FakeScheduler scheduler;
  crypto::Ed25519Key issuer = crypto::Ed25519Key::generate().value();
  std::vector<crypto::Ed25519PublicKey> trusted{issuer.public_key()};
  LicenseBook::Now now = day("2026-05-01");
  sfteams::test::LogLines log;
  std::unique_ptr<Licensing> licensing;

  static std::chrono::sys_days day(const char* text) { return clock::parse_day(text).value(); }
  [[nodiscard]] std::filesystem::path seats_file() const { return scratch.path() / "seats.json"; }

  /// As after a start of the agent.
  void start() {
    licensing.reset();
    log.messages.clear();
    LicenseSettings rules;
    rules.rules = {false, {"named"}};
    rules.issuers = trusted;
    Licensing::Setup setup{scheduler, scratch.path() / "licenses.json", seats_file(),
                           "pbx.example.com", rules};
    setup.clock = [this] { return now; };
    licensing = Licensing::create(std::move(setup));
  }
  /// Enters a licence; its id.
  std::string enter(std::uint32_t seats, const char* from, const char* until) {
    keygen::License terms;
    terms.holder = "Muster GmbH";
    terms.systems = {"pbx.example.com"};
    terms.seats = seats;
    terms.from = day(from);
    terms.until = day(until);
    const auto key = keygen::issue_license(issuer, terms, now).value();
    return licensing->add(key).value()["id"].asString();
  }
  Result<std::unique_ptr<Seats::Permit>> admit(const std::string& user) {
    return licensing->seats().admit(user, 100, [](const Error&) {});
  }
  [[nodiscard]] std::size_t lines_with(const std::string& id, const std::string& words) const {
    return static_cast<std::size_t>(std::ranges::count_if(
        log.messages,
        [&](const std::string& line) { return contains(line, id) && contains(line, words); }));
  }
};

TEST_CASE_METHOD(LicensingFixture,
                 "a licence that gives no seats is logged by its number, once, also at start") {
  start();
  const std::string id = enter(2, "2026-01-01", "2026-06-30");
  trusted.clear();
  start();
  CHECK(lines_with(id, "gives no seats: [license.unknown-issuer]") == 1);
  scheduler.advance(Duration(600'000));
  CHECK(lines_with(id, "gives no seats") == 1);
  // Another problem is another line, and the end of it is one, too.
  trusted = {issuer.public_key()};
  licensing->use({{false, {}}, trusted, {}}, "pbx.example.com");
  CHECK(lines_with(id, "gives its seats now") == 1);
  now = day("2026-07-01");
  scheduler.advance(Duration(60'000));
  CHECK(lines_with(id, "gives no seats: [license.expired]") == 1);
}

TEST_CASE_METHOD(LicensingFixture,
                 "whoever comes after the end of the only licence is told that it has ended") {
  start();
  enter(2, "2026-01-01", "2026-06-30");
  auto before = admit("a");
  REQUIRE(before);
  now = day("2026-07-01");
  // At once, with no turn of the loop in between.
  const auto refused = admit("b");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == codes::kNotNamed);
  CHECK(contains(refused.error().message, "the floating licence ended on 2026-06-30"));
  CHECK(admit("named"));
  // Who is in stays in.
  CHECK(admit("a"));
  enter(1, "2026-09-01", "2026-12-31");
  CHECK(contains(admit("b").error().message, "the floating licence begins on 2026-09-01"));
}

TEST_CASE_METHOD(LicensingFixture,
                 "licences that cannot be read keep out only those who need one") {
  start();
  const std::string id = enter(2, "2026-01-01", "2026-06-30");
  const std::filesystem::path file = scratch.path() / "licenses.json";
  const std::string whole = integration::read_file(file);
  integration::write_file(file, "{}");
  start();
  CHECK(lines_with("licenses.json", "the floating licences give no seats: [agent.state-damaged]") ==
        1);
  REQUIRE(licensing->summary().problem);
  CHECK(licensing->summary().problem->code == codes::kStateDamaged);
  CHECK(admit("named"));
  const auto refused = admit("other");
  REQUIRE_FALSE(refused);
  CHECK(contains(refused.error().message, "the floating licences cannot be read at present"));
  // Nothing is written over it.
  CHECK(licensing->add("anything").error().code == codes::kStateDamaged);
  CHECK(licensing->remove(id).error().code == codes::kStateDamaged);
  CHECK(integration::read_file(file) == "{}");
  // Put back, it is read within a minute.
  integration::write_file(file, whole);
  scheduler.advance(Duration(60'000));
  CHECK_FALSE(licensing->summary().problem);
  CHECK(licensing->summary().seats == 2);
  CHECK(admit("other"));
}

TEST_CASE_METHOD(LicensingFixture,
                 "what is shown and who is let in change with the day, together") {
  start();
  enter(2, "2026-01-01", "2026-06-30");
  CHECK(licensing->list()["seats"] == 2);
  now = day("2026-07-01");
  const Json::Value list = licensing->list();
  CHECK(list["seats"] == 0);
  CHECK(list["licenses"][0]["problem"]["code"] == "license.expired");
  now = day("2026-06-30");
  CHECK(licensing->summary().seats == 2);
  now = day("2026-07-01");
  CHECK(licensing->summary().seats == 0);
  // And back, when the clock was wrong.
  now = day("2026-06-30") + std::chrono::hours(23);
  CHECK(admit("a"));
}

TEST_CASE_METHOD(LicensingFixture,
                 "who holds seats is written down as soon as the disk takes it again") {
  start();
  enter(2, "2026-01-01", "2026-06-30");
  // A directory in its place cannot be replaced.
  std::filesystem::create_directory(seats_file());
  auto permit = admit("a");
  REQUIRE(permit);
  scheduler.advance(Duration(2'000));
  CHECK(lines_with("cannot be written down", "") == 1);
  std::filesystem::remove(seats_file());
  scheduler.advance(Duration(30'000));
  CHECK(contains(read_file(seats_file()), "\"a\""));
  CHECK(lines_with("can be written down again", "") == 1);
  CHECK(lines_with("cannot be written down", "") == 1);
}

TEST_CASE_METHOD(LicensingFixture,
                 "a seat is kept over a restart, even when its licence was removed meanwhile") {
  start();
  const std::string id = enter(1, "2026-01-01", "2026-06-30");
  auto permit = admit("a");
  REQUIRE(permit);
  licensing->stop();
  REQUIRE(licensing->remove(id));
  permit->reset();
  start();
  CHECK(licensing->summary().taken == 1);
  CHECK_FALSE(admit("b"));
  auto back = admit("a");
  CHECK(back);
  // It ends with the sign-out, as without a restart.
  back->reset();
  CHECK_FALSE(admit("a"));
}

TEST_CASE_METHOD(LicensingFixture, "a withdrawal says how many sessions it has ended") {
  start();
  enter(2, "2026-01-01", "2026-06-30");
  auto permit = admit("a");
  licensing->seats().keep({{"kept", 7, 0}});
  CHECK(licensing->withdraw("a").value()["sessions"] == 1);
  CHECK(licensing->withdraw("kept").value()["sessions"] == 0);
  CHECK(licensing->withdraw("kept").error().code == codes::kNoSuchHolder);
}

}  // namespace
}  // namespace sfteams::agent
