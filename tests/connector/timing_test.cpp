#include <algorithm>
#include <chrono>
#include <cmath>

#include <catch2/catch.hpp>

#include "tests/connector/program.h"
#include "tunnel/limits.h"

// What a stranger could learn by the clock, as far as loopback tells.

namespace sfteams::connector::test {
namespace {

using std::chrono::steady_clock;

/// From ADMIT to REFUSED, in microseconds, for a client that asks as `asked` says, each time from
/// another address.
double refusal_time(const Running& connector, const Pbx& asked, int number) {
  RawSocket socket(connector.port(), "127.0.0.2");
  const std::string sender =
      "198.51." + std::to_string(number / 250) + "." + std::to_string(number % 250);
  REQUIRE(socket
              .upgrade(tunnel::kClientPath, tunnel::kClientSubprotocol,
                       "X-Forwarded-For: " + sender + "\r\n")
              .starts_with("HTTP/1.1 101"));
  const auto challenge = socket.next_frame();
  REQUIRE(challenge);
  const Bytes payload = text(challenge->payload.substr(8));
  const Bytes admit =
      frame(FrameType::admit, 0,
            tunnel::make_admit(asked.admission, tunnel::decode_challenge(payload).value(),
                               asked.name, asked.key_id));
  const auto before = steady_clock::now();
  socket.send_frame(2, {reinterpret_cast<const char*>(admit.data()), admit.size()});
  const auto refused = socket.next_frame();
  const auto after = steady_clock::now();
  REQUIRE(refused);
  CHECK(refused->opcode == 2);
  REQUIRE(refused->payload[0] == static_cast<char>(FrameType::refused));
  return std::chrono::duration<double, std::micro>(after - before).count();
}

/// How far the ranks of two samples lie apart, in standard deviations (Mann and Whitney's U).
double rank_distance(const std::vector<double>& one, const std::vector<double>& other) {
  double wins = 0;
  for (const double a : one) {
    for (const double b : other)
      wins += a < b ? 1 : (a > b ? 0 : 0.5);
  }
  const auto n = static_cast<double>(one.size());
  const auto m = static_cast<double>(other.size());
  return std::abs(wins - n * m / 2) / std::sqrt(n * m * (n + m + 1) / 12);
}

TEST_CASE("the clock does not tell an unknown name from a wrong key, agent there or away") {
  const Running connector("trusted-proxies = 127.0.0.2\n[throttle]\nfirst-delay = 20\n");
  Dialler dialler;
  const Pbx there;
  Dialled agent(dialler, "ws://127.0.0.1:" + std::to_string(connector.port()), Peer::Path::agent);
  agent.register_as(there);
  static_cast<void>(agent.expect(FrameType::registered));
  Pbx away;
  away.name = "xbp.example.com";
  {
    Dialled gone(dialler, "ws://127.0.0.1:" + std::to_string(connector.port()), Peer::Path::agent);
    gone.register_as(away);
    static_cast<void>(gone.expect(FrameType::registered));
  }
  Pbx wrong_key;  // of `there`, whose agent is connected
  Pbx wrong_key_away;
  wrong_key_away.name = away.name;
  Pbx unknown;
  unknown.name = "bpx.example.com";

  constexpr int kRounds = 80;
  std::vector<double> by_wrong_key;
  std::vector<double> by_wrong_key_away;
  std::vector<double> by_unknown;
  int number = 0;
  for (int round = 0; round < kRounds; ++round) {
    by_wrong_key.push_back(refusal_time(connector, wrong_key, ++number));
    by_unknown.push_back(refusal_time(connector, unknown, ++number));
    by_wrong_key_away.push_back(refusal_time(connector, wrong_key_away, ++number));
  }
  // Five standard deviations come by chance once in two million runs; a difference of a fifth of
  // the scatter is found.
  CHECK(rank_distance(by_unknown, by_wrong_key) < 5);
  CHECK(rank_distance(by_unknown, by_wrong_key_away) < 5);
}

}  // namespace
}  // namespace sfteams::connector::test
