#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "agent/keys/active_key.h"
#include "agent/sessions/sessions.h"
#include "agent/uplink/link.h"
#include "base/crypto/hash.h"
#include "tests/uci/fakes.h"
#include "tunnel/credit.h"
#include "tunnel/frame.h"
#include "tunnel/session_channel.h"

namespace sfteams::agent {

using uci::test::FakeScheduler;

inline constexpr const char* kSystemName = "pbx.example.com";

inline ActiveKey new_key() {
  return ActiveKey::of(make_key(std::chrono::system_clock::time_point()).value());
}

inline ActiveKeys one_key() {
  ActiveKeys keys;
  keys.push_back(new_key());
  return keys;
}

/// Says back what it hears, and what the test wants; "end" ends the session, "much" is answered
/// with more than a client takes.
class EchoTalk final : public Talk {
 public:
  struct Log {
    int alive = 0;
    int abandoned = 0;
    std::vector<Speaker*> speakers{};  ///< of those alive, in the order in which they came
    std::vector<Opening> openings{};   ///< their texts are not good any more
    std::string user = "1001";         ///< who is signed in from the beginning; empty: nobody
  };

  explicit EchoTalk(Speaker& speaker, Log& log) : speaker_(speaker), log_(log) {
    ++log_.alive;
    log_.speakers.push_back(&speaker);
  }
  ~EchoTalk() override {
    --log_.alive;
    std::erase(log_.speakers, &speaker_);
  }
  EchoTalk(const EchoTalk&) = delete;
  EchoTalk& operator=(const EchoTalk&) = delete;

  void on_opened(const Opening& opening) override {
    log_.openings.push_back(opening);
    if (!log_.user.empty()) speaker_.on_sign_in(SignIn::done, log_.user);
    speaker_.say("hello " + std::string(opening.software));
  }
  void on_message(std::string_view text) override {
    if (text == "end") return speaker_.end(tunnel::WireCode::session_ended, "as asked");
    if (text == "much") {
      const bool said = speaker_.say(std::string(4 * 1024 * 1024 + 1, 'x'));
      speaker_.say(said ? "said" : "too much");
      return;
    }
    if (text.starts_with("flood")) {
      for (int i = 0; i < 40; ++i)
        speaker_.say(std::string(1024 * 1024, 'x'));
      return;
    }
    speaker_.say("echo " + std::string(text));
  }
  void on_abandoned() override { ++log_.abandoned; }

 private:
  Speaker& speaker_;
  Log& log_;
};

/// The client's end of one stream, behind the connector.
struct TestClient {
  tunnel::SessionChannel channel;
  tunnel::SendCredit send_credit{};
  tunnel::ReceiveCredit receive_credit{};
  bool reads = true;  ///< false: takes everything off the wire and returns no credit
  /// Packets that came meanwhile.
  std::vector<std::vector<std::uint8_t>> unread{};
  bool mute = false;  ///< never sends anything
  std::vector<std::string> messages{};
  std::optional<tunnel::session_event::Closed> closed{};
  std::optional<tunnel::StreamClose> stream_closed{};
  std::size_t received_bytes = 0;
  tunnel::SessionId session_id{};
  std::vector<std::uint8_t> resume_secret{};
  std::uint32_t window = 0;
  bool resumed = false;
};

/// A link with a scripted connector and scripted clients at its other end.
class LinkRig {
 public:
  explicit LinkRig(const SessionSettings& limits = {})
      : sessions(scheduler, limits,
                 [this](Speaker& speaker) { return std::make_unique<EchoTalk>(speaker, talks); }) {
    connect();
  }

  /// The connection of before, if there was one, is lost; another one takes its place.
  void connect() {
    if (link) link->disconnected();
    clients.clear();
    control.clear();
    Link::Setup setup{scheduler, identity, kSystemName, "starface-teams-agent/test", sessions};
    Link::Events events;
    events.wake = [this] { ++wakes; };
    events.registered = [this] { ++registered; };
    events.failed = [this](const Link::Failure& failure) { failures.push_back(failure); };
    link = std::make_unique<Link>(std::move(setup), keys, std::move(events));
  }

  // --- as the connector ---

