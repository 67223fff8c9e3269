#include "tests/faults/pbx_faults.h"

#include <array>

#include <fmt/format.h>

namespace sfteams::faults {
namespace {

using transport::Duration;

/// The switch "starting": what its web server answers before it is there itself.
constexpr std::array kStarting{"page",     "redirect", "http-403", "http-404",
                               "http-503", "fault",    "empty"};

}  // namespace

PbxFaults::PbxFaults(Setup setup)
    : setup_(setup),
      starting_({kStarting.begin(), kStarting.end()}, setup.dice),
      postings_({"length", "chunked", "http-1.0", "mixed"}, setup.manner_dice),
      framings_({"length", "chunked", "trailers", "mixed"}, setup.manner_dice) {}

std::vector<Fault> PbxFaults::all() {
  std::vector<Fault> faults{
      {"PBX restarted with other passwords", 2, [this] { return restart(); },
       Trouble::pbx_unwell | Trouble::logins_forgotten},
      {"password changed", 2, [this] { return change_password(); }},
      {"PBX slow for a while", 2, [this] { return be_slow(); }, Trouble::pbx_slow},
      {"PBX forgets logins", 1, [this] { return forget_logins(); }, Trouble::logins_forgotten},
      {"large answers", 3, [this] { return answer_much(); }},
      {"wrong passwords", 2, [this] { return be_guessed_at(); }},
  };
  for (const char* kind : kStarting) {
    faults.push_back({fmt::format("PBX starting ({})", kind), 1,
                      [this, kind] { return start(kind); }, Trouble::pbx_unwell});
  }
  return faults;
}

void PbxFaults::set(const std::string& switches) const {
  setup_.installation.simulator_post("/control/switches", switches);
}

std::string PbxFaults::some_user() {
  return setup_.fleet.user_of(static_cast<std::size_t>(setup_.dice.between(0, 9'999)));
}

void PbxFaults::change_manners() {
  set(fmt::format(R"({{"odd-values":{},"event-posting":"{}","reply-framing":"{}"}})",
                  setup_.manner_dice.between(0, 2) > 0, postings_.draw(), framings_.draw()));
}

void PbxFaults::calm_down() {
  setup_.installation.simulator_post("/control/misbehave/clear", "{}");
  setup_.installation.simulator_post("/control/latency/clear", "{}");
  set(R"({"starting":"no","odd-values":false,"event-posting":"length","reply-framing":"length"})");
}

/// Its web server is there before it is.
Effect PbxFaults::start(const std::string& kind) {
  const int time = setup_.dice.between(2'000, 10'000) / setup_.hurry;
  set(fmt::format(R"({{"starting":"{}","starting-time":{}}})", kind, time));
  return {Duration(time), [this] { set(R"({"starting":"no"})"); }};
}

/// Down, then starting for a while; of logins it knows nothing any more, and an administrator has
/// given some users new passwords meanwhile.
Effect PbxFaults::restart() {
  setup_.installation.simulator_post("/control/misbehave", R"({"kind":"close","execute":false})");
  forget_logins();
  for (int i = setup_.dice.between(1, 2); i > 0; --i)
    change_password();
  const std::string& kind = starting_.draw();
  const int time = setup_.dice.between(500, 5'000);
  const auto start = [this, kind, time] {
    set(fmt::format(R"({{"starting":"{}","starting-time":{}}})", kind, time));
    setup_.installation.simulator_post("/control/misbehave/clear", "{}");
  };
  return {Duration(setup_.dice.between(500, 3'000)), start, Duration(time), kind};
}

/// Calls with the old one are under way, and the user learns it at once.
Effect PbxFaults::change_password() {
  const std::string user = some_user();
  const Passwords::Right right = setup_.passwords.change(user);
  setup_.installation.simulator_post(
      "/control/password", fmt::format(R"({{"user":"{}","password":"{}"}})", user, right.text));
  return {};
}

Effect PbxFaults::be_slow() {
  setup_.installation.simulator_post(
      "/control/latency",
      fmt::format(R"({{"method":"*","timeMs":{},"jitterMs":200}})", setup_.dice.between(50, 800)));
  return {Duration(setup_.dice.between(500, 3'000)),
          [this] { setup_.installation.simulator_post("/control/latency/clear", "{}"); }};
}

Effect PbxFaults::forget_logins() {
  setup_.installation.simulator_post("/control/logins/end", "{}");
  return {};
}

Effect PbxFaults::answer_much() {
  setup_.fleet.ask_for_much(setup_.asking_at_once);
  return {Duration(setup_.dice.between(500, 3'000))};
}

Effect PbxFaults::be_guessed_at() {
  for (int i = setup_.dice.between(1, 3); i > 0; --i)
    setup_.fleet.guess(setup_.dice.between(0, 1) > 0 ? some_user() : fmt::format("nobody-{}", i));
  return {};
}

}  // namespace sfteams::faults
