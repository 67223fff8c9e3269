#include "tests/connector/program.h"

#include <algorithm>
#include <array>
#include <csignal>
#include <stdexcept>
#include <utility>

#include <arpa/inet.h>
#include <catch2/catch.hpp>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/json/json.h"
#include "transport/url.h"
#include "tunnel/limits.h"

namespace sfteams::connector::test {

using integration::ChildProcess;
using integration::eventually;
using integration::kPatience;
using integration::read_file;

std::filesystem::path connector_program() {
  return std::filesystem::path(SFTEAMS_BIN_DIR) / "starface-teams-connector";
}

Running::Running(const std::string& settings, const std::string& registration, bool start_now) {
  integration::write_file(
      file("connector.ini"),
      "[listen]\naddress = 127.0.0.1:0\n" + settings +
          "[registry]\nfile = registry.sqlite3\nregistration = " + registration + "\n");
  if (start_now) start();
}

void Running::start() {
  const std::filesystem::path port_file = file("port.json");
  process_ = std::make_unique<ChildProcess>(
      connector_program(),
      ChildProcess::Options{.arguments = {"--config", file("connector.ini").string(), "--port-file",
                                          port_file.string()},
                            .output = file("connector"),
                            .input = ""});
  const bool open =
      eventually([&] { return std::filesystem::exists(port_file) || !process_->running(); });
  if (!open || !process_->running()) throw std::runtime_error(process_->err());
  port_ = static_cast<std::uint16_t>(json::parse(read_file(port_file)).value()["port"].asUInt());
}

void Running::restart() {
  process_->signal(SIGTERM);
  REQUIRE(process_->wait() == 0);
  std::filesystem::remove(file("port.json"));
  start();
}

integration::Finished Running::command(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"--config", file("connector.ini").string()});
  const std::string output = "command" + std::to_string(++commands_);
  return integration::run(
      connector_program(),
      {.arguments = std::move(arguments), .output = file(output.c_str()), .input = ""});
}

bool Running::logged(std::string_view text) {
  return eventually([&] { return process_->err().find(text) != std::string::npos; });
}

