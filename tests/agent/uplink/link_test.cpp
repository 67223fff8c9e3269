#include "agent/uplink/link.h"

#include <catch2/catch.hpp>

#include "agent/uplink/codes.h"
#include "tests/agent/uplink/link_rig.h"
#include "tests/contains.h"
#include "tunnel/codes.h"

namespace sfteams::agent {
namespace {

using Keys = Link::KeysAtConnector;

using namespace std::chrono_literals;
using tunnel::FrameType;
using tunnel::WireCode;

TEST_CASE("the link says nothing before the challenge, then registers name, identity and key") {
  LinkRig rig;
  rig.pump();
  CHECK(rig.control.empty());
  const tunnel::Registration registration = rig.come_up();
  CHECK(registration.name == kSystemName);
  CHECK(registration.identity == rig.identity.public_key());
  CHECK(registration.software == "starface-teams-agent/test");
  REQUIRE(registration.keys.size() == 1);
  CHECK(registration.keys[0] == rig.key().admission);
  CHECK(rig.registered == 1);
}

TEST_CASE("without a system key the name is registered all the same") {
  LinkRig rig;
  rig.keys.clear();
  CHECK(rig.come_up().keys.empty());
}

TEST_CASE("a connector that says nothing is given up after ten seconds") {
  LinkRig silent;
  silent.advance(9'999ms);
  CHECK(silent.failures.empty());
  silent.advance(1ms);
  REQUIRE(silent.failures.size() == 1);
  CHECK(silent.failures[0].error.code == tunnel::codes::kTimeout);

  LinkRig no_answer;
  no_answer.send(FrameType::challenge, 0, tunnel::encode_challenge(no_answer.nonce));
  no_answer.advance(10s);
  CHECK(no_answer.failures.size() == 1);
}

TEST_CASE("a registered link has no deadline") {
  LinkRig rig;
  rig.come_up();
  rig.advance(3600s);
  CHECK(rig.failures.empty());
}

TEST_CASE("a refusal is told with its code, and for how long to stay away") {
  LinkRig rig;
  rig.send(FrameType::challenge, 0, tunnel::encode_challenge(rig.nonce));
  rig.send(FrameType::refused, 0,
           tunnel::encode_refused({WireCode::name_taken, 30, "owned by another identity"}));
  REQUIRE(rig.failures.size() == 1);
  CHECK(rig.failures[0].refused);
  CHECK(rig.failures[0].error.code == tunnel::codes::kNameTaken);
  CHECK(rig.failures[0].retry_after == 30s);
  CHECK(contains(rig.failures[0].error.message, "owned by another identity"));
}

TEST_CASE("what breaks the protocol ends the link once and is not answered") {
  const auto [name, message] = GENERATE(table<const char*, std::vector<std::uint8_t>>({
      {"empty", {}},
      {"half a header", {0x11, 0, 0}},
      {"unknown type", {0x7f, 0, 0, 0, 0, 0, 0, 1}},
      {"flags", {0x13, 1, 0, 2, 0, 0, 0, 1, 0, 0}},
      {"length beyond the message", {0x11, 0, 0, 9, 0, 0, 0, 1, 1}},
      {"data on stream 0", {0x11, 0, 0, 1, 0, 0, 0, 0, 1}},
      {"data on a stream never opened", {0x11, 0, 0, 1, 0, 0, 0, 9, 1}},
      {"window on a stream never opened", {0x12, 0, 0, 4, 0, 0, 0, 9, 0, 0, 0, 1}},
      {"close on a stream never opened", {0x13, 0, 0, 2, 0, 0, 0, 9, 0, 0}},
      {"a second registered", {0x03, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 1}},
      {"an acknowledgement of keys never sent", {0x09, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 1}},
      {"numbered keys, which are ours to send", {0x08, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 1, 0}},
      {"admitted, which is for clients", {0x06, 0, 0, 0, 0, 0, 0, 0}},
      {"a register, which is ours to send", {0x02, 0, 0, 1, 0, 0, 0, 0, 1}},
      {"a refusal that is none", {0x07, 0, 0, 1, 0, 0, 0, 0, 1}},
  }));
  CAPTURE(name);
  LinkRig rig;
  rig.come_up();
  rig.open(1);
  rig.pump();
  REQUIRE(rig.clients.at(1).messages.size() == 1);
  rig.send_raw(message);
  REQUIRE(rig.failures.size() == 1);
  CHECK(rig.failures[0].error.code.exit == Exit::protocol);
  CHECK_FALSE(rig.failures[0].refused);
  rig.send_raw(message);
  rig.pump();
  CHECK(rig.failures.size() == 1);
  CHECK(rig.link->streams() == 0);
  CHECK(rig.sessions.waiting() == 1);
}

TEST_CASE("frames in the wrong state end the link") {
  LinkRig early;
  early.send(FrameType::registered, 0, tunnel::encode_registered(1));
  CHECK(early.failures.size() == 1);
  LinkRig twice;
  twice.send(FrameType::challenge, 0, tunnel::encode_challenge(twice.nonce));
  twice.send(FrameType::challenge, 0, tunnel::encode_challenge(twice.nonce));
  CHECK(twice.failures.size() == 1);
  LinkRig unregistered;
  unregistered.open(1);
  CHECK(unregistered.failures.size() == 1);
}

TEST_CASE("streams count up and are never used again") {
  LinkRig rig;
  rig.come_up();
  rig.open(5);
  rig.pump();
  rig.send(FrameType::open, 5, tunnel::encode_open(rig.key().admission.id));
  CHECK(rig.failures.size() == 1);

  LinkRig back;
  back.come_up();
  back.open(5);
  back.open(4);
  CHECK(back.failures.size() == 1);
}

TEST_CASE("more clients than allowed are turned away, and the others stay") {
  SessionSettings limits;
  limits.sessions = 2;
  LinkRig rig(limits);
  rig.come_up();
  for (const std::uint32_t stream : {1U, 2U, 3U})
    rig.open(stream);
  rig.pump();
  REQUIRE(rig.clients.at(3).stream_closed);
  CHECK(rig.clients.at(3).stream_closed->code == WireCode::too_many_streams);
  CHECK(rig.clients.at(1).messages.size() == 1);
  CHECK(rig.clients.at(2).messages.size() == 1);
  rig.clients.at(1).channel.close(WireCode::normal, "");
  rig.pump();
  rig.open(4);
  rig.pump();
  CHECK(rig.clients.at(4).messages.size() == 1);
}

TEST_CASE("no more streams are taken than the connector has announced") {
  LinkRig rig;
  rig.come_up(1);
  rig.open(1);
  rig.open(2);
  rig.pump();
  CHECK(rig.clients.at(2).stream_closed->code == WireCode::too_many_streams);
}

TEST_CASE("a new key is told to the connector, and sessions of the old one end at once") {
  LinkRig rig;
  rig.come_up();
  rig.open(1);
  rig.pump();
  TestClient& unopened = rig.open(3);
  unopened.mute = true;
  const tunnel::KeyId old = rig.key().admission.id;
  rig.new_key_in_force(false);
  rig.pump();
  CHECK(unopened.stream_closed->code == WireCode::key_revoked);
  CHECK(rig.told_keys().keys == std::vector{rig.key().admission});
  REQUIRE(rig.clients.at(1).closed);
  CHECK(rig.clients.at(1).closed->code == WireCode::key_revoked);
  CHECK(rig.clients.at(1).stream_closed->code == WireCode::key_revoked);
  CHECK(rig.link->streams() == 0);
  CHECK(rig.sessions.size() == 0);
  // One that the connector let in by the old key a moment before.
  rig.open(4, rig.key(), old);
  rig.pump();
  CHECK(rig.clients.at(4).stream_closed->code == WireCode::key_revoked);
}

TEST_CASE("with a grace, sessions of both keys go on, and clients come in by both") {
  LinkRig rig;
  rig.come_up();
  rig.open(1);
  rig.pump();
  rig.new_key_in_force(true);
  rig.pump();
  CHECK_FALSE(rig.clients.at(1).closed);
  CHECK(rig.told_keys().keys == std::vector{rig.keys[0].admission, rig.keys[1].admission});
  rig.open(2, rig.keys[1], rig.keys[1].admission.id);
  rig.open(3);
  rig.pump();
  CHECK(rig.clients.at(2).messages == std::vector<std::string>{"hello test/1"});
  CHECK(rig.clients.at(3).messages == std::vector<std::string>{"hello test/1"});
  CHECK(rig.sessions.size() == 3);
}

TEST_CASE("what the connector says about a key is not believed: the handshake decides") {
  LinkRig rig;
  rig.come_up();
  rig.new_key_in_force(true);
  rig.open(1, rig.keys[1], rig.keys[0].admission.id);
  rig.pump();
  CHECK(rig.sessions.size() == 0);
  CHECK(rig.clients.at(1).messages.empty());
}

TEST_CASE("at the end of the grace the sessions of the older key end, and only those") {
  LinkRig rig;
  rig.come_up();
  rig.open(1);
  rig.pump();
  rig.new_key_in_force(true);
  rig.open(2);
  rig.pump();
  rig.keys.pop_back();
  rig.sessions.keep_only({rig.key().admission.id});
  rig.link->keys_changed();
  rig.pump();
  REQUIRE(rig.clients.at(1).closed);
  CHECK(rig.clients.at(1).closed->code == WireCode::key_revoked);
  CHECK_FALSE(rig.clients.at(2).closed);
  CHECK(rig.sessions.size() == 1);
}

TEST_CASE("a key that is made while the agent registers is sent as soon as it is registered") {
  LinkRig rig;
  const tunnel::Registration registration = rig.begin_registration();
  const tunnel::KeyId old = rig.key().admission.id;
  REQUIRE(registration.keys == std::vector{rig.key().admission});
  rig.new_key_in_force(false);
  rig.pump();
  // Not before its turn: that would break the protocol.
  CHECK_FALSE(rig.control.contains(FrameType::numbered_keys));
  CHECK(rig.link->keys_at_connector() == Keys::pending);
  rig.send(FrameType::registered, 0, tunnel::encode_registered(10, rig.features));
  rig.pump();
  CHECK(rig.told_keys() == tunnel::NumberedKeys{1, {rig.key().admission}});
  CHECK(rig.link->keys_at_connector() == Keys::pending);
  // The connector may still let somebody in by the old one.
  rig.open(1, rig.key(), old);
  rig.pump();
  CHECK(rig.clients.at(1).stream_closed->code == WireCode::key_revoked);
  rig.take_keys(1);
  CHECK(rig.link->keys_at_connector() == Keys::taken);
  CHECK(rig.failures.empty());
}

TEST_CASE("a key that is made before the challenge is in REGISTER, and is not sent again") {
  LinkRig rig;
  rig.new_key_in_force(false);
  CHECK(rig.come_up().keys == std::vector{rig.key().admission});
  rig.link->keys_changed();
  rig.pump();
  CHECK_FALSE(rig.control.contains(FrameType::numbered_keys));
  CHECK(rig.link->keys_at_connector() == Keys::taken);
}

TEST_CASE("a grace that ends while the agent registers is told, too") {
  LinkRig rig;
  rig.new_key_in_force(true);
  REQUIRE(rig.begin_registration().keys.size() == 2);
  rig.keys.pop_back();
  rig.link->keys_changed();
  rig.send(FrameType::registered, 0, tunnel::encode_registered(10, rig.features));
  rig.pump();
  CHECK(rig.told_keys().keys == std::vector{rig.key().admission});
}

TEST_CASE("keys are taken when the newest list is acknowledged, and not before") {
  LinkRig rig;
  rig.come_up();
  rig.new_key_in_force(false);
  rig.new_key_in_force(false);
  rig.pump();
  CHECK(rig.told_keys() == tunnel::NumberedKeys{2, {rig.key().admission}});
  rig.take_keys(1);
  CHECK(rig.link->keys_at_connector() == Keys::pending);
  rig.take_keys(2);
  CHECK(rig.link->keys_at_connector() == Keys::taken);
  rig.advance(3600s);
  CHECK(rig.failures.empty());
  rig.take_keys(2);
  REQUIRE(rig.failures.size() == 1);
  CHECK(rig.failures[0].error.code == tunnel::codes::kFrameUnexpected);
}

TEST_CASE("a connector that does not acknowledge the keys in time loses the link") {
  LinkRig rig;
  rig.come_up();
  rig.new_key_in_force(false);
  rig.advance(6s);
  // A second change does not give the first one more time.
  rig.new_key_in_force(false);
  rig.pump();
  if (GENERATE(false, true)) rig.take_keys(1);
  rig.advance(3'999ms);
  CHECK(rig.failures.empty());
  rig.advance(1ms);
  REQUIRE(rig.failures.size() == 1);
  CHECK(rig.failures[0].error.code == codes::kKeysNotTaken);
  CHECK_FALSE(rig.failures[0].refused);
}

TEST_CASE("a link that is over waits for no acknowledgement") {
  LinkRig rig;
  rig.come_up();
  rig.new_key_in_force(false);
  rig.pump();
  rig.link->disconnected();
  rig.advance(3600s);
  CHECK(rig.failures.empty());
}

TEST_CASE("a connector of before gets KEYS, and is not expected to acknowledge them") {
  LinkRig rig;
  rig.features = 0;
  const tunnel::Registration registration = rig.begin_registration();
  const bool during = GENERATE(false, true);
  if (during) rig.new_key_in_force(false);
  rig.send(FrameType::registered, 0, tunnel::encode_registered(10));
  if (!during) {
    // REGISTERED has answered for those in REGISTER.
    CHECK(rig.link->keys_at_connector() == Keys::taken);
    rig.new_key_in_force(false);
  }
  rig.pump();
  CHECK_FALSE(rig.control.contains(FrameType::numbered_keys));
  REQUIRE(rig.control.contains(FrameType::keys));
  CHECK(tunnel::decode_keys(rig.control.at(FrameType::keys).back()).value() ==
        std::vector{rig.key().admission});
  CHECK(rig.link->keys_at_connector() == Keys::unknown);
  rig.advance(3600s);
  CHECK(rig.failures.empty());
  rig.take_keys(1);
  CHECK(rig.failures.size() == 1);
}

TEST_CASE("features of the connector that this agent does not know are ignored") {
  LinkRig rig;
  rig.features = 0xff;
  rig.come_up(1);
  rig.open(1);
  rig.open(2);
  rig.pump();
  CHECK(rig.clients.at(1).messages.size() == 1);
  CHECK(rig.clients.at(2).stream_closed->code == WireCode::too_many_streams);
}

TEST_CASE("draining ends every session with shutting-down and takes no new one") {
  LinkRig rig;
  rig.come_up();
  rig.open(1);
  rig.pump();
  rig.link->drain();
  rig.open(2);
  rig.pump();
  CHECK(rig.clients.at(1).closed->code == WireCode::shutting_down);
  CHECK(rig.clients.at(2).stream_closed->code == WireCode::shutting_down);
  CHECK(rig.link->streams() == 0);
  CHECK(rig.link->idle());
}

TEST_CASE("frames on a stream that we closed a moment ago are dropped silently") {
  LinkRig rig;
  rig.come_up();
  TestClient& client = rig.open(1);
  rig.pump();
  REQUIRE(client.channel.send("end"));
  rig.pump();
  REQUIRE(client.stream_closed);
  rig.send(FrameType::data, 1, std::vector<std::uint8_t>(100, 7));
  rig.send(FrameType::window, 1, tunnel::encode_window(5));
  rig.send(FrameType::close, 1, tunnel::encode_close(WireCode::normal, ""));
  CHECK(rig.failures.empty());
}

}  // namespace
}  // namespace sfteams::agent
