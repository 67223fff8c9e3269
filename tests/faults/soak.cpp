// Hundreds of sessions, random faults, and afterwards the books of the clients against those of the
// PBX: nothing lost, nothing twice, nothing out of order. The same seed gives the same faults.

#include <array>
#include <csignal>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "client/access.h"
#include "error/standard_streams.h"
#include "keygen/key_file.h"
#include "log/log.h"
#include "tests/faults/books.h"
#include "tests/faults/fleet.h"
#include "tests/faults/line.h"
#include "tests/integration/installation.h"
#include "transport/loop.h"
#include "transport/network.h"

namespace sfteams::faults {
namespace {

using integration::Installation;
using std::chrono::steady_clock;
using transport::Duration;

// It is answered with nothing for an identifier that the PBX does not know, and stands in its
// journal.
constexpr const char* kMethod = "ucp.v30.requests.call.getCallState";
constexpr const char* kEvent = "ucp.v30.events.call.receiveCallState";
constexpr int kUsers = 100;
constexpr int kFirstUser = 1001;

struct Options {
  double minutes = 1;
  std::size_t sessions = 200;
  std::uint64_t seed = 1;
  int users = kUsers;
};

std::unique_ptr<Line> line_here(std::uint64_t seed) {
  auto line = Line::create(seed);
  if (line) return std::move(*line);
  std::cout << "without faults of the network: no line can be laid: " << line.error() << "\n";
  return nullptr;
}

Installation::Options installation_options(const Line* line) {
  Installation::Options options;
  if (line != nullptr) line->span(options);
  options.users_file = SFTEAMS_SOURCE_DIR "/tests/faults/users.ini";
  options.simulator_switches = {"journal-size=5000000", "event-timeout=60000", "event-attempts=1",
                                "event-queue=100000"};
  // All come from one address, and often.
  options.connector_settings =
      "[limits]\nclients-per-address = 100000\nwaiting-per-address = 2000\nadmissions-per-address "
      "= 1000000\n"
      "admissions-per-name = 1000000\n"
      "[keepalive]\nagent-interval = 2\nagent-deadline = 2\nclient-interval = 2\nclient-deadline = "
      "2\n";
  options.agent_tunnel_settings = "ping-interval = 2\nping-timeout = 2\n";
  options.log_level = "info";
  return options;
}

class Soak {
 public:
  explicit Soak(const Options& options)
      : options_(options),
        random_(options.seed),
        event_random_(options.seed),
        line_(line_here(options.seed)),
        installation_(installation_options(line_.get())) {
    // The fleet's sockets are made here.
    if (line_) visit_ = line_->enter(Line::Side::cloud);
  }

  /// Whether every promise was kept.
  bool run() {
    installation_.start();
    loop_ = transport::Loop::create().value();
    network_ = transport::Network::create(*loop_).value();
    const auto key_file = keygen::read_key_file(installation_.key_file());
    fleet_ = std::make_unique<Fleet>(
        Fleet::Setup{*loop_, *network_, books_, client::Access::from(*key_file).value(),
                     installation_.file("ca.pem"), "many-secret", kMethod, kFirstUser,
                     options_.users, options_.sessions, options_.seed});
    fleet_->start();
    if (!turn_until([this] { return fleet_->signed_in() == options_.sessions; },
                    std::chrono::minutes(2))) {
      std::cout << fmt::format("only {} of {} sessions were signed in after two minutes\n",
                               fleet_->signed_in(), options_.sessions);
      return false;
    }
    std::cout << fmt::format(
                     "{} sessions of {} users are signed in; faults for {} minutes, seed {}\n",
                     options_.sessions, options_.users, options_.minutes, options_.seed)
              << std::flush;
    end_ =
        steady_clock::now() + std::chrono::duration_cast<steady_clock::duration>(
                                  std::chrono::duration<double, std::ratio<60>>(options_.minutes));
    events_go_on();
    next_fault();
    turn_until([this] { return steady_clock::now() >= end_; }, std::chrono::hours(24));
    return come_to_rest() && judge();
  }

 private:
  int between(int least, int most) {
    return std::uniform_int_distribution<int>(least, most)(random_);
  }
  /// Of its own, so that how many events there are does not change the faults.
  int of_events(int least, int most) {
    return std::uniform_int_distribution<int>(least, most)(event_random_);
  }

