#include "tests/client/scripted_connector.h"

#include <algorithm>
#include <array>

#include <catch2/catch.hpp>

#include "keygen/derive.h"

namespace sfteams::client::test {
namespace {

constexpr const char* kName = "pbx.example.com";
constexpr tunnel::Nonce kNonce{4, 2};
constexpr std::array<std::uint8_t, 32> kResumeSecret{9};

}  // namespace

ScriptedConnector::ScriptedConnector(transport::ServerOptions options) {
  listen(std::move(options));
  make_session(key_);
}

void ScriptedConnector::listen(transport::ServerOptions options) {
  options.websockets.push_back({tunnel::kClientPath, tunnel::kClientSubprotocol,
                                [this](std::unique_ptr<transport::Websocket> websocket) {
                                  auto recorder = std::make_unique<transport::test::Recorder>();
                                  websocket->attach(*recorder);
                                  recorder->websocket = std::move(websocket);
                                  recorder->at_message = [this, heard = recorder.get()] {
                                    take(heard->messages.back());
                                  };
                                  accepted.push_back(std::move(recorder));
                                }});
  auto server = transport::Server::listen(world_.network(), std::move(options));
  if (!server) FAIL(describe(server.error()));
  server_ = std::move(*server);
}

void ScriptedConnector::make_session(const keygen::SystemKey& key) {
  tunnel::SessionChannelOptions options;
  options.role = tunnel::SessionChannelOptions::Role::agent;
  options.name = kName;
  options.pre_shared_key = keygen::derive_noise_psk(key);
  session_ = tunnel::SessionChannel::create(std::move(options)).value();
}

void ScriptedConnector::dial(const std::string& scheme, const std::string& host,
                             std::optional<std::uint16_t> other_port) {
  const keygen::KeyFile key_file{
      .name = kName,
      .key = key_.clone(),
      .connector = scheme + "://" + host + ":" + std::to_string(other_port.value_or(port())),
      .created = "2026-01-01T00:00:00Z"};
  ConnectionOptions options;
  options.access = Access::from(key_file).value();
  options.open_timeout = open_timeout;
  options.ca_file = ca_file;
  options.software = "tests/1";
  auto opened = Connection::open(world_.network(), std::move(options), listener);
  if (!opened) FAIL(describe(opened.error()));
  client = std::move(*opened);
}

void ScriptedConnector::accept() {
  dial();
  await_client();
}

void ScriptedConnector::say(std::string message) {
  accepted.back()->send(std::move(message));
}

void ScriptedConnector::frame(tunnel::FrameType type, std::uint32_t stream,
                              std::span<const std::uint8_t> payload) {
  std::array<std::uint8_t, tunnel::kMaxWebsocketMessage> room{};
  tunnel::FrameWriter writer(room);
  REQUIRE(writer.write(type, stream, payload));
  say({room.begin(), room.begin() + static_cast<std::ptrdiff_t>(writer.size())});
}

void ScriptedConnector::challenge() {
  frame(tunnel::FrameType::challenge, 0, tunnel::encode_challenge(kNonce));
}

void ScriptedConnector::refuse(const tunnel::Refusal& refusal) {
  frame(tunnel::FrameType::refused, 0, tunnel::encode_refused(refusal));
}

void ScriptedConnector::admit() {
  accept();
  challenge();
  world_.until([this] { return count(tunnel::FrameType::admit) == 1; });
  const auto admit = std::ranges::find(frames_, tunnel::FrameType::admit, &Arrived::type);
  CHECK(tunnel::verify_admit(admit->payload, kNonce,
                             keygen::derive_admission_key(key_).public_key()));
  frame(tunnel::FrameType::admitted, 0, {});
}

void ScriptedConnector::open() {
  admit();
  world_.until([this] { return listener.opened; });
}

void ScriptedConnector::lose() {
  ledger_ = session_->leave();
  make_session(key_);
  accepted.back()->websocket.reset();
}

void ScriptedConnector::await_client() {
  world_.until([this] { return accepted.size() > awaited_; });
  ++awaited_;
}

void ScriptedConnector::admit_again() {
  frames_.clear();
  await_client();
  challenge();
  world_.until([this] { return count(tunnel::FrameType::admit) == 1; });
  frame(tunnel::FrameType::admitted, 0, {});
}

void ScriptedConnector::open_another() {
  await_client();
  frames_.clear();
  make_session(key_);
  challenge();
  world_.until([this] { return count(tunnel::FrameType::admit) == 1; });
  frame(tunnel::FrameType::admitted, 0, {});
}

void ScriptedConnector::come_back() {
  const int before = listener.resumed;
  admit_again();
  world_.until([this, before] { return listener.resumed > before; });
}

void ScriptedConnector::tell(std::string_view text) {
  REQUIRE(session_->send(text));
  flush_session();
}

void ScriptedConnector::flush_session() {
  std::array<std::uint8_t, tunnel::kMaxPacket> room{};
  while (true) {
    const tunnel::Pull pull = session_->next_packet(room, room.size(), world_.loop().now());
    if (pull.size == 0) return;
    frame(tunnel::FrameType::data, tunnel::kClientStream, std::span(room).first(pull.size));
  }
}

std::string ScriptedConnector::request() {
  world_.until([this] { return !requests_.empty(); });
  const std::string text = requests_.front();
  requests_.erase(requests_.begin());
  return text;
}

std::string ScriptedConnector::ending() {
  world_.until([this] { return listener.closed; });
  return listener.failure ? std::string(listener.failure->code.id) : std::string();
}

std::size_t ScriptedConnector::count(tunnel::FrameType type) const {
  return static_cast<std::size_t>(std::ranges::count(frames_, type, &Arrived::type));
}

void ScriptedConnector::take(const std::string& message) {
  tunnel::FrameReader reader(
      std::span(reinterpret_cast<const std::uint8_t*>(message.data()), message.size()));
  while (true) {
    const auto frame = reader.next();
    REQUIRE(frame);
    if (!*frame) return;
    frames_.push_back({(*frame)->type, {(*frame)->payload.begin(), (*frame)->payload.end()}});
    if ((*frame)->type == tunnel::FrameType::data) take_session((*frame)->payload);
  }
}

void ScriptedConnector::take_session(std::span<const std::uint8_t> packet) {
  namespace session_event = tunnel::session_event;
  // An agent with another key cannot read what comes, and says nothing.
  if (!session_->receive(packet, world_.loop().now())) return;
  while (true) {
    const auto event = session_->next_event();
    if (!event || !*event) break;
    if (std::holds_alternative<session_event::OpenAsked>(**event))
      session_->accept(tunnel::SessionId{1}, kResumeSecret, window);
    if (const auto* back = std::get_if<session_event::ResumeAsked>(&**event))
      give_back(back->request);
    if (const auto* message = std::get_if<session_event::Message>(&**event))
      requests_.emplace_back(message->text);
  }
  flush_session();
}

void ScriptedConnector::give_back(const tunnel::ResumeRecord& request) {
  const bool proven =
      request.proof == tunnel::resume_proof(kResumeSecret, session_->handshake_hash());
  if (ledger_ && proven && ledger_->can_go_on_after(request.received)) {
    session_->resume(std::move(ledger_), request.received);
  } else {
    session_->refuse(tunnel::WireCode::session_unknown, "");
  }
}

}  // namespace sfteams::client::test
