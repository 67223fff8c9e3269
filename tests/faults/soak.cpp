// Hundreds of sessions, random faults, and afterwards the books of the clients against those of the
// PBX: nothing lost, nothing twice, nothing out of order, nobody refused whose password is right,
// nothing beyond its limit. The same seed gives the same faults.

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include "client/access.h"
#include "error/standard_streams.h"
#include "json/json.h"
#include "keygen/key_file.h"
#include "log/log.h"
#include "tests/faults/books.h"
#include "tests/faults/fleet.h"
#include "tests/faults/gauges.h"
#include "tests/faults/line.h"
#include "tests/faults/pbx_faults.h"
#include "tests/faults/process_faults.h"
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
constexpr const char* kLargeMethod = "ucp.v30.requests.callList.getCallList";
constexpr int kUsers = 100;
constexpr int kFirstUser = 1001;
constexpr int kPastCalls = 2'500;  // about 2.2 MB of XML
/// In which wrong passwords count, at the agent and at the PBX: far shorter than in real use,
/// because passwords are changed here every few seconds.
constexpr std::chrono::seconds kWindow{20};
constexpr int kBlacklistAfter = 10;
constexpr std::chrono::minutes kRest{2};

struct Options {
  double minutes = 1;
  std::size_t sessions = 200;
  std::uint64_t seed = 1;
  int users = kUsers;
  std::string faults = "all";
  std::string refused_login = "fault";
  std::optional<double> max_turn_ms;
  bool trace = false;
};

std::unique_ptr<Line> line_here(const Options& options) {
  if (options.faults == "pbx") return nullptr;
  auto line = Line::create(options.seed);
  if (line) return std::move(*line);
  std::cout << "without faults of the network: no line can be laid: " << line.error() << "\n";
  return nullptr;
}

Installation::Options installation_options(const Line* line, const Options& wanted) {
  Installation::Options options;
  if (line != nullptr) line->span(options);
  options.users_file = SFTEAMS_SOURCE_DIR "/tests/faults/users.ini";
  options.simulator_switches = {
      "journal-size=5000000",
      "event-timeout=60000",
      "event-attempts=1",
      "event-queue=100000",
      "success-whitelists=no",
      fmt::format("past-calls={}", kPastCalls),
      fmt::format("refused-login={}", wanted.refused_login),
      fmt::format("blacklist-after={}", kBlacklistAfter),
      fmt::format("blacklist-window={}", std::chrono::milliseconds(kWindow).count())};
  // All come from one address, and often.
  options.connector_settings =
      "[limits]\nclients-per-address = 100000\nwaiting-per-address = 2000\nadmissions-per-address "
      "= 1000000\n"
      "admissions-per-name = 1000000\n"
      "[keepalive]\nagent-interval = 2\nagent-deadline = 2\nclient-interval = 2\nclient-deadline = "
      "2\n";
  options.connector_settings += Gauges::kSettings;
  options.agent_settings = Gauges::kSettings;
  options.agent_tunnel_settings = "ping-interval = 2\nping-timeout = 2\n";
  options.agent_uci_settings =
      fmt::format("keepalive = 5\nfailed-logins-window = {}\n", kWindow.count());
  options.log_level = "info";
  return options;
}

/// All of the list: no restrictions.
Json::Value large_params() {
  Json::Value params(Json::arrayValue);
  params.append(Json::nullValue);
  params.append(Json::nullValue);
  for (int i = 0; i < 5; ++i)
    params.append("");
  params.append(0);
  params.append(kPastCalls);
  return params;
}

class Soak {
 public:
  explicit Soak(const Options& options)
      : options_(options),
        dice_(options.seed),
        event_dice_(options.seed),
        manner_dice_(options.seed),
        line_(line_here(options)),
        installation_(installation_options(line_.get(), options)) {
    // The fleet's sockets are made here.
    if (line_) visit_ = line_->enter(Line::Side::cloud);
    // To be read beside the logs.
    if (std::getenv("SFTEAMS_KEEP") != nullptr) evidence_.open(installation_.file("journal"));
  }

