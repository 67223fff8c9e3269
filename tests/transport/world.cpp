#include "tests/transport/world.h"

#include <algorithm>
#include <fstream>
#include <utility>

#include <catch2/catch.hpp>

namespace sfteams::transport::test {
namespace {

constexpr Duration kDeadline{20'000};
constexpr Duration kLook{1};

}  // namespace

World::World() {
  auto loop = Loop::create();
  REQUIRE(loop);
  loop_ = std::move(*loop);
  auto network = Network::create(*loop_);
  REQUIRE(network);
  network_ = std::move(*network);
}

void World::until(const std::function<bool()>& condition) {
  bool late = false;
  std::unique_ptr<Timer> look;
  std::function<void()> check = [&] {
    if (condition()) return loop_->stop();
    look = loop_->after(kLook, check);
  };
  look = loop_->after(Duration(0), check);
  const auto deadline = loop_->after(kDeadline, [&] {
    late = true;
    loop_->stop();
  });
  loop_->run();
  REQUIRE_FALSE(late);
}

void World::few_turns() {
  int turns = 0;
  until([&turns] { return ++turns > 20; });
}

void Recorder::on_open() {
  opened = true;
  if (at_open) at_open();
}

void Recorder::on_message(std::span<const std::uint8_t> message) {
  messages.emplace_back(message.begin(), message.end());
  if (at_message) at_message();
}

std::size_t Recorder::next_message(std::span<std::uint8_t> out) {
  if (at_next) {
    const auto act = std::exchange(at_next, nullptr);
    act();
    return 0;
  }
  if (to_send.empty()) return 0;
  const std::string message = std::move(to_send.front());
  to_send.erase(to_send.begin());
  std::copy(message.begin(), message.end(), out.begin());
  return message.size();
}

void Recorder::on_close(const CloseInfo& info) {
  closed = info;
  if (at_close) at_close();
}

void Recorder::send(std::string message) {
  to_send.push_back(std::move(message));
  websocket->wake();
}

WebsocketRoute Accepting::route() {
  return {"/ws", kProtocol, [this](std::unique_ptr<Websocket> websocket) {
            auto recorder = std::make_unique<Recorder>();
            websocket->attach(*recorder);
            recorder->websocket = std::move(websocket);
            accepted.push_back(std::move(recorder));
            if (at_accept) at_accept(*accepted.back());
          }};
}

void Accepting::listen(World& world, ServerOptions options) {
  options.websockets.push_back(route());
  auto listening = Server::listen(world.network(), std::move(options));
  if (!listening) FAIL(describe(listening.error()));
  server = std::move(*listening);
}

DialOptions dial_options(const std::string& scheme, const std::string& host, std::uint16_t port) {
  DialOptions options;
  options.url = Url{scheme, host, port, "/ws"};
  options.subprotocol = kProtocol;
  options.user_agent = "tests/1";
  return options;
}

void write_text(const std::filesystem::path& path, const std::string& text) {
  std::ofstream(path) << text;
}

void dial(World& world, const DialOptions& options, Recorder& recorder) {
  auto websocket = transport::dial(world.network(), options, recorder);
  if (!websocket) FAIL(describe(websocket.error()));
  recorder.websocket = std::move(*websocket);
}

}  // namespace sfteams::transport::test
