#include "tests/connector/node_peers.h"

#include <array>
#include <utility>

#include <catch2/catch.hpp>

#include "connector/cluster/node_proof.h"
#include "tests/seed.h"
#include "tunnel/codes.h"
#include "tunnel/limits.h"

namespace sfteams::connector::test {

ClusterKeys cluster_keys(char key, char also) {
  constexpr std::size_t kDigits = 64;
  std::string text =
      "log-secret = " + std::string(kDigits, 'a') + "\nkey = " + std::string(kDigits, key) + "\n";
  if (also != '\0') text += "also-key = " + std::string(kDigits, also) + "\n";
  return std::move(ClusterKeys::parse(text, "test").value());
}

NodeIdentity node_called(std::string_view id, std::uint8_t boot) {
  return {std::string(id), {boot}, "ws://127.0.0.1/" + std::string(id)};
}

Bytes entering(const Pbx& pbx) {
  const tunnel::Nonce nonce{9, 9, 9};
  return encode_enter({nonce, Address::parse("192.0.2.77").value().bytes(),
                       tunnel::make_admit(pbx.admission, nonce, pbx.name, pbx.key_id)});
}

NodeHouse::NodeHouse(std::string_view id, ClusterKeys the_keys)
    : self(node_called(id)), keys(std::move(the_keys)) {
  house.exchange->join_cluster(
      keys, self,
      [this](const std::string&,
             transport::WebsocketHandler& handler) -> Result<std::unique_ptr<Wire>> {
        if (dials_fail) return fail(tunnel::codes::kInternal, "no socket");
        std::unique_ptr<Wire> wire;
        dialled.push_back(std::make_unique<Peer>(handler, wire));
        return wire;
      });
}

std::unique_ptr<Peer> NodeHouse::node(std::string_view id) {
  auto peer = std::make_unique<Peer>(*house.exchange, Peer::Path::node, "198.51.100.1");
  peer->open();
  const tunnel::Nonce ours{7};
  const NodeIdentity dialler = node_called(id);
  peer->send(frame(FrameType::node_hello, 0,
                   make_node_hello(keys, dialler, self.id, peer->nonce(), ours)));
  const Got welcome = peer->expect(FrameType::node_welcome);
  const auto reached = verify_node_welcome(keys, dialler, welcome.payload, peer->nonce(), ours);
  REQUIRE(reached);
  CHECK(reached->node == self.id);
  return peer;
}

RemoteClient::RemoteClient(NodeHouse& at, const Place& place, const Pbx& pbx) : outbox_([] {}) {
  const tunnel::Nonce nonce{4, 2};
  EnterRequest request{nonce, tunnel::make_admit(pbx.admission, nonce, pbx.name, pbx.key_id),
                       Address::parse("192.0.2.7").value()};
  entry_ =
      at.lines().enter(place, std::move(request), outbox_, *this, [this](EnterOutcome outcome) {
        REQUIRE(outcome_ == Outcome::none);
        outcome_ = static_cast<Outcome>(outcome.index() + 1);
        if (auto* const entered = std::get_if<Entered>(&outcome)) end_ = std::move(entered->end);
        if (auto* const refusal = std::get_if<tunnel::Refusal>(&outcome)) refusal_ = *refusal;
        entry_.reset();
      });
}

RemoteClient::~RemoteClient() {
  leave();
}

void RemoteClient::leave() {
  if (end_) end_->leave(WireCode::normal, "the client has gone");
}

std::vector<Got> RemoteClient::receive() {
  std::array<std::uint8_t, tunnel::kMaxWebsocketMessage> out{};
  const std::size_t size = outbox_.next_message(out);
  std::vector<Got> frames;
  if (size == 0) return frames;
  const std::span<const std::uint8_t> message(out.data(), size);
  tunnel::FrameReader reader(message);
  while (const auto next = reader.next().value())
    frames.push_back({next->type, next->stream, {next->payload.begin(), next->payload.end()}});
  return frames;
}

std::optional<WireCode> RemoteClient::close_code() {
  for (;;) {
    const std::vector<Got> frames = receive();
    if (frames.empty()) return std::nullopt;
    if (frames.back().type == FrameType::close)
      return tunnel::decode_close(frames.back().payload).value().code;
  }
}

void greet(Peer& dialled, const ClusterKeys& keys, const NodeIdentity& as) {
  const tunnel::Nonce challenge{3, 3};
  dialled.connect();
  dialled.send(frame(FrameType::challenge, 0, tunnel::encode_challenge(challenge)));
  const Got got = dialled.expect(FrameType::node_hello);
  // Also with another key than its own, to be refused for it.
  const NodeHello hello = decode_node_hello(got.payload).value();
  dialled.send(frame(FrameType::node_welcome, 0, make_node_welcome(keys, as, hello, challenge)));
}

Bridge::Bridge(NodeHouse& from, NodeHouse& to)
    : dialler_(std::move(from.dialled.back())),
      acceptor_(std::make_unique<Peer>(*to.house.exchange, Peer::Path::node, "198.51.100.2")) {
  from.dialled.pop_back();
  acceptor_->connect();
  dialler_->connect();
}

bool Bridge::forth() {
  const std::vector<Got> frames = dialler_->receive();
  for (const Got& got : frames) {
    if (!acceptor_->ended()) acceptor_->send(frame(got.type, got.stream, got.payload));
  }
  return !frames.empty();
}

bool Bridge::back() {
  const std::vector<Got> frames = acceptor_->receive();
  for (const Got& got : frames) {
    if (!dialler_->ended()) dialler_->send(frame(got.type, got.stream, got.payload));
  }
  return !frames.empty();
}

void Bridge::pump() {
  for (bool moved = true; moved;) {
    moved = forth();
    moved = back() || moved;
  }
}

void Bridge::lose() {
  dialler_->lose();
  acceptor_->lose();
}

}  // namespace sfteams::connector::test
