#include "tests/connector/peers.h"

#include <array>
#include <span>
#include <utility>

#include <catch2/catch.hpp>

#include "base/crypto/hash.h"
#include "connector/registry/database.h"
#include "tests/seed.h"
#include "tunnel/limits.h"

namespace sfteams::connector::test {

Bytes frame(FrameType type, std::uint32_t stream, const Bytes& payload) {
  const auto byte = [](std::size_t value, unsigned shift) {
    return static_cast<std::uint8_t>(value >> shift);
  };
  Bytes bytes{static_cast<std::uint8_t>(type),
              0,
              byte(payload.size(), 8),
              byte(payload.size(), 0),
              byte(stream, 24),
              byte(stream, 16),
              byte(stream, 8),
              byte(stream, 0)};
  bytes.insert(bytes.end(), payload.begin(), payload.end());
  return bytes;
}

Bytes window(std::uint32_t stream, std::uint32_t credit) {
  const auto payload = tunnel::encode_window(credit);
  return frame(FrameType::window, stream, {payload.begin(), payload.end()});
}

Bytes text(std::string_view characters) {
  const auto bytes = crypto::bytes_of(characters);
  return {bytes.begin(), bytes.end()};
}

namespace {

/// In the form of tests/fuzz/admission_fuzz.cpp: said by each that it knows.
void keep_as_seed(const Bytes& message) {
  sfteams::test::keep_seed("frame", message);
  Bytes steps;
  for (std::uint8_t who = 0; who < 4; ++who) {
    steps.insert(steps.end(), {who, static_cast<std::uint8_t>(message.size() >> 8U),
                               static_cast<std::uint8_t>(message.size())});
    steps.insert(steps.end(), message.begin(), message.end());
  }
  sfteams::test::keep_seed("admission", steps);
}

}  // namespace

class Peer::FakeWire final : public Wire {
 public:
  explicit FakeWire(std::shared_ptr<WireState> state) : state_(std::move(state)) {}
  ~FakeWire() override { state_->gone = true; }
  FakeWire(const FakeWire&) = delete;
  FakeWire& operator=(const FakeWire&) = delete;
  void wake() override { state_->woken = true; }
  void close(transport::CloseStatus status, std::string_view) override {
    REQUIRE_FALSE(state_->closed);
    state_->closed = status;
  }
  void start_keepalive(const transport::Keepalive& keepalive) override {
    state_->keepalive = keepalive;
  }

