#include <csignal>

#include <catch2/catch.hpp>
#include <sys/resource.h>

#include "connector/codes.h"
#include "connector/registry/codes.h"
#include "connector/registry/database.h"
#include "connector/registry/registry_lock.h"
#include "tests/connector/peers.h"
#include "tests/contains.h"

using namespace std::chrono_literals;

namespace sfteams::connector::test {
namespace {

/// While it lives, files can grow no further: as on a full disk.
class FullDisk {
 public:
  FullDisk() {
    before_ = std::signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &limit_);
    rlimit none = limit_;
    none.rlim_cur = 0;
    setrlimit(RLIMIT_FSIZE, &none);
  }
  ~FullDisk() {
    setrlimit(RLIMIT_FSIZE, &limit_);
    std::signal(SIGXFSZ, before_);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  rlimit limit_{};
  void (*before_)(int) = nullptr;
};

TEST_CASE("an agent with a free name is registered and the name is pinned to it") {
  House house;
  const Pbx pbx;
  auto agent = house.registering(pbx);
  const Got registered = agent->expect(FrameType::registered);
  CHECK(tunnel::decode_registered(registered.payload).value() ==
        tunnel::Registered{4'096, tunnel::kFeatureKeysTaken});
  CHECK(agent->keepalive()->interval == house.configuration.agent_keepalive.interval);
  CHECK(house.registry->ownership(pbx.name).value()->identity == pbx.identity.public_key());
  CHECK(house.exchange->counts().agents == 1);
  CHECK(house.exchange->counts().waiting == 0);
}

TEST_CASE("a name that another installation owns is refused, also after a restart") {
  House house;
  const Pbx owner;
  auto first = house.agent(owner);
  const Pbx other;
  auto second = house.registering(other);
  CHECK(second->refusal().code == WireCode::name_taken);
  CHECK(second->gone());
  CHECK_FALSE(first->closed());
  first->lose();

  house.restart();
  CHECK(house.registering(other)->refusal().code == WireCode::name_taken);
  house.pass(1s);
  auto back = house.registering(owner);
  house.pass(1s);
  static_cast<void>(back->expect(FrameType::registered));
}

TEST_CASE("in enrolled mode only an enrolled name is taken, and by the first who comes") {
  House house(RegistrationMode::enrolled);
  const Pbx pbx;
  CHECK(house.registering(pbx, "192.0.2.1")->refusal().code == WireCode::name_not_enrolled);
  REQUIRE(house.registry->enroll(pbx.name, {}).value());
  auto first = house.registering(pbx, "192.0.2.2");
  static_cast<void>(first->expect(FrameType::registered));
  const Pbx other;
  CHECK(house.registering(other, "192.0.2.3")->refusal().code == WireCode::name_taken);
}

TEST_CASE("a name that was pinned in open mode has to be enrolled when the mode changes") {
  House house;
  const Pbx pbx;
  house.agent(pbx)->lose();
  house.configuration.registration = RegistrationMode::enrolled;
  house.restart();
  CHECK(house.registering(pbx, "192.0.2.1")->refusal().code == WireCode::name_not_enrolled);
  REQUIRE(house.registry->enroll(pbx.name, {}).value());
  static_cast<void>(house.registering(pbx, "192.0.2.2")->expect(FrameType::registered));
}

TEST_CASE("a wrong signature, another nonce and another version are refused") {
  House house;
  const Pbx pbx;
  auto agent = std::make_unique<Peer>(*house.exchange, Peer::Path::agent);
  agent->open();
  const std::array keys{pbx.key()};
  Bytes payload =
      tunnel::make_register(pbx.identity, agent->nonce(), pbx.name, keys, "test-agent/1");
  WireCode expected = WireCode::registration_refused;
  SECTION("the signature") {
    payload.back() ^= 1U;
  }
  SECTION("the nonce of another connection") {
    payload = tunnel::make_register(pbx.identity, tunnel::Nonce{}, pbx.name, keys, "test-agent/1");
  }
  SECTION("the name") {
    payload[2] ^= 1U;
  }
  SECTION("the version") {
    payload[0] = 2;
    expected = WireCode::version_unsupported;
  }
  agent->send(frame(FrameType::register_name, 0, payload));
  CHECK(agent->refusal().code == expected);
  CHECK(house.registry->size().value() == 0);
}

TEST_CASE("a new connection of the same installation takes over at once") {
  House house;
  const Pbx pbx;
  auto old = house.agent(pbx);
  auto client = house.client(pbx);
  auto fresh = house.agent(pbx);
  CHECK(old->refusal().code == WireCode::replaced);
  CHECK(client->stream_close().code == WireCode::pbx_offline);
  CHECK(house.exchange->counts().agents == 1);
  CHECK(house.exchange->counts().streams == 0);

  auto again = house.client(pbx);
  CHECK(tunnel::decode_open(fresh->expect(FrameType::open).payload).value() == pbx.key_id);
}

TEST_CASE("KEYS replaces the keys: the old one is refused, the new one admits") {
  House house;
  Pbx pbx;
  auto agent = house.agent(pbx);
  Pbx rotated;
  rotated.key_id = {9, 9, 9, 9, 9, 9, 9, 9};
  const std::array keys{rotated.key()};
  agent->send(frame(FrameType::keys, 0, tunnel::encode_keys(keys)));
  static_cast<void>(house.client(rotated));
  auto old = house.admitting(pbx);
  house.pass(1s);
  CHECK(old->refusal().code == WireCode::admission_refused);

  agent->lose();
  house.pass(2s);
  house.restart();
  CHECK(house.admitting(rotated)->refusal().code == WireCode::pbx_offline);
}

TEST_CASE("numbered keys are in force when they are acknowledged, by their number") {
  House house;
  Pbx pbx;
  auto agent = house.agent(pbx);
  Pbx rotated;
  rotated.key_id = {9, 9, 9, 9, 9, 9, 9, 9};
  const std::array keys{rotated.key()};
  // Clients that have come just before the keys are judged by what is in force then.
  auto early = house.admitting(pbx);
  static_cast<void>(early->expect(FrameType::admitted));
  agent->send(frame(FrameType::numbered_keys, 0, tunnel::encode_numbered_keys(77, keys)));
  const Got taken = agent->expect(FrameType::keys_taken);
  CHECK(tunnel::decode_keys_taken(taken.payload).value() == 77);
  static_cast<void>(house.client(rotated));
  auto old = house.admitting(pbx);
  house.pass(1s);
  CHECK(old->refusal().code == WireCode::admission_refused);
  CHECK_FALSE(agent->closed());

  agent->lose();
  house.pass(2s);
  house.restart();
  CHECK(house.admitting(rotated)->refusal().code == WireCode::pbx_offline);
}

TEST_CASE("KEYS of an older agent is not acknowledged, which it would not understand") {
  House house;
  const Pbx pbx;
  auto agent = house.agent(pbx);
  const std::array keys{pbx.key()};
  agent->send(frame(FrameType::keys, 0, tunnel::encode_keys(keys)));
  CHECK(agent->receive().empty());
}

TEST_CASE("keys that break the protocol are not acknowledged and change nothing") {
  House house;
  const Pbx pbx;
  auto agent = house.agent(pbx);
  const auto message = GENERATE(values<Bytes>({
      frame(FrameType::numbered_keys, 0, {0, 0, 0, 1, 5}),
      frame(FrameType::numbered_keys, 0, {0, 0, 0, 1, 1}),
      frame(FrameType::keys_taken, 0, {0, 0, 0, 1}),
  }));
  agent->send(message);
  bool refused = false;
  for (const Got& got : agent->receive()) {
    CHECK(got.type != FrameType::keys_taken);
    refused = refused || got.type == FrameType::refused;
  }
  CHECK(refused);
  house.pass(2s);
  CHECK(house.registry->keys(pbx.name).value() == std::vector{pbx.key()});
}

TEST_CASE("an agent that reads no acknowledgements cannot fill the connector with them") {
  House house;
  const Pbx pbx;
  auto agent = house.agent(pbx);
  const Bytes keys = frame(FrameType::numbered_keys, 0, tunnel::encode_numbered_keys(1, {}));
  std::size_t sent = 0;
  while (!agent->closed() && sent < 100'000) {
    agent->send(keys);
    ++sent;
  }
  CHECK(agent->closed());
  CHECK(sent < 10'000);
}

TEST_CASE("a key that has just come is still known when the connector is killed at that moment") {
  House house;
  const Pbx pbx;
  auto agent = house.agent(pbx);
  house.pass(100ms);
  Pbx rotated;
  rotated.key_id = {9, 9, 9, 9, 9, 9, 9, 9};
  const std::array keys{rotated.key()};
  agent->send(frame(FrameType::keys, 0, tunnel::encode_keys(keys)));
  // No time passes, and nobody says goodbye.
  const auto found = Registry::open(house.configuration.registry_file, 50ms).value();
  const auto known = found->keys(pbx.name).value();
  REQUIRE(known.size() == 1);
  CHECK(known[0].id == rotated.key_id);
}

TEST_CASE("what belongs to a client ends an agent's link, and so does a second REGISTER") {
  House house;
  const Pbx pbx;
  SECTION("ADMIT on the agent's path") {
    Peer peer(*house.exchange, Peer::Path::agent);
    peer.open();
    peer.send(frame(FrameType::admit, 0,
                    tunnel::make_admit(pbx.admission, peer.nonce(), pbx.name, pbx.key_id)));
    CHECK(peer.refusal().code == WireCode::protocol_error);
  }
  SECTION("REGISTER twice") {
    auto agent = house.agent(pbx);
    const std::array keys{pbx.key()};
    agent->send(
        frame(FrameType::register_name, 0,
              tunnel::make_register(pbx.identity, agent->nonce(), pbx.name, keys, "test-agent/1")));
    CHECK(agent->refusal().code == WireCode::protocol_error);
    CHECK(house.exchange->counts().agents == 0);
  }
  SECTION("OPEN, which only the connector sends") {
    auto agent = house.agent(pbx);
    agent->send(frame(FrameType::open, 1, Bytes(8)));
    CHECK(agent->refusal().code == WireCode::protocol_error);
  }
  SECTION("DATA before REGISTER") {
    Peer peer(*house.exchange, Peer::Path::agent);
    peer.open();
    peer.data(1, text("x"));
    CHECK(peer.refusal().code == WireCode::protocol_error);
  }
}

TEST_CASE("when many agents come at once, some are told when to come again, and then get in") {
  House house;
  house.configuration.limits.registrations_per_second = 3;
  house.restart();
  std::vector<Pbx> all(9);
  for (std::size_t i = 0; i < all.size(); ++i)
    all[i].name = "pbx" + std::to_string(i) + ".example.com";
  std::vector<std::unique_ptr<Peer>> in;
  std::size_t rounds = 0;
  for (std::size_t next = 0; next < all.size() && rounds < 10; ++rounds) {
    for (int at_once = 0; at_once < 3 && next < all.size(); ++at_once)
      in.push_back(house.agent(all[next++]));
    if (next == all.size()) break;
    const tunnel::Refusal refusal = house.registering(all[next])->refusal();
    CHECK(refusal.code == WireCode::try_again_later);
    CHECK(refusal.retry_after >= 1);
    CHECK(refusal.retry_after <= 11);
    house.pass(1s);
  }
  CHECK(in.size() == all.size());
  CHECK(house.exchange->counts().agents == all.size());
}

TEST_CASE("agents that come back after an outage get one slot after the other, which holds") {
  House house;
  house.restart();
  std::vector<Pbx> all(8);
  for (std::size_t i = 0; i < all.size(); ++i) {
    all[i].name = "pbx" + std::to_string(i) + ".example.com";
    static_cast<void>(house.agent(all[i]));
  }
  house.pass(1s);
  house.configuration.limits.registrations_per_second = 2;
  house.restart();
  std::vector<std::unique_ptr<Peer>> in;
  in.push_back(house.agent(all[0]));
  in.push_back(house.agent(all[1]));
  for (std::size_t i = 2; i < all.size(); ++i) {
    const tunnel::Refusal refusal = house.registering(all[i])->refusal();
    CHECK(refusal.code == WireCode::try_again_later);
    CHECK(refusal.retry_after == i / 2);
  }
  for (std::size_t i = 2; i < all.size(); ++i) {
    if (i % 2 == 0) house.pass(1s);
    // Strangers that come before them take nothing of it, whatever name they say.
    Pbx other;
    other.name = all[i].name;
    CHECK(house.registering(other)->refusal().code == WireCode::try_again_later);
    in.push_back(house.agent(all[i]));
  }
  CHECK(house.exchange->counts().agents == all.size());
}

TEST_CASE("new names come at a limited pace in open mode, known ones do not wait") {
  House house;
  house.configuration.limits.new_names_per_minute = 2;
  house.restart();
  Pbx one;
  one.name = "one.example.com";
  Pbx two;
  two.name = "two.example.com";
  Pbx three;
  three.name = "three.example.com";
  auto first = house.agent(one);
  auto second = house.agent(two);
  const tunnel::Refusal refusal = house.registering(three)->refusal();
  CHECK(refusal.code == WireCode::try_again_later);
  CHECK(refusal.retry_after > 0);
  static_cast<void>(house.agent(one));
  house.pass(30s);
  static_cast<void>(house.agent(three));
}

TEST_CASE("in open mode the registry takes no more names than it may") {
  House house;
  house.configuration.limits.names = 1;
  house.restart();
  Pbx one;
  auto agent = house.agent(one);
  Pbx two;
  two.name = "two.example.com";
  CHECK(house.registering(two)->refusal().code == WireCode::try_again_later);
  CHECK(house.registry->size().value() == 1);
}

TEST_CASE("when all agents are there that may be, one of them can still come back") {
  House house;
  house.configuration.limits.agents = 1;
  house.restart();
  const Pbx one;
  auto agent = house.agent(one);
  Pbx two;
  two.name = "two.example.com";
  CHECK(house.registering(two)->refusal().code == WireCode::try_again_later);
  static_cast<void>(house.agent(one));
}

TEST_CASE("on a full disk new names are put off, and whoever is known is served") {
  House house;
  Pbx known;
  auto agent = house.agent(known);
  auto client = house.client(known);
  Pbx fresh;
  fresh.name = "fresh.example.com";
  {
    const FullDisk full;
    const tunnel::Refusal refusal = house.registering(fresh)->refusal();
    CHECK(refusal.code == WireCode::try_again_later);
    CHECK(refusal.retry_after > 0);
    client->data(1, text("still there"));
    CHECK(agent->expect(FrameType::data).payload == text("still there"));
    static_cast<void>(house.agent(known));
    house.pass(2s);
    CHECK_FALSE(house.exchange->counts().registry_ok);
    CHECK(house.exchange->counts().registry_code.starts_with("connector.registry-"));
    CHECK(house.registry->counts().failures >= 2);
  }
  const std::uint64_t writes = house.registry->counts().writes;
  house.pass(2s);
  CHECK(house.exchange->counts().registry_ok);
  CHECK(house.registry->counts().writes > writes);
  static_cast<void>(house.agent(fresh));
}

TEST_CASE("on a full disk the registry is locked all the same, by a process without a number") {
  const integration::ScratchDirectory scratch;
  const std::filesystem::path file = scratch.path() / "registry.sqlite3";
  const FullDisk full;
  const auto lock = RegistryLock::take(file);
  REQUIRE(lock);
  const auto second = RegistryLock::take(file);
  REQUIRE_FALSE(second);
  CHECK(second.error().code == codes::kAlreadyRunning);
  CHECK(contains(second.error().message, "process unknown"));
}

TEST_CASE("forgetting a name beside the running connector makes its agent register anew") {
  House house(RegistrationMode::enrolled);
  const Pbx pbx;
  auto beside = std::move(
      Registry::open(house.configuration.registry_file, transport::Duration(1'000)).value());
  REQUIRE(beside->enroll(pbx.name, {}).value());
  auto agent = house.agent(pbx);
  house.pass(3s);
  REQUIRE_FALSE(agent->closed());

  REQUIRE(beside->forget(pbx.name, {}).value());
  house.pass(2s);
  CHECK(agent->refusal().code == WireCode::try_again_later);
  CHECK(house.registering(pbx)->refusal().code == WireCode::name_not_enrolled);
  house.pass(2s);
  CHECK(beside->list().value().empty());
}

TEST_CASE("a name that was forgotten is looked up again when the registry could not say") {
  House house(RegistrationMode::enrolled);
  const Pbx pbx;
  auto beside = std::move(
      Registry::open(house.configuration.registry_file, transport::Duration(1'000)).value());
  REQUIRE(beside->enroll(pbx.name, {}).value());
  auto agent = house.agent(pbx);
  house.pass(2s);
  REQUIRE(beside->forget(pbx.name, {}).value());
  {
    // Renamed away for a moment, the table cannot be read.
    Database database =
        std::move(Database::open(house.configuration.registry_file, 1'000ms).value());
    REQUIRE(database.execute("ALTER TABLE names RENAME TO elsewhere"));
    house.pass(3s);
    CHECK_FALSE(agent->closed());
    REQUIRE(database.execute("ALTER TABLE elsewhere RENAME TO names"));
  }
  house.pass(2s);
  CHECK(agent->refusal().code == WireCode::try_again_later);
}

TEST_CASE("an agent that keeps being refused waits longer each time, its users do not") {
  House house;
  const Pbx owner;
  auto agent = house.agent(owner);
  const Pbx other;
  CHECK(house.registering(other, "198.51.100.9")->refusal().code == WireCode::name_taken);
  auto second = house.registering(other, "198.51.100.9");
  CHECK(second->receive().empty());
  auto user = house.admitting(owner, "198.51.100.9");
  static_cast<void>(user->expect(FrameType::admitted));
  house.pass(house.configuration.throttle.first);
  CHECK(second->refusal().code == WireCode::name_taken);
}

TEST_CASE("an agent that proves nothing is closed at the deadline") {
  House house;
  Peer peer(*house.exchange, Peer::Path::agent);
  peer.open();
  house.pass(9'999ms);
  CHECK_FALSE(peer.closed());
  house.pass(1ms);
  CHECK(peer.refusal().code == WireCode::timeout);
  CHECK(house.exchange->counts().waiting == 0);
}

}  // namespace
}  // namespace sfteams::connector::test
