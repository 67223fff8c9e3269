#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/crypto/ed25519.h"
#include "connector/configuration.h"
#include "connector/exchange.h"
#include "connector/registry/registry.h"
#include "tests/fake_scheduler.h"
#include "tests/integration/child_process.h"
#include "tunnel/control.h"
#include "tunnel/frame.h"

namespace sfteams::connector::test {

using sfteams::test::FakeScheduler;
using tunnel::Bytes;
using tunnel::FrameType;
using tunnel::WireCode;

/// A frame that has been received.
struct Got {
  FrameType type{};
  std::uint32_t stream = 0;
  Bytes payload;
  friend bool operator==(const Got&, const Got&) = default;
};

/// One frame as it goes over the wire; lengths and types are not checked, so that wrong ones can be
/// made.
[[nodiscard]] Bytes frame(FrameType type, std::uint32_t stream, const Bytes& payload);
[[nodiscard]] Bytes window(std::uint32_t stream, std::uint32_t credit);
[[nodiscard]] Bytes text(std::string_view characters);

/// The other side of a link, with a wire in between that the test moves by hand.
class Peer {
 public:
  enum class Path { agent, client, node };
  Peer(Exchange& exchange, Path path, std::string_view address = "192.0.2.7");
  /// Another node, which was dialled for this handler; the wire is made for the dialler.
  Peer(transport::WebsocketHandler& dialler, std::unique_ptr<Wire>& wire);

  /// The upgrade has succeeded.
  void connect() { handler_->on_open(); }
  /// The same, and the challenge has come.
  void open();
  void send(const Bytes& message);
  void data(std::uint32_t stream, const Bytes& packet) {
    send(frame(FrameType::data, stream, packet));
  }
  /// Every frame that the link has for us; a link that closes has closed after this.
  [[nodiscard]] std::vector<Got> receive();
  /// Receives until there is a frame of this type, and drops the others; fails the test without
  /// one.
  [[nodiscard]] Got expect(FrameType type);
  /// The connection breaks.
  void lose();
  [[nodiscard]] bool ended() const { return ended_; }

  [[nodiscard]] const tunnel::Nonce& nonce() const { return nonce_; }
  /// The websocket's close status, once the link has closed it.
  [[nodiscard]] std::optional<transport::CloseStatus> closed() const { return wire_->closed; }
  [[nodiscard]] bool gone() const { return wire_->gone; }
  [[nodiscard]] const std::optional<transport::Keepalive>& keepalive() const {
    return wire_->keepalive;
  }
  /// The REFUSED that comes next, decoded.
  [[nodiscard]] tunnel::Refusal refusal();
  /// The CLOSE that comes next, decoded.
  [[nodiscard]] tunnel::StreamClose stream_close();

 private:
  struct WireState {
    bool woken = false;
    bool gone = false;
    std::optional<transport::CloseStatus> closed;
    std::optional<transport::Keepalive> keepalive;
  };
  class FakeWire;

  std::shared_ptr<WireState> wire_;
  transport::WebsocketHandler* handler_;
  tunnel::Speaker link_is_ = tunnel::Speaker::agent_or_client;
  tunnel::Nonce nonce_{};
  bool ended_ = false;
};

/// Makes a registry of several pages, quickly.
void fill_registry(const std::filesystem::path& file);

/// An installation: its identity and its keys.
struct Pbx {
  Pbx();
  std::string name = "pbx.example.com";
  crypto::Ed25519Key identity;
  crypto::Ed25519Key admission;
  tunnel::KeyId key_id{1, 2, 3, 4, 5, 6, 7, 8};

  [[nodiscard]] tunnel::AdmissionKey key(std::uint64_t expires = 0) const {
    return {key_id, admission.public_key(), expires};
  }
};

[[nodiscard]] crypto::Ed25519Key new_key();

/// An exchange with everything it needs, on a registry of its own.
class House {
 public:
  /// With `shared` it is one of several houses in one time.
  explicit House(RegistrationMode mode = RegistrationMode::open, FakeScheduler* shared = nullptr);

  /// Throws the exchange away and starts another one on the same registry.
  void restart();
  void pass(transport::Duration time);

  /// A Peer that has sent REGISTER; what the answer is, is the test's question.
  [[nodiscard]] std::unique_ptr<Peer> registering(const Pbx& pbx,
                                                  std::string_view address = "192.0.2.1");
  /// A Peer that is registered, its REGISTERED taken.
  [[nodiscard]] std::unique_ptr<Peer> agent(const Pbx& pbx);
  /// A Peer that has sent ADMIT.
  [[nodiscard]] std::unique_ptr<Peer> admitting(const Pbx& pbx,
                                                std::string_view address = "192.0.2.7");
  /// A Peer that is admitted, its ADMITTED taken.
  [[nodiscard]] std::unique_ptr<Peer> client(const Pbx& pbx);

  integration::ScratchDirectory scratch;
  FakeScheduler own_scheduler;
  FakeScheduler& scheduler;
  UnixSeconds unix_time = 1'800'000'000;
  Configuration configuration;
  std::unique_ptr<Registry> registry;
  std::unique_ptr<Exchange> exchange;
};

}  // namespace sfteams::connector::test
