#include "transport/bus/nats_bus.h"

#include <algorithm>
#include <chrono>
#include <mutex>
#include <optional>

#include <catch2/catch.hpp>

#include "base/log/log.h"
#include "tests/transport/bus/nats_server.h"
#include "tests/transport/certificates.h"
#include "tests/transport/world.h"
#include "transport/bus/codes.h"

namespace sfteams::bus::test {
namespace {

using transport::Clock;
using transport::Duration;

constexpr Duration kLong{10'000};
const Bytes kHello{'h', 'i'};

NatsOptions options_for(std::vector<std::string> servers, const std::string& node = "one") {
  return {.servers = std::move(servers), .node = node};
}

std::string code_of(const NatsOptions& options) {
  const auto loop = transport::Loop::create();
  const auto bus = NatsBus::start(**loop, options);
  return bus ? "" : std::string(bus.error().code.id);
}

/// A call of libnats that waits does so for half a second and more; a machine with other things to
/// do stalls for less. The figure itself stands in what the tests of whole clusters print.
constexpr Duration kLongestTurn{250};

/// A loop with its longest turn, and servers.
struct NatsBusFixture {
  integration::ScratchDirectory scratch;
  std::unique_ptr<transport::Loop> loop = std::move(*transport::Loop::create());
  std::chrono::nanoseconds longest{0};

  [[nodiscard]] std::unique_ptr<NatsBus> start(NatsOptions options) {
    auto bus = NatsBus::start(*loop, std::move(options));
    REQUIRE(bus);
    return std::move(*bus);
  }
  /// Turns the loop until it holds; false when that takes too long.
  [[nodiscard]] bool until(const std::function<bool()>& holds,
                           Duration patience = Duration(20'000)) {
    const auto end = Clock::now() + patience;
    // From here on: what the test did outside of the loop is no turn of it.
    loop->observe_turns(
        [this](std::chrono::nanoseconds took) { longest = std::max(longest, took); });
    std::unique_ptr<transport::Timer> timer;
    bool held = false;
    std::function<void()> look = [&] {
      held = holds();
      if (held || Clock::now() > end) return loop->stop();
      timer = loop->after(Duration(2), look);
    };
    timer = loop->after(Duration(0), look);
    loop->run();
    return held;
  }
  [[nodiscard]] Reply ask(Bus& bus, const std::string& subject, Duration deadline = kLong) {
    std::optional<Reply> reply;
    const auto handle =
        bus.request(subject, kHello, deadline, [&](Reply came) { reply = std::move(came); });
    CHECK(until([&] { return reply.has_value(); }));
    return reply.value_or(Reply{});
  }
};

TEST_CASE("a bus refuses servers and credentials that it cannot use") {
  CHECK(code_of(options_for({})) == "bus.bad-server");
  CHECK(code_of(options_for({"http://127.0.0.1:1"})) == "bus.bad-server");
  CHECK(code_of(options_for({"nats://127.0.0.1"})) == "bus.bad-server");
  CHECK(code_of(options_for({"nats://10.0.0.1:4222"})) == "bus.plain-not-loopback");
  CHECK(code_of(options_for({"nats://127.0.0.1:4222"}, "a.b")) == "bus.bad-node");
  const auto secret = NatsAddress::parse("nats://u:hunter2@127.0.0.1:1");
  REQUIRE_FALSE(secret);
  CHECK(secret.error().code == codes::kBadServer);
  CHECK_FALSE(contains(secret.error().message, "hunter2"));
  const transport::TemporaryFile file("user = a\n");
  NatsOptions options = options_for({"nats://127.0.0.1:1"});
  options.credentials_file = file.path();
  CHECK(code_of(options) == "bus.credentials-unusable");
  options.credentials_file.reset();
  options.certificate_file = file.path();
  CHECK(code_of(options) == "bus.tls-file-unreadable");
}

TEST_CASE_METHOD(NatsBusFixture, "a heartbeat that somebody else made up ends no line") {
  NatsServer server(scratch.path(), {});
  server.start_and_wait();
  NatsOptions options = options_for({server.url()});
  options.ping = Duration(50);
  const auto one = start(options);
  const auto other = start(options_for({server.url()}, "two"));
  REQUIRE(until([&] { return one->up() && other->up(); }));
  // Who is asked something learns where the answers go.
  std::string inbox;
  const auto asked = other->subscribe("sft1.a", [&](const Message& message) {
    inbox = message.reply_to.substr(0, message.reply_to.rfind('.') + 1);
    other->publish(message.reply_to, message.body);
  });
  REQUIRE(ask(*other, "sft1.a").body == kHello);  // so it is in force
  REQUIRE(ask(*one, "sft1.a").body == kHello);
  for (const std::string text : {"18446744073709551615", "0"}) {
    CAPTURE(text);
    const auto end = Clock::now() + Duration(600);
    CHECK(until([&] {
      other->publish(inbox + "beat", Bytes(text.begin(), text.end()));
      return Clock::now() > end;
    }));
    CHECK(one->counts().ups == 1);
  }
}

TEST_CASE_METHOD(NatsBusFixture, "a request at a bus is answered, or ends in one of three ways") {
  NatsServer server(scratch.path(), {});
  server.start_and_wait();
  const auto one = start(options_for({server.url()}));
  CHECK(ask(*one, "sft1.x").outcome == Reply::Outcome::down);
  const auto other = start(options_for({server.url()}, "two"));
  REQUIRE(until([&] { return one->up() && other->up(); }));
  auto answering = other->subscribe(
      "sft1.a.*", [&](const Message& message) { other->publish(message.reply_to, message.body); });
  CHECK(ask(*other, "sft1.a.x").body == kHello);  // so it is in force
  CHECK(ask(*one, "sft1.a.x").body == kHello);
  CHECK(ask(*one, "sft1.b").outcome == Reply::Outcome::nobody);
  answering = other->subscribe("sft1.a.x", [](const Message&) {});
  CHECK(ask(*one, "sft1.a.x", Duration(300)).outcome == Reply::Outcome::late);
}

TEST_CASE_METHOD(NatsBusFixture, "what is published on a bus comes in order, until unsubscribed") {
  NatsServer server(scratch.path(), {});
  server.start_and_wait();
  const auto bus = start(options_for({server.url()}));
  REQUIRE(until([&] { return bus->up(); }));
  constexpr int kMany = 1'000;
  std::vector<std::string> got;
  auto handle = bus->subscribe("sft1.>", [&](const Message& message) {
    got.emplace_back(message.body.begin(), message.body.end());
  });
  std::vector<std::string> sent;
  for (int number = 0; number < kMany; ++number) {
    sent.push_back(std::to_string(number));
    CHECK(bus->publish("sft1.a.b", Bytes(sent.back().begin(), sent.back().end())));
  }
  REQUIRE(until([&] { return got.size() == kMany; }));
  CHECK(got == sent);
  handle.reset();
  CHECK(ask(*bus, "sft1.a.b").outcome == Reply::Outcome::nobody);
  CHECK_FALSE(bus->publish("sft1 a\r\nPUB x", kHello));
}

TEST_CASE_METHOD(NatsBusFixture, "a bus waits for a server that is absent at the start") {
  NatsServer server(scratch.path(), {});
  const auto bus = start(options_for({server.url()}));
  std::vector<bool> changes;
  const auto watch = bus->watch([&](bool up) { changes.push_back(up); });
  int got = 0;
  const auto handle = bus->subscribe("sft1.a", [&](const Message&) { ++got; });
  CHECK_FALSE(bus->publish("sft1.a", kHello));
  CHECK(bus->counts().dropped_out == 1);
  server.start();
  REQUIRE(until([&] { return bus->up(); }));
  CHECK(changes == std::vector<bool>{true});
  CHECK(bus->publish("sft1.a", kHello));
  CHECK(until([&] { return got == 1; }));
}

TEST_CASE_METHOD(NatsBusFixture, "a bus goes on at the other server when its own is killed") {
  NatsCluster cluster(scratch.path(), 2);
  const auto bus = start(options_for(cluster.urls()));
  int got = 0;
  const auto handle = bus->subscribe("sft1.a", [&](const Message&) { ++got; });
  REQUIRE(until([&] { return bus->up(); }));
  const bool first = contains(cluster[0].monitor("/connz"), "\"name\": \"one\"");
  std::vector<bool> changes;
  const auto watch = bus->watch([&](bool up) { changes.push_back(up); });
  cluster[first ? 0 : 1].kill();
  REQUIRE(until([&] { return changes.size() >= 2; }));
  CHECK(changes == std::vector<bool>{false, true});
  CHECK(bus->publish("sft1.a", kHello));
  CHECK(until([&] { return got == 1; }));
  CHECK(longest < kLongestTurn);
}

TEST_CASE_METHOD(NatsBusFixture, "a bus finds a frozen server, and can go while it is frozen") {
  NatsServer server(scratch.path(), {});
  server.start_and_wait();
  auto bus = start(options_for({server.url()}));
  REQUIRE(until([&] { return bus->up(); }));
  server.freeze();
  const auto frozen = Clock::now();
  REQUIRE(until([&] {
    bus->publish("sft1.a", Bytes(kMaxBody));
    return !bus->up();
  }));
  CHECK(Clock::now() - frozen < Duration(6'000));
  const auto leaving = Clock::now();
  bus.reset();
  CHECK(Clock::now() - leaving < Duration(1'500));
  CHECK(longest < kLongestTurn);
}

TEST_CASE_METHOD(NatsBusFixture, "a frozen server is found in time though others talk to a bus") {
  NatsCluster cluster(scratch.path(), 2);
  const auto bus = start(options_for(cluster.urls()));
  int got = 0;
  const auto handle = bus->subscribe("sft1.a", [&](const Message&) { ++got; });
  REQUIRE(until([&] { return bus->up(); }));
  const std::size_t at = contains(cluster[0].monitor("/connz"), "\"name\": \"one\"") ? 0 : 1;
  const auto talker = start(options_for({cluster[1 - at].url()}, "two"));
  const auto talk = [&](bool then) {
    talker->publish("sft1.a", kHello);
    return then;
  };
  REQUIRE(until([&] { return talk(bus->up() && got > 0); }));
  const std::uint64_t ups = bus->counts().ups;
  cluster[at].freeze();
  // The other server may be reached so soon that nobody sees it down.
  CHECK(until([&] { return talk(bus->counts().ups > ups); }, Duration(5'000)));
  const int before = got;
  CHECK(until([&] { return talk(bus->up() && got > before); }));
  CHECK(longest < kLongestTurn);
}

TEST_CASE_METHOD(NatsBusFixture, "a line on which a bus does not hear itself is given up") {
  NatsServer server(scratch.path(),
                    {.more = "authorization { users: [ { user: a, password: b, permissions: { "
                             "publish: { deny: \"_INBOX.>\" } } } ] }"});
  server.start_and_wait();
  const transport::TemporaryFile file("user = a\npassword = b\n");
  std::filesystem::permissions(
      file.path(), std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  NatsOptions options = options_for({server.url()});
  options.credentials_file = file.path();
  options.ping = Duration(100);
  const auto bus = start(options);
  CHECK(until([&] { return bus->counts().ups >= 2; }));
}

TEST_CASE_METHOD(NatsBusFixture, "a flood on a bus is bounded and does not hold the loop up") {
  NatsServer server(scratch.path(), {});
  server.start_and_wait();
  const auto one = start(options_for({server.url()}));
  const auto other = start(options_for({server.url()}, "two"));
  REQUIRE(until([&] { return one->up() && other->up(); }));
  std::uint64_t got = 0;
  const auto handle = other->subscribe("sft1.a", [&](const Message&) { ++got; });
  CHECK(ask(*other, "sft1.b").outcome == Reply::Outcome::nobody);  // so it is in force
  constexpr std::uint64_t kMany = 200'000;
  constexpr std::uint64_t kTurn = 1'000;
  std::uint64_t tried = 0;
  CHECK(until([&] {
    for (std::uint64_t each = 0; each < kTurn && tried < kMany; ++each, ++tried)
      one->publish("sft1.a", Bytes(100));
    const Counts& sent = one->counts();
    const Counts& taken = other->counts();
    return tried == kMany && sent.sent + sent.dropped_out == kMany &&
           taken.received + taken.dropped_in == sent.sent;
  }));
  CHECK(got > 0);
  CHECK(one->up());
  CHECK(other->counts().ups == 1);
  CHECK(longest < kLongestTurn);
}

TEST_CASE_METHOD(NatsBusFixture, "a wrong password is told once, and tried seldom") {
  NatsServer server(scratch.path(), {.user = "node", .password = "right"});
  server.start_and_wait();
  const transport::TemporaryFile file("user = node\npassword = wrong-one\n");
  std::filesystem::permissions(
      file.path(), std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  NatsOptions options = options_for({server.url()});
  options.credentials_file = file.path();
  options.refused_pause = Duration(200);
  std::mutex mutex;
  std::vector<std::string> lines;
  log::start(log::Level::info);
  log::observe([&](log::Level, std::string_view, std::string_view message) {
    const std::lock_guard guard(mutex);
    lines.emplace_back(message);
  });
  {
    const auto bus = start(options);
    CHECK(until([&] {
      const std::string text = server.log();
      std::size_t refusals = 0;
      for (std::size_t at = text.find("authentication error"); at != std::string::npos;
           at = text.find("authentication error", at + 1))
        ++refusals;
      return refusals >= 3;
    }));
    CHECK_FALSE(bus->up());
    // The file is read for every attempt.
    transport::test::write_text(file.path(), "user = node\npassword = right\n");
    CHECK(until([&] { return bus->up(); }));
  }
  log::observe(nullptr);
  log::set_level(log::Level::error);
  CHECK(std::ranges::count_if(lines, [](const std::string& line) {
          return contains(line, "bus.not-authorized");
        }) == 1);
  CHECK(std::ranges::none_of(lines, [](const auto& line) { return contains(line, "wrong-one"); }));
}

TEST_CASE_METHOD(NatsBusFixture, "a bus speaks TLS with servers that it trusts, and no others") {
  const transport::Authority authority;
  const transport::Authority stranger;
  const transport::Certificate pair = authority.issue();
  const transport::TemporaryFile certificate(pair.certificate);
  const transport::TemporaryFile key(pair.key);
  const transport::TemporaryFile right(authority.certificate());
  const transport::TemporaryFile wrong(stranger.certificate());
  NatsServer server(scratch.path(),
                    {.certificate_file = certificate.path(), .key_file = key.path()});
  server.start_and_wait();
  NatsOptions options = options_for({server.url()});
  options.ca_file = wrong.path();
  options.pause = Duration(50);
  const auto refused = start(options);
  options.ca_file = right.path();
  const auto trusting = start(options);
  CHECK(until([&] { return trusting->up(); }));
  CHECK(until([&] { return contains(server.log(), "TLS handshake error"); }));
  CHECK_FALSE(refused->up());
}

}  // namespace
}  // namespace sfteams::bus::test
