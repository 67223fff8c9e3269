#include "agent/uplink/uplink.h"

#include <catch2/catch.hpp>

#include "agent/uplink/codes.h"
#include "tests/agent/uplink/link_rig.h"
#include "transport/codes.h"
#include "tunnel/codes.h"

namespace sfteams::agent {
namespace {

using namespace std::chrono_literals;
using transport::CloseInfo;
/// What the scripted websocket was told.
struct Dialled {
  transport::WebsocketHandler* handler = nullptr;  ///< nullptr: the wire was destroyed
  std::optional<transport::Keepalive> keepalive;
  std::optional<transport::CloseStatus> closed;
};

class FakeWire final : public Wire {
 public:
  explicit FakeWire(std::shared_ptr<Dialled> state) : state_(std::move(state)) {}
  ~FakeWire() override { state_->handler = nullptr; }
  FakeWire(const FakeWire&) = delete;
  FakeWire& operator=(const FakeWire&) = delete;
  void wake() override {}
  void start_keepalive(const transport::Keepalive& keepalive) override {
    state_->keepalive = keepalive;
  }
  void close(transport::CloseStatus status, std::string_view) override { state_->closed = status; }
  [[nodiscard]] std::optional<std::chrono::microseconds> round_trip() const override {
    return 1500us;
  }

 private:
  std::shared_ptr<Dialled> state_;
};

struct UplinkFixture {
  FakeScheduler scheduler;
  crypto::Ed25519Key identity = crypto::Ed25519Key::generate().value();
  std::vector<std::shared_ptr<Dialled>> dials;
  std::optional<Error> no_dial;
  int changes = 0;
  std::int64_t unix_time = 1'800'000'000;
  EchoTalk::Log talks;
  Sessions sessions{scheduler, {}, [this](Speaker& speaker) {
                      return std::make_unique<EchoTalk>(speaker, talks);
                    }};
  ActiveKeys keys;
  Uplink uplink{{[this](transport::WebsocketHandler& handler) { return dial(handler); },
                 {scheduler, identity, "pbx.example.com", "test/1", sessions},
                 {},
                 {},
                 [](std::uint64_t bound) { return bound - 1; },
                 [this] { ++changes; },
                 [this] { return unix_time; }},
                keys};