  void send(tunnel::FrameType type, std::uint32_t stream, std::span<const std::uint8_t> payload) {
    std::vector<std::uint8_t> message(16'376);
    tunnel::FrameWriter writer(message);
    REQUIRE(writer.write(type, stream, payload));
    message.resize(writer.size());
    link->on_message(message);
  }
  void send_raw(std::vector<std::uint8_t> message) { link->on_message(message); }

  /// CHALLENGE, REGISTER, REGISTERED.
  tunnel::Registration come_up(std::uint32_t max_streams = 1000) {
    tunnel::Registration registration = begin_registration();
    send(tunnel::FrameType::registered, 0, tunnel::encode_registered(max_streams, features));
    REQUIRE(link->registered());
    return registration;
  }
  /// CHALLENGE, REGISTER: the answer is still due.
  tunnel::Registration begin_registration() {
    send(tunnel::FrameType::challenge, 0, tunnel::encode_challenge(nonce));
    pump();
    REQUIRE(control.contains(tunnel::FrameType::register_name));
    auto registration =
        tunnel::verify_register(control.at(tunnel::FrameType::register_name).back(), nonce);
    REQUIRE(registration);
    return *registration;
  }

  /// The keys that the connector was sent last after REGISTER, the number included.
  [[nodiscard]] tunnel::NumberedKeys told_keys() const {
    REQUIRE(control.contains(tunnel::FrameType::numbered_keys));
    return tunnel::decode_numbered_keys(control.at(tunnel::FrameType::numbered_keys).back())
        .value();
  }
  void take_keys(std::uint32_t number) {
    send(tunnel::FrameType::keys_taken, 0, tunnel::encode_keys_taken(number));
  }

  [[nodiscard]] const ActiveKey& key() const { return keys.front(); }
  /// Another key in front; the others end in 2100, when `grace`, or are gone.
  void new_key_in_force(bool grace) {
    if (!grace) keys.clear();
    for (ActiveKey& older : keys)
      older.admission.expires = 4'102'444'800;
    keys.insert(keys.begin(), new_key());
    link->keys_changed();
  }

  /// OPEN with the key id `id` for a client that holds `by`, which may be another key.
  TestClient& open(std::uint32_t stream, const ActiveKey& by, const tunnel::KeyId& id) {
    tunnel::SessionChannelOptions options;
    options.name = kSystemName;
    options.pre_shared_key = by.pre_shared_key.clone();
    options.software = "test/1";
    auto channel = tunnel::SessionChannel::create(std::move(options));
    REQUIRE(channel);
    clients.emplace(stream, TestClient{std::move(*channel)});
    send(tunnel::FrameType::open, stream, tunnel::encode_open(id));
    return clients.at(stream);
  }
  TestClient& open(std::uint32_t stream) { return open(stream, key(), key().admission.id); }

  /// The client whose stream broke asks for its session on another one. `client` may be one of
  /// `clients`, and is worth nothing after it.
  TestClient& resume(std::uint32_t stream, TestClient client) {
    tunnel::SessionChannelOptions options;
    options.name = kSystemName;
    options.pre_shared_key = key().pre_shared_key.clone();
    options.software = "test/1";
    options.ledger = client.channel.leave();
    REQUIRE(options.ledger);
    options.resume = tunnel::ResumeTicket{client.session_id, crypto::Secret(client.resume_secret)};
    auto channel = tunnel::SessionChannel::create(std::move(options));
    REQUIRE(channel);
    TestClient next{std::move(*channel)};
    next.messages = std::move(client.messages);
    next.session_id = client.session_id;
    next.resume_secret = client.resume_secret;
    clients.erase(stream);
    clients.emplace(stream, std::move(next));
    send(tunnel::FrameType::open, stream, tunnel::encode_open(key().admission.id));
    pump();
    return clients.at(stream);
  }

  /// Everything that can move, moves: frames of the agent to the clients, packets of the clients to
  /// the agent.
  void pump() {
    bool moved = true;
    while (moved) {
      moved = take_message();
      for (auto& [stream, client] : clients)
        moved = send_packet(stream, client) || moved;
      scheduler.turn();
    }
  }
  /// Clients acknowledge in time.
  void advance(transport::Duration by) {
    const transport::Duration first = std::min<transport::Duration>(by, tunnel::kAckDelay);
    scheduler.advance(first);
    pump();
    scheduler.advance(by - first);
    pump();
  }
  /// A client that does not read takes what has come so far.
  void read_unread(std::uint32_t stream) {
    TestClient& client = clients.at(stream);
    for (const auto& packet : std::exchange(client.unread, {}))
      read_packet(stream, client, packet);
    pump();
  }

  FakeScheduler scheduler;
  crypto::Ed25519Key identity = crypto::Ed25519Key::generate().value();
  ActiveKeys keys = one_key();
  tunnel::Nonce nonce{1, 2, 3};
  /// What REGISTERED announces; 0: a connector from before there were any.
  std::uint8_t features = tunnel::kFeatureKeysTaken;
  int wakes = 0;
  int registered = 0;
  EchoTalk::Log talks;
  std::vector<Link::Failure> failures;
  std::map<tunnel::FrameType, std::vector<std::vector<std::uint8_t>>> control;
  std::map<std::uint32_t, TestClient> clients;
  /// The streams of the DATA frames as they came.
  std::vector<std::uint32_t> data_order;
  Sessions sessions;
  std::unique_ptr<Link> link;

 private:
  bool take_message() {
    std::vector<std::uint8_t> message(16'376);
    message.resize(link->next_message(message));
    if (message.empty()) return false;
    tunnel::FrameReader frames(message);
    while (true) {
      const auto frame = frames.next();
      REQUIRE(frame);
      if (!*frame) return true;
      take(**frame);
    }
  }

  void take(const tunnel::Frame& frame) {
    if (frame.stream == 0) {
      control[frame.type].emplace_back(frame.payload.begin(), frame.payload.end());
      return;
    }
    TestClient& client = clients.at(frame.stream);
    if (frame.type == tunnel::FrameType::close) {
      client.stream_closed = tunnel::decode_close(frame.payload).value();
    } else if (frame.type == tunnel::FrameType::window) {
      REQUIRE(client.send_credit.add(tunnel::decode_window(frame.payload).value()));
    } else {
      REQUIRE(frame.type == tunnel::FrameType::data);
      REQUIRE_FALSE(client.stream_closed);
      data_order.push_back(frame.stream);
      take_packet(frame.stream, client, frame.payload);
    }
  }

  void take_packet(std::uint32_t stream, TestClient& client, std::span<const std::uint8_t> packet) {
    client.received_bytes += packet.size();
    REQUIRE(client.receive_credit.arrived(packet.size()));
    if (!client.reads) return client.unread.emplace_back(packet.begin(), packet.end()), void();
    read_packet(stream, client, packet);
  }

  void read_packet(std::uint32_t stream, TestClient& client, std::span<const std::uint8_t> packet) {
    REQUIRE(client.channel.receive(packet, scheduler.now()));
    while (true) {
      const auto event = client.channel.next_event();
      REQUIRE(event);
      if (!*event) break;
      if (const auto* message = std::get_if<tunnel::session_event::Message>(&**event)) {
        client.messages.emplace_back(message->text);
      } else if (const auto* opened = std::get_if<tunnel::session_event::Opened>(&**event)) {
        client.session_id = opened->session.session_id;
        client.resume_secret.assign(opened->session.resume_secret.begin(),
                                    opened->session.resume_secret.end());
        client.window = opened->session.window;
      } else if (std::holds_alternative<tunnel::session_event::Resumed>(**event)) {
        client.resumed = true;
      } else if (const auto* closed = std::get_if<tunnel::session_event::Closed>(&**event)) {
        client.closed = *closed;
      }
    }
    client.receive_credit.consumed(packet.size());
    if (const std::uint32_t credit = client.receive_credit.take_update(); credit != 0) {
      send(tunnel::FrameType::window, stream, tunnel::encode_window(credit));
    }
  }

  bool send_packet(std::uint32_t stream, TestClient& client) {
    if (client.mute || client.stream_closed || !client.channel.wants_to_send(scheduler.now()))
      return false;
    std::vector<std::uint8_t> packet(4'080);
    const tunnel::Pull pull =
        client.channel.next_packet(packet, client.send_credit.available(), scheduler.now());
    if (pull.size == 0) return false;
    client.send_credit.spend(pull.size);
    packet.resize(pull.size);
    send(tunnel::FrameType::data, stream, packet);
    return true;
  }
};

}  // namespace sfteams::agent
