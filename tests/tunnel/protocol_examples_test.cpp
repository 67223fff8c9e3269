// The worked examples of docs/protocol.md are what this code sends, and what it takes.

#include <algorithm>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "base/crypto/ecdsa_p256.h"
#include "base/crypto/hash.h"
#include "base/json/json.h"
#include "base/json/rpc.h"
#include "base/text/encoding.h"
#include "tests/contains.h"
#include "tests/tunnel/protocol_document.h"
#include "tunnel/codes.h"
#include "tunnel/control.h"
#include "tunnel/credit.h"
#include "tunnel/frame.h"
#include "tunnel/limits.h"
#include "tunnel/session_channel.h"
#include "tunnel/ticket_proof.h"
#include "tunnel/wire_code.h"

namespace sfteams::tunnel {
namespace {

using crypto::bytes_of;
using Role = SessionChannel::Role;

constexpr std::string_view kSystemName = "pbx.example.com";
constexpr std::string_view kKey = "7M6ETZWF057J6W0ZMDSGPPR4N5JJX9K1QQFTSVDY";
constexpr std::uint32_t kStream = 7;

/// One example after the other: what the document says against what was computed.
class Examples {
 public:
  void same(const std::string& name, ByteView computed) {
    INFO("example " << name << " should be " << text::to_hex(computed));
    CHECK(text::to_hex(document.bytes(name)) == text::to_hex(computed));
  }
  template <std::size_t kSize>
  std::array<std::uint8_t, kSize> array(const std::string& name) {
    const Bytes bytes = document.bytes(name);
    INFO(name);
    REQUIRE(bytes.size() == kSize);
    std::array<std::uint8_t, kSize> out{};
    std::copy(bytes.begin(), bytes.end(), out.begin());
    return out;
  }

