#include "tests/faults/scenario.h"

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <utility>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "base/json/json.h"
#include "client/access.h"
#include "keygen/key_file.h"

namespace sfteams::faults {
namespace {

using std::chrono::steady_clock;
using transport::Duration;

constexpr std::chrono::minutes kRest{2};
/// So much longer a run may take until it has done the least and each kind of fault has come.
constexpr std::chrono::minutes kMore{1};
constexpr std::chrono::seconds kBetweenLooks{1};
constexpr std::size_t kJournalPage = 5'000;
/// Beyond it a run is not short.
constexpr double kShort = 2;
constexpr int kHurry = 4;

/// Wrong passwords of strangers count until they are forgotten, and new ones come all the time.
constexpr SignIns::Patience kPatienceOfUsers{Duration(15'000), 2 * kWindow + Duration(10'000)};

std::size_t asking_at_once(const SoakOptions& options) {
  return std::clamp<std::size_t>(options.sessions / 4, 2, 16);
}

}  // namespace

Scenario::Scenario(const SoakOptions& options)
    : options_(options),
      dice_(options.seed),
      event_dice_(options.seed),
      manner_dice_(options.seed),
      site_(site_for(options)),
      installation_(site_->installation()),
      least_(Least::of(options.minutes, options.sessions, asking_at_once(options))) {
  // To be read beside the logs.
  if (std::getenv("SFTEAMS_KEEP") != nullptr) evidence_.open(installation_.file("journal"));
}

bool Scenario::run() {
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
  end_ = steady_clock::now() + std::chrono::duration_cast<steady_clock::duration>(
                                   std::chrono::duration<double, std::ratio<60>>(options_.minutes));
  events_go_on();
  manners_change();
  look_at_gauges();
  next_fault();
  turn_until([this] { return is_over(); }, std::chrono::hours(24));
  over_ = true;
  come_to_rest();
  return true;
}

void Scenario::set_up() {
  site_->start();
  loop_ = transport::Loop::create().value();
  network_ = transport::Network::create(*loop_).value();
  set_up_fleet();
  set_up_faults();
}

void Scenario::set_up_fleet() {
  const auto key_file = keygen::read_key_file(installation_.key_file());
  Fleet::Setup setup{*loop_,
                     *network_,
                     books_,
                     passwords_,
                     troubles_,
                     client::Access::from(*key_file).value(),
                     installation_.file("ca.pem")};
  setup.method = kMethod;
  setup.large_method = kLargeMethod;
  setup.large_entries = kPastCalls;
  setup.large_params = large_params();
  setup.last_event = [this] { return events_; };
  setup.patience = kPatienceOfUsers;
  setup.first_user = kFirstUser;
  setup.users = options_.users;
  setup.sessions = options_.sessions;
  setup.seed = options_.seed;
  fleet_ = std::make_unique<Fleet>(std::move(setup));
}

void Scenario::set_up_faults() {
  pbx_ = std::make_unique<PbxFaults>(PbxFaults::Setup{installation_, *fleet_, passwords_, dice_,
                                                      manner_dice_, asking_at_once(options_),
                                                      options_.minutes < kShort ? kHurry : 1});
  std::vector<Fault> kinds = pbx_->all();
  std::ranges::move(site_->faults(gauges_, dice_), std::back_inserter(kinds));
  std::vector<Fault> cards;
  for (const Fault& fault : kinds) {
    least_.faults.push_back(fault.name);
    cards.insert(cards.end(), static_cast<std::size_t>(fault.weight), fault);
  }
  // Each kind once, and then as often as their weights say.
  deck_ = std::make_unique<Deck<Fault>>(std::move(cards), dice_, std::move(kinds));
}

/// Turns the loop until `happened`; false when the time is over.
bool Scenario::turn_until(const std::function<bool()>& happened, steady_clock::duration most) {
  const auto deadline = steady_clock::now() + most;
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

/// A slow machine takes longer for the least.
bool Scenario::is_over() {
  const auto now = steady_clock::now();
  if (now < end_) return false;
  if (now >= end_ + kMore) return true;
  if (now < next_look_) return false;
  next_look_ = now + kBetweenLooks;
  read_journal();
  return missing(work(), least_).empty();
}

/// One event for a random user, all the time.
void Scenario::events_go_on() {
  if (over_) return;
  const int user = kFirstUser + event_dice_.between(0, options_.users - 1);
  installation_.simulator_post(
      "/control/event",
      fmt::format(R"({{"user":"{}","method":"{}","params":["event-{}!",{{"name":"Zoë 🌴"}}]}})",
                  user, kEvent, ++events_));
  if (events_ % 500 == 0) read_journal();
  events_timer_ = loop_->after(Duration(event_dice_.between(5, 40)), [this] { events_go_on(); });
}

void Scenario::manners_change() {
  if (over_) return;
  pbx_->change_manners();
  manners_timer_ =
      loop_->after(Duration(event_dice_.between(2'000, 5'000)), [this] { manners_change(); });
}

void Scenario::look_at_gauges() {
  gauges_.read();
  gauges_timer_ = loop_->after(Duration(1'000), [this] { look_at_gauges(); });
}

void Scenario::next_fault() {
  // Short runs are to see something, too.
  const int share = options_.minutes < kShort ? kHurry : 1;
  const Duration pause(dice_.between(1'000 / share, 5'000 / share));
  fault_timer_ = loop_->after(pause, [this] {
    if (!over_) begin(deck_->draw());
  });
}

void Scenario::begin(const Fault& fault) {
  under_a_fault_ = true;
  troubles_.begin(fault.troubles, loop_->now());
  Effect effect = fault.begin();
  ++faults_[fault.name];
  if (options_.trace) {
    std::cout << fmt::format("{:%T} {}{}{}, {} ms\n", std::chrono::system_clock::now(), fault.name,
                             effect.note.empty() ? "" : ": ", effect.note, effect.time.count())
              << std::flush;
  }
  fault_timer_ = loop_->after(effect.time, [this, what = fault.troubles, lingers = effect.lingers,
                                            undo = std::move(effect.undo)] {
    undo();
    troubles_.end(what, loop_->now(), lingers);
    under_a_fault_ = false;
    next_fault();
  });
}

void Scenario::read_journal() {
  for (;;) {
    const Json::Value page = installation_.simulator_get(
        fmt::format("/control/journal?since={}&limit={}", since_, kJournalPage));
    const Json::Value& entries = page["entries"];
    if (!entries.isArray() || !page["dropped"].isUInt64() || page["dropped"].asUInt64() > 0)
      throw std::runtime_error("the PBX's journal is not whole, so that nothing can be judged");
    // The newest events may still be on their way.
    Json::Value settled(Json::arrayValue);
    for (const Json::Value& entry : entries) {
      if (entry["outcome"] == "waiting") break;
      settled.append(entry);
      if (evidence_.is_open()) evidence_ << json::write(entry) << "\n";
      since_ = entry["number"].asUInt64();
    }
    books_.take_journal(settled, kMethod);
    if (settled.size() < kJournalPage) return;
  }
}

/// Everybody gets in again whose password is right, and every call gets its answer.
void Scenario::come_to_rest() {
  turn_until([this] { return !under_a_fault_; }, std::chrono::minutes(1));
  fault_timer_.reset();
  manners_timer_.reset();
  pbx_->calm_down();
  if (!turn_until([this] { return fleet_->settled() == options_.sessions; }, kRest)) {
    books_.broke(fmt::format("after two minutes of rest only {} of {} sessions are signed in",
                             fleet_->settled(), options_.sessions));
  }
  fleet_->calm_down();
  if (!turn_until([this] { return fleet_->interrupted() == 0 && fleet_->calls_under_way() == 0; },
                  kRest)) {
    books_.broke(fmt::format(
        "after two more minutes {} sessions are still interrupted, and {} calls have no answer",
        fleet_->interrupted(), fleet_->calls_under_way()));
  }
  // What comes after an event that waits is not read.
  const auto all_answered = [this] {
    const Json::Value waiting = installation_.simulator_get("/control/state")["eventsWaiting"];
    return waiting.isUInt64() && waiting.asUInt64() == 0;
  };
  if (!turn_until(all_answered, kRest))
    books_.broke("after two more minutes the agent has not answered all events");
  // The last ones are on their way to the clients, and nobody can wait for them by name.
  turn_until([] { return false; }, std::chrono::seconds(5));
  gauges_timer_.reset();
  gauges_.read();
  read_journal();
  for (const std::string& promise : site_->broken_promises())
    books_.broke(promise);
  fleet_->end();
}

Work Scenario::work() const {
  const Books::Tally tally = books_.tally();
  return {tally.delivered, tally.answered, fleet_->seen().large_answers, faults_};
}

}  // namespace sfteams::faults
