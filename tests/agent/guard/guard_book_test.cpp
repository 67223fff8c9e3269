#include "agent/guard/guard_book.h"

#include <fstream>

#include <catch2/catch.hpp>

#include "agent/guard/codes.h"
#include "agent/state/boot_id.h"
#include "base/json/json.h"
#include "base/log/log.h"
#include "tests/contains.h"
#include "tests/fake_scheduler.h"
#include "tests/log_lines.h"
#include "tests/temporary_directory.h"

namespace sfteams::agent {
namespace {

using namespace std::chrono_literals;
using Outcome = LoginGuard::Outcome;

crypto::Secret key_of(std::uint8_t first) {
  crypto::Secret key(32);
  key.bytes()[0] = first;
  return key;
}

/// One life of the agent.
struct GuardBookLife {
  GuardBookLife(sfteams::test::FakeScheduler& the_scheduler, const std::filesystem::path& file,
                clock::UnixSeconds& unix_now, const std::string& boot, std::uint8_t process = 1,
                std::uint8_t installation = 1)
      : scheduler(the_scheduler),
        guard({}, key_of(process), key_of(installation)),
        book(
            scheduler, file, guard, [&unix_now] { return unix_now; }, boot) {}

  LoginGuard::Fingerprint print(const std::string& user, const std::string& password = "x") {
    return guard.fingerprint(user, crypto::Secret::from_text(password));
  }
  Result<LoginGuard::Attempt> begin(const std::string& user, const std::string& password = "x") {
    return guard.begin(user, print(user, password), scheduler.now());
  }
  /// A request of a signed-in user goes out.
  LoginGuard::Number ask(const std::string& user, std::size_t weight = 1) {
    return guard.count(user, print(user), weight, scheduler.now());
  }
  bool login(const std::string& user, Outcome outcome) {
    auto attempt = begin(user);
    if (attempt) guard.finish(*attempt, outcome, scheduler.now());
    return attempt.has_value();
  }

  sfteams::test::FakeScheduler& scheduler;
  LoginGuard guard;
  GuardBook book;
};

struct GuardBookLives {
  TemporaryDirectory directory;
  std::filesystem::path file = directory.path() / "failed-logins.json";
  sfteams::test::FakeScheduler scheduler;
  clock::UnixSeconds now = 1'800'000'000;
  std::string boot = "one";
  std::uint8_t processes = 1;
  std::uint8_t installation = 1;

