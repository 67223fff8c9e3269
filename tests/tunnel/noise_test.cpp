#include "tunnel/noise.h"

#include <fstream>
#include <sstream>
#include <string>
#include <utility>

#include <catch2/catch.hpp>

#include "base/json/json.h"
#include "base/text/encoding.h"
#include "tests/base/crypto/hexadecimal.h"
#include "tunnel/codes.h"
#include "tunnel/control.h"

namespace sfteams::tunnel {
namespace {

using crypto::hex;

const Bytes kPsk(32, 0x5A);
const Bytes kPrologue{'p', 'b', 'x'};

Json::Value published_vector() {
  std::ifstream file(SFTEAMS_SOURCE_DIR "/docs/vectors/noise-nnpsk0.json");
  std::ostringstream text;
  text << file.rdbuf();
  auto value = json::parse(text.str());
  REQUIRE(value);
  return *value;
}

Bytes field(const Json::Value& value, const char* name) {
  return hex(value[name].asString());
}

NoiseHandshake start(NoiseHandshake::Role role, const Bytes& psk = kPsk,
                     const Bytes& prologue = kPrologue) {
  auto handshake = NoiseHandshake::start(role, psk, prologue);
  REQUIRE(handshake);
  return std::move(*handshake);
}

struct Pair {
  NoiseTransport client;
  NoiseTransport agent;
};

Pair connected() {
  NoiseHandshake client = start(NoiseHandshake::Role::initiator);
  NoiseHandshake agent = start(NoiseHandshake::Role::responder);
  Bytes first(48);
  Bytes second(48);
  REQUIRE(client.write_message({}, first) == 48U);
  REQUIRE(agent.read_message(first, {}) == 0U);
  REQUIRE(agent.write_message({}, second) == 48U);
  REQUIRE(client.read_message(second, {}) == 0U);
  return {client.split(), agent.split()};
}

Bytes sealed(NoiseCipher& cipher, const Bytes& plaintext) {
  Bytes out(plaintext.size() + 16);
  REQUIRE(cipher.seal(plaintext, out));
  return out;
}

TEST_CASE("the handshake and the messages after it are those of the published vector") {
  const Json::Value vector = published_vector();
  REQUIRE(vector["protocol_name"].asString() == "Noise_NNpsk0_25519_AESGCM_SHA256");
  auto client =
      NoiseHandshake::start(NoiseHandshake::Role::initiator, hex(vector["init_psks"][0].asString()),
                            field(vector, "init_prologue"),
                            *crypto::X25519Key::from_private(field(vector, "init_ephemeral")));
  auto agent =
      NoiseHandshake::start(NoiseHandshake::Role::responder, hex(vector["resp_psks"][0].asString()),
                            field(vector, "resp_prologue"),
                            *crypto::X25519Key::from_private(field(vector, "resp_ephemeral")));
  REQUIRE(client);
  REQUIRE(agent);

  const Json::Value& messages = vector["messages"];
  for (const auto& [from, to, index] :
       {std::tuple(&*client, &*agent, 0), std::tuple(&*agent, &*client, 1)}) {
    const Bytes payload = field(messages[index], "payload");
    Bytes message(payload.size() + 48);
    REQUIRE(from->write_message(payload, message) == message.size());
    CHECK(text::to_hex(message) == messages[index]["ciphertext"].asString());
    Bytes read(payload.size());
    REQUIRE(to->read_message(message, read) == payload.size());
    CHECK(read == payload);
  }

  NoiseTransport client_end = client->split();
  NoiseTransport agent_end = agent->split();
  // The file gives the hash after the first message; the second one is mixed in by hand.
  const Bytes second = field(messages[1], "ciphertext");
  const auto with_key =
      crypto::sha256({field(vector, "handshake_hash"), std::span(second).first(32)});
  CHECK(client_end.handshake_hash == crypto::sha256({with_key, std::span(second).subspan(32)}));
  CHECK(client_end.handshake_hash == agent_end.handshake_hash);
  for (int index = 2; index < 6; ++index) {
    NoiseTransport& from = index % 2 == 0 ? client_end : agent_end;
    NoiseTransport& to = index % 2 == 0 ? agent_end : client_end;
    const Bytes payload = field(messages[index], "payload");
    const Bytes message = sealed(from.send, payload);
    CHECK(text::to_hex(message) == messages[index]["ciphertext"].asString());
    Bytes read(payload.size());
    REQUIRE(to.receive.open(message, read));
    CHECK(read == payload);
  }
}

TEST_CASE("two handshakes with the same key share no byte of their messages' keys") {
  NoiseHandshake one = start(NoiseHandshake::Role::initiator);
  NoiseHandshake two = start(NoiseHandshake::Role::initiator);
  Bytes first(48);
  Bytes second(48);
  REQUIRE(one.write_message({}, first));
  REQUIRE(two.write_message({}, second));
  CHECK(Bytes(first.begin(), first.begin() + 32) != Bytes(second.begin(), second.begin() + 32));
}

TEST_CASE("a peer with another pre-shared key or another name is refused") {
  Bytes other_psk = kPsk;
  other_psk[31] ^= 1;
  const auto [psk, prologue] = GENERATE_COPY(
      table<Bytes, Bytes>({{other_psk, kPrologue}, {kPsk, Bytes{'p', 'b', 'y'}}, {kPsk, Bytes{}}}));
  NoiseHandshake client = start(NoiseHandshake::Role::initiator, psk, prologue);
  NoiseHandshake agent = start(NoiseHandshake::Role::responder);
  Bytes message(48);
  REQUIRE(client.write_message({}, message));
  const auto read = agent.read_message(message, {});
  REQUIRE_FALSE(read);
  CHECK(read.error().code == codes::kHandshakeFailed);
  const auto after = agent.read_message(message, {});
  REQUIRE_FALSE(after);
  CHECK(after.error().code == codes::kNoiseBroken);
}

TEST_CASE("a handshake message with any one bit changed is refused") {
  const auto byte = GENERATE(range(0, 48));
  NoiseHandshake client = start(NoiseHandshake::Role::initiator);
  NoiseHandshake agent = start(NoiseHandshake::Role::responder);
  Bytes first(48);
  REQUIRE(client.write_message({}, first));
  SECTION("the first one") {
    first[static_cast<std::size_t>(byte)] ^= 0x10;
    CHECK_FALSE(agent.read_message(first, {}));
  }
  SECTION("the second one") {
    Bytes second(48);
    REQUIRE(agent.read_message(first, {}));
    REQUIRE(agent.write_message({}, second));
    second[static_cast<std::size_t>(byte)] ^= 0x10;
    const auto read = client.read_message(second, {});
    REQUIRE_FALSE(read);
    CHECK(read.error().code == codes::kHandshakeFailed);
    CHECK_FALSE(client.finished());
  }
}

TEST_CASE("an ephemeral key of small order is refused") {
  NoiseHandshake client = start(NoiseHandshake::Role::initiator);
  Bytes first(48);
  REQUIRE(client.write_message({}, first));
  // The point 0 (RFC 7748 section 6.1): everything multiplied by it is zero.
  const auto read = client.read_message(Bytes(48, 0), {});
  REQUIRE_FALSE(read);
  CHECK(read.error().code == codes::kHandshakeFailed);
}

TEST_CASE("a handshake message of another length than agreed is refused") {
  const std::size_t size = GENERATE(0U, 1U, 32U, 47U, 49U, 4080U);
  NoiseHandshake agent = start(NoiseHandshake::Role::responder);
  const auto read = agent.read_message(Bytes(size, 1), {});
  REQUIRE_FALSE(read);
  CHECK(read.error().code == codes::kNoiseLength);
}

TEST_CASE("handshake calls out of turn are mistakes of the programmer") {
  Bytes message(48);
  CHECK_THROWS_AS((void)start(NoiseHandshake::Role::responder).write_message({}, message),
                  std::logic_error);
  CHECK_THROWS_AS((void)start(NoiseHandshake::Role::initiator).read_message(message, {}),
                  std::logic_error);
  CHECK_THROWS_AS((void)start(NoiseHandshake::Role::initiator).split(), std::logic_error);
  CHECK_THROWS_AS((void)NoiseHandshake::start(NoiseHandshake::Role::initiator, Bytes(31), {}),
                  std::invalid_argument);
}

TEST_CASE("a changed message ends the direction for good") {
  Pair pair = connected();
  const Bytes good = sealed(pair.client.send, {1, 2, 3});
  const auto byte = GENERATE(range(0, 19));
  Bytes bad = good;
  bad[static_cast<std::size_t>(byte)] ^= 0x01;
  Bytes out(3);
  const auto opened = pair.agent.receive.open(bad, out);
  REQUIRE_FALSE(opened);
  CHECK(opened.error().code == codes::kNoiseTampered);
  CHECK(out == Bytes(3, 0));
  const auto after = pair.agent.receive.open(good, out);
  REQUIRE_FALSE(after);
  CHECK(after.error().code == codes::kNoiseBroken);
}

TEST_CASE("a repeated, skipped or turned-back message is refused") {
  Pair pair = connected();
  const Bytes one = sealed(pair.client.send, {1});
  const Bytes two = sealed(pair.client.send, {2});
  Bytes out(1);
  SECTION("repeated") {
    REQUIRE(pair.agent.receive.open(one, out));
    CHECK_FALSE(pair.agent.receive.open(one, out));
  }
  SECTION("skipped") {
    CHECK_FALSE(pair.agent.receive.open(two, out));
  }
  SECTION("sent back to where it came from") {
    CHECK_FALSE(pair.client.receive.open(one, out));
  }
}

TEST_CASE("a message shorter than its tag is refused") {
  Pair pair = connected();
  const std::size_t size = GENERATE(0U, 1U, 15U);
  const auto opened = pair.agent.receive.open(Bytes(size, 7), {});
  REQUIRE_FALSE(opened);
  CHECK(opened.error().code == codes::kNoiseLength);
}

TEST_CASE("a message may be encrypted and decrypted in place") {
  Pair pair = connected();
  Bytes buffer(4080, 0x33);
  REQUIRE(pair.client.send.seal(std::span(buffer).first(4064), buffer));
  CHECK(Bytes(buffer.begin(), buffer.begin() + 16) != Bytes(16, 0x33));
  REQUIRE(pair.agent.receive.open(buffer, std::span(buffer).first(4064)));
  CHECK(Bytes(buffer.begin(), buffer.begin() + 4064) == Bytes(4064, 0x33));
}

}  // namespace
}  // namespace sfteams::tunnel
