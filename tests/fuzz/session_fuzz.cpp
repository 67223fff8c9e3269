// A session under any sequence of calls, and against a peer that has the key and sends any
// plaintext.

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/crypto/hash.h"
#include "tunnel/limits.h"
#include "tunnel/noise.h"
#include "tunnel/session_channel.h"

namespace {

namespace tunnel = sfteams::tunnel;
using tunnel::NoiseHandshake;
using tunnel::SessionChannel;
using Role = SessionChannel::Role;
using Bytes = std::vector<std::uint8_t>;

/// The input, read from its front; zeros when it has run out.
class Input {
 public:
  explicit Input(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}
  [[nodiscard]] bool empty() const { return bytes_.empty(); }
  std::uint8_t byte() {
    if (bytes_.empty()) return 0;
    const std::uint8_t value = bytes_.front();
    bytes_ = bytes_.subspan(1);
    return value;
  }
  std::size_t number() { return std::size_t{byte()} * 256 + byte(); }
  Bytes some(std::size_t size) {
    const auto taken = bytes_.first(std::min(size, bytes_.size()));
    bytes_ = bytes_.subspan(taken.size());
    return {taken.begin(), taken.end()};
  }

 private:
  std::span<const std::uint8_t> bytes_;
};

sfteams::crypto::X25519Key key_of(Role role) {
  auto key = sfteams::crypto::X25519Key::from_private(Bytes(32, role == Role::client ? 2 : 3));
  if (!key) std::abort();
  return std::move(*key);
}

/// One end, with what it heard and what it should hear.
struct End {
  explicit End(Role role) : channel(make(role)) {}

  static SessionChannel make(Role role) {
    tunnel::SessionChannelOptions options;
    options.role = role;
    options.name = "pbx";
    options.pre_shared_key = sfteams::crypto::Secret(Bytes(32, 1));
    options.max_queued = 100'000;
    options.ephemeral = key_of(role);
    auto channel = SessionChannel::create(std::move(options));
    if (!channel) std::abort();
    return std::move(*channel);
  }

  /// False when the end has failed.
  bool take(const Bytes& packet, tunnel::SteadyTime now) {
    if (!channel.receive(packet, now)) return false;
    for (;;) {
      const auto event = channel.next_event();
      if (!event) return false;
      if (!*event) return true;
      if (std::holds_alternative<tunnel::session_event::OpenAsked>(**event)) {
        channel.accept({}, Bytes(32), 0);
      } else if (std::holds_alternative<tunnel::session_event::ResumeAsked>(**event)) {
        channel.refuse(tunnel::WireCode::session_unknown, "");
      } else if (const auto* message = std::get_if<tunnel::session_event::Message>(&**event)) {
        heard.emplace_back(message->text);
      }
    }
  }

  SessionChannel channel;
  std::deque<std::string> heard;
  std::deque<std::string> said_to_it;
};

void say(End& from, End& to, Input& input) {
  const std::size_t size = input.number() % 9'000;
  const std::string text(size, static_cast<char>('a' + input.byte() % 26));
  if (size > 0 && from.channel.send(text)) to.said_to_it.push_back(text);
}

void carry(End& from, End& to, Input& input, tunnel::SteadyTime now) {
  Bytes packet(1 + input.number() % tunnel::kMaxPacket);
  const std::size_t credit = input.number();
  const tunnel::Pull pull = from.channel.next_packet(packet, credit, now);
  if (pull.size > std::min(packet.size(), credit)) std::abort();
  packet.resize(pull.size);
  if (pull.size > 0 && !to.take(packet, now)) std::abort();
}

// Two of ours: whatever is called in whatever order, what is heard is a beginning of what was said.
void play_pair(Input& input) {
  End client(Role::client);
  End agent(Role::agent);
  tunnel::SteadyTime now{};
  while (!input.empty()) {
    const std::uint8_t step = input.byte();
    End& one = (step & 0x80) != 0 ? agent : client;
    End& other = (step & 0x80) != 0 ? client : agent;
    switch (step % 8) {
      case 0:
      case 1:
        say(one, other, input);
        break;
      case 5:
        now += std::chrono::milliseconds(input.byte());
        break;
      case 6:
        one.channel.ping({step});
        break;
      case 7:
        if (input.byte() == 0xFF) one.channel.close(tunnel::WireCode::normal, "");
        break;
      default:
        carry(one, other, input, now);
    }
  }
  for (const End* end : {&client, &agent}) {
    if (end->heard.size() > end->said_to_it.size() ||
        !std::equal(end->heard.begin(), end->heard.end(), end->said_to_it.begin())) {
      std::abort();
    }
  }
}

/// The far end's Noise, connected to `end`.
std::optional<tunnel::NoiseTransport> connect(End& end, Role far_role, tunnel::SteadyTime now) {
  const bool far_begins = far_role == Role::client;
  const std::string prologue = tunnel::session_prologue("pbx");
  auto far = NoiseHandshake::start(
      far_begins ? NoiseHandshake::Role::initiator : NoiseHandshake::Role::responder, Bytes(32, 1),
      sfteams::crypto::bytes_of(prologue), key_of(far_role));
  if (!far) return std::nullopt;
  Bytes packet(tunnel::kHandshakePacket);
  if (far_begins && (!far->write_message({}, packet) || !end.take(packet, now)))
    return std::nullopt;
  Bytes theirs(tunnel::kMaxPacket);
  theirs.resize(end.channel.next_packet(theirs, tunnel::kMaxCredit, now).size);
  if (!far->read_message(theirs, {})) return std::nullopt;
  if (!far_begins && (!far->write_message({}, packet) || !end.take(packet, now))) {
    return std::nullopt;
  }
  return far->split();
}

// One of ours against any plaintexts: it takes them or fails, and after a failure it is closed.
void play_hostile(Role role, Input& input) {
  End end(role);
  tunnel::SteadyTime now{};
  auto far = connect(end, role == Role::client ? Role::agent : Role::client, now);
  if (!far) std::abort();
  while (!input.empty()) {
    const Bytes plaintext = input.some(input.number() % (tunnel::kMaxPlaintext + 1));
    Bytes packet(plaintext.size() + tunnel::kNoiseTag);
    if (!far->send.seal(plaintext, packet)) std::abort();
    if (!end.take(packet, now)) {
      if (!end.channel.closed() || end.channel.wants_to_send(now)) std::abort();
      return;
    }
    now += std::chrono::milliseconds(input.byte());
    Bytes answer(tunnel::kMaxPacket);
    (void)end.channel.next_packet(answer, tunnel::kMaxCredit, now);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Input input({data, size});
  switch (input.byte() % 3) {
    case 0:
      play_pair(input);
      break;
    case 1:
      play_hostile(Role::agent, input);
      break;
    default:
      play_hostile(Role::client, input);
  }
  return 0;
}