  [[nodiscard]] std::string text() const {
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  std::unique_ptr<GuardBookLife> life() {
    return std::make_unique<GuardBookLife>(scheduler, file, now, boot, ++processes, installation);
  }
  /// As the file is when the agent is killed now. What the killed one still does is in no file.
  std::unique_ptr<GuardBookLife> after_a_kill() {
    const std::filesystem::path killed =
        std::exchange(file, directory.path() / ("killed-" + std::to_string(++kills) + ".json"));
    if (std::filesystem::exists(killed)) std::filesystem::copy_file(killed, file);
    return life();
  }
  /// Real time goes by.
  void wait(std::chrono::seconds time) {
    scheduler.advance(time);
    now += time.count();
  }
  int kills = 0;
};

TEST_CASE_METHOD(GuardBookLives, "wrong passwords before and after a restart add up here, too") {
  {
    GuardBookLife life(scheduler, file, now, boot);
    for (int i = 0; i < 5; ++i)
      CHECK(life.login(std::to_string(i), Outcome::refused));
  }
  wait(60s);
  GuardBookLife life(scheduler, file, now, boot);
  CHECK(life.guard.failures(scheduler.now()) == 5);
  for (int i = 5; i < 8; ++i)
    CHECK(life.login(std::to_string(i), Outcome::refused));
  CHECK_FALSE(life.login("9", Outcome::accepted));
  // They grow old as if nothing had been.
  wait(540s);
  CHECK(life.guard.failures(scheduler.now()) == 3);
}

TEST_CASE_METHOD(GuardBookLives, "a login is in the file before it goes out") {
  GuardBookLife life(scheduler, file, now, boot);
  for (int i = 0; i < 8; ++i)
    REQUIRE(life.begin(std::to_string(i)));
  const auto next = after_a_kill();
  CHECK(next->guard.failures(scheduler.now()) == 8);
  SECTION("and whoever was cut off comes again, one after the other") {
    auto first = next->begin("1");
    REQUIRE(first);
    CHECK_FALSE(next->begin("2"));
    CHECK(next->guard.may_fit_later("2"));
    next->guard.finish(*first, Outcome::accepted, scheduler.now());
    for (int i = 0; i < 20; ++i)
      CHECK(next->login(std::to_string(i), Outcome::accepted));
    CHECK(next->guard.failures(scheduler.now()) == 0);
  }
  SECTION("but when the first one is wrong, nobody follows") {
    CHECK(next->login("1", Outcome::refused));
    CHECK_FALSE(next->login("2", Outcome::accepted));
    CHECK(next->guard.failures(scheduler.now()) == next->guard.most());
  }
}

TEST_CASE_METHOD(GuardBookLives, "logins that succeed leave nothing in the file") {
  GuardBookLife life(scheduler, file, now, boot);
  for (int i = 0; i < 20; ++i)
    CHECK(life.login(std::to_string(i), Outcome::accepted));
  scheduler.advance(GuardBook::kLater);
  CHECK(after_a_kill()->guard.failures(scheduler.now()) == 0);
}

TEST_CASE_METHOD(GuardBookLives,
                 "an agent that is killed just after each login counts none of them") {
  auto life = this->life();
  for (int i = 0; i < 20; ++i) {
    CAPTURE(i);
    REQUIRE(life->login("1001", Outcome::accepted));
    scheduler.turn();
    life = after_a_kill();
    CHECK(life->guard.failures(scheduler.now()) == 0);
  }
}

TEST_CASE_METHOD(GuardBookLives,
                 "who cannot pass before time has gone by is told so instead of waiting") {
  GuardBookLife life(scheduler, file, now, boot);
  for (int i = 0; i < 8; ++i)
    REQUIRE(life.begin(std::to_string(i)));
  const auto next = after_a_kill();
  CHECK(next->login("1", Outcome::refused));
  REQUIRE(next->guard.failures(scheduler.now()) == next->guard.most());
  const auto refused = next->begin("2");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == codes::kLoginPaused);
  CHECK_FALSE(next->guard.may_fit_later("2"));
}

TEST_CASE_METHOD(GuardBookLives, "a broken file costs half of the budget, and nothing else") {
  const std::string text = GENERATE(
      as<std::string>{}, "", "{", "[]", R"({"type":"another","version":1})",
      R"({"type":"starface-teams-agent-failed-logins","version":1,"failed":7,"underWay":0})",
      R"({"type":"starface-teams-agent-failed-logins","version":1,"failed":["x"],"underWay":0})",
      R"({"type":"starface-teams-agent-failed-logins","version":1,"failed":[],"underWay":-1})");
  std::ofstream(file) << text;
  GuardBookLife life(scheduler, file, now, boot);
  CHECK(life.guard.failures(scheduler.now()) == 4);
  CHECK(life.login("1", Outcome::accepted));
}

TEST_CASE_METHOD(GuardBookLives,
                 "a file that cannot be read costs half of the budget, and nothing else") {
  std::filesystem::create_directory(file);
  GuardBookLife life(scheduler, file, now, boot);
  CHECK(life.guard.failures(scheduler.now()) == 4);
  CHECK(life.login("1", Outcome::accepted));
}

TEST_CASE_METHOD(GuardBookLives,
                 "a file that cannot be written stops no login, and is written again") {
  GuardBookLife life(scheduler, file, now, boot);
  std::filesystem::create_directory(file);
  const sfteams::test::LogLines logged;
  CHECK(life.login("1", Outcome::accepted));
  CHECK(life.login("2", Outcome::refused));
  scheduler.turn();
  REQUIRE(logged.lines.size() == 1);
  CHECK(logged.lines[0].starts_with("error failed logins cannot be written down"));
  CHECK(contains(logged.lines[0], file.string()));
  std::filesystem::remove(file);
  SECTION("with the next login") {
    CHECK(life.login("3", Outcome::accepted));
    scheduler.turn();
  }
  SECTION("without one") {
    scheduler.advance(GuardBook::kAgain);
  }
  REQUIRE(logged.lines.size() == 2);
  CHECK(logged.lines[1] == "info failed logins can be written down again");
  // With all that happened meanwhile.
  CHECK(after_a_kill()->guard.failures(scheduler.now()) == 1);
}

TEST_CASE_METHOD(GuardBookLives, "what could not be written is written at the end") {
  auto first = life();
  std::filesystem::create_directory(file);
  CHECK(first->login("2", Outcome::refused));
  std::filesystem::remove(file);
  first.reset();
  CHECK(life()->guard.failures(scheduler.now()) == 1);
}

TEST_CASE_METHOD(GuardBookLives, "a clock that was set does not prolong what was counted") {
  boot = GENERATE(as<std::string>{}, "one", "");
  {
    GuardBookLife life(scheduler, file, now, boot);
    CHECK(life.login("1", Outcome::refused));
  }
  now -= 86'400;
  GuardBookLife life(scheduler, file, now, boot);
  CHECK(life.guard.failures(scheduler.now()) == 1);
  scheduler.advance(600s);
  CHECK(life.guard.failures(scheduler.now()) == 0);
}

TEST_CASE_METHOD(GuardBookLives,
                 "a clock that was wrong when logins failed makes none of them older") {
  const clock::UnixSeconds right = now;
  now = right + GENERATE(-7'200, 7'200);
  auto first = life();
  for (int i = 0; i < 8; ++i)
    CHECK(first->login(std::to_string(i), Outcome::refused));
  SECTION("and is set right before the restart") {
    now = right;
    first.reset();
    CHECK(life()->guard.failures(scheduler.now()) == 8);
  }
  SECTION("and is set right between two lives of one boot") {
    first.reset();
    now = right;
    CHECK(life()->guard.failures(scheduler.now()) == 8);
  }
  SECTION("and they grow old by the clock that nobody sets") {
    first.reset();
    now = right;
    scheduler.advance(400s);
    auto second = life();
    CHECK(second->guard.failures(scheduler.now()) == 8);
    scheduler.advance(200s);
    CHECK(second->guard.failures(scheduler.now()) == 0);
  }
}

TEST_CASE_METHOD(GuardBookLives,
                 "after another boot of the host the wall clock says how old failures are") {
  {
    GuardBookLife life(scheduler, file, now, boot);
    CHECK(life.login("1", Outcome::refused));
    wait(100s);
    CHECK(life.login("2", Outcome::refused));
  }
  boot = "another";
  SECTION("by the time that has gone by") {
    now += 450;
    auto next = life();
    CHECK(next->guard.failures(scheduler.now()) == 2);
    scheduler.advance(50s);
    CHECK(next->guard.failures(scheduler.now()) == 1);
  }
  SECTION("and what was written in the future is as old as it was then") {
    now -= 5'000;
    auto next = life();
    CHECK(next->guard.failures(scheduler.now()) == 2);
    scheduler.advance(500s);
    CHECK(next->guard.failures(scheduler.now()) == 1);
    scheduler.advance(100s);
    CHECK(next->guard.failures(scheduler.now()) == 0);
  }
}

TEST_CASE_METHOD(GuardBookLives,
                 "moments that no clock can show are as old, or as young, as can be") {
  const auto with = [this](const std::string& members) {
    std::ofstream(file) << R"({"type":"starface-teams-agent-failed-logins","version":1,)" << members
                        << "}";
    return life()->guard.failures(scheduler.now());
  };
  CHECK(with(R"("failed":[-9223372036854775808],"underWay":0)") == 0);
  CHECK(with(R"("failed":[9223372036854775807],"underWay":0)") == 1);
  CHECK(with(R"("failed":[-9223372036854775808],"underWay":[],"boot":"one",)"
             R"("written":9223372036854775807,"writtenUp":-9223372036854775808)") == 0);
  CHECK(with(R"("failed":[9223372036854775807],"underWay":[{"since":9223372036854775807}],)"
             R"("boot":"one","written":-9223372036854775808,"writtenUp":9223372036854775807)") ==
        2);
}

TEST_CASE_METHOD(GuardBookLives,
                 "failures take the place of others in the file that have grown old there") {
  auto first = life();
  CHECK(first->login("1", Outcome::refused));
  CHECK(first->login("2", Outcome::refused));
  // The file still has two of them, which count no longer.
  wait(601s);
  const auto number = first->ask("3", 2);
  first->guard.keep(number, 2, scheduler.now());
  SECTION("at once") {
    CHECK(after_a_kill()->guard.failures(scheduler.now()) == 2);
  }
  SECTION("and over a restart") {
    first.reset();
    CHECK(life()->guard.failures(scheduler.now()) == 2);
  }
}

TEST_CASE_METHOD(GuardBookLives, "a left-over is taken back by its own user only") {
  // Strangers' wrong sign-ins are under way whenever the agent is killed.
  std::size_t wrong = 0;
  auto agent = life();
  for (int kill = 0; kill < 4; ++kill) {
    for (int i = 0; i < 4; ++i)
      wrong += agent->begin("made-up-" + std::to_string(kill * 4 + i)).has_value() ? 1U : 0U;
    agent = after_a_kill();
    for (int i = 0; i < 8; ++i) {
      CHECK(agent->login(std::to_string(i), Outcome::accepted) ==
            (agent->guard.failures(scheduler.now()) < agent->guard.most()));
    }
    CHECK(agent->guard.failures(scheduler.now()) == wrong);
    wait(10s);
  }
  CHECK(wrong <= agent->guard.most());
}

TEST_CASE_METHOD(GuardBookLives,
                 "a right sign-in takes back one left-over: of two, one was another password") {
  auto first = life();
  REQUIRE(first->begin("anna", "right"));
  REQUIRE(first->begin("anna", "wrong"));
  auto next = after_a_kill();
  CHECK(next->login("anna", Outcome::refused));
  CHECK(next->guard.failures(scheduler.now()) == 3);
  for (int i = 0; i < 3; ++i) {
    auto again = next->begin("anna", "right");
    if (again) next->guard.finish(*again, Outcome::accepted, scheduler.now());
    CHECK(next->guard.failures(scheduler.now()) == 2);
  }
}

TEST_CASE_METHOD(GuardBookLives,
                 "what nobody takes back costs its window, and no more over restarts") {
  auto agent = life();
  REQUIRE(agent->begin("gone"));
  for (int i = 0; i < 5; ++i) {
    agent = after_a_kill();
    CHECK(agent->guard.failures(scheduler.now()) == 1);
    wait(110s);
  }
  SECTION("by the running agent") {
    wait(51s);
    CHECK(agent->guard.failures(scheduler.now()) == 0);
  }
  SECTION("at a start") {
    wait(51s);
    CHECK(after_a_kill()->guard.failures(scheduler.now()) == 0);
  }
}

TEST_CASE_METHOD(GuardBookLives,
                 "what may have been the PBX's state is known as such over a kill") {
  using Shape = uci::AnswerShape;
  const Shape starting{Shape::Rank::web, 7};
  const Shape well{Shape::Rank::judgement, ~std::uint64_t{0}};
  auto agent = life();
  agent->guard.set_usual(well);
  for (int i = 0; i < 5; ++i) {
    const auto number = agent->ask("signed-in", 1);
    agent->guard.keep(number, 1, scheduler.now());
    agent->guard.note_pbx(number, starting);
  }
  agent = after_a_kill();
  CHECK(agent->guard.usual() == well);
  CHECK(agent->guard.failures(scheduler.now()) >= 5);
  CHECK(agent->guard.may_be_released());
  agent->guard.release_unlike(well);
  CHECK(agent->guard.failures(scheduler.now()) <= 1);
}

TEST_CASE_METHOD(GuardBookLives,
                 "a token whose end is not known is taken back by its own user after a kill") {
  auto agent = life();
  agent->guard.keep(agent->ask("anna"), 1, scheduler.now());
  agent->guard.keep(agent->ask("ben"), 1, scheduler.now());
  agent = after_a_kill();
  const std::size_t before = agent->guard.failures(scheduler.now());
  CHECK(agent->login("carl", Outcome::accepted));
  CHECK(agent->guard.failures(scheduler.now()) == before);
  CHECK(agent->login("anna", Outcome::accepted));
  CHECK(agent->guard.failures(scheduler.now()) == before - 1);
}

TEST_CASE_METHOD(GuardBookLives, "a wrong token known as such is in the file as failed") {
  auto agent = life();
  agent->guard.keep(agent->ask("anna"), 1, scheduler.now());
  agent->guard.refused_later(agent->print("anna"), scheduler.now(), GENERATE(true, false));
  agent = after_a_kill();
  const std::size_t before = agent->guard.failures(scheduler.now());
  // The token was wrong, so no right password takes it back.
  CHECK(agent->login("anna", Outcome::accepted));
  CHECK(agent->guard.failures(scheduler.now()) == before);
}

TEST_CASE_METHOD(GuardBookLives, "what counts no longer is not in the file after the next turn") {
  auto agent = life();
  SECTION("a request that turned out to be harmless") {
    const auto number = agent->ask("anna");
    agent->guard.keep(number, 1, scheduler.now());
    REQUIRE(contains(text(), "\"since\""));
    agent->guard.forget(number);
    scheduler.turn();
    CHECK_FALSE(contains(text(), "\"since\""));
  }
  SECTION("a sign-in that the PBX has taken, before its subscriptions are made") {
    REQUIRE(agent->begin("anna"));
    REQUIRE(contains(text(), "\"user\""));
    agent->guard.taken(agent->print("anna"));
    scheduler.turn();
    CHECK_FALSE(contains(text(), "\"user\""));
  }
}

TEST_CASE_METHOD(GuardBookLives,
                 "left-overs of an agent that kept no names are taken back by nobody") {
  std::ofstream(file) << R"({"type":"starface-teams-agent-failed-logins","version":1,)"
                      << R"("failed":[1799999900],"underWay":3})";
  auto agent = life();
  CHECK(agent->guard.failures(scheduler.now()) == 4);
  for (int i = 0; i < 8; ++i)
    CHECK(agent->login(std::to_string(i), Outcome::accepted));
  CHECK(agent->guard.failures(scheduler.now()) == 4);
  wait(600s);
  CHECK(agent->guard.failures(scheduler.now()) == 0);
}

TEST_CASE_METHOD(GuardBookLives,
                 "the file has no names, and hashes that only this installation can make") {
  auto first = life();
  REQUIRE(first->begin("somebody", "S3cret"));
  const std::string mine = text();
  CHECK_FALSE(contains(mine, "somebody"));
  CHECK_FALSE(contains(mine, "S3cret"));
  const auto tag = [](const std::string& of) {
    const auto document = json::parse(of);
    REQUIRE(document);
    REQUIRE((*document)["underWay"].size() == 1);
    return (*document)["underWay"][0]["user"].asString();
  };
  CHECK(tag(mine).size() == 32);
  // Over processes; with any password.
  file = directory.path() / "second.json";
  auto second = life();
  REQUIRE(second->begin("somebody", "another"));
  CHECK(tag(text()) == tag(mine));
  file = directory.path() / "third.json";
  ++installation;
  auto third = life();
  REQUIRE(third->begin("somebody", "S3cret"));
  CHECK(tag(text()) != tag(mine));
}

TEST_CASE_METHOD(GuardBookLives, "requests of signed-in users are in the file before they go out") {
  auto first = life();
  SECTION("keepAlives, of which a login may follow each, and a logout") {
    for (int i = 0; i < 5; ++i)
      static_cast<void>(first->ask(std::to_string(i), i == 0 ? 1 : 2));
    CHECK(after_a_kill()->guard.failures(scheduler.now()) == 5);
  }
  SECTION("the calls of one user") {
    first->guard.set_calls(2);
    first->guard.set_calls(3);
    CHECK(after_a_kill()->guard.failures(scheduler.now()) == 3);
  }
  SECTION("beside a sign-in") {
    REQUIRE(first->begin("1"));
    static_cast<void>(first->ask("2"));
    auto next = after_a_kill();
    CHECK(next->guard.failures(scheduler.now()) == 2);
    // Nobody takes them back.
    CHECK(next->login("2", Outcome::accepted));
    CHECK(next->guard.failures(scheduler.now()) == 2);
    CHECK(next->login("1", Outcome::accepted));
    CHECK(next->guard.failures(scheduler.now()) == 1);
    wait(600s);
    CHECK(next->guard.failures(scheduler.now()) == 0);
  }
}

TEST_CASE_METHOD(GuardBookLives,
                 "requests that have ended well cost nothing after a clean restart") {
  auto first = life();
  for (int i = 0; i < 5; ++i)
    first->guard.forget(first->ask("1"));
  first.reset();
  CHECK(life()->guard.failures(scheduler.now()) == 0);
}

TEST_CASE_METHOD(GuardBookLives,
                 "requests of signed-in users cost few writes, however many users there are") {
  auto first = life();
  std::size_t writes = 0;
  std::string before = text();
  // 200 users with a keepAlive a minute and now and then two at once, for half an hour.
  for (int second = 0; second < 1'800; ++second) {
    wait(1s);
    for (int i = 0; i < 4; ++i) {
      const auto one = first->ask(std::to_string(i));
      const auto two = i == 0 ? first->ask("100") : 0;
      first->guard.forget(one);
      if (two != 0) first->guard.forget(two);
      if (text() != before) {
        ++writes;
        before = text();
      }
    }
  }
  CHECK(writes <= 2);
  CHECK(writes > 0);
  // Nobody is there any more: two looks later the file knows.
  wait(2 * std::chrono::duration_cast<std::chrono::seconds>(GuardBook::kLowerAfter));
  CHECK(after_a_kill()->guard.failures(scheduler.now()) == 0);
}

TEST_CASE_METHOD(GuardBookLives, "the boot's id comes from the kernel, or from the service unit") {
  const std::string id = "0123456789abcdef0123456789abcdef";
  std::ofstream(file) << "01234567-89ab-cdef-0123-456789abcdef\n";
  CHECK(boot_id(file, nullptr) == id);
  CHECK(boot_id(file, "fedcba98765432100123456789abcdef") == id);
  CHECK(boot_id(directory.path() / "missing", id.c_str()) == id);
  CHECK(boot_id(directory.path() / "missing", nullptr).empty());
  CHECK(boot_id(directory.path() / "missing", "no id").empty());
  std::ifstream unit(SFTEAMS_SOURCE_DIR "/packaging/systemd/starface-teams-agent.service");
  const std::string text((std::istreambuf_iterator<char>(unit)), {});
  CHECK(contains(text, "\nEnvironment=" + std::string(kBootVariable) + "=%b\n"));
}

}  // namespace
}  // namespace sfteams::agent
