#include <catch2/catch.hpp>

#include "base/crypto/random.h"
#include "tests/connector/peers.h"

using namespace std::chrono_literals;

namespace sfteams::connector::test {
namespace {

/// What a refused client sees, and when.
struct Seen {
  std::vector<Got> frames;
  transport::Duration after{};
  std::optional<transport::CloseStatus> closed;
  friend bool operator==(const Seen&, const Seen&) = default;
};

Seen watch(House& house, Peer& client) {
  Seen seen;
  for (; seen.after < 10s; seen.after += 1ms) {
    seen.frames = client.receive();
    if (!seen.frames.empty()) break;
    house.pass(1ms);
  }
  seen.closed = client.closed();
  return seen;
}

TEST_CASE("a client with the right key is admitted, and its agent hears which key it was") {
  House house;
  const Pbx pbx;
  auto agent = house.agent(pbx);
  auto client = house.client(pbx);
  const std::vector<Got> heard = agent->receive();
  REQUIRE(heard.size() == 1);
  CHECK(heard[0].type == FrameType::open);
  CHECK(heard[0].stream == 1);
  CHECK(tunnel::decode_open(heard[0].payload).value() == pbx.key_id);
  CHECK(client->keepalive()->deadline == house.configuration.client_keepalive.deadline);
  CHECK(house.exchange->counts().waiting == 0);
}

TEST_CASE("streams are numbered upwards and no number comes again") {
  House house;
  const Pbx pbx;
  auto agent = house.agent(pbx);
  for (const std::uint32_t number : {1U, 2U, 3U}) {
    auto client = house.client(pbx);
    CHECK(agent->expect(FrameType::open).stream == number);
    client->lose();
    CHECK(agent->expect(FrameType::close).stream == number);
  }
}

TEST_CASE("an address that asks too often is told when to come again, and no other address is") {
  House house;
  house.configuration.limits.admissions_per_address = 2;
  house.restart();
  const Pbx pbx;
  auto agent = house.agent(pbx);
  const Pbx wrong_key;
  auto right = house.client(pbx);  // of the same address
  auto wrong = house.admitting(wrong_key, "192.0.2.7");
  Pbx unknown;
  unknown.name = "elsewhere.example.com";
  for (const Pbx* asked : {&pbx, &wrong_key, static_cast<const Pbx*>(&unknown)}) {
    const tunnel::Refusal refusal = house.admitting(*asked, "192.0.2.7")->refusal();
    CHECK(refusal.code == WireCode::try_again_later);
    CHECK(refusal.retry_after >= 2);
  }
  auto other = house.admitting(pbx, "192.0.2.8");
  static_cast<void>(other->expect(FrameType::admitted));
  house.pass(2min);
  static_cast<void>(house.client(pbx));
}

TEST_CASE("what a name has of admissions can be used up only with its key") {
  House house;
  house.configuration.limits.admissions_per_name = 2;
  house.restart();
  const Pbx pbx;
  auto agent = house.agent(pbx);
  const Pbx wrong_key;
  for (int i = 0; i < 5; ++i)
    static_cast<void>(house.admitting(wrong_key, "198.51.100." + std::to_string(i)));
  house.pass(10s);
  auto one = house.client(pbx);
  auto two = house.client(pbx);
  auto third = house.admitting(pbx);
  CHECK(third->refusal().code == WireCode::try_again_later);
  Pbx neighbour;
  neighbour.name = "neighbour.example.com";
  auto neighbour_agent = house.agent(neighbour);
  static_cast<void>(house.client(neighbour));
}

TEST_CASE("nothing of a client that is not admitted reaches the agent") {
  House house;
  Pbx pbx;
  auto agent = house.agent(pbx);
  Peer silent(*house.exchange, Peer::Path::client);
  silent.open();
  Peer hasty(*house.exchange, Peer::Path::client);
  hasty.open();
  hasty.data(1, text("hello"));
  Pbx wrong;
  auto refused = house.admitting(wrong);
  house.pass(20s);
  CHECK(agent->receive().empty());
  CHECK(house.exchange->counts().streams == 0);
}

TEST_CASE("unknown name, wrong key, unknown key id and expired key look the same to the byte") {
  House house;
  const Pbx pbx;
  auto agent = house.agent(pbx);
  Pbx elsewhere;
  elsewhere.name = "elsewhere.example.com";
  const Pbx wrong_key;
  Pbx wrong_id;
  wrong_id.admission = new_key();
  wrong_id.key_id = {8, 7, 6, 5, 4, 3, 2, 1};

  auto reference = house.admitting(elsewhere, "192.0.2.10");
  const Seen seen = watch(house, *reference);
  REQUIRE(seen.frames.size() == 1);
  CHECK(seen.after == house.configuration.throttle.first);
  CHECK(tunnel::decode_refused(seen.frames[0].payload).value().code == WireCode::admission_refused);

  auto by_key = house.admitting(wrong_key, "192.0.2.11");
  CHECK(watch(house, *by_key) == seen);
  auto by_id = house.admitting(wrong_id, "192.0.2.12");
  CHECK(watch(house, *by_id) == seen);

  const std::array expired{pbx.key(static_cast<std::uint64_t>(house.unix_time))};
  agent->send(frame(FrameType::keys, 0, tunnel::encode_keys(expired)));
  auto by_time = house.admitting(pbx, "192.0.2.13");
  CHECK(watch(house, *by_time) == seen);

  agent->lose();
  auto offline = house.admitting(wrong_key, "192.0.2.14");
  CHECK(watch(house, *offline) == seen);

  // With the right key, too.
  house.agent(pbx)->lose();
  REQUIRE(house.registry->disable(pbx.name, "unpaid", {}).value());
  auto by_operator = house.admitting(pbx, "192.0.2.16");
  CHECK(watch(house, *by_operator) == seen);

  Peer no_name(*house.exchange, Peer::Path::client, "192.0.2.15");
  no_name.open();
  Bytes admit = tunnel::make_admit(pbx.admission, no_name.nonce(), pbx.name, pbx.key_id);
  admit[2] = '!';
  no_name.send(frame(FrameType::admit, 0, admit));
  CHECK(watch(house, no_name) == seen);
}

TEST_CASE("a key admits up to its last second") {
  House house;
  const Pbx pbx;
  auto agent = house.agent(pbx);
  const std::array keys{pbx.key(static_cast<std::uint64_t>(house.unix_time) + 1)};
  agent->send(frame(FrameType::keys, 0, tunnel::encode_keys(keys)));
  static_cast<void>(house.client(pbx));
  house.unix_time += 1;
  auto late = house.admitting(pbx);
  house.pass(1s);
  CHECK(late->refusal().code == WireCode::admission_refused);
}

TEST_CASE("whoever proves the key is told that the PBX is offline, also after a restart") {
  House house;
  const Pbx pbx;
  auto agent = house.agent(pbx);
  agent->lose();
  SECTION("at once") {}
  SECTION("after a restart") {
    house.pass(2s);
    house.restart();
  }
  auto client = house.admitting(pbx);
  const tunnel::Refusal refusal = client->refusal();
  CHECK(refusal.code == WireCode::pbx_offline);
  CHECK(refusal.retry_after > 0);
}

TEST_CASE("a signature for another connection's challenge is refused") {
  House house;
  const Pbx pbx;
  auto agent = house.agent(pbx);
  Peer client(*house.exchange, Peer::Path::client);
  client.open();
  client.send(frame(FrameType::admit, 0,
                    tunnel::make_admit(pbx.admission, tunnel::Nonce{}, pbx.name, pbx.key_id)));
  house.pass(1s);
  CHECK(client.refusal().code == WireCode::admission_refused);
}

TEST_CASE("what is not ADMIT ends a client's link before it is admitted") {
  House house;
  const Pbx pbx;
  auto agent = house.agent(pbx);
  Peer client(*house.exchange, Peer::Path::client);
  client.open();
  WireCode expected = WireCode::protocol_error;
  SECTION("DATA") {
    client.data(1, text("hello"));
  }
  SECTION("WINDOW") {
    client.send(window(1, 1));
  }
  SECTION("CLOSE") {
    client.send(frame(FrameType::close, 1, tunnel::encode_close(WireCode::normal, "")));
  }
  SECTION("REGISTER") {
    const std::array keys{pbx.key()};
    client.send(frame(FrameType::register_name, 0,
                      tunnel::make_register(pbx.identity, client.nonce(), pbx.name, keys, "x/1")));
  }
  SECTION("ADMITTED, which only the connector sends") {
    client.send(frame(FrameType::admitted, 0, {}));
  }
  SECTION("ADMIT cut short") {
    Bytes admit = tunnel::make_admit(pbx.admission, client.nonce(), pbx.name, pbx.key_id);
    admit.pop_back();
    client.send(frame(FrameType::admit, 0, admit));
  }
  SECTION("ADMIT on a stream") {
    client.send(frame(FrameType::admit, 1,
                      tunnel::make_admit(pbx.admission, client.nonce(), pbx.name, pbx.key_id)));
  }
  SECTION("ADMIT of another version") {
    Bytes admit = tunnel::make_admit(pbx.admission, client.nonce(), pbx.name, pbx.key_id);
    admit[0] = 2;
    client.send(frame(FrameType::admit, 0, admit));
    expected = WireCode::version_unsupported;
  }
  SECTION("an unknown type") {
    client.send(frame(static_cast<FrameType>(0x7f), 0, Bytes(1)));
  }
  SECTION("a length that is longer than the message") {
    Bytes bytes = frame(FrameType::admit, 0, Bytes(20));
    bytes[3] = 200;
    client.send(bytes);
  }
  SECTION("a flag") {
    Bytes bytes = frame(FrameType::admit, 0, Bytes(20));
    bytes[1] = 1;
    client.send(bytes);
  }
  CHECK(client.refusal().code == expected);
  CHECK(client.gone());
  CHECK(agent->receive().empty());
}

TEST_CASE("random messages close the link they came on and no other") {
  House house;
  const Pbx pbx;
  auto agent = house.agent(pbx);
  auto good = house.client(pbx);
  for (std::size_t length = 1; length <= 600; ++length) {
    Peer peer(*house.exchange, length % 2 == 0 ? Peer::Path::client : Peer::Path::agent);
    peer.open();
    Bytes garbage(length);
    REQUIRE(crypto::fill_random(garbage));
    peer.send(garbage);
    REQUIRE(peer.refusal().code == WireCode::protocol_error);
    CHECK(peer.closed() == transport::CloseStatus::protocol_error);
  }
  good->data(1, text("unharmed"));
  CHECK(agent->expect(FrameType::data).payload == text("unharmed"));
}

TEST_CASE("a client that connects and says nothing is closed at the deadline") {
  House house;
  Peer peer(*house.exchange, Peer::Path::client);
  peer.open();
  CHECK(house.exchange->counts().waiting == 1);
  house.pass(9'999ms);
  CHECK(peer.receive().empty());
  house.pass(1ms);
  CHECK(peer.refusal().code == WireCode::timeout);
  CHECK(house.exchange->counts().waiting == 0);
}

TEST_CASE("an admitted client may be silent for as long as it likes") {
  House house;
  const Pbx pbx;
  auto agent = house.agent(pbx);
  auto client = house.client(pbx);
  house.pass(1h);
  CHECK_FALSE(client->closed());
  CHECK_FALSE(agent->closed());
}

TEST_CASE("a sender that keeps failing waits longer each time, nobody else does") {
  House house;
  const Pbx pbx;
  auto agent = house.agent(pbx);
  const Pbx wrong;
  const transport::Duration first = house.configuration.throttle.first;
  for (const int delay : {0, 1, 2, 4}) {
    auto attempt = house.admitting(wrong, "198.51.100.1");
    CHECK(watch(house, *attempt).after == delay * first + first);
  }
  auto slowed = house.admitting(pbx, "198.51.100.1");
  auto other = house.admitting(pbx, "198.51.100.2");
  static_cast<void>(other->expect(FrameType::admitted));
  CHECK(slowed->receive().empty());
  house.pass(8 * first);
  static_cast<void>(slowed->expect(FrameType::admitted));
}

TEST_CASE("further frames while the answer is put off end the link") {
  House house;
  const Pbx pbx;
  auto agent = house.agent(pbx);
  const Pbx wrong;
  auto attempt = house.admitting(wrong);
  attempt->data(1, text("guess what"));
  CHECK(attempt->refusal().code == WireCode::protocol_error);
  house.pass(20s);
  CHECK(agent->receive().empty());
}

TEST_CASE("a link that is lost while it waits for its answer is forgotten") {
  House house;
  const Pbx wrong;
  auto attempt = house.admitting(wrong);
  attempt->lose();
  CHECK(attempt->gone());
  house.pass(20s);
  CHECK(house.exchange->counts().clients == 0);
  CHECK(house.exchange->counts().waiting == 0);
}

TEST_CASE("too many connections that prove nothing are turned away without a challenge") {
  House house;
  house.configuration.limits.waiting = 3;
  house.configuration.limits.waiting_per_sender = 2;
  house.restart();
  const Pbx pbx;
  auto agent = house.agent(pbx);
  Peer one(*house.exchange, Peer::Path::client, "2001:db8::1");
  Peer two(*house.exchange, Peer::Path::client, "2001:db8::2");
  one.open();
  two.open();
  const auto turned_away = [&](std::string_view address) {
    Peer peer(*house.exchange, Peer::Path::client, address);
    peer.connect();
    const std::vector<Got> frames = peer.receive();
    REQUIRE(frames.size() == 1);
    const tunnel::Refusal refusal = tunnel::decode_refused(frames[0].payload).value();
    CHECK(refusal.code == WireCode::try_again_later);
    CHECK(refusal.retry_after > 0);
  };
  turned_away("2001:db8::3");
  Peer three(*house.exchange, Peer::Path::client, "2001:db8:0:1::1");
  three.open();
  turned_away("192.0.2.99");
  const Tallies& tallies = house.exchange->tallies();
  CHECK(tallies.limits.of("waiting-per-address") == 1);
  CHECK(tallies.limits.of("waiting") == 1);
  one.lose();
  static_cast<void>(house.client(pbx));
}

TEST_CASE("a PBX has no more sessions than it may have") {
  House house;
  house.configuration.limits.streams_per_agent = 2;
  house.restart();
  const Pbx pbx;
  auto agent = house.agent(pbx);
  auto one = house.client(pbx);
  auto two = house.client(pbx);
  auto three = house.admitting(pbx);
  CHECK(three->refusal().code == WireCode::too_many_streams);
  one->lose();
  CHECK(agent->expect(FrameType::close).stream == 1);
  static_cast<void>(house.client(pbx));
}

TEST_CASE("the connector has no more clients than it may have") {
  House house;
  house.configuration.limits.clients = 1;
  house.restart();
  const Pbx pbx;
  auto agent = house.agent(pbx);
  auto one = house.client(pbx);
  Peer two(*house.exchange, Peer::Path::client);
  two.connect();
  CHECK(two.refusal().code == WireCode::try_again_later);
  CHECK(house.exchange->tallies().limits.of("clients") == 1);
}

TEST_CASE("an address has no more admitted clients than it may have, and no other is concerned") {
  House house;
  house.configuration.limits.clients_per_sender = 2;
  house.restart();
  const Pbx pbx;
  auto agent = house.agent(pbx);
  const auto from = [&](std::string_view address) {
    auto client = house.admitting(pbx, address);
    static_cast<void>(client->expect(FrameType::admitted));
    return client;
  };
  auto one = from("192.0.2.7");
  auto two = from("192.0.2.7");
  const tunnel::Refusal refusal = house.admitting(pbx, "192.0.2.7")->refusal();
  CHECK(refusal.code == WireCode::try_again_later);
  // Sessions wait for a minute; whoever's old link still counts has to have some tries in it.
  CHECK(refusal.retry_after >= 1);
  CHECK(refusal.retry_after <= 10);
  CHECK(house.exchange->tallies().limits.of("clients-per-address") == 1);
  auto other = from("192.0.2.8");
  one->lose();
  static_cast<void>(from("192.0.2.7"));
}

TEST_CASE("admissions are counted by their result, and those put off because of failures") {
  House house;
  const Pbx pbx;
  Pbx wrong;
  wrong.name = "nobody.example.com";
  static_cast<void>(house.admitting(pbx));  // nobody knows it yet
  house.pass(1s);
  auto agent = house.agent(pbx);
  auto late = house.admitting(pbx);
  house.pass(1s);
  CHECK(late->expect(FrameType::admitted).type == FrameType::admitted);
  const PeerTally& clients = house.exchange->tallies().clients;
  CHECK(clients.connections == 2);
  CHECK(clients.proofs.of("ok") == 1);
  CHECK(clients.proofs.of("tunnel.admission-refused") == 1);
  CHECK(clients.delayed == 1);
  CHECK(house.exchange->tallies().agents.proofs.of("ok") == 1);
  late->data(2, text("not a stream of its own"));
  CHECK(clients.sent_away.of("tunnel.protocol-error") == 1);
  CHECK(clients.proofs.of("tunnel.protocol-error") == 0);
}

}  // namespace
}  // namespace sfteams::connector::test
