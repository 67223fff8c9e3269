// What each layer costs for one small message, without sockets.

#include <array>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "base/json/rpc.h"
#include "tunnel/control.h"
#include "tunnel/frame.h"
#include "tunnel/limits.h"
#include "tunnel/noise.h"
#include "tunnel/session_channel.h"
#include "uci/json_mapping.h"
#include "uci/xmlrpc.h"

namespace sfteams {
namespace {

constexpr std::size_t kSmall = 200;
constexpr std::array<std::uint8_t, 32> kPsk{1, 2, 3};

std::vector<std::uint8_t> some_bytes(std::size_t size) {
  return std::vector<std::uint8_t>(size, 7);
}

void bytes_per_second(benchmark::State& state, std::size_t bytes) {
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes));
}

void write_and_read_16_frames(benchmark::State& state) {
  const auto payload = some_bytes(kSmall);
  std::vector<std::uint8_t> message(tunnel::kMaxWebsocketMessage);
  for (auto _ : state) {
    tunnel::FrameWriter writer(message);
    for (std::uint32_t stream = 1; stream <= 16; ++stream) {
      benchmark::DoNotOptimize(writer.write(tunnel::FrameType::data, stream, payload));
    }
    tunnel::FrameReader reader(std::span<const std::uint8_t>(message).first(writer.size()));
    for (auto frame = reader.next(); frame && *frame; frame = reader.next()) {
      benchmark::DoNotOptimize(frame);
    }
  }
  state.SetItemsProcessed(state.iterations() * 16);
}
BENCHMARK(write_and_read_16_frames);

void noise_handshake(benchmark::State& state) {
  std::vector<std::uint8_t> first(64);
  std::vector<std::uint8_t> second(64);
  std::vector<std::uint8_t> payload(64);
  for (auto _ : state) {
    using Role = tunnel::NoiseHandshake::Role;
    auto client = tunnel::NoiseHandshake::start(Role::initiator, kPsk, {});
    auto agent = tunnel::NoiseHandshake::start(Role::responder, kPsk, {});
    const auto asked = client->write_message({}, first);
    benchmark::DoNotOptimize(
        agent->read_message(std::span<const std::uint8_t>(first).first(*asked), payload));
    const auto answered = agent->write_message({}, second);
    benchmark::DoNotOptimize(
        client->read_message(std::span<const std::uint8_t>(second).first(*answered), payload));
  }
}
BENCHMARK(noise_handshake)->Unit(benchmark::kMicrosecond);

void noise_seal_and_open(benchmark::State& state) {
  const auto size = static_cast<std::size_t>(state.range(0));
  tunnel::NoiseCipher seal(kPsk);
  tunnel::NoiseCipher open(kPsk);
  const auto plain = some_bytes(size);
  std::vector<std::uint8_t> sealed(size + tunnel::kNoiseTag);
  std::vector<std::uint8_t> opened(size);
  for (auto _ : state) {
    benchmark::DoNotOptimize(seal.seal(plain, sealed));
    benchmark::DoNotOptimize(open.open(sealed, opened));
  }
  bytes_per_second(state, size);
}
BENCHMARK(noise_seal_and_open)->Arg(kSmall)->Arg(tunnel::kMaxPlaintext);

/// Two channels past their handshake.
struct Pair {
  using Role = tunnel::SessionChannelOptions::Role;
  static tunnel::SessionChannel make(Role role) {
    tunnel::SessionChannelOptions options;
    options.role = role;
    options.name = "pbx.example.com";
    options.pre_shared_key = crypto::Secret(kPsk);
    options.software = "bench";
    return std::move(*tunnel::SessionChannel::create(std::move(options)));
  }
  tunnel::SessionChannel client = make(Role::client);
  tunnel::SessionChannel agent = make(Role::agent);
  std::vector<std::uint8_t> packet = std::vector<std::uint8_t>(tunnel::kMaxPacket);
  tunnel::SteadyTime now{};

  bool pass(tunnel::SessionChannel& from, tunnel::SessionChannel& to) {
    const tunnel::Pull pull = from.next_packet(packet, tunnel::kMaxCredit, now);
    if (pull.size == 0) return false;
    benchmark::DoNotOptimize(
        to.receive(std::span<const std::uint8_t>(packet).first(pull.size), now));
    for (auto event = to.next_event(); event && *event; event = to.next_event()) {
      if (std::holds_alternative<tunnel::session_event::OpenAsked>(**event)) {
        to.accept({}, kPsk, 0);
      }
    }
    return true;
  }

  Pair() {
    while (pass(client, agent) || pass(agent, client)) {
    }
  }
};

void session_message(benchmark::State& state) {
  Pair pair;
  const std::string text(static_cast<std::size_t>(state.range(0)), 'x');
  for (auto _ : state) {
    benchmark::DoNotOptimize(pair.client.send(text));
    while (pair.pass(pair.client, pair.agent)) {
    }
    pair.pass(pair.agent, pair.client);
  }
  bytes_per_second(state, text.size());
}
BENCHMARK(session_message)->Arg(kSmall)->Arg(65'536)->Unit(benchmark::kMicrosecond);

void json_rpc_read_request(benchmark::State& state) {
  const std::string text =
      R"({"jsonrpc":"2.0","id":17,"method":"ucp.v30.requests.call.placeCallWithPhone",)"
      R"("params":["072112345","SIP/anna","7f8c0e4e-6f1f-4c1a-9a53-6f2f7c9f2b11"]})";
  for (auto _ : state)
    benchmark::DoNotOptimize(json::rpc::read(text));
  bytes_per_second(state, text.size());
}
BENCHMARK(json_rpc_read_request)->Unit(benchmark::kMicrosecond);

uci::Value call_state() {
  return uci::Struct{{"id", "7f8c0e4e-6f1f-4c1a-9a53-6f2f7c9f2b11"},
                     {"state", "RINGBACK"},
                     {"timestamp", "2026-11-23T10:00:00"},
                     {"callerNumber", "1001"},
                     {"callerName", "Anna Arnold"},
                     {"calledNumber", "1002"},
                     {"calledName", "Ben Brandt"}};
}

void xmlrpc_write_call(benchmark::State& state) {
  const uci::Array params{"072112345", "SIP/anna", ""};
  for (auto _ : state) {
    benchmark::DoNotOptimize(uci::write_call("ucp.v30.requests.call.placeCallWithPhone", params));
  }
}
BENCHMARK(xmlrpc_write_call)->Unit(benchmark::kMicrosecond);

void xmlrpc_read_response(benchmark::State& state) {
  const std::string xml = *uci::write_response(call_state());
  for (auto _ : state)
    benchmark::DoNotOptimize(uci::parse_response(xml));
  bytes_per_second(state, xml.size());
}
BENCHMARK(xmlrpc_read_response)->Unit(benchmark::kMicrosecond);

void value_to_json_text(benchmark::State& state) {
  const uci::Value value = call_state();
  for (auto _ : state) {
    benchmark::DoNotOptimize(json::rpc::write_result(Json::Value(17), uci::to_json(value)));
  }
}
BENCHMARK(value_to_json_text)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace sfteams

BENCHMARK_MAIN();
