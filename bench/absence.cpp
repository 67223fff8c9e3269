// How long a session is away when something between its two ends fails: many sessions, each with a
// small call again and again, one at a time. A session waits from a call, or from when its line
// breaks, until an answer comes. Says "ready" once all are signed in. Each line on its
// stdin ends a stretch of time, and is answered by a line of JSON: for each session the longest wait
// for an answer in that stretch, and whether its line broke; and how many sessions were lost.
//
//   {"away_ms":[…],"broken":[0,1,…],"ends":0}

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

#include "base/program/standard_streams.h"
#include "client/connection.h"
#include "keygen/key_file.h"
#include "transport/loop.h"
#include "transport/network.h"

namespace sfteams::bench {
namespace {

using std::chrono::steady_clock;

struct Options {
  std::vector<std::string> key_files;  ///< one of each PBX
  std::string ca_file;
  std::string password;
  int first_user = 1001;
  std::size_t sessions = 1;  ///< of each PBX, each of a user of its own
  int pause = 100;           ///< milliseconds, from an answer to the next call
};

constexpr transport::Duration kSignInTimeout{60'000};
constexpr auto kMethod = "ucp.v30.requests.system.getServerVersion";

double milliseconds(steady_clock::duration duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

/// One user who calls again and again. When the session is over, another one is opened in its
/// place, and the wait goes on.
class Session final : private client::ConnectionHandler {
 public:
  struct Setup {
    transport::Network& network;
    client::ConnectionOptions connection;
    std::string user;
    crypto::Secret password;
    transport::Duration pause;
    std::function<void()> signed_in;  ///< the first time
  };
  explicit Session(Setup setup) : setup_(std::move(setup)) {}

  void open() {
    auto opened = client::Connection::open(setup_.network, setup_.connection, *this);
    if (opened) {
      connection_ = std::move(*opened);
    } else {
      again();
    }
  }

  [[nodiscard]] double longest_wait() const {
    return std::max(longest_, waits_since_ ? milliseconds(steady_clock::now() - *waits_since_) : 0);
  }
  [[nodiscard]] bool broken() const { return broken_; }
  [[nodiscard]] std::size_t ends() const { return ends_; }
  void new_stretch() {
    longest_ = 0;
    broken_ = false;
    ends_ = 0;
  }

 private:
  void on_open() override {
    connection_->login(setup_.user, setup_.password, kSignInTimeout,
                       [this](const Result<Json::Value>& result) {
                         if (!result) return again();
                         if (setup_.signed_in) std::exchange(setup_.signed_in, nullptr)();
                         call();
                       });
  }
  void on_interrupted(const Error&, transport::Duration) override {
    broken_ = true;
    wait();
  }
  void on_resumed() override {
    if (!calling_) answered();
  }
  void on_notification(const std::string&, const Json::Value&) override {}
  void on_closed(const std::optional<Error>& error) override {
    if (error) std::cerr << setup_.user << ": " << describe(*error) << '\n';
    broken_ = true;
    ++ends_;
    wait();
    again();
  }

  void again() {
    timer_ = setup_.network.loop().after(transport::Duration(200), [this] {
      connection_.reset();
      open();
    });
  }

  void call() {
    wait();
    calling_ = true;
    connection_->call(kMethod, Json::Value(Json::arrayValue), transport::Duration(0),
                      [this](const Result<Json::Value>& result) {
                        calling_ = false;
                        // If the session is over, on_closed() follows and decides.
                        if (!result) return call_after(transport::Duration(200));
                        answered();
                        call_after(setup_.pause);
                      });
  }

  void wait() {
    if (!waits_since_) waits_since_ = steady_clock::now();
  }
  void answered() {
    longest_ = longest_wait();
    waits_since_.reset();
  }

  void call_after(transport::Duration pause) {
    timer_ = setup_.network.loop().after(pause, [this] { call(); });
  }

  Setup setup_;
  std::unique_ptr<client::Connection> connection_;
  std::unique_ptr<transport::Timer> timer_;
  std::optional<steady_clock::time_point> waits_since_;
  bool calling_ = false;
  double longest_ = 0;
  bool broken_ = false;
  std::size_t ends_ = 0;  ///< for good
};

/// The sessions of all PBXs, PBX by PBX; opened a few at a time, as users would come.
class Crowd {
 public:
  Crowd(transport::Network& network, const Options& options)
      : network_(network), options_(options) {}

  [[nodiscard]] Result<void> make() {
    for (const std::string& file : options_.key_files) {
      const Result<keygen::KeyFile> key_file = keygen::read_key_file(file);
      if (!key_file) return fail(key_file.error());
      const auto access = client::Access::from(*key_file);
      if (!access) return fail(access.error());
      for (std::size_t i = 0; i < options_.sessions; ++i)
        sessions_.push_back(make_one(*access, options_.first_user + static_cast<int>(i)));
    }
    return {};
  }

  void start() {
    for (std::size_t i = 0; i < std::min(kAtOnce, sessions_.size()); ++i)
      sessions_[opened_++]->open();
    listen();
  }

 private:
  static constexpr std::size_t kAtOnce = 16;

  std::unique_ptr<Session> make_one(std::shared_ptr<const client::Access> access, int user) {
    client::ConnectionOptions connection;
    connection.access = std::move(access);
    if (!options_.ca_file.empty()) connection.ca_file = options_.ca_file;
    connection.software = "starface-teams-bench";
    return std::make_unique<Session>(
        Session::Setup{network_, std::move(connection), std::to_string(user),
                       crypto::Secret::from_text(options_.password),
                       transport::Duration(options_.pause), [this] { one_more(); }});
  }

  void one_more() {
    if (opened_ < sessions_.size()) sessions_[opened_++]->open();
    if (++signed_in_ == sessions_.size()) std::cout << "ready" << std::endl;
  }

  void listen() {
    watch_ = network_.loop().after(transport::Duration(20), [this] {
      pollfd input{STDIN_FILENO, POLLIN, 0};
      std::array<char, 64> line{};
      if (poll(&input, 1, 0) > 0) {
        if (read(STDIN_FILENO, line.data(), line.size()) <= 0) return network_.loop().stop();
        report();
      }
      listen();
    });
  }

  void report() {
    std::vector<double> away;
    std::vector<int> broken;
    std::size_t ends = 0;
    for (const auto& session : sessions_) {
      away.push_back(session->longest_wait());
      broken.push_back(session->broken() ? 1 : 0);
      ends += session->ends();
      session->new_stretch();
    }
    std::cout << fmt::format(R"({{"away_ms":[{:.1f}],"broken":[{}],"ends":{}}})",
                             fmt::join(away, ","), fmt::join(broken, ","), ends)
              << std::endl;
  }

  transport::Network& network_;
  const Options& options_;
  std::vector<std::unique_ptr<Session>> sessions_;
  std::unique_ptr<transport::Timer> watch_;
  std::size_t opened_ = 0;
  std::size_t signed_in_ = 0;
};

Result<void> run(const Options& options) {
  Result<std::unique_ptr<transport::Loop>> loop = transport::Loop::create();
  if (!loop) return fail(loop.error());
  Result<std::unique_ptr<transport::Network>> network = transport::Network::create(**loop);
  if (!network) return fail(network.error());
  Crowd crowd(**network, options);
  if (Result<void> made = crowd.make(); !made) return made;
  crowd.start();
  (*loop)->run();
  return {};
}

}  // namespace
}  // namespace sfteams::bench

int main(int argc, char** argv) {
  sfteams::program::open_standard_streams();
  sfteams::bench::Options options;
  CLI::App app{"How long sessions are away when something between their two ends fails"};
  app.add_option("--key-file", options.key_files)->required();
  app.add_option("--ca-file", options.ca_file);
  app.add_option("--password", options.password)->required();
  app.add_option("--first-user", options.first_user);
  app.add_option("--sessions", options.sessions)->check(CLI::PositiveNumber);
  app.add_option("--pause", options.pause)->check(CLI::PositiveNumber);
  CLI11_PARSE(app, argc, argv);
  const auto done = sfteams::bench::run(options);
  if (done) return 0;
  std::cerr << sfteams::describe(done.error()) << '\n';
  return static_cast<int>(done.error().code.exit);
}
