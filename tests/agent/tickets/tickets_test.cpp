#include "agent/tickets/tickets.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>

#include <catch2/catch.hpp>

#include "agent/tickets/codes.h"
#include "base/text/encoding.h"
#include "tests/contains.h"
#include "tests/fake_scheduler.h"
#include "tests/log_lines.h"
#include "tests/temporary_directory.h"
#include "tunnel/ticket_proof.h"

namespace sfteams::agent {
namespace {

using namespace std::chrono_literals;
using clock::UnixSeconds;
using sfteams::test::FakeScheduler;

constexpr UnixSeconds kDay = 86'400;
constexpr tunnel::KeyId kKey{1, 2, 3};
constexpr tunnel::KeyId kOtherKey{4, 5, 6};

struct TicketsFixture {
  TicketsFixture() { start(); }
  /// As after a restart of the agent.
  void start() {
    tickets.reset();
    tickets.emplace(Tickets::Setup{
        scheduler, directory / "ticket-keys.json", directory / "tickets.json", installation,
        lifetime, [this] { return name; }, [this] { return pbx; },
        [this](const tunnel::KeyId& key) { return keys.contains(key); }, [this] { return now; }});
  }
  std::string make(const std::string& user = "1001", Tickets::Life life = Tickets::Life::lasting) {
    const auto made = tickets->make({user, secret, device.public_key(), kKey, life});
    REQUIRE(made);
    ends = made->ends;
    series = made->series;
    return made->text;
  }
  /// The next ticket of the device that got the last one.
  std::string renew() {
    const auto made = tickets->make(
        {"1001", secret, device.public_key(), kKey, Tickets::Life::lasting, series, "test/2"});
    REQUIRE(made);
    return made->text;
  }
  std::string prove(std::string_view text) { return prove(text, device, session); }
  static std::string prove(std::string_view text, const crypto::P256Key& by,
                           const crypto::Sha256Digest& hash) {
    return text::to_base64(by.sign(tunnel::ticket_proof_message(hash, text)));
  }
  /// The user, or the code of the refusal.
  std::string take(std::string_view text, std::string_view proof) {
    const Result<Ticket> ticket = tickets->take(text, proof, session);
    return ticket ? ticket->user : std::string(ticket.error().code.id);
  }
  std::string take(std::string_view text) { return take(text, prove(text)); }

  TemporaryDirectory directory;
  FakeScheduler scheduler;
  crypto::Sha256Digest installation{7};
  std::chrono::days lifetime{30};
  std::string name = "pbx.example.com";
  std::string pbx = "http://127.0.0.1/ sha512";
  std::set<tunnel::KeyId> keys{kKey};
  UnixSeconds now = 1'800'000'000;
  crypto::Secret secret = crypto::Secret::from_text("1001:token");
  crypto::P256Key device = crypto::P256Key::generate().value();
  crypto::Sha256Digest session{9};
  UnixSeconds ends = 0;
  Ticket::Series series{};
  std::optional<Tickets> tickets;
};

const std::string kRefused = "session.ticket-refused";

TEST_CASE_METHOD(TicketsFixture, "a ticket gives back the user and what the PBX takes") {
  const std::string text = make();
  const Result<Ticket> ticket = tickets->take(text, prove(text), session);
  REQUIRE(ticket);
  CHECK(ticket->user == "1001");
  CHECK(ticket->secret == secret);
  CHECK(ticket->key == kKey);
  CHECK(std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f; }));
}

TEST_CASE_METHOD(TicketsFixture, "the largest ticket is within the bound of the protocol") {
  secret = crypto::Secret(Ticket::kMostSecretBytes);
  const std::string text = make(std::string(Ticket::kMostUserBytes, 'u'));
  CHECK(text.size() <= kMostTicketText);
  CHECK(take(text) == std::string(Ticket::kMostUserBytes, 'u'));
  secret = crypto::Secret(Ticket::kMostSecretBytes + 1);
  const auto made = tickets->make({"1001", secret, device.public_key(), kKey, Tickets::Life::tab});
  REQUIRE_FALSE(made);
  CHECK(made.error().code == codes::kTicketNotMade);
}

TEST_CASE_METHOD(TicketsFixture, "a ticket survives a restart, and a new sealing key") {
  const std::string text = make();
  start();
  CHECK(take(text) == "1001");
  now += 16 * kDay;
  const std::string later = make();
  start();
  CHECK(take(text) == "1001");
  CHECK(take(later) == "1001");
}