  /// Turns the loop until `happened`; false when the time is over.
  bool turn_until(const std::function<bool()>& happened, steady_clock::duration patience) {
    const auto deadline = steady_clock::now() + patience;
    bool done = false;
    const std::function<void()> look = [&] {
      done = happened();
      if (done || steady_clock::now() > deadline) return loop_->stop();
      look_ = loop_->after(Duration(50), look);
    };
    look_ = loop_->after(Duration(0), look);
    loop_->run();
    return done;
  }

  /// One event for a random user, all the time.
  void events_go_on() {
    if (steady_clock::now() >= end_) return;
    const int user = kFirstUser + of_events(0, options_.users - 1);
    installation_.simulator_post(
        "/control/event", fmt::format(R"({{"user":"{}","method":"{}","params":["event-{}!"]}})",
                                      user, kEvent, ++events_));
    if (events_ % 500 == 0) read_journal();
    events_timer_ = loop_->after(Duration(of_events(5, 40)), [this] { events_go_on(); });
  }

  /// What has begun, and how it is undone after a while.
  struct Effect {
    int milliseconds = 0;
    std::function<void()> undo = [] {};
  };
  struct Fault {
    const char* name;
    int weight;
    Effect (Soak::*begin)();
    bool of_the_line = false;
  };
  static const std::array<Fault, 10> kFaults;
  [[nodiscard]] bool possible(const Fault& fault) const { return line_ || !fault.of_the_line; }

  void next_fault() {
    fault_timer_ = loop_->after(Duration(between(1'500, 6'000)), [this] {
      if (steady_clock::now() >= end_) return;
      int weights = 0;
      for (const Fault& fault : kFaults)
        weights += possible(fault) ? fault.weight : 0;
      int pick = between(1, weights);
      for (const Fault& fault : kFaults) {
        if (!possible(fault)) continue;
        pick -= fault.weight;
        if (pick <= 0) return begin(fault);
      }
    });
  }
  void begin(const Fault& fault) {
    ++faults_[fault.name];
    under_a_fault_ = true;
    Effect effect = (this->*fault.begin)();
    fault_timer_ =
        loop_->after(Duration(effect.milliseconds), [this, undo = std::move(effect.undo)] {
          undo();
          under_a_fault_ = false;
          next_fault();
        });
  }

