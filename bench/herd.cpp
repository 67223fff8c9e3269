// A thousand agents in one process, each with an identity and a name of its own, as they come back
// after the connector was away. Says "ready" once all are registered; on a line on its stdin ("the
// connector is back") it waits until all are registered again, and prints when each of them came
// and dialled. Then it stays until its stdin ends. bench/herd-run starts several of it.

#include <algorithm>
#include <array>
#include <chrono>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <poll.h>
#include <unistd.h>

#include "agent/sessions/sessions.h"
#include "agent/uplink/uplink.h"
#include "agent/uplink/wire.h"
#include "base/crypto/random.h"
#include "base/program/standard_streams.h"
#include "bench/turnstile.h"
#include "transport/loop.h"
#include "transport/network.h"
#include "tunnel/limits.h"

namespace sfteams::bench {
namespace {

using std::chrono::steady_clock;

struct Options {
  std::string url;
  std::string ca_file;
  std::size_t first = 0;  ///< the number in the first one's name
  std::size_t agents = 1000;
  std::size_t at_once = 32;  ///< that are dialled at a time
};

/// As often as agents ask by default. But thousands of them share this process, and are to miss no
/// pong because the others are busy.
constexpr transport::Keepalive kKeepalive{transport::Duration(5'000), transport::Duration(60'000)};

/// One agent; the system key is not needed to be registered.
class Member {
 public:
  Member(transport::Loop& loop, Turnstile& turnstile, agent::Dial dial, std::size_t number,
         std::function<void(bool registered)> changed)
      : identity_(crypto::Ed25519Key::generate().value()),
        sessions_(loop, {}, [](agent::Speaker&) { return std::unique_ptr<agent::Talk>(); }),
        uplink_(agent::Uplink::Setup{turnstile.guard(counted(std::move(dial))),
                                     agent::Link::Setup{loop, identity_,
                                                        fmt::format("pbx{}.example.com", number),
                                                        "starface-teams-bench", sessions_},
                                     kKeepalive,
                                     {},
                                     crypto::random_below,
                                     [this, told = std::move(changed)] {
                                       came_ = steady_clock::now();
                                       told(registered());
                                     }},
                keys_) {}

  [[nodiscard]] Result<void> start() { return uplink_.start(); }
  [[nodiscard]] bool registered() const {
    return uplink_.status().state == agent::Uplink::State::registered;
  }
  [[nodiscard]] steady_clock::time_point came() const { return came_; }
  [[nodiscard]] const std::vector<steady_clock::time_point>& dials() const { return dials_; }

 private:
  agent::Dial counted(agent::Dial dial) {
    return [this, dial = std::move(dial)](transport::WebsocketHandler& handler) {
      dials_.push_back(steady_clock::now());
      return dial(handler);
    };
  }

  crypto::Ed25519Key identity_;
  agent::ActiveKeys keys_;
  agent::Sessions sessions_;
  std::vector<steady_clock::time_point> dials_;
  steady_clock::time_point came_;
  agent::Uplink uplink_;
};

class Herd {
 public:
  Herd(transport::Loop& loop, transport::Network& network, const Options& options)
      : loop_(loop), turnstile_(loop, options.at_once) {
    transport::DialOptions dial;
    dial.url = transport::parse_url(options.url).value();
    dial.url.path = tunnel::kAgentPath;
    dial.subprotocol = tunnel::kAgentSubprotocol;
    if (!options.ca_file.empty()) dial.ca_file = options.ca_file;
    for (std::size_t i = 0; i < options.agents; ++i) {
      members_.push_back(std::make_unique<Member>(loop, turnstile_, agent::dial_by(network, dial),
                                                  options.first + i, [this](bool registered) {
                                                    registered ? ++registered_ : --registered_;
                                                    look();
                                                  }));
    }
  }

  [[nodiscard]] Result<void> start() {
    for (const auto& member : members_)
      if (Result<void> started = member->start(); !started) return started;
    listen();
    return {};
  }

 private:
  void listen() {
    watch_ = loop_.after(transport::Duration(20), [this] {
      pollfd input{STDIN_FILENO, POLLIN, 0};
      std::array<char, 64> line{};
      if (poll(&input, 1, 0) > 0) {
        if (read(STDIN_FILENO, line.data(), line.size()) <= 0) return loop_.stop();
        back_ = steady_clock::now();
        look();
      }
      listen();
    });
  }

  void look() {
    if (registered_ < members_.size()) return;
    if (!ready_) {
      ready_ = true;
      std::cout << "ready" << std::endl;
    } else if (back_) {
      report();
      back_.reset();
    }
  }

  /// In seconds of the monotonic clock, which is the same in all processes.
  static double seconds(steady_clock::time_point at) {
    return std::chrono::duration<double>(at.time_since_epoch()).count();
  }

  void report() const {
    std::vector<double> came;
    std::vector<double> dials;
    for (const auto& member : members_) {
      came.push_back(seconds(member->came()));
      for (const steady_clock::time_point at : member->dials()) {
        if (at >= *back_) dials.push_back(seconds(at));
      }
    }
    std::cout << fmt::format(R"({{"came_s":[{:.3f}],"dials_s":[{:.3f}]}})", fmt::join(came, ","),
                             fmt::join(dials, ","))
              << std::endl;
  }

  transport::Loop& loop_;
  Turnstile turnstile_;
  std::vector<std::unique_ptr<Member>> members_;
  std::unique_ptr<transport::Timer> watch_;
  std::optional<steady_clock::time_point> back_;
  std::size_t registered_ = 0;
  bool ready_ = false;
};

Result<void> run(const Options& options) {
  Result<std::unique_ptr<transport::Loop>> loop = transport::Loop::create();
  if (!loop) return fail(loop.error());
  Result<std::unique_ptr<transport::Network>> network = transport::Network::create(**loop);
  if (!network) return fail(network.error());
  Herd herd(**loop, **network, options);
  if (Result<void> started = herd.start(); !started) return started;
  (*loop)->run();
  return {};
}

}  // namespace
}  // namespace sfteams::bench

int main(int argc, char** argv) {
  sfteams::program::open_standard_streams();
  sfteams::bench::Options options;
  CLI::App app{"Many agents that come back to a connector"};
  app.add_option("--url", options.url)->required();
  app.add_option("--ca-file", options.ca_file);
  app.add_option("--first", options.first);
  app.add_option("--agents", options.agents)->check(CLI::PositiveNumber);
  app.add_option("--at-once", options.at_once)->check(CLI::PositiveNumber);
  CLI11_PARSE(app, argc, argv);
  const auto done = sfteams::bench::run(options);
  if (done) return 0;
  std::cerr << sfteams::describe(done.error()) << '\n';
  return static_cast<int>(done.error().code.exit);
}