TEST_CASE_METHOD(TicketsFixture, "a ticket lives as long as was asked for, and no longer") {
  const UnixSeconds begin = now;
  const std::string tab = make("1001", Tickets::Life::tab);
  CHECK(ends == begin + 12 * 3'600);
  const std::string lasting = make();
  CHECK(ends == begin + 30 * kDay);
  now = begin + 12 * 3'600 - 1;
  CHECK(take(tab) == "1001");
  ++now;
  CHECK(take(tab) == kRefused);
  now = begin + 30 * kDay - 1;
  CHECK(take(lasting) == "1001");
  ++now;
  CHECK(take(lasting) == kRefused);
}

TEST_CASE_METHOD(TicketsFixture, "a shorter lifetime ends tickets that are older") {
  const std::string text = make();
  now += 8 * kDay;
  CHECK(take(text) == "1001");
  tickets->set_lifetime(std::chrono::days(7));
  CHECK(take(text) == kRefused);
  tickets->set_lifetime(std::chrono::days(0));
  const auto made = tickets->make({"1001", secret, device.public_key(), kKey, Tickets::Life::tab});
  REQUIRE_FALSE(made);
  CHECK(made.error().code == codes::kTicketsOff);
}

TEST_CASE_METHOD(TicketsFixture, "with tickets switched off none is taken") {
  const std::string text = make("1001", Tickets::Life::tab);
  tickets->set_lifetime(std::chrono::days(0));
  CHECK(take(text) == kRefused);
  tickets->set_lifetime(std::chrono::days(30));
  CHECK(take(text) == "1001");
}

TEST_CASE_METHOD(TicketsFixture, "a ticket from a clock that was far ahead is refused") {
  now += 20 * kDay;
  const std::string text = make();
  now -= 25 * 3'600;
  CHECK(take(text) == kRefused);
  now += 2 * 3'600;
  CHECK(take(text) == "1001");
}

TEST_CASE_METHOD(TicketsFixture, "only the device that asked for a ticket can use it") {
  const std::string text = make();
  const crypto::P256Key thief = crypto::P256Key::generate().value();
  CHECK(take(text, prove(text, thief, session)) == kRefused);
  CHECK(take(text) == "1001");
}

TEST_CASE_METHOD(TicketsFixture, "a proof is good for its session and its ticket only") {
  const std::string text = make();
  const std::string other = make("1002");
  crypto::Sha256Digest other_session = session;
  other_session[31] ^= 1;
  CHECK(take(text, prove(text, device, other_session)) == kRefused);
  CHECK(take(text, prove(other)) == kRefused);
  CHECK(take(other, prove(other)) == "1002");
}

TEST_CASE_METHOD(TicketsFixture, "a proof with any byte changed, cut or added is refused") {
  const std::string text = make();
  const std::string proof = prove(text);
  auto bytes = text::from_base64(proof).value();
  for (std::uint8_t& byte : bytes) {
    byte ^= 0x10U;
    CHECK(take(text, text::to_base64(bytes)) == kRefused);
    byte ^= 0x10U;
  }
  for (const std::string& wrong : {std::string(), std::string("="), proof + "A", proof + "====",
                                   proof.substr(0, proof.size() - 4), " " + proof}) {
    CAPTURE(wrong);
    CHECK(take(text, wrong) == kRefused);
  }
  CHECK(take(text, proof) == "1001");
}

TEST_CASE_METHOD(TicketsFixture, "a ticket with any character changed is refused") {
  const std::string text = make();
  const std::string proof = prove(text);
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string wrong = text;
    wrong[i] = wrong[i] == 'A' ? 'B' : 'A';
    CAPTURE(i);
    CHECK(take(wrong, proof) == kRefused);
    CHECK(take(wrong) == kRefused);
  }
  CHECK(take(std::string(kMostTicketText + 1, 'A')) == kRefused);
  CHECK(take("") == kRefused);
}

TEST_CASE_METHOD(TicketsFixture, "a ticket is for one installation, name and PBX") {
  const std::string text = make();
  name = "pbx.example.org";
  CHECK(take(text) == kRefused);
  name = "pbx.example.com";
  pbx = "http://192.0.2.1/ sha512";
  CHECK(take(text) == kRefused);
  pbx = "http://127.0.0.1/ sha512";
  installation = {8};
  start();
  CHECK(take(text) == kRefused);
  installation = {7};
  start();
  CHECK(take(text) == "1001");
}

TEST_CASE_METHOD(TicketsFixture, "a ticket of another agent's directory is refused") {
  const std::string text = make();
  std::filesystem::remove(directory / "ticket-keys.json");
  start();
  CHECK(take(text) == kRefused);
}

TEST_CASE_METHOD(TicketsFixture, "a ticket is good as long as its system key is in force") {
  const std::string text = make();
  keys = {kOtherKey, kKey};  // a grace
  CHECK(take(text) == "1001");
  keys = {kOtherKey};
  CHECK(take(text) == kRefused);
}

