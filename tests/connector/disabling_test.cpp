#include <sstream>

#include <catch2/catch.hpp>

#include "base/crypto/hash.h"
#include "connector/codes.h"
#include "connector/name_switch.h"
#include "tests/connector/peers.h"
#include "tests/contains.h"
#include "tunnel/codes.h"
#include "tunnel/wire_code.h"

using namespace std::chrono_literals;

namespace sfteams::connector::test {
namespace {

/// A house whose operator works on the registry beside it.
struct DisablingFixture {
  House house;
  Pbx pbx;
  std::unique_ptr<Registry> beside = std::move(
      Registry::open(house.configuration.registry_file, transport::Duration(1'000)).value());
  std::ostringstream out;

  void disable(const std::string& reason = "") {
    REQUIRE(disable_name(RegistryChanges(*beside), pbx.name, reason, out));
  }
};

TEST_CASE_METHOD(DisablingFixture, "the agent of a disabled name is cut off and told why") {
  auto agent = house.agent(pbx);
  auto client = house.client(pbx);
  house.pass(3s);
  disable("unpaid since March");
  house.pass(2s);
  const tunnel::Refusal refusal = agent->refusal();
  CHECK(refusal.code == WireCode::name_disabled);
  CHECK(refusal.retry_after == kDisabledRetry);
  CHECK(contains(refusal.reason, "unpaid since March"));
  CHECK(agent->gone());
  CHECK(client->stream_close().code == WireCode::pbx_offline);
  CHECK(house.exchange->counts().agents == 0);
}

TEST_CASE_METHOD(DisablingFixture, "a disabled name cannot be registered, after a restart either") {
  house.agent(pbx)->lose();
  disable();
  CHECK(house.registering(pbx)->refusal().code == WireCode::name_disabled);
  CHECK(house.exchange->tallies().agents.disabled == 1);
  house.restart();
  CHECK(house.registering(pbx)->refusal().code == WireCode::name_disabled);
  // Who does not own it learns nothing of it.
  const Pbx other;
  CHECK(house.registering(other, "192.0.2.9")->refusal().code == WireCode::name_taken);
}

TEST_CASE_METHOD(DisablingFixture, "a name that was enabled again is let in at once") {
  house.agent(pbx)->lose();
  disable();
  auto refused = house.admitting(pbx);
  house.pass(1s);
  CHECK(refused->refusal().code == WireCode::admission_refused);
  REQUIRE(enable_name(RegistryChanges(*beside), pbx.name, out));
  auto agent = house.agent(pbx);
  static_cast<void>(house.admitting(pbx, "192.0.2.9")->expect(FrameType::admitted));
}

TEST_CASE_METHOD(DisablingFixture, "an enrolled name that is disabled is not pinned") {
  REQUIRE(beside->enroll(pbx.name, {}).value());
  disable();
  CHECK(house.registering(pbx)->refusal().code == WireCode::name_disabled);
  CHECK_FALSE(beside->ownership(pbx.name).value()->identity);
}

TEST_CASE_METHOD(DisablingFixture,
                 "a client of a disabled name is counted, also with a wrong key") {
  house.agent(pbx)->lose();
  disable();
  static_cast<void>(house.admitting(pbx));
  Pbx wrong;
  static_cast<void>(house.admitting(wrong, "192.0.2.8"));
  house.pass(5s);
  CHECK(house.exchange->tallies().clients.disabled == 2);
}

TEST_CASE_METHOD(DisablingFixture, "one of many agents is cut off as quickly as a single one") {
  house.configuration.limits.registrations_per_second = 100'000;
  house.configuration.limits.new_names_per_minute = 100'000;
  house.configuration.limits.waiting_per_sender = 10'000;
  house.restart();
  std::vector<std::unique_ptr<Peer>> agents;
  constexpr int kMany = 1'100;  // more than are looked up in four ticks
  for (int number = 0; number < kMany; ++number) {
    pbx.name = "pbx" + std::to_string(number) + ".example.com";
    agents.push_back(house.agent(pbx));
  }
  house.pass(10s);
  SECTION("disabled") {
    disable();
    house.pass(2s);
    CHECK(agents.back()->refusal().code == WireCode::name_disabled);
    CHECK_FALSE(agents.front()->closed());
  }
  SECTION("forgotten") {
    REQUIRE(beside->forget("pbx0.example.com", {}).value());
    house.pass(2s);
    CHECK(agents.front()->refusal().code == WireCode::try_again_later);
    CHECK_FALSE(agents.back()->closed());
  }
}

TEST_CASE_METHOD(DisablingFixture, "what is no reason, or no known name, changes nothing") {
  const auto unknown = disable_name(RegistryChanges(*beside), "nobody.example.com", "", out);
  REQUIRE_FALSE(unknown);
  CHECK(unknown.error().code == codes::kNameUnknown);
  CHECK(enable_name(RegistryChanges(*beside), "nobody.example.com", out).error().code ==
        codes::kNameUnknown);
  CHECK(enable_name(RegistryChanges(*beside), "no name", out).error().code.exit == Exit::usage);
  REQUIRE(beside->enroll(pbx.name, {}).value());
  for (const std::string& reason :
       {std::string(81, 'x'), std::string("two\nlines"), std::string("\xff")}) {
    const auto refused = disable_name(RegistryChanges(*beside), pbx.name, reason, out);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == codes::kBadReason);
  }
  CHECK_FALSE(beside->disabled(pbx.name).value());
  CHECK(out.str().empty());
  disable("Kündigung zum 31. Dezember");
  CHECK(contains(out.str(), "enable " + pbx.name));
  out.str("");
  disable("Kündigung zum 31. Dezember");
  CHECK(contains(out.str(), "was disabled already"));
}

TEST_CASE("the longest reason reaches the agent, and one that does not know the code shows it") {
  const std::string reason(kMostOfReason, 'x');
  const Bytes payload =
      tunnel::encode_refused({WireCode::name_disabled, kDisabledRetry, told_to_agent({1, reason})});
  const tunnel::Refusal told = tunnel::decode_refused(payload).value();
  CHECK(told.reason.ends_with(reason));
  const Error today = tunnel::told_error(told.code, told.reason, "the connector");
  CHECK(today.code == tunnel::codes::kNameDisabled);
  CHECK(contains(today.hint, "operator"));
  const Error before = tunnel::told_error(static_cast<WireCode>(999), told.reason, "the connector");
  CHECK(contains(before.message, "the connector's operator disabled it: xxx"));
}

}  // namespace
}  // namespace sfteams::connector::test
