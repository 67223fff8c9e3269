// Any websocket messages from strangers at the connector: none of them is ever registered or
// admitted, and nobody else's session feels it. Then the same from an agent and a client that are
// in.
//
// The input is a list of steps: who (one byte), how many bytes (two), what they send.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/crypto/ed25519.h"
#include "connector/exchange.h"
#include "tests/fake_scheduler.h"
#include "tunnel/control.h"
#include "tunnel/frame.h"
#include "tunnel/limits.h"

namespace {

using namespace sfteams;
using connector::Exchange;
using sfteams::test::FakeScheduler;
using tunnel::FrameType;
using Bytes = std::vector<std::uint8_t>;

constexpr tunnel::KeyId kKeyId{1, 2, 3, 4, 5, 6, 7, 8};

template <typename T>
T need(Result<T> result) {
  if (!result) std::abort();
  return std::move(*result);
}

/// A system as its agent and its clients know it.
struct System {
  explicit System(std::string the_name)
      : name(std::move(the_name)),
        identity(need(crypto::Ed25519Key::generate())),
        admission(need(crypto::Ed25519Key::generate())) {}
  std::string name;
  crypto::Ed25519Key identity;
  crypto::Ed25519Key admission;
};

/// What lives as long as the process: the registry is on a disk, and slow to make.
struct House {
  static constexpr transport::Duration kPatience{1'000};

  House() {
    std::string pattern = (std::filesystem::temp_directory_path() / "sfteams-fuzz-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) std::abort();
    directory = pattern;
    configuration.registration = connector::RegistrationMode::open;
    registry = need(connector::Registry::open(directory / "registry.sqlite3", kPatience));
  }
  ~House() {
    registry.reset();
    std::error_code ignored;
    std::filesystem::remove_all(directory, ignored);
  }
  House(const House&) = delete;
  House& operator=(const House&) = delete;

  std::filesystem::path directory;
  connector::Configuration configuration;
  std::unique_ptr<connector::Registry> registry;
  System honest{"honest.example.com"};
  System hostile{"hostile.example.com"};
};

/// The far end of a link, on a wire that is moved by hand.
class Peer {
 public:
  enum class Path { agent, client };

  Peer(Exchange& exchange, Path path) {
    const auto address = connector::Address::parse("192.0.2.7").value();
    auto wire = std::make_unique<HandWire>(state_);
    handler_ = path == Path::agent ? &exchange.add_agent(std::move(wire), address)
                                   : &exchange.add_client(std::move(wire), address);
    handler_->on_open();
    receive();
    nonce = need(tunnel::decode_challenge(take(FrameType::challenge)));
  }

  void say(FrameType type, std::uint32_t stream, std::span<const std::uint8_t> payload) {
    Bytes message(tunnel::kMaxWebsocketMessage);
    tunnel::FrameWriter writer(message);
    if (!writer.write(type, stream, payload)) std::abort();
    message.resize(writer.size());
    say(message);
  }
  void say(std::span<const std::uint8_t> message) {
    if (!gone()) handler_->on_message(message);
  }
  /// Everything that the link has for us.
  void receive() {
    std::array<std::uint8_t, tunnel::kMaxWebsocketMessage> out{};
    while (!gone_) {
      const std::size_t size = handler_->next_message(out);
      if (size == 0) break;
      tunnel::FrameReader frames(std::span<const std::uint8_t>(out).first(size));
      while (const auto frame = need(frames.next())) {
        heard_.emplace_back(frame->type, Bytes(frame->payload.begin(), frame->payload.end()));
      }
    }
    if (!gone_ && state_->closed) {
      gone_ = true;
      transport::CloseInfo info;
      info.cause = transport::CloseInfo::Cause::local;
      handler_->on_close(info);
    }
  }
  [[nodiscard]] bool gone() const { return gone_ || state_->closed; }
  [[nodiscard]] bool has_heard(FrameType type) const {
    return std::ranges::any_of(heard_, [type](const auto& frame) { return frame.first == type; });
  }
  /// The payload of the oldest frame of that type; there has to be one.
  Bytes take(FrameType type) {
    const auto found =
        std::ranges::find_if(heard_, [type](const auto& frame) { return frame.first == type; });
    if (found == heard_.end()) std::abort();
    Bytes payload = std::move(found->second);
    heard_.erase(found);
    return payload;
  }

  tunnel::Nonce nonce{};

 private:
  struct State {
    bool closed = false;
  };
  class HandWire final : public connector::Wire {
   public:
    explicit HandWire(std::shared_ptr<State> state) : state_(std::move(state)) {}
    void wake() override {}
    void close(transport::CloseStatus, std::string_view) override { state_->closed = true; }
    void start_keepalive(const transport::Keepalive&) override {}

   private:
    std::shared_ptr<State> state_;
  };

  std::shared_ptr<State> state_ = std::make_shared<State>();
  transport::WebsocketHandler* handler_ = nullptr;
  std::vector<std::pair<FrameType, Bytes>> heard_;
  bool gone_ = false;
};

/// An agent and a client of the same system, both in, with a stream between them.
struct Pair {
  Pair(Exchange& exchange, const System& system)
      : agent(exchange, Peer::Path::agent), client(exchange, Peer::Path::client) {
    const std::array keys{tunnel::AdmissionKey{kKeyId, system.admission.public_key(), 0}};
    agent.say(FrameType::register_name, 0,
              tunnel::make_register(system.identity, agent.nonce, system.name, keys, "fuzz/1"));
    agent.receive();
    agent.take(FrameType::registered);
    client.say(FrameType::admit, 0,
               tunnel::make_admit(system.admission, client.nonce, system.name, kKeyId));
    client.receive();
    client.take(FrameType::admitted);
    agent.receive();
    agent.take(FrameType::open);
  }
  /// Both directions still carry what they are given, once each, and nothing else.
  void require_untouched() {
    const Bytes packet(100, 7);
    client.say(FrameType::data, 1, packet);
    agent.say(FrameType::data, 1, packet);
    client.receive();
    agent.receive();
    for (Peer* peer : {&agent, &client}) {
      if (peer->gone() || peer->take(FrameType::data) != packet) std::abort();
      if (peer->has_heard(FrameType::data) || peer->has_heard(FrameType::close)) std::abort();
    }
  }

  Peer agent;
  Peer client;
};

struct Step {
  std::uint8_t who = 0;
  std::span<const std::uint8_t> message;
};

std::optional<Step> next_step(std::span<const std::uint8_t>& input) {
  constexpr std::size_t kHead = 3;
  if (input.size() < kHead) return std::nullopt;
  const std::size_t asked = std::size_t{input[1]} * 256 + input[2];
  const std::size_t size = std::min({asked, input.size() - kHead, tunnel::kMaxWebsocketMessage});
  const Step step{input[0], input.subspan(kHead, size)};
  input = input.subspan(kHead + size);
  return step;
}

void play(House& house, std::span<const std::uint8_t> input) {
  FakeScheduler scheduler;
  Exchange exchange(scheduler, house.configuration, *house.registry,
                    need(connector::Admission::create()), [] { return 1'800'000'000; });
  Pair honest(exchange, house.honest);
  Pair hostile(exchange, house.hostile);
  Peer stranger_agent(exchange, Peer::Path::agent);
  Peer stranger_client(exchange, Peer::Path::client);
  const std::array<Peer*, 4> all{&stranger_agent, &stranger_client, &hostile.agent,
                                 &hostile.client};
  while (const auto step = next_step(input)) {
    all[step->who % all.size()]->say(step->message);
    if ((step->who & 0x40) != 0) scheduler.advance(transport::Duration(step->who));
    for (Peer* peer : all)
      peer->receive();
  }
  if (stranger_agent.has_heard(FrameType::registered)) std::abort();
  if (stranger_client.has_heard(FrameType::admitted)) std::abort();
  honest.require_untouched();
  if (exchange.counts().buffered > 4 * tunnel::kMaxCredit) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static House house;
  play(house, {data, size});
  return 0;
}