  Effect kill_connector() {
    installation_.connector().signal(SIGKILL);
    static_cast<void>(installation_.connector().wait());
    return {between(0, 3'000), [this] { installation_.start_connector(); }};
  }
  Effect restart_connector() {
    installation_.connector().signal(SIGTERM);
    // The loop goes on turning: the clients have to hear it.
    return {2'500, [this] {
              static_cast<void>(installation_.connector().wait());
              installation_.start_connector();
            }};
  }
  Effect freeze_connector() { return freeze(installation_.connector()); }
  Effect freeze_agent() { return freeze(installation_.agent()); }
  Effect freeze(integration::ChildProcess& process) {
    process.signal(SIGSTOP);
    return {between(200, 7'000), [&process] { process.signal(SIGCONT); }};
  }
  Effect kill_agent() {
    installation_.agent().signal(SIGKILL);
    static_cast<void>(installation_.agent().wait());
    return {between(0, 2'000), [this] { installation_.start_agent(); }};
  }
  Effect slow_pbx() {
    installation_.simulator_post(
        "/control/latency",
        fmt::format(R"({{"method":"*","timeMs":{},"jitterMs":200}})", between(50, 800)));
    return {between(500, 3'000),
            [this] { installation_.simulator_post("/control/latency/clear", "{}"); }};
  }
  Effect forget_logins() {
    installation_.simulator_post("/control/logins/end", "{}");
    return {};
  }

  Effect cut_line() {
    line_->set({.cut = true});
    return {between(500, 8'000), [this] { line_->set({}); }};
  }
  Effect spoil_line() {
    line_->set({Duration(between(5, 80)), Duration(between(0, 80)), between(1, 10), false});
    return {between(1'000, 6'000), [this] { line_->set({}); }};
  }
  Effect forget_connections() {
    line_->forget_connections();
    return {between(0, 5'000), [] {}};
  }

  void read_journal() {
    for (;;) {
      const Json::Value page =
          installation_.simulator_get(fmt::format("/control/journal?since={}&limit=5000", since_));
      const Json::Value& entries = page["entries"];
      // The newest events may still be on their way.
      Json::Value settled(Json::arrayValue);
      for (const Json::Value& entry : entries) {
        if (entry["outcome"] == "waiting") break;
        settled.append(entry);
        since_ = entry["number"].asUInt64();
      }
      books_.take_journal(settled, kMethod);
      if (settled.size() < 5'000) return;
    }
  }

  bool come_to_rest() {
    turn_until([this] { return !under_a_fault_; }, std::chrono::minutes(1));
    fault_timer_.reset();
    fleet_->calm_down();
    const bool quiet =
        turn_until([this] { return fleet_->interrupted() == 0 && fleet_->calls_under_way() == 0; },
                   std::chrono::minutes(2));
    if (!quiet) {
      std::cout << fmt::format(
          "after two minutes of rest {} sessions are still interrupted, and {} "
          "calls have no answer\n",
          fleet_->interrupted(), fleet_->calls_under_way());
    }
    // The last events, which nobody can wait for by name.
    turn_until([] { return false; }, std::chrono::seconds(5));
    read_journal();
    fleet_->end();
    return quiet;
  }

  bool judge() {
    std::cout << "faults:   ";
    for (const auto& [name, times] : faults_)
      std::cout << fmt::format("{} × {}; ", name, times);
    std::cout << "\n" << books_.tallies() << "\n";
    std::cout << fmt::format("resumed:  {} times\n", fleet_->resumptions());
    const auto list = [](const char* what, const std::map<std::string, std::size_t>& counts) {
      if (counts.empty()) return;
      std::cout << what;
      for (const auto& [code, times] : counts)
        std::cout << fmt::format("{} × {}; ", code, times);
      std::cout << "\n";
    };
    list("lost:     ", fleet_->losses());
    list("failed:   ", fleet_->failures());
    const std::vector<std::string> broken = books_.broken_promises();
    for (std::size_t i = 0; i < broken.size() && i < 20; ++i)
      std::cout << "BROKEN: " << broken[i] << "\n";
    std::cout << (broken.empty() ? "Nothing was lost, nothing came twice."
                                 : fmt::format("{} promises were broken.", broken.size()))
              << std::endl;
    return broken.empty();
  }

  Options options_;
  std::mt19937_64 random_;
  std::mt19937_64 event_random_;
  std::unique_ptr<Line> line_;
  std::shared_ptr<void> visit_;
  Installation installation_;
  Books books_;
  std::unique_ptr<transport::Loop> loop_;
  std::unique_ptr<transport::Network> network_;
  std::unique_ptr<Fleet> fleet_;
  std::unique_ptr<transport::Timer> look_;
  std::unique_ptr<transport::Timer> events_timer_;
  std::unique_ptr<transport::Timer> fault_timer_;
  steady_clock::time_point end_;
  std::uint64_t events_ = 0;
  std::uint64_t since_ = 0;
  std::map<std::string, std::size_t> faults_;
  bool under_a_fault_ = false;
};

const std::array<Soak::Fault, 10> Soak::kFaults{
    {{"connector killed", 3, &Soak::kill_connector},
     {"connector restarted", 2, &Soak::restart_connector},
     {"connector frozen", 3, &Soak::freeze_connector},
     {"agent frozen", 3, &Soak::freeze_agent},
     {"agent killed", 1, &Soak::kill_agent},
     {"PBX slow for a while", 2, &Soak::slow_pbx},
     {"PBX forgets logins", 1, &Soak::forget_logins},
     {"line cut", 3, &Soak::cut_line, true},
     {"line poor", 3, &Soak::spoil_line, true},
     {"line forgets connections", 2, &Soak::forget_connections, true}}};

}  // namespace
}  // namespace sfteams::faults

int main(int argc, char** argv) {
  sfteams::open_standard_streams();
  sfteams::faults::Options options;
  CLI::App app{"Sessions under random faults, and whether anything was lost or came twice"};
  app.add_option("--minutes", options.minutes)->check(CLI::PositiveNumber);
  app.add_option("--sessions", options.sessions)->check(CLI::PositiveNumber);
  app.add_option("--users", options.users)->check(CLI::Range(1, sfteams::faults::kUsers));
  app.add_option("--seed", options.seed);
  CLI11_PARSE(app, argc, argv);
  sfteams::log::start(sfteams::log::Level::error);
  try {
    return sfteams::faults::Soak(options).run() ? 0 : 1;
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