TEST_CASE_METHOD(TicketsFixture, "ended tickets stay ended over a restart") {
  const std::string first = make("1001");
  const std::string second = make("1002");
  scheduler.advance(2s);
  CHECK(tickets->end("1001").value());
  CHECK(take(first) == kRefused);
  CHECK(take(second) == "1002");
  start();
  CHECK(take(first) == kRefused);
  CHECK(take(second) == "1002");
  CHECK(tickets->end_all().value() == 1);
  start();
  CHECK(take(second) == kRefused);
  CHECK(tickets->entries().empty());
  // New ones are good, and the old ones are not good again.
  const std::string fresh = make("1001");
  CHECK(take(fresh) == "1001");
  CHECK(take(first) == kRefused);
}

TEST_CASE_METHOD(TicketsFixture, "a device is ended with all its tickets, and no other one is") {
  const std::string other = make();
  const std::string first = make();
  const std::string second = renew();
  const std::string ended = device_name(series);
  CHECK(tickets->entries().size() == 2);
  CHECK_FALSE(tickets->end_device("1002", ended).value());
  CHECK(take(first) == "1001");
  CHECK(tickets->end_device("1001", ended).value());
  CHECK(take(first) == kRefused);
  CHECK(take(second) == kRefused);
  CHECK(take(other) == "1001");
  start();
  CHECK(take(second) == kRefused);
  CHECK(take(other) == "1001");
  CHECK_FALSE(tickets->end_device("1001", ended).value());
  CHECK(tickets->end("1001").value());
  CHECK(take(other) == kRefused);
}

TEST_CASE_METHOD(TicketsFixture, "the sessions of a device hear that it was ended, once each") {
  (void)make();
  const Ticket::Series laptop = series;
  (void)make();
  int left = 0;
  int at_laptop = 0;
  std::unique_ptr<Tickets::Presence> one;
  std::unique_ptr<Tickets::Presence> two;
  // Each goes while it is told, and the first one takes the second along.
  one = tickets->be_here(series, [&] {
    ++left;
    one.reset();
    two.reset();
  });
  two = tickets->be_here(series, [&] {
    ++left;
    two.reset();
    one.reset();
  });
  const auto other = tickets->be_here(laptop, [&] { ++at_laptop; });
  tickets->be_here(series, [&] { ++left; }).reset();
  CHECK(tickets->end_device("1001", device_name(series)).value());
  CHECK(left == 1);
  CHECK(at_laptop == 0);
  CHECK_FALSE(tickets->end_device("1001", device_name(series)).value());
  CHECK(tickets->end_device("1001", device_name(laptop)).value());
  CHECK(at_laptop == 1);
}

TEST_CASE_METHOD(TicketsFixture, "a ticket that was used says when") {
  const std::string text = make();
  const Result<Ticket> ticket = tickets->take(text, prove(text), session);
  REQUIRE(ticket);
  now += 100;
  tickets->use(*ticket);
  CHECK(tickets->entries().at(0).device.since == now - 100);
  CHECK(tickets->entries().at(0).device.used == now);
}

TEST_CASE_METHOD(TicketsFixture,
                 "all refusals are the same for the client, and none tells a secret") {
  const sfteams::test::LogLines log(log::Level::debug);
  const std::string text = make();
  const crypto::P256Key thief = crypto::P256Key::generate().value();
  const auto refusal = [&](std::string_view ticket, std::string_view proof) {
    const Result<Ticket> taken = tickets->take(ticket, proof, session);
    REQUIRE_FALSE(taken);
    return describe(taken.error());
  };
  const std::string damaged = refusal("AAAA", prove(text));
  CHECK(refusal(text, prove(text, thief, session)) == damaged);
  tickets->end("1001", "because");
  CHECK(refusal(text, prove(text)) == damaged);
  for (const std::string& line : log.lines) {
    CHECK_FALSE(contains(line, text));
    CHECK_FALSE(contains(line, "token"));
  }
}

TEST_CASE_METHOD(TicketsFixture, "a state directory that cannot be written makes no ticket") {
  Tickets lost({scheduler, "/no/such/place/keys.json", "/no/such/place/tickets.json", installation,
                lifetime, [this] { return name; }, [this] { return pbx; },
                [](const tunnel::KeyId&) { return true; }, [this] { return now; }});
  const auto made = lost.make({"1001", secret, device.public_key(), kKey, Tickets::Life::tab});
  REQUIRE_FALSE(made);
  CHECK(made.error().code == codes::kTicketNotMade);
  CHECK_FALSE(contains(describe(made.error()), "/no/such"));
}

}  // namespace
}  // namespace sfteams::agent
