// The same small UCI call the long way: client, connector, agent, PBX. With --idle it only signs
// in, says "ready" and keeps the sessions open until its stdin ends, so that memory can be read.

#include <iostream>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include "base/program/standard_streams.h"
#include "bench/load.h"
#include "client/connection.h"
#include "keygen/key_file.h"
#include "transport/loop.h"
#include "transport/network.h"

namespace sfteams::bench {
namespace {

struct Options {
  std::string key_file;
  std::string ca_file;
  std::string password;  ///< of users who exist only in the stand-in PBX
  std::string method = "ucp.v30.requests.system.getServerVersion";
  int first_user = 1001;
  int users = 1;  ///< the sessions are spread over so many
  std::size_t sessions = 1;
  int milliseconds = 5000;
  bool idle = false;
};

constexpr transport::Duration kSignInTimeout{60'000};

bool input_ended() {
  pollfd input{STDIN_FILENO, POLLIN, 0};
  char byte = 0;
  return poll(&input, 1, 0) > 0 && read(STDIN_FILENO, &byte, 1) <= 0;
}

/// Opens the sessions a few at a time, as users would come, and signs each in.
class Sessions {
 public:
  Sessions(transport::Network& network, const Options& options,
           std::shared_ptr<const client::Access> access, std::function<void()> ready)
      : network_(network),
        options_(options),
        access_(std::move(access)),
        password_(crypto::Secret::from_text(options.password)),
        ready_(std::move(ready)) {}

  void start() {
    for (std::size_t i = 0; i < std::min<std::size_t>(kAtOnce, options_.sessions); ++i)
      open_next();
  }

  [[nodiscard]] client::Connection& at(std::size_t index) { return *all_[index]->connection; }
  [[nodiscard]] const std::optional<Error>& failure() const { return failure_; }

 private:
  static constexpr std::size_t kAtOnce = 16;

  struct One : client::ConnectionHandler {
    One(Sessions& owner, std::size_t number) : sessions(owner), index(number) {}
    void on_open() override { sessions.sign_in(*this); }
    void on_notification(const std::string&, const Json::Value&) override {}
    void on_closed(const std::optional<Error>& error) override {
      if (error) sessions.failed(*error);
    }
    Sessions& sessions;
    std::size_t index;
    std::unique_ptr<client::Connection> connection;
  };

  void open_next() {
    if (all_.size() == options_.sessions || failure_) return;
    all_.push_back(std::make_unique<One>(*this, all_.size()));
    client::ConnectionOptions connection;
    connection.access = access_;
    if (!options_.ca_file.empty()) connection.ca_file = options_.ca_file;
    connection.open_timeout = kSignInTimeout;
    connection.software = "starface-teams-bench";
    auto opened = client::Connection::open(network_, std::move(connection), *all_.back());
    if (opened) {
      all_.back()->connection = std::move(*opened);
    } else {
      failed(opened.error());
    }
  }

  void sign_in(One& one) {
    const int user = options_.first_user + static_cast<int>(one.index) % options_.users;
    one.connection->login(std::to_string(user), password_, kSignInTimeout,
                          [this](const Result<Json::Value>& result) {
                            if (!result) {
                              failed(result.error());
                              return;
                            }
                            if (++signed_in_ == options_.sessions) ready_();
                            open_next();
                          });
  }

  void failed(const Error& error) {
    if (!failure_) {
      failure_ = error;
      network_.loop().stop();
    }
  }

  transport::Network& network_;
  const Options& options_;
  std::shared_ptr<const client::Access> access_;
  crypto::Secret password_;
  std::function<void()> ready_;
  std::vector<std::unique_ptr<One>> all_;
  std::size_t signed_in_ = 0;
  std::optional<Error> failure_;
};

Result<void> run(const Options& options) {
  const Result<keygen::KeyFile> key_file = keygen::read_key_file(options.key_file);
  if (!key_file) return fail(key_file.error());
  Result<std::shared_ptr<const client::Access>> access = client::Access::from(*key_file);
  if (!access) return fail(access.error());
  Result<std::unique_ptr<transport::Loop>> loop = transport::Loop::create();
  if (!loop) return fail(loop.error());
  Result<std::unique_ptr<transport::Network>> network = transport::Network::create(**loop);
  if (!network) return fail(network.error());

  std::unique_ptr<Load> load;
  std::unique_ptr<transport::Timer> watch;
  std::unique_ptr<Sessions> sessions;
  const std::function<void()> hold = [&] {
    watch = (*loop)->after(transport::Duration(50), [&] {
      if (input_ended()) {
        (*loop)->stop();
      } else {
        hold();
      }
    });
  };
  const auto ready = [&] {
    if (options.idle) {
      std::cout << "ready" << std::endl;
      hold();
      return;
    }
    std::vector<Caller> callers;
    for (std::size_t i = 0; i < options.sessions; ++i) {
      callers.emplace_back([&, i](std::function<void(bool)> done) {
        sessions->at(i).call(options.method, Json::Value(Json::arrayValue), transport::Duration(0),
                             [done = std::move(done)](const Result<Json::Value>& result) {
                               done(result.has_value());
                             });
      });
    }
    load = std::make_unique<Load>(**loop, std::move(callers), transport::Duration(500),
                                  transport::Duration(options.milliseconds), [&](Outcome outcome) {
                                    std::cout << outcome.to_json() << '\n';
                                    (*loop)->stop();
                                  });
    load->start();
  };
  sessions = std::make_unique<Sessions>(**network, options, *access, ready);
  sessions->start();
  (*loop)->run();
  if (sessions->failure()) return fail(*sessions->failure());
  return {};
}

}  // namespace
}  // namespace sfteams::bench

int main(int argc, char** argv) {
  sfteams::program::open_standard_streams();
  sfteams::bench::Options options;
  CLI::App app{"Small UCI calls through the tunnel, one at a time from each of N sessions"};
  app.add_option("--key-file", options.key_file)->required();
  app.add_option("--ca-file", options.ca_file);
  app.add_option("--password", options.password)->required();
  app.add_option("--method", options.method);
  app.add_option("--first-user", options.first_user);
  app.add_option("--users", options.users)->check(CLI::PositiveNumber);
  app.add_option("--sessions", options.sessions)->check(CLI::PositiveNumber);
  app.add_option("--milliseconds", options.milliseconds)->check(CLI::PositiveNumber);
  app.add_flag("--idle", options.idle);
  CLI11_PARSE(app, argc, argv);
  const auto done = sfteams::bench::run(options);
  if (done) return 0;
  std::cerr << sfteams::describe(done.error()) << '\n';
  return static_cast<int>(done.error().code.exit);
}