  ProtocolDocument document;
};

Bytes framed(FrameType type, std::uint32_t stream, ByteView payload) {
  Bytes out(kFrameHeader + payload.size());
  FrameWriter writer(out);
  REQUIRE(writer.write(type, stream, payload));
  return out;
}

/// The payload of the one frame that the example is.
Bytes payload_of(const Bytes& message, FrameType type) {
  FrameReader reader(message);
  const auto frame = reader.next();
  REQUIRE((frame && *frame));
  CHECK((*frame)->type == type);
  const auto end = reader.next();
  CHECK((end && !*end));
  return {(*frame)->payload.begin(), (*frame)->payload.end()};
}

Json::Value published_key() {
  std::ifstream file(SFTEAMS_SOURCE_DIR "/docs/vectors/keygen.json");
  std::ostringstream text;
  text << file.rdbuf();
  const auto value = json::parse(text.str());
  REQUIRE(value);
  for (const Json::Value& key : (*value)["keys"]) {
    if (key["canonical"].asString() == kKey) return key;
  }
  FAIL("docs/vectors/keygen.json lacks the key of the examples");
  return {};
}

void check_derived(Examples& examples) {
  const auto derived = [](std::string_view info, std::size_t size) {
    return crypto::hkdf_sha256(bytes_of("starface-teams/1"), bytes_of(kKey), bytes_of(info), size);
  };
  examples.same("admission-seed", derived("admission ed25519 seed", 32).bytes());
  examples.same("psk", derived("noise psk", 32).bytes());
  examples.same("key-id", derived("key id", 8).bytes());
  const Json::Value key = published_key();
  CHECK(text::to_hex(examples.document.bytes("admission-seed")) ==
        key["admission_seed"].asString());
  CHECK(text::to_hex(examples.document.bytes("psk")) == key["noise_psk"].asString());
  CHECK(text::to_hex(examples.document.bytes("key-id")) == key["key_id"].asString());
  CHECK(text::to_hex(examples.document.bytes("admission-public")) ==
        key["admission_public"].asString());
}

void check_agent_link(Examples& examples) {
  ProtocolDocument& doc = examples.document;
  const auto identity = crypto::Ed25519Key::from_seed(doc.bytes("identity-seed"));
  REQUIRE(identity);
  const auto nonce = examples.array<32>("agent-nonce");
  const AdmissionKey key{examples.array<8>("key-id"), examples.array<32>("admission-public"), 0};

  examples.same("agent-challenge", framed(FrameType::challenge, 0, encode_challenge(nonce)));
  const Bytes payload =
      make_register(*identity, nonce, kSystemName, std::vector{key}, "starface-teams-agent/0.1.0");
  examples.same("register", framed(FrameType::register_name, 0, payload));
  const auto taken =
      verify_register(payload_of(doc.bytes("register"), FrameType::register_name), nonce);
  REQUIRE(taken);
  CHECK(taken->name == kSystemName);
  CHECK(taken->identity == examples.array<32>("identity-public"));
  CHECK(taken->keys == std::vector{key});
  examples.same("registered",
                framed(FrameType::registered, 0, encode_registered(4096, kFeatureKeysTaken)));
  CHECK(decode_registered(payload_of(doc.bytes("registered"), FrameType::registered)).value() ==
        Registered{4096, kFeatureKeysTaken});
  examples.same("keys", framed(FrameType::keys, 0, encode_keys({})));
  examples.same("numbered-keys",
                framed(FrameType::numbered_keys, 0, encode_numbered_keys(1, std::vector{key})));
  CHECK(decode_numbered_keys(payload_of(doc.bytes("numbered-keys"), FrameType::numbered_keys))
            .value() == NumberedKeys{1, {key}});
  examples.same("keys-taken", framed(FrameType::keys_taken, 0, encode_keys_taken(1)));
  CHECK(decode_keys_taken(payload_of(doc.bytes("keys-taken"), FrameType::keys_taken)).value() == 1);
  examples.same("open", framed(FrameType::open, kStream, encode_open(key.id)));
}

void check_client_link(Examples& examples) {
  ProtocolDocument& doc = examples.document;
  const auto key = crypto::Ed25519Key::from_seed(doc.bytes("admission-seed"));
  REQUIRE(key);
  const auto nonce = examples.array<32>("client-nonce");
  examples.same("client-challenge", framed(FrameType::challenge, 0, encode_challenge(nonce)));
  examples.same("admit", framed(FrameType::admit, 0,
                                make_admit(*key, nonce, kSystemName, examples.array<8>("key-id"))));
  const Bytes payload = payload_of(doc.bytes("admit"), FrameType::admit);
  const auto admission = decode_admit(payload);
  REQUIRE(admission);
  CHECK(admission->name == kSystemName);
  CHECK(verify_admit(payload, nonce, examples.array<32>("admission-public")));
  examples.same("admitted", framed(FrameType::admitted, 0, {}));
  examples.same("refused",
                framed(FrameType::refused, 0,
                       encode_refused({WireCode::pbx_offline, 5, "the agent is not connected"})));
  const auto refusal = decode_refused(payload_of(doc.bytes("refused"), FrameType::refused));
  REQUIRE(refusal);
  CHECK(refusal->retry_after == 5);
}

/// Messages that break the link; the connector's answers: tests/connector/service_test.cpp.
void check_broken_messages(Examples& examples) {
  for (const char* name : {"unknown-frame", "cut-frame"}) {
    INFO(name);
    const Bytes message = examples.document.bytes(name);
    const auto frame = FrameReader(message).next();
    REQUIRE_FALSE(frame);
    CHECK(wire_code_for(frame.error()) == WireCode::protocol_error);
  }
}

/// Credit is due with the last byte of the half, and not before.
void check_credit(Examples& examples) {
  ReceiveCredit credit;
  REQUIRE(credit.arrived(kCreditBatch));
  credit.consumed(kCreditBatch - 1);
  CHECK(credit.take_update() == 0);
  credit.consumed(1);
  examples.same("credit-returned",
                framed(FrameType::window, 1, encode_window(credit.take_update())));
}

void check_stream_frames(Examples& examples) {
  Bytes two(64);
  FrameWriter writer(two);
  REQUIRE(writer.write(FrameType::window, 1, encode_window(32'768)));
  REQUIRE(writer.write(FrameType::close, 1, encode_close(WireCode::normal, "")));
  two.resize(writer.size());
  examples.same("two-frames", two);
  examples.same("client-close-frame",
                framed(FrameType::close, 1, encode_close(WireCode::normal, "")));
  examples.same("agent-close-frame",
                framed(FrameType::close, kStream, encode_close(WireCode::normal, "")));
  check_credit(examples);
  check_broken_messages(examples);
  // What the agent does: tests/agent/sessions/protocol_streams_test.cpp.
  CHECK(payload_of(examples.document.bytes("short-handshake"), FrameType::data).size() ==
        kHandshakePacket - 1);
  examples.same("short-handshake-close",
                framed(FrameType::close, kStream, encode_close(WireCode::protocol_error, "")));
  examples.same("close",
                framed(FrameType::close, kStream, encode_close(WireCode::handshake_failed, "")));
}

/// The handshake step by step, straight from the Noise specification.
struct HandshakeByHand {
  crypto::Sha256Digest hash{};
  crypto::Secret chaining_key;

  void mix_hash(ByteView data) { hash = crypto::sha256({hash, data}); }
  void mix_key(ByteView data) {
    const auto out = crypto::hkdf_sha256(chaining_key.bytes(), data, {}, 64);
    chaining_key = crypto::Secret(out.bytes().first(32));
  }
  /// The token "e", with a pre-shared key.
  void mix_message_key(const Bytes& message) {
    REQUIRE(message.size() == kHandshakePacket);
    mix_hash(ByteView(message).first(32));
    mix_key(ByteView(message).first(32));
  }
};

void check_noise_by_hand(Examples& examples) {
  ProtocolDocument& doc = examples.document;
  HandshakeByHand hand;
  const auto name = bytes_of("Noise_NNpsk0_25519_AESGCM_SHA256");
  std::copy(name.begin(), name.end(), hand.hash.begin());
  hand.chaining_key = crypto::Secret(name);
  examples.same("prologue", bytes_of(session_prologue(kSystemName)));
  hand.mix_hash(doc.bytes("prologue"));
  examples.same("hash-after-prologue", hand.hash);
  const auto psk = crypto::hkdf_sha256(hand.chaining_key.bytes(), doc.bytes("psk"), {}, 96);
  hand.chaining_key = crypto::Secret(psk.bytes().first(32));
  hand.mix_hash(psk.bytes().subspan(32, 32));
  examples.same("chaining-key-after-psk", hand.chaining_key.bytes());
  examples.same("hash-after-psk", hand.hash);

  const Bytes first = payload_of(doc.bytes("noise-1"), FrameType::data);
  hand.mix_message_key(first);
  hand.mix_hash(ByteView(first).subspan(32));
  const Bytes second = payload_of(doc.bytes("noise-2"), FrameType::data);
  hand.mix_message_key(second);
  const auto ours = crypto::X25519Key::from_private(doc.bytes("client-ephemeral"));
  REQUIRE(ours);
  crypto::X25519PublicKey theirs{};
  std::copy_n(second.begin(), 32, theirs.begin());
  const auto shared = ours->agree(theirs);
  REQUIRE(shared);
  examples.same("shared-secret", shared->bytes());
  hand.mix_key(shared->bytes());
  hand.mix_hash(ByteView(second).subspan(32));
  examples.same("handshake-hash", hand.hash);
  const auto keys = crypto::hkdf_sha256(hand.chaining_key.bytes(), {}, {}, 64);
  examples.same("client-to-agent-key", keys.bytes().first(32));
  examples.same("agent-to-client-key", keys.bytes().last(32));
}

/// The session of the document, played between two real channels.
class PlayedSession {
 public:
  explicit PlayedSession(Examples& examples)
      : examples_(examples), client_(make(Role::client)), agent_(make(Role::agent)) {}

  void shake_hands() {
    pass(client_, agent_, "noise-1", nullptr);
    pass(agent_, client_, "noise-2", nullptr);
    examples_.same("handshake-hash", client_.handshake_hash());
  }

  void talk() {
    say(client_, "login-request");
    pass(client_, agent_, "client-1", &to_agent_);
    pass(agent_, client_, "agent-1", &to_client_);
    say(agent_, "login-answer");
    pass(agent_, client_, "agent-2", &to_client_);
    say(client_, "dial-request");
    pass(client_, agent_, "client-2", &to_agent_);
    say(agent_, "dial-answer");
    say(agent_, "call-event");
    pass(agent_, client_, "agent-3", &to_client_);
    now_ += kAckDelay;
    pass(client_, agent_, "client-3", &to_agent_);
    client_.close(WireCode::normal, "");
    pass(client_, agent_, "client-4", &to_agent_);
    CHECK(agent_.closed());
    CHECK(client_.closed());
    CHECK(heard_ == said_);
  }

 private:
  SessionChannel make(Role role) {
    ProtocolDocument& doc = examples_.document;
    SessionChannelOptions options;
    options.role = role;
    options.name = kSystemName;
    options.pre_shared_key = crypto::Secret(doc.bytes("psk"));
    options.software = "example/1";
    auto ephemeral = crypto::X25519Key::from_private(
        doc.bytes(role == Role::client ? "client-ephemeral" : "agent-ephemeral"));
    REQUIRE(ephemeral);
    options.ephemeral = std::move(*ephemeral);
    auto channel = SessionChannel::create(std::move(options));
    REQUIRE(channel);
    return std::move(*channel);
  }

  void say(SessionChannel& from, const std::string& name) {
    const std::string text = examples_.document.json(name);
    INFO(name);
    REQUIRE(json::rpc::read(text));
    REQUIRE(from.send(text));
    said_.push_back(text);
  }

  // The next packet of `from` is the document's, and `to` takes the document's.
  void pass(SessionChannel& from, SessionChannel& to, const std::string& name,
            std::optional<NoiseCipher>* cipher) {
    Bytes packet(kMaxPacket);
    packet.resize(from.next_packet(packet, kMaxCredit, now_).size);
    const Bytes frame = framed(FrameType::data, 1, packet);
    examples_.same(name, frame);
    if (cipher != nullptr) check_plaintext(packet, name, *cipher);
    REQUIRE(to.receive(payload_of(examples_.document.bytes(name), FrameType::data), now_));
    for (auto event = to.next_event();; event = to.next_event()) {
      REQUIRE(event);
      if (!*event) return;
      take(to, **event);
    }
  }

  void check_plaintext(const Bytes& packet, const std::string& name,
                       std::optional<NoiseCipher>& cipher) {
    if (!cipher) {
      cipher.emplace(examples_.document.bytes(name.starts_with("client") ? "client-to-agent-key"
                                                                         : "agent-to-client-key"));
    }
    REQUIRE(packet.size() > kNoiseTag);
    Bytes plaintext(packet.size() - kNoiseTag);
    REQUIRE(cipher->open(packet, plaintext));
    examples_.same(name + "-plaintext", plaintext);
  }

  void take(SessionChannel& to, const SessionEvent& event) {
    if (std::holds_alternative<session_event::OpenAsked>(event)) {
      to.accept(examples_.array<16>("session-id"), examples_.document.bytes("resume-secret"), 0);
    } else if (const auto* message = std::get_if<session_event::Message>(&event)) {
      heard_.emplace_back(message->text);
    }
  }

  Examples& examples_;
  SteadyTime now_{std::chrono::hours(1)};
  SessionChannel client_;
  SessionChannel agent_;
  std::optional<NoiseCipher> to_agent_;
  std::optional<NoiseCipher> to_client_;
  std::vector<std::string> said_;
  std::vector<std::string> heard_;
};

template <typename... Records>
Bytes records(const Records&... list) {
  Bytes out(kMaxPlaintext);
  RecordWriter writer(out);
  REQUIRE((writer.write(list) && ...));
  out.resize(writer.size());
  return out;
}

void check_other_records(Examples& examples) {
  ProtocolDocument& doc = examples.document;
  examples.same("fragments", records(MessageRecord{true, 5, bytes_of("{\"jsonrpc\":")},
                                     MessageRecord{false, 5, bytes_of("\"2.0\"}")}));
  const std::array<std::uint8_t, 8> data{1, 2, 3, 4, 5, 6, 7, 8};
  examples.same("ping", records(PingRecord{data}));
  examples.same("pong", records(PongRecord{data}));
  const Proof proof = resume_proof(doc.bytes("resume-secret"), doc.bytes("handshake-hash"));
  examples.same("resume", records(ResumeRecord{1, examples.array<16>("session-id"), proof, 3}));
  examples.same("resumed", records(ResumedRecord{2}));
  examples.same("fragments-again",
                records(MessageRecord{false, 5, bytes_of("{\"jsonrpc\":\"2.0\"}")}));
  examples.same("resume-and-message",
                records(ResumeRecord{1, examples.array<16>("session-id"), proof, 3},
                        MessageRecord{false, 3, bytes_of("{}")}));
  examples.same("client-close-record", records(CloseRecord{WireCode::normal, ""}));
  examples.same("session-refused", records(RefusedRecord{WireCode::session_unknown, ""},
                                           CloseRecord{WireCode::session_unknown, ""}));
}

/// The proof by which a device uses a ticket in the session of part 10; what an agent makes of it is
/// in tests/agent/tickets/.
void check_tickets(Examples& examples) {
  ProtocolDocument& document = examples.document;
  const auto member = [&](const std::string& name, const char* of) {
    const Json::Value message = *json::parse(document.json(name));
    const char* const part = message.isMember("params") ? "params" : "result";
    return message[part][of].asString();
  };
  const auto key = document.bytes("ticket-device-key");
  const auto proof = document.bytes("ticket-proof");
  CHECK(member("ticket-request", "key") == text::to_base64(key));
  CHECK(member("ticket-login", "proof") == text::to_base64(proof));
  const std::string ticket = member("ticket-login", "ticket");
  CHECK(member("ticket-answer", "ticket") == ticket);
  const auto message = ticket_proof_message(document.bytes("handshake-hash"), ticket);
  CHECK(message == document.bytes("ticket-proof-message"));
  crypto::P256PublicKey device{};
  crypto::P256Signature signature{};
  REQUIRE(key.size() == device.size());
  REQUIRE(proof.size() == signature.size());
  std::ranges::copy(key, device.begin());
  std::ranges::copy(proof, signature.begin());
  CHECK(crypto::verify_p256(device, message, signature));
}

TEST_CASE("every example of the protocol's document is what is sent and taken") {
  Examples examples;
  check_derived(examples);
  check_agent_link(examples);
  check_client_link(examples);
  check_stream_frames(examples);
  PlayedSession session(examples);
  session.shake_hands();
  check_noise_by_hand(examples);
  session.talk();
  check_other_records(examples);
  for (const char* name : {"error-answer", "no-id-error", "paused-answer", "pbx-notice",
                           "events-lost-notice", "signed-out-notice"}) {
    INFO(name);
    CHECK(json::rpc::read(examples.document.json(name)));
  }
  check_tickets(examples);
  // Compared, so that a failure names them. NOLINTNEXTLINE(readability-container-size-empty)
  CHECK(examples.document.unchecked() == std::set<std::string>{});
}

std::string with_commas(std::size_t number) {
  std::string text = std::to_string(number);
  for (std::size_t place = text.size(); place > 3;) {
    place -= 3;
    text.insert(place, ",");
  }
  return text;
}

void require_in(const ProtocolDocument& document, const std::string& what) {
  INFO("docs/protocol.md lacks: " << what);
  CHECK(contains(document.text(), what));
}

TEST_CASE("every code of the wire stands in the protocol's document with its number") {
  const ProtocolDocument document;
  for (const WireCodeInfo& info : wire_codes()) {
    require_in(document, "| " + std::to_string(static_cast<unsigned>(info.wire)) + " | `" +
                             std::string(info.code.id) + "` |");
  }
}

TEST_CASE("every type of frame and every limit stands in the protocol's document") {
  const ProtocolDocument document;
  for (unsigned type = 0; type < 0x20; ++type) {
    const std::string name = name_of(static_cast<FrameType>(type));
    if (name == "unknown") continue;
    std::ostringstream row;
    row << "| 0x" << std::hex << (type < 0x10 ? "0" : "") << type << " | " << name << " |";
    require_in(document, row.str());
  }
  for (const std::size_t limit :
       {kMaxWebsocketMessage, kMaxFramePayload, kMaxPacket, kMaxPlaintext, std::size_t{kMaxCredit},
        std::size_t{kCreditBatch}, kMaxMessageToAgent, kMaxMessageToClient, kMaxName, kMaxSoftware,
        kMaxReason}) {
    require_in(document, with_commas(limit));
  }
  for (const char* text :
       {kAgentPath, kClientPath, kAgentSubprotocol, kClientSubprotocol, "starface-teams/1 register",
        "starface-teams/1 admit", "starface-teams/1 resume", "Noise_NNpsk0_25519_AESGCM_SHA256"}) {
    require_in(document, text);
  }
}

}  // namespace
}  // namespace sfteams::tunnel