 private:
  std::shared_ptr<WireState> state_;
};

Peer::Peer(Exchange& exchange, Path path, std::string_view address)
    : wire_(std::make_shared<WireState>()) {
  auto wire = std::make_unique<FakeWire>(wire_);
  const Address from = Address::parse(address).value();
  switch (path) {
    case Path::agent:
      handler_ = &exchange.add_agent(std::move(wire), from);
      break;
    case Path::client:
      handler_ = &exchange.add_client(std::move(wire), from);
      break;
    case Path::node:
      handler_ = &exchange.add_node(std::move(wire), from);
      link_is_ = tunnel::Speaker::node;
      break;
  }
}

Peer::Peer(transport::WebsocketHandler& dialler, std::unique_ptr<Wire>& wire)
    : wire_(std::make_shared<WireState>()), handler_(&dialler), link_is_(tunnel::Speaker::node) {
  wire = std::make_unique<FakeWire>(wire_);
}

void Peer::open() {
  connect();
  const Got challenge = expect(FrameType::challenge);
  nonce_ = tunnel::decode_challenge(challenge.payload).value();
}

void Peer::send(const Bytes& message) {
  keep_as_seed(message);
  REQUIRE_FALSE(ended_);
  handler_->on_message(message);
}

std::vector<Got> Peer::receive() {
  std::vector<Got> frames;
  if (ended_) return frames;
  std::array<std::uint8_t, tunnel::kMaxWebsocketMessage> out{};
  // A link that has something and did not say so would wait for ever.
  while (wire_->woken || wire_->closed) {
    const std::size_t size = handler_->next_message(out);
    if (size == 0) {
      wire_->woken = false;
      break;
    }
    const std::span<const std::uint8_t> message(out.data(), size);
    tunnel::FrameReader reader(message, link_is_);
    while (const auto next = reader.next().value())
      frames.push_back({next->type, next->stream, {next->payload.begin(), next->payload.end()}});
  }
  if (wire_->closed) {
    ended_ = true;
    transport::CloseInfo info;
    info.cause = transport::CloseInfo::Cause::local;
    handler_->on_close(info);
  }
  return frames;
}

Got Peer::expect(FrameType type) {
  for (Got& got : receive()) {
    if (got.type == type) return std::move(got);
  }
  FAIL("no " << tunnel::name_of(type) << " came");
  return {};
}

void Peer::lose() {
  REQUIRE_FALSE(ended_);
  ended_ = true;
  handler_->on_close({});
}

tunnel::Refusal Peer::refusal() {
  return tunnel::decode_refused(expect(FrameType::refused).payload).value();
}

tunnel::StreamClose Peer::stream_close() {
  return tunnel::decode_close(expect(FrameType::close).payload).value();
}

void fill_registry(const std::filesystem::path& file) {
  constexpr transport::Duration kLockPatience{1'000};
  REQUIRE(Registry::open(file, kLockPatience));
  Database database = std::move(Database::open(file, kLockPatience).value());
  REQUIRE(database.execute(
      "INSERT INTO names (name, enrolled) SELECT 'pbx' || i || '.long-name.example.com', 1 FROM"
      " (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)"
      " SELECT i FROM n)"));
}

crypto::Ed25519Key new_key() {
  return std::move(crypto::Ed25519Key::generate().value());
}

Pbx::Pbx() : identity(new_key()), admission(new_key()) {}

House::House(RegistrationMode mode, FakeScheduler* shared)
    : scheduler(shared == nullptr ? own_scheduler : *shared) {
  configuration.registration = mode;
  configuration.registry_file = scratch.path() / "registry.sqlite3";
  restart();
}

void House::restart() {
  exchange.reset();
  registry.reset();
  registry =
      std::move(Registry::open(configuration.registry_file, transport::Duration(50)).value());
  exchange = std::make_unique<Exchange>(scheduler, configuration, *registry,
                                        Admission::create().value(), [this] { return unix_time; });
}

void House::pass(transport::Duration time) {
  unix_time += std::chrono::duration_cast<std::chrono::seconds>(time).count();
  scheduler.advance(time);
}

std::unique_ptr<Peer> House::registering(const Pbx& pbx, std::string_view address) {
  auto peer = std::make_unique<Peer>(*exchange, Peer::Path::agent, address);
  peer->open();
  const std::array keys{pbx.key()};
  peer->send(
      frame(FrameType::register_name, 0,
            tunnel::make_register(pbx.identity, peer->nonce(), pbx.name, keys, "test-agent/1")));
  return peer;
}

std::unique_ptr<Peer> House::agent(const Pbx& pbx) {
  auto peer = registering(pbx);
  static_cast<void>(peer->expect(FrameType::registered));
  return peer;
}

std::unique_ptr<Peer> House::admitting(const Pbx& pbx, std::string_view address) {
  auto peer = std::make_unique<Peer>(*exchange, Peer::Path::client, address);
  peer->open();
  peer->send(frame(FrameType::admit, 0,
                   tunnel::make_admit(pbx.admission, peer->nonce(), pbx.name, pbx.key_id)));
  return peer;
}

std::unique_ptr<Peer> House::client(const Pbx& pbx) {
  auto peer = admitting(pbx);
  static_cast<void>(peer->expect(FrameType::admitted));
  return peer;
}

}  // namespace sfteams::connector::test
