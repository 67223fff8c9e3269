#include "tests/faults/arrival.h"

#include <catch2/catch.hpp>

#include "base/json/json.h"
#include "simulator/outbox.h"
#include "tests/simulator/fakes.h"

// What the soak makes of the PBX's words about an event: those that the stand-in itself writes.

namespace sfteams::faults {
namespace {

using sfteams::test::FakeScheduler;
using simulator::test::FakeHttp;

/// The stand-in's way of an event to one login.
struct Posting {
  Posting() {
    options.event_attempts = 1;
    user.login = "1001";
    login.id = 1;
    login.user = &user;
    login.callback = simulator::Callback{"http", "127.0.0.1", 8'080, "/events/x"};
  }
  void send() { outbox.send(login, {"m", "[\"event-1!\"]", "<methodCall/>"}); }
  [[nodiscard]] std::optional<Arrival> arrival(unsigned event = 0) const {
    return arrival_of(journal.report(0, 10)["entries"][event]);
  }

  simulator::Options options{};
  FakeScheduler scheduler;
  FakeHttp http{scheduler};
  simulator::Journal journal{options, scheduler};
  simulator::User user{};
  simulator::Login login{};
  simulator::Outbox outbox{http, scheduler, options, journal};
};

TEST_CASE("an answer with HTTP 2xx delivers an event, whatever else is said") {
  const int status = GENERATE(200, 204);
  Posting posting;
  posting.http.status = status;
  posting.send();
  posting.scheduler.turn();
  CHECK(posting.arrival() == Arrival::delivered);
}

TEST_CASE("an event that the agent answers with an error is refused, not uncertain") {
  const int status = GENERATE(400, 401, 408, 413, 500, 501, 503);
  Posting posting;
  posting.http.status = status;
  posting.send();
  posting.scheduler.turn();
  CHECK(posting.arrival() == Arrival::refused);
}

TEST_CASE("an agent that knows the login no more says so") {
  const int status = GENERATE(403, 404);
  Posting posting;
  posting.http.status = status;
  posting.send();
  posting.scheduler.turn();
  CHECK(posting.arrival() == Arrival::gone);
}

TEST_CASE("without an answer nobody knows, and what was not sent did not arrive") {
  Posting posting;
  posting.http.by_itself = false;
  posting.send();
  posting.send();
  SECTION("the connection broke") {
    posting.http.answer_oldest(0);
    CHECK(posting.arrival() == Arrival::unknown);
  }
  SECTION("its login ended") {
    posting.outbox.drop(posting.login);
    CHECK(posting.arrival() == Arrival::unknown);
    CHECK_FALSE(posting.arrival(1));
  }
}

TEST_CASE("a word that the journal did not have before is not passed over") {
  CHECK(arrival_of(json::parse(R"({"kind":"event","outcome":"postponed"})").value()) ==
        Arrival::refused);
  CHECK(arrival_of(json::parse(R"({"kind":"event"})").value()) == Arrival::refused);
}

}  // namespace
}  // namespace sfteams::faults