  Result<std::unique_ptr<Wire>> dial(transport::WebsocketHandler& handler) {
    if (no_dial) return fail(*no_dial);
    dials.push_back(std::make_shared<Dialled>(Dialled{&handler, std::nullopt, std::nullopt}));
    return std::make_unique<FakeWire>(dials.back());
  }
  Dialled& wire() { return *dials.back(); }
  void frame(tunnel::FrameType type, std::span<const std::uint8_t> payload,
             std::uint32_t stream = 0) {
    std::vector<std::uint8_t> message(16'376);
    tunnel::FrameWriter writer(message);
    REQUIRE(writer.write(type, stream, payload));
    message.resize(writer.size());
    wire().handler->on_message(message);
  }
  void come_up() {
    wire().handler->on_open();
    frame(tunnel::FrameType::challenge, tunnel::encode_challenge({}));
    std::vector<std::uint8_t> out(16'376);
    REQUIRE(wire().handler->next_message(out) > 0);
    frame(tunnel::FrameType::registered, tunnel::encode_registered(100, tunnel::kFeatureKeysTaken));
    REQUIRE(uplink.status().state == Uplink::State::registered);
  }
  void lose(CloseInfo::Cause cause = CloseInfo::Cause::lost) {
    CloseInfo info;
    info.cause = cause;
    wire().handler->on_close(info);
  }
  void refuse(tunnel::WireCode code, std::uint16_t retry_after) {
    frame(tunnel::FrameType::refused, tunnel::encode_refused({code, retry_after, ""}));
    CHECK(wire().closed);
    lose(CloseInfo::Cause::local);
  }
};

TEST_CASE_METHOD(UplinkFixture, "the uplink dials, registers, and pings") {
  REQUIRE(uplink.start());
  CHECK(uplink.status().state == Uplink::State::connecting);
  come_up();
  CHECK(wire().keepalive);
  CHECK(changes == 1);
  scheduler.advance(90s);
  unix_time += 90;
  const Uplink::Status status = uplink.status();
  CHECK(status.registered_since == 1'800'000'000);
  CHECK(status.keys == Link::KeysAtConnector::taken);
  CHECK(status.round_trip == 1500us);
  CHECK_FALSE(status.last_error);
  CHECK_FALSE(status.next_try);
}

TEST_CASE_METHOD(UplinkFixture, "a configuration that cannot be dialled fails at the start") {
  no_dial = Error{transport::codes::kCaUnreadable, "no such file", ""};
  const Result<void> started = uplink.start();
  REQUIRE_FALSE(started);
  CHECK(started.error().code == transport::codes::kCaUnreadable);
}

TEST_CASE_METHOD(UplinkFixture, "a lost tunnel is dialled again, quickly at first and for ever") {
  REQUIRE(uplink.start());
  come_up();
  scheduler.advance(60s);
  lose();
  CHECK(uplink.status().state == Uplink::State::waiting);
  CHECK(uplink.status().next_try == 250ms);
  CHECK(changes == 2);
  scheduler.advance(249ms);
  CHECK(dials.size() == 1);
  scheduler.advance(1ms);
  CHECK(dials.size() == 2);
  for (std::size_t tries = 2; tries < 50; ++tries) {
    lose(CloseInfo::Cause::refused);
    scheduler.advance(5s);
    REQUIRE(dials.size() == tries + 1);
  }
}

TEST_CASE_METHOD(UplinkFixture,
                 "why the tunnel was lost stands in the status until it is up again") {
  REQUIRE(uplink.start());
  come_up();
  lose(CloseInfo::Cause::dead);
  REQUIRE(uplink.status().last_error);
  CHECK(uplink.status().last_error->code == transport::codes::kTimeout);
  scheduler.advance(250ms);
  CloseInfo refused;
  refused.cause = CloseInfo::Cause::refused;
  refused.error = Error{transport::codes::kTlsUntrusted, "unknown authority", ""};
  wire().handler->on_close(refused);
  CHECK(uplink.status().last_error->code == transport::codes::kTlsUntrusted);
  scheduler.advance(5s);
  come_up();
  CHECK_FALSE(uplink.status().last_error);
}

TEST_CASE_METHOD(UplinkFixture, "the connector can ask for patience") {
  REQUIRE(uplink.start());
  wire().handler->on_open();
  refuse(tunnel::WireCode::try_again_later, 20);
  CHECK(uplink.status().next_try == 20'250ms);
  CHECK(uplink.status().last_error->code == tunnel::codes::kTryAgainLater);
}

TEST_CASE_METHOD(UplinkFixture, "what only people can change is tried again once a minute") {
  const auto code =
      GENERATE(tunnel::WireCode::name_taken, tunnel::WireCode::name_not_enrolled,
               tunnel::WireCode::registration_refused, tunnel::WireCode::version_unsupported,
               tunnel::WireCode::replaced, tunnel::WireCode::name_disabled);
  REQUIRE(uplink.start());
  wire().handler->on_open();
  refuse(code, 0);
  CHECK(uplink.status().next_try == 60'250ms);
  CHECK(uplink.status().last_error->code == tunnel::code_of(code));
  scheduler.advance(60'250ms);
  CHECK(dials.size() == 2);
}

TEST_CASE_METHOD(UplinkFixture, "a proxy that refuses the password is asked once a minute") {
  REQUIRE(uplink.start());
  CloseInfo refused;
  refused.cause = CloseInfo::Cause::refused;
  refused.error = Error{transport::codes::kProxyAuthentication, "wrong password", ""};
  wire().handler->on_close(refused);
  CHECK(uplink.status().next_try == 60'250ms);
}

TEST_CASE_METHOD(UplinkFixture,
                 "a connector that breaks the protocol is closed and dialled again") {
  REQUIRE(uplink.start());
  come_up();
  wire().handler->on_message(std::vector<std::uint8_t>{1, 2, 3});
  CHECK(wire().closed == transport::CloseStatus::protocol_error);
  lose(CloseInfo::Cause::local);
  CHECK(uplink.status().last_error->code == tunnel::codes::kFrameTruncated);
  scheduler.advance(5s);
  CHECK(dials.size() == 2);
}

TEST_CASE_METHOD(
    UplinkFixture,
    "a dial that cannot begin later is tried again, as a certificate file may come back") {
  REQUIRE(uplink.start());
  no_dial = Error{transport::codes::kCaUnreadable, "no such file", ""};
  lose(CloseInfo::Cause::refused);
  scheduler.advance(5s);
  CHECK(uplink.status().last_error->code == transport::codes::kCaUnreadable);
  no_dial.reset();
  scheduler.advance(5s);
  CHECK(dials.size() >= 2);
}

TEST_CASE_METHOD(UplinkFixture, "a new key is told at once, and used for the next registration") {
  REQUIRE(uplink.start());
  come_up();
  keys = one_key();
  uplink.keys_changed();
  const ActiveKey& key = keys.front();
  std::vector<std::uint8_t> out(16'376);
  out.resize(wire().handler->next_message(out));
  tunnel::FrameReader frames(out);
  const auto told = frames.next();
  REQUIRE(told);
  REQUIRE(*told);
  CHECK((*told)->type == tunnel::FrameType::numbered_keys);
  CHECK(tunnel::decode_numbered_keys((*told)->payload)->keys == std::vector{key.admission});
  lose();
  scheduler.advance(1s);
  wire().handler->on_open();
  frame(tunnel::FrameType::challenge, tunnel::encode_challenge({}));
  out.resize(16'376);
  out.resize(wire().handler->next_message(out));
  tunnel::FrameReader again(out);
  const auto registration = again.next();
  REQUIRE(registration);
  REQUIRE(*registration);
  CHECK(tunnel::verify_register((*registration)->payload, {})->keys == std::vector{key.admission});
}

TEST_CASE_METHOD(UplinkFixture,
                 "an answer that comes in the very turn in which the tunnel breaks is kept") {
  keys = one_key();
  const ActiveKey& key = keys.front();
  REQUIRE(uplink.start());
  come_up();
  tunnel::SessionChannelOptions options;
  options.name = kSystemName;
  options.pre_shared_key = key.pre_shared_key.clone();
  options.software = "test/1";
  auto client = tunnel::SessionChannel::create(std::move(options)).value();
  frame(tunnel::FrameType::open, tunnel::encode_open(key.admission.id), 1);
  for (int i = 0; i < 2; ++i) {
    std::vector<std::uint8_t> packet(4'080);
    packet.resize(client.next_packet(packet, 4'080, scheduler.now()).size);
    frame(tunnel::FrameType::data, packet, 1);
    std::vector<std::uint8_t> out(16'376);
    out.resize(wire().handler->next_message(out));
    tunnel::FrameReader frames(out);
    for (auto next = frames.next(); next && *next; next = frames.next()) {
      if ((*next)->type != tunnel::FrameType::data) continue;
      REQUIRE(client.receive((*next)->payload, scheduler.now()));
      for (auto event = client.next_event(); event && *event; event = client.next_event()) {
      }
    }
  }
  REQUIRE(talks.speakers.size() == 1);
  lose();
  CHECK(talks.speakers.front()->say("the answer"));
  scheduler.advance(1s);
  CHECK(sessions.waiting() == 1);
}

TEST_CASE_METHOD(UplinkFixture, "since when it is registered is a moment that is kept") {
  REQUIRE(uplink.start());
  CHECK_FALSE(uplink.status().registered_since);
  come_up();
  // Half seconds, and a clock that is set: neither moves what was.
  scheduler.advance(1'499ms);
  unix_time += 2;
  CHECK(uplink.status().registered_since == 1'800'000'000);
  unix_time = 0;
  CHECK(uplink.status().registered_since == 1'800'000'000);
  lose();
  CHECK_FALSE(uplink.status().registered_since);
  unix_time = 1'800'000'500;
  scheduler.advance(1s);
  come_up();
  CHECK(uplink.status().registered_since == 1'800'000'500);
}

TEST_CASE_METHOD(UplinkFixture, "keys that the connector does not take are registered again") {
  REQUIRE(uplink.start());
  come_up();
  keys = one_key();
  uplink.keys_changed();
  CHECK(uplink.status().keys == Link::KeysAtConnector::pending);
  scheduler.advance(10s);
  REQUIRE(wire().closed);
  lose(CloseInfo::Cause::local);
  CHECK(uplink.status().state == Uplink::State::waiting);
  CHECK(uplink.status().last_error->code == codes::kKeysNotTaken);
  CHECK_FALSE(uplink.status().keys);
  scheduler.advance(1s);
  REQUIRE(dials.size() == 2);
  come_up();
  CHECK(uplink.status().keys == Link::KeysAtConnector::taken);
}

TEST_CASE_METHOD(UplinkFixture,
                 "a key made at any moment of a registration gets to the connector") {
  const int moment = GENERATE(range(0, 5));
  CAPTURE(moment);
  const auto change_at = [&](int now) {
    if (now != moment) return;
    keys = one_key();
    uplink.keys_changed();
  };
  keys = one_key();
  change_at(0);
  REQUIRE(uplink.start());
  change_at(1);
  wire().handler->on_open();
  change_at(2);
  frame(tunnel::FrameType::challenge, tunnel::encode_challenge({}));
  change_at(3);
  std::vector<tunnel::AdmissionKey> known;
  const auto hear = [&] {
    std::vector<std::uint8_t> out(16'376);
    out.resize(wire().handler->next_message(out));
    if (out.empty()) return;
    tunnel::FrameReader frames(out);
    for (auto next = frames.next(); next && *next; next = frames.next()) {
      if ((*next)->type == tunnel::FrameType::register_name) {
        known = tunnel::verify_register((*next)->payload, {})->keys;
      } else {
        REQUIRE((*next)->type == tunnel::FrameType::numbered_keys);
        known = tunnel::decode_numbered_keys((*next)->payload)->keys;
      }
    }
  };
  hear();
  frame(tunnel::FrameType::registered, tunnel::encode_registered(100, tunnel::kFeatureKeysTaken));
  change_at(4);
  hear();
  CHECK(known == std::vector{keys.front().admission});
}

struct Redirected : UplinkFixture {
  int other_dials = 0;
  Uplink::Way other() {
    return {[this](transport::WebsocketHandler& handler) {
              ++other_dials;
              return dial(handler);
            },
            "pbx.example.com",
            {},
            {}};
  }
};

TEST_CASE_METHOD(Redirected, "another way is taken when the old tunnel is closed, at once") {
  REQUIRE(uplink.start());
  come_up();
  uplink.redirect(other());
  CHECK(wire().closed == transport::CloseStatus::going_away);
  CHECK(other_dials == 0);
  lose(CloseInfo::Cause::local);
  scheduler.turn();
  CHECK(other_dials == 1);
  CHECK_FALSE(uplink.status().last_error);
  come_up();
  CHECK(changes == 3);
}

TEST_CASE_METHOD(Redirected, "while the old tunnel closes, the new way is not registered") {
  REQUIRE(uplink.start());
  if (GENERATE(false, true)) {
    come_up();
    uplink.redirect(other());
    CHECK(changes == 2);
  } else {
    wire().handler->on_open();
    frame(tunnel::FrameType::challenge, tunnel::encode_challenge({}));
    uplink.redirect(other());
    // The answer for the name of before was on its way.
    frame(tunnel::FrameType::registered, tunnel::encode_registered(100));
    CHECK(changes == 0);
  }
  const Uplink::Status status = uplink.status();
  CHECK(status.state == Uplink::State::connecting);
  CHECK_FALSE(status.registered_since);
  CHECK_FALSE(status.keys);
  CHECK_FALSE(status.round_trip);
  lose(CloseInfo::Cause::local);
  scheduler.turn();
  CHECK(other_dials == 1);
  come_up();
}

TEST_CASE_METHOD(Redirected, "another way is taken at once while dialling, and while waiting") {
  REQUIRE(uplink.start());
  uplink.redirect(other());
  CHECK(dials[0]->handler == nullptr);
  scheduler.turn();
  CHECK(other_dials == 1);
  lose(CloseInfo::Cause::refused);
  CHECK(uplink.status().state == Uplink::State::waiting);
  uplink.redirect(other());
  CHECK_FALSE(uplink.status().next_try);
  scheduler.turn();
  CHECK(other_dials == 2);
  come_up();
}

TEST_CASE_METHOD(Redirected, "other times leave the tunnel, and hold for the next dial") {
  REQUIRE(uplink.start());
  come_up();
  Uplink::Way way = other();
  way.keepalive = {1s, 2s};
  uplink.retune(std::move(way));
  CHECK_FALSE(wire().closed);
  CHECK(wire().keepalive->interval == 1s);
  CHECK(uplink.status().state == Uplink::State::registered);
  CHECK(other_dials == 0);
  lose(CloseInfo::Cause::lost);
  scheduler.advance(60s);
  CHECK(other_dials == 1);
}

TEST_CASE_METHOD(UplinkFixture, "stopping closes the tunnel and dials no more") {
  REQUIRE(uplink.start());
  come_up();
  int stopped = 0;
  uplink.stop([&stopped] { ++stopped; });
  scheduler.turn();
  CHECK(wire().closed == transport::CloseStatus::going_away);
  CHECK(stopped == 0);
  lose(CloseInfo::Cause::local);
  scheduler.turn();
  CHECK(stopped == 1);
  scheduler.advance(60s);
  CHECK(dials.size() == 1);
  CHECK(uplink.status().state == Uplink::State::stopped);
}

TEST_CASE_METHOD(UplinkFixture, "stopping while dialling or waiting ends at once") {
  int stopped = 0;
  REQUIRE(uplink.start());
  if (GENERATE(false, true)) lose(CloseInfo::Cause::refused);
  uplink.stop([&stopped] { ++stopped; });
  scheduler.advance(60s);
  CHECK(stopped == 1);
  CHECK(dials.size() == 1);
  CHECK(wire().handler == nullptr);
}

TEST_CASE_METHOD(UplinkFixture, "registrations, failures and bytes are counted") {
  REQUIRE(uplink.start());
  lose(CloseInfo::Cause::dead);
  scheduler.advance(5s);
  come_up();
  lose();
  scheduler.advance(5s);
  come_up();
  const TunnelCounts& counts = uplink.counts();
  CHECK(counts.registrations == 2);
  CHECK(counts.failures.of("transport.timeout") == 1);
  CHECK(counts.failures.of("transport.connect-failed") == 1);
  const std::uint64_t received = counts.received_bytes;
  const std::uint64_t sent = counts.sent_bytes;
  CHECK(sent > 0);
  frame(tunnel::FrameType::open, tunnel::encode_open({}), 1);
  CHECK(counts.received_bytes == received + 8 + tunnel::encode_open({}).size());
  std::vector<std::uint8_t> out(16'376);
  const std::size_t answered = wire().handler->next_message(out);
  CHECK(answered > 0);
  CHECK(counts.sent_bytes == sent + answered);
}

}  // namespace
}  // namespace sfteams::agent