RawSocket::RawSocket(std::uint16_t port, const char* from)
    : descriptor_(::socket(AF_INET, SOCK_STREAM, 0)) {
  sockaddr_in own{};
  own.sin_family = AF_INET;
  if (::inet_pton(AF_INET, from, &own.sin_addr) != 1 ||
      ::bind(descriptor_, reinterpret_cast<const sockaddr*>(&own), sizeof own) != 0)
    throw std::runtime_error("cannot have this address");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const timeval patience{kPatience.count(), 0};
  ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  if (::connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    throw std::runtime_error("cannot connect to the connector");
}

RawSocket::~RawSocket() {
  ::close(descriptor_);
}

void RawSocket::send(std::string_view bytes) {
  const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  REQUIRE(std::cmp_equal(sent, bytes.size()));
}

std::string RawSocket::upgrade(const std::string& path, const std::string& subprotocol,
                               const std::string& headers) {
  send("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\n" +
       "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" +
       "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n" +
       (subprotocol.empty() ? "" : "Sec-WebSocket-Protocol: " + subprotocol + "\r\n") + headers +
       "\r\n");
  std::string answer;
  while (!answer.ends_with("\r\n\r\n")) {
    const std::string byte = take(1);
    if (byte.empty()) break;
    answer += byte;
  }
  return answer;
}

void RawSocket::send_frame(std::uint8_t opcode, std::string_view payload) {
  REQUIRE(payload.size() <= 0xffff);
  std::string bytes{static_cast<char>(0x80U | opcode)};
  if (payload.size() <= 125) {
    bytes += static_cast<char>(0x80U | payload.size());
  } else {
    bytes += static_cast<char>(0x80U | 126U);
    bytes += static_cast<char>(payload.size() >> 8U);
    bytes += static_cast<char>(payload.size() & 0xffU);
  }
  // Masked with zeros, so that the payload stands there as it is.
  send(bytes.append(4, '\0').append(payload));
}

std::string RawSocket::take(std::size_t bytes) {
  std::string taken(bytes, '\0');
  const ssize_t size = ::recv(descriptor_, taken.data(), bytes, MSG_WAITALL);
  taken.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  return taken;
}

std::optional<RawSocket::Frame> RawSocket::next_frame() {
  constexpr std::uint8_t kPing = 9;
  std::optional<Frame> frame = any_frame();
  while (frame && frame->opcode == kPing)
    frame = any_frame();
  return frame;
}

std::optional<RawSocket::Frame> RawSocket::any_frame() {
  const std::string header = take(2);
  if (header.size() < 2) return std::nullopt;
  const auto byte = [](char c) { return static_cast<std::uint8_t>(c); };
  std::size_t length = byte(header[1]) & 0x7fU;
  if (length == 126) {
    const std::string extended = take(2);
    if (extended.size() < 2) return std::nullopt;
    length = byte(extended[0]) * 256U + byte(extended[1]);
  }
  return Frame{static_cast<std::uint8_t>(byte(header[0]) & 0x0fU), take(length)};
}

unsigned RawSocket::close_status() {
  constexpr std::uint8_t kClose = 8;
  while (const std::optional<Frame> frame = next_frame()) {
    if (frame->opcode != kClose || frame->payload.size() < 2) continue;
    const auto byte = [&](std::size_t at) { return static_cast<std::uint8_t>(frame->payload[at]); };
    return byte(0) * 256U + byte(1);
  }
  return 0;
}

std::string RawSocket::rest() {
  std::string all;
  for (std::string piece = take(1); !piece.empty(); piece = take(1))
    all += piece;
  return all;
}

Dialler::Dialler()
    : loop_(std::move(transport::Loop::create().value())),
      network_(std::move(transport::Network::create(*loop_).value())) {}

bool Dialler::until(const std::function<bool()>& happened) {
  const transport::TimePoint deadline = transport::Clock::now() + kPatience;
  std::unique_ptr<transport::Timer> timer;
  std::function<void()> look = [&] {
    if (happened() || transport::Clock::now() > deadline) {
      loop_->stop();
    } else {
      timer = loop_->after(transport::Duration(1), look);
    }
  };
  loop_->post(look);
  loop_->run();
  return happened();
}

Dialled::Dialled(Dialler& dialler, const std::string& url, Peer::Path path,
                 const std::optional<std::filesystem::path>& ca_file)
    : dialler_(dialler) {
  const bool agent = path == Peer::Path::agent;
  transport::DialOptions options;
  options.url =
      transport::parse_url(url + (agent ? tunnel::kAgentPath : tunnel::kClientPath)).value();
  options.subprotocol = agent ? tunnel::kAgentSubprotocol : tunnel::kClientSubprotocol;
  options.ca_file = ca_file;
  websocket_ = std::move(transport::dial(dialler.network(), options, *this).value());
}

void Dialled::send(Bytes message) {
  to_send_.push_back(std::move(message));
  websocket_->wake();
}

void Dialled::on_message(std::span<const std::uint8_t> message) {
  tunnel::FrameReader reader(message);
  while (const auto next = reader.next().value())
    frames_.push_back({next->type, next->stream, {next->payload.begin(), next->payload.end()}});
}

std::size_t Dialled::next_message(std::span<std::uint8_t> out) {
  if (to_send_.empty()) return 0;
  const Bytes message = std::move(to_send_.front());
  to_send_.erase(to_send_.begin());
  std::ranges::copy(message, out.begin());
  return message.size();
}

Got Dialled::expect(FrameType type) {
  const auto wanted = [&](const Got& got) { return got.type == type; };
  if (!dialler_.until([&] { return end_ || std::ranges::any_of(frames_, wanted); }) ||
      std::ranges::none_of(frames_, wanted)) {
    FAIL("no " << tunnel::name_of(type) << " came; "
               << (end_ && end_->error ? describe(*end_->error) : "the link ended"));
  }
  const auto found = std::ranges::find_if(frames_, wanted);
  Got got = *found;
  frames_.erase(frames_.begin(), found + 1);
  return got;
}

bool Dialled::wait_for_end() {
  return dialler_.until([this] { return end_.has_value(); });
}

tunnel::Nonce Dialled::challenge() {
  return tunnel::decode_challenge(expect(FrameType::challenge).payload).value();
}

void Dialled::register_as(const Pbx& pbx) {
  const std::array keys{pbx.key()};
  send(frame(FrameType::register_name, 0,
             tunnel::make_register(pbx.identity, challenge(), pbx.name, keys, "test-agent/1")));
}

void Dialled::admit_to(const Pbx& pbx) {
  send(frame(FrameType::admit, 0,
             tunnel::make_admit(pbx.admission, challenge(), pbx.name, pbx.key_id)));
}

}  // namespace sfteams::connector::test