  /// Whether every promise was kept.
  bool run() {
    set_up();
    fleet_->start();
    if (!turn_until([this] { return fleet_->signed_in() == options_.sessions; }, kRest)) {
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
    manners_change();
    look_at_gauges();
    next_fault();
    turn_until([this] { return steady_clock::now() >= end_; }, std::chrono::hours(24));
    come_to_rest();
    return judge();
  }

 private:
  void set_up() {
    installation_.start();
    loop_ = transport::Loop::create().value();
    network_ = transport::Network::create(*loop_).value();
    const auto key_file = keygen::read_key_file(installation_.key_file());
    Fleet::Setup setup{*loop_,
                       *network_,
                       books_,
                       passwords_,
                       client::Access::from(*key_file).value(),
                       installation_.file("ca.pem")};
    setup.method = kMethod;
    setup.large_method = kLargeMethod;
    setup.large_entries = kPastCalls;
    setup.large_params = large_params();
    setup.longest_pause = kLongestPause;
    setup.first_user = kFirstUser;
    setup.users = options_.users;
    setup.sessions = options_.sessions;
    setup.seed = options_.seed;
    fleet_ = std::make_unique<Fleet>(std::move(setup));
    pbx_ = std::make_unique<PbxFaults>(
        PbxFaults::Setup{installation_, *fleet_, passwords_, dice_, manner_dice_,
                         std::clamp<std::size_t>(options_.sessions / 4, 2, 16)});
    std::vector<Fault> cards;
    const auto add = [&](const std::vector<Fault>& faults) {
      for (const Fault& fault : faults)
        cards.insert(cards.end(), static_cast<std::size_t>(fault.weight), fault);
    };
    add(pbx_->all());
    if (options_.faults != "pbx") add(process_faults(installation_, gauges_, dice_));
    if (line_) add(line_faults(*line_, dice_));
    deck_ = std::make_unique<Deck<Fault>>(std::move(cards), dice_);
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
    const int user = kFirstUser + event_dice_.between(0, options_.users - 1);
    installation_.simulator_post(
        "/control/event",
        fmt::format(R"({{"user":"{}","method":"{}","params":["event-{}!",{{"name":"Zoë 🌴"}}]}})",
                    user, kEvent, ++events_));
    if (events_ % 500 == 0) read_journal();
    events_timer_ = loop_->after(Duration(event_dice_.between(5, 40)), [this] { events_go_on(); });
  }
  void manners_change() {
    if (steady_clock::now() >= end_) return;
    pbx_->change_manners();
    manners_timer_ =
        loop_->after(Duration(event_dice_.between(2'000, 5'000)), [this] { manners_change(); });
  }
  void look_at_gauges() {
    gauges_.read();
    gauges_timer_ = loop_->after(Duration(1'000), [this] { look_at_gauges(); });
  }

  void next_fault() {
    // Short runs are to see something, too.
    const int share = options_.minutes < 2 ? 4 : 1;
    const Duration pause(dice_.between(1'000 / share, 5'000 / share));
    fault_timer_ = loop_->after(pause, [this] {
      if (steady_clock::now() < end_) begin(deck_->draw());
    });
  }
  void begin(const Fault& fault) {
    under_a_fault_ = true;
    Effect effect = fault.begin();
    const std::string name = fault.name + (effect.kind.empty() ? "" : " (" + effect.kind + ")");
    ++faults_[name];
    if (options_.trace) {
      std::cout << fmt::format("{:%T} {}, {} ms\n", std::chrono::system_clock::now(), name,
                               effect.time.count())
                << std::flush;
    }
    fault_timer_ = loop_->after(effect.time, [this, undo = std::move(effect.undo)] {
      undo();
      under_a_fault_ = false;
      next_fault();
    });
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
        if (evidence_.is_open()) evidence_ << json::write(entry) << "\n";
        since_ = entry["number"].asUInt64();
      }
      books_.take_journal(settled, kMethod);
      if (settled.size() < 5'000) return;
    }
  }

  /// Everybody gets in again whose password is right, and every call gets its answer.
  void come_to_rest() {
    turn_until([this] { return !under_a_fault_; }, std::chrono::minutes(1));
    fault_timer_.reset();
    manners_timer_.reset();
    pbx_->calm_down();
    if (!turn_until([this] { return fleet_->signed_in() == options_.sessions; }, kRest)) {
      books_.broke(fmt::format("after two minutes of rest only {} of {} sessions are signed in",
                               fleet_->signed_in(), options_.sessions));
    }
    fleet_->calm_down();
    if (!turn_until([this] { return fleet_->interrupted() == 0 && fleet_->calls_under_way() == 0; },
                    kRest)) {
      books_.broke(fmt::format(
          "after two more minutes {} sessions are still interrupted, and {} calls have no answer",
          fleet_->interrupted(), fleet_->calls_under_way()));
    }
    // The last events, which nobody can wait for by name.
    turn_until([] { return false; }, std::chrono::seconds(5));
    gauges_timer_.reset();
    gauges_.read();
    read_journal();
    fleet_->end();
  }

  /// What the PBX has counted.
  void check_pbx() {
    const Json::Value state = installation_.simulator_get("/control/state");
    const Json::Value& counters = state["counters"];
    std::cout << fmt::format(
        "PBX:      {} wrong tokens, at most {} within {} s (its blacklist begins at {}); {} "
        "requests "
        "ignored\n",
        counters["wrongTokens"].asUInt64(), state["mostWrongTokens"].asUInt64(), kWindow.count(),
        kBlacklistAfter, counters["ignored"].asUInt64());
    if (!state["mostWrongTokens"].isIntegral())
      books_.broke("the PBX does not say how many wrong tokens it has counted");
    if (counters["ignored"].asUInt64() > 0 || !state["ignoredAddresses"].empty() ||
        state["mostWrongTokens"].asUInt64() >= kBlacklistAfter)
      books_.broke("the PBX has put the agent on its blacklist");
  }

  static void list(const char* what, const Fleet::Counts& counts) {
    if (counts.empty()) return;
    std::cout << what;
    const char* between = "";
    for (const auto& [code, times] : counts)
      std::cout << fmt::format("{}{} × {}", std::exchange(between, "; "), code, times);
    std::cout << "\n";
  }

  bool judge() {
    list("faults:   ", faults_);
    std::cout << books_.tallies() << "\n";
    list("large:    ", fleet_->large());
    std::cout << fmt::format("resumed:  {} times; longest without a session: {:.1f} s\n",
                             fleet_->resumptions(),
                             std::chrono::duration<double>(fleet_->longest_absence()).count());
    list("lost:     ", fleet_->losses());
    list("failed:   ", fleet_->failures());
    list("guessed:  ", fleet_->guesses());
    check_pbx();
    std::optional<double> longest_turn;
    if (options_.max_turn_ms) longest_turn = *options_.max_turn_ms / 1'000;
    for (const Readings* readings : {&gauges_.agent(), &gauges_.connector()}) {
      std::cout << readings->line();
      for (const std::string& promise : readings->broken_promises(longest_turn))
        books_.broke(promise);
    }
    const std::vector<std::string> broken = books_.broken_promises();
    for (std::size_t i = 0; i < broken.size() && i < 20; ++i)
      std::cout << "BROKEN: " << broken[i] << "\n";
    std::cout << (broken.empty() ? "Nothing was lost, nothing came twice, nobody was shut out."
                                 : fmt::format("{} promises were broken.", broken.size()))
              << std::endl;
    return broken.empty();
  }

  /// So long the agent may keep users out because of others' wrong passwords: until those are
  /// forgotten, and once more, because new ones come all the time.
  static constexpr Duration kLongestPause = 2 * kWindow + Duration(10'000);

  Options options_;
  Dice dice_;
  // Of their own, so that what they do does not change the faults.
  Dice event_dice_;
  Dice manner_dice_;
  std::unique_ptr<Line> line_;
  std::shared_ptr<void> visit_;
  Installation installation_;
  Gauges gauges_{installation_};
  Books books_;
  Passwords passwords_{"many-secret"};
  std::unique_ptr<transport::Loop> loop_;
  std::unique_ptr<transport::Network> network_;
  std::unique_ptr<Fleet> fleet_;
  std::unique_ptr<PbxFaults> pbx_;
  std::unique_ptr<Deck<Fault>> deck_;
  std::unique_ptr<transport::Timer> look_;
  std::unique_ptr<transport::Timer> events_timer_;
  std::unique_ptr<transport::Timer> manners_timer_;
  std::unique_ptr<transport::Timer> gauges_timer_;
  std::unique_ptr<transport::Timer> fault_timer_;
  steady_clock::time_point end_;
  std::ofstream evidence_;  ///< the PBX's journal, when the files are kept
  std::uint64_t events_ = 0;
  std::uint64_t since_ = 0;
  Fleet::Counts faults_;
  bool under_a_fault_ = false;
};

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
  app.add_option("--faults", options.faults, "all, or only those of the PBX")
      ->check(CLI::IsMember({"all", "pbx"}));
  app.add_option("--refused-login", options.refused_login,
                 "how the PBX turns a wrong password away (docs/simulator.md)");
  app.add_option("--max-turn-ms", options.max_turn_ms,
                 "fail when a turn of a loop took longer; for machines that are not busy otherwise")
      ->check(CLI::PositiveNumber);
  app.add_flag("--trace", options.trace, "say each fault as it begins");
  CLI11_PARSE(app, argc, argv);
  sfteams::log::start(sfteams::log::Level::error);
  try {
    return sfteams::faults::Soak(options).run() ? 0 : 1;
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
