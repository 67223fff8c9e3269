#include "agent/pbx/pbx_side.h"

#include <fstream>

#include <catch2/catch.hpp>

#include "agent/state/boot_id.h"
#include "base/json/json.h"
#include "base/log/log.h"
#include "oauth/codes.h"
#include "tests/agent/pbx/fake_pbx.h"
#include "tests/contains.h"
#include "tests/temporary_directory.h"
#include "transport/codes.h"
#include "uci/codes.h"

// The PBX as it is reached just now: made, made anew, switched off, and not to be had.

namespace sfteams::agent {
namespace {

using namespace std::chrono_literals;

/// Which ways are open, and whether another one can be opened.
struct Ways {
  int open = 0;
  int opened = 0;
  std::optional<Error> taken;  ///< why none can be opened
  std::vector<PbxProbe::Answer> asked{};
  bool proven = false;  ///< what the last question was told
};

class FakeWay final : public PbxWay {
 public:
  FakeWay(Ways& ways, FakeAccess& access) : ways_(ways), access_(access) {
    ++ways_.open;
    ++ways_.opened;
  }
  ~FakeWay() override { --ways_.open; }
  FakeWay(const FakeWay&) = delete;
  FakeWay& operator=(const FakeWay&) = delete;

  Result<std::unique_ptr<PbxUser>> user(const std::string& name, const crypto::Secret& password,
                                        uci::Connection::Handlers handlers) override {
    return access_.user(name, password, std::move(handlers));
  }
  void ask(bool proven, PbxProbe::Answer answer) override {
    ways_.proven = proven;
    ways_.asked.push_back(std::move(answer));
  }
  void ask_nobody(std::function<void(const uci::AnswerShape&)> answer) override {
    access_.ask_nobody(std::move(answer));
  }
  void give_up(const Error& why) override {
    for (const PbxProbe::Answer& answer : std::exchange(ways_.asked, {}))
      answer(why);
  }

 private:
  Ways& ways_;
  FakeAccess& access_;
};

struct PatientGuest final : Guest {
  void on_event(const std::string&) override {}
  void on_pbx(bool) override {}
  void on_signed_out(const Error& error) override {
    seat.reset();
    told = error.code.id;
  }
  std::unique_ptr<Accounts::Waiting> waiting;
  std::unique_ptr<Seat> seat;
  std::string told;  ///< the code of the last bad news
};

struct PbxSideFixture {
  explicit PbxSideFixture(bool enabled = true, std::optional<Error> taken = {}) {
    uci.enabled = enabled;
    ways.taken = std::move(taken);
    REQUIRE(pbx.start(uci));
  }

  void ask(PatientGuest& guest) {
    const Result<Accounts*> accounts = pbx.accounts();
    REQUIRE(accounts);
    guest.waiting = (*accounts)->sign_in("1001", crypto::Secret::from_text("S3cret"), guest,
                                         [&guest](Result<std::unique_ptr<Seat>> seat) {
                                           if (seat) {
                                             guest.seat = std::move(*seat);
                                           } else {
                                             guest.told = seat.error().code.id;
                                           }
                                         });
    scheduler.turn();
  }
  void sign_in(PatientGuest& guest) {
    ask(guest);
    access.accept(access.opened.size() - 1);
    REQUIRE(guest.seat);
  }
  /// Why nobody can sign in; "" when somebody can.
  [[nodiscard]] std::string refusal() const {
    const Result<Accounts*> accounts = pbx.accounts();
    return accounts ? "" : std::string(accounts.error().code.id);
  }

  FakeScheduler scheduler;
  FakeAccess access{scheduler};
  Ways ways;
  int renewed = 0;
  ProviderQuestion::Answer question;  ///< of how users sign in
  PbxSettings uci;
  TemporaryDirectory directory;
  std::filesystem::path guard_file = directory / "failed-logins.json";
  PbxSide pbx{{scheduler,
               [this](const PbxSettings&) -> Result<std::unique_ptr<PbxWay>> {
                 if (ways.taken) return fail(*ways.taken);
                 return std::make_unique<FakeWay>(ways, access);
               },
               [this] { ++renewed; },
               guard_file,
               {},
               {},
               nullptr,
               {},
               {},
               [this](const PbxSettings&, ProviderQuestion::Answer answer)
                   -> Result<std::unique_ptr<ProviderQuestion>> {
                 struct Question final : ProviderQuestion {};
                 question = std::move(answer);
                 return std::make_unique<Question>();
               }}};
};

struct SwitchedOff : PbxSideFixture {
  SwitchedOff() : PbxSideFixture(false) {}
};

TEST_CASE_METHOD(PbxSideFixture,
                 "whoever is signed in when the connection is made anew is told, and may "
                 "sign in again") {
  PatientGuest anna;
  sign_in(anna);
  pbx.renew(uci);
  CHECK(anna.told == "uci.unreachable");
  CHECK(refusal() == "uci.unreachable");
  // The old way stays until the PBX knows.
  scheduler.turn();
  CHECK(ways.opened == 1);
  access.pbx(0).value(kLogout, true);
  scheduler.turn();
  CHECK(ways.open == 1);
  CHECK(ways.opened == 2);
  CHECK(renewed == 1);
  sign_in(anna);
}

TEST_CASE_METHOD(PbxSideFixture,
                 "who is just signing in when the connection is made anew is told why") {
  PatientGuest anna;
  ask(anna);
  pbx.renew(uci);
  CHECK(anna.told == "uci.unreachable");
}

TEST_CASE_METHOD(PbxSideFixture, "what the PBX of before answers is not told of the one after it") {
  PatientGuest guest;
  sign_in(guest);
  std::optional<std::optional<Error>> answer;
  pbx.ask([&answer](const std::optional<Error>& problem) { answer = problem; });
  REQUIRE(ways.asked.size() == 1);
  // Its user is still being signed out there when it answers that it is well.
  pbx.renew(uci);
  ways.asked.front()(std::nullopt);
  REQUIRE(answer);
  REQUIRE(*answer);
  CHECK((*answer)->code == uci::codes::kUnreachable);
}

TEST_CASE_METHOD(PbxSideFixture, "what changes while users are signed in leaves them signed in") {
  PatientGuest anna;
  sign_in(anna);
  uci.logout_delay = 0s;
  uci.failed_logins_per_user = 1;
  pbx.set_limits(uci);
  CHECK(anna.seat);
  PatientGuest ben;
  const std::size_t next = access.opened.size();
  const Result<Accounts*> accounts = pbx.accounts();
  REQUIRE(accounts);
  const auto sign_in_wrongly = [&](const std::string& password) {
    ben.waiting = (*accounts)->sign_in(
        "1002", crypto::Secret::from_text(password), ben,
        [&](Result<std::unique_ptr<Seat>> seat) { ben.told = seat.error().code.id; });
    scheduler.turn();
  };
  sign_in_wrongly("wrong");
  access.refuse(next);
  CHECK(ben.told == "uci.login-refused");
  sign_in_wrongly("wrong, too");
  CHECK(ben.told == "session.login-paused");
  anna.seat.reset();
  CHECK(access.pbx(0).count(kLogout) == 1);
}

TEST_CASE_METHOD(PbxSideFixture,
                 "what has failed is not forgotten when the connection is made anew") {
  PatientGuest anna;
  ask(anna);
  access.refuse(0);
  CHECK(anna.told == "uci.login-refused");
  pbx.renew(uci);
  scheduler.turn();
  scheduler.turn();
  ask(anna);
  CHECK(access.opened.size() == 1);
}

TEST_CASE_METHOD(PbxSideFixture, "what was kept of passwords in another form is of another judge") {
  // Former versions kept UCI's token, which would now be sent as a wrong one.
  CHECK_THAT(pbx.judge(), Catch::EndsWith("\nsha512/2"));
  uci.auth = SignInBy::md5;
  pbx.renew(uci);
  scheduler.turn();
  scheduler.turn();
  CHECK_THAT(pbx.judge(), Catch::EndsWith("\nmd5"));
}

using Change = std::function<void(PbxSettings&)>;
/// Each is followed by another judge of passwords, which may be the same PBX.
const Change kJudges[] = {
    [](PbxSettings& uci) { uci.auth = SignInBy::md5; },
    [](PbxSettings& uci) { uci.url.host = "localhost"; },
    [](PbxSettings& uci) { uci.ca_file = "/etc/ssl/pbx.pem"; },
};

TEST_CASE_METHOD(PbxSideFixture,
                 "what another PBX, or a wrong address, has refused is tried again") {
  PatientGuest anna;
  ask(anna);
  access.refuse(0);
  CHECK(anna.told == "uci.login-refused");
  kJudges[GENERATE(0, 1, 2)](uci);
  pbx.renew(uci);
  scheduler.turn();
  scheduler.turn();
  sign_in(anna);
}

TEST_CASE_METHOD(PbxSideFixture,
                 "no change of the configuration lets the PBX see more wrong passwords") {
  std::size_t at_the_pbx = 0;
  const auto guess = [&](int round) {
    for (int i = 0; i < 20; ++i) {
      PatientGuest guest;
      const Result<Accounts*> accounts = pbx.accounts();
      REQUIRE(accounts);
      const std::size_t next = access.opened.size();
      guest.waiting = (*accounts)->sign_in(
          std::to_string(round * 100 + i), crypto::Secret::from_text("wrong"), guest,
          [&](const Result<std::unique_ptr<Seat>>& seat) { guest.told = seat.error().code.id; });
      scheduler.turn();
      if (access.opened.size() == next) continue;
      ++at_the_pbx;
      access.refuse(next);
    }
  };
  guess(0);
  CHECK(at_the_pbx == 8);
  for (int round = 1; round <= 3; ++round) {
    kJudges[round - 1](uci);
    pbx.renew(uci);
    scheduler.turn();
    scheduler.turn();
    REQUIRE(refusal().empty());
    CHECK(std::filesystem::exists(guard_file));
    guess(round);
    CHECK(at_the_pbx == 8);
  }
  scheduler.advance(600s);
  guess(4);
  CHECK(at_the_pbx == 16);
}

TEST_CASE_METHOD(PbxSideFixture,
                 "failed logins are kept with the boot, and with a hash of who is signing in") {
  PatientGuest anna;
  ask(anna);
  std::ifstream in(guard_file);
  const auto kept = json::parse(std::string((std::istreambuf_iterator<char>(in)), {}));
  REQUIRE(kept);
  CHECK((*kept)["boot"] == boot_id());
  CHECK_FALSE(boot_id().empty());
  REQUIRE((*kept)["underWay"].size() == 1);
  CHECK((*kept)["underWay"][0]["user"].asString().size() == 32);
}

TEST_CASE_METHOD(PbxSideFixture,
                 "switched off, nobody can sign in, and nothing is wrong with the PBX") {
  uci.enabled = false;
  pbx.renew(uci);
  scheduler.turn();
  scheduler.turn();
  CHECK(refusal() == "uci.disabled");
  CHECK(ways.open == 0);
  bool well = false;
  pbx.ask([&](const std::optional<Error>& error) { well = !error; });
  CHECK(well);
}

TEST_CASE_METHOD(SwitchedOff, "switched on, users can sign in") {
  CHECK(refusal() == "uci.disabled");
  uci.enabled = true;
  pbx.renew(uci);
  scheduler.turn();
  PatientGuest anna;
  sign_in(anna);
}

TEST_CASE_METHOD(PbxSideFixture,
                 "a connection that cannot be made is tried again, and says why meanwhile") {
  ways.taken = Error{transport::codes::kListenFailed, "the port is taken", ""};
  pbx.renew(uci);
  scheduler.turn();
  scheduler.turn();
  CHECK(refusal() == "transport.listen-failed");
  std::string told;
  pbx.ask([&](const std::optional<Error>& error) { told = error ? error->code.id : ""; });
  CHECK(told == "transport.listen-failed");
  ways.taken.reset();
  scheduler.advance(PbxSide::kAgain);
  CHECK(refusal().empty());
  CHECK(ways.open == 1);
}

struct TakenAtStart : PbxSideFixture {
  TakenAtStart()
      : PbxSideFixture(true, Error{transport::codes::kListenFailed, "the port is taken", ""}) {}
};

TEST_CASE_METHOD(TakenAtStart, "a port that is taken at the start keeps nobody out for good") {
  CHECK(refusal() == "transport.listen-failed");
  REQUIRE(pbx.problem());
  scheduler.advance(PbxSide::kAgain);
  CHECK(refusal() == "transport.listen-failed");
  ways.taken.reset();
  scheduler.advance(PbxSide::kAgain);
  CHECK(refusal().empty());
  CHECK_FALSE(pbx.problem());
  CHECK(renewed == 1);
  PatientGuest anna;
  sign_in(anna);
}

TEST_CASE_METHOD(TakenAtStart,
                 "what fails with other settings is logged, and nothing that is not so") {
  std::vector<std::string> logged;
  log::start(log::Level::info);
  log::observe([&](log::Level level, std::string_view, std::string_view message) {
    logged.push_back(std::string(log::to_string(level)) + " " + std::string(message));
  });
  scheduler.advance(PbxSide::kAgain);
  CHECK(logged.empty());
  ways.taken = Error{transport::codes::kListenFailed, "that one is taken, too", ""};
  pbx.renew(uci);
  REQUIRE(logged.size() == 1);
  CHECK(logged[0].starts_with("error "));
  CHECK(contains(logged[0], "that one is taken, too"));
  uci.enabled = false;
  pbx.renew(uci);
  CHECK(logged.size() == 1);
  log::observe(nullptr);
  log::set_level(log::Level::error);
}

TEST_CASE_METHOD(TakenAtStart, "the end comes though it never could be made") {
  int done = 0;
  pbx.stop([&] { ++done; });
  scheduler.turn();
  CHECK(done == 1);
  scheduler.advance(PbxSide::kAgain);
  CHECK(ways.opened == 0);
}

TEST_CASE_METHOD(PbxSideFixture,
                 "a PBX at which a user has signed in is known to be one, until it moves") {
  const auto proven = [&] {
    pbx.ask([](const std::optional<Error>&) {});
    return ways.proven;
  };
  CHECK_FALSE(proven());
  PatientGuest anna;
  sign_in(anna);
  CHECK(proven());
  // The connection is made anew, to the same one.
  pbx.renew(uci);
  access.pbx(0).value(kLogout, true);
  scheduler.turn();
  scheduler.turn();
  CHECK(proven());
  uci.url.host = "other.example.com";
  pbx.renew(uci);
  scheduler.turn();
  scheduler.turn();
  CHECK_FALSE(proven());
}

TEST_CASE_METHOD(PbxSideFixture,
                 "who asks whether the PBX answers while it is made anew is answered once") {
  int answers = 0;
  pbx.ask([&](const std::optional<Error>& error) {
    CHECK(error);
    ++answers;
  });
  pbx.renew(uci);
  scheduler.turn();
  scheduler.turn();
  CHECK(answers == 1);
}

TEST_CASE_METHOD(PbxSideFixture,
                 "several changes at once make it anew once, as the last one says") {
  PatientGuest anna;
  sign_in(anna);
  pbx.renew(uci);
  uci.enabled = false;
  pbx.renew(uci);
  access.pbx(0).value(kLogout, true);
  scheduler.turn();
  scheduler.turn();
  CHECK(ways.opened == 1);
  CHECK(refusal() == "uci.disabled");
}

TEST_CASE_METHOD(PbxSideFixture,
                 "the end comes though the connection is just made anew, and only once") {
  PatientGuest anna;
  sign_in(anna);
  int done = 0;
  pbx.renew(uci);
  pbx.stop([&] { ++done; });
  pbx.renew(uci);
  CHECK(refusal() == "session.shutting-down");
  access.pbx(0).value(kLogout, true);
  scheduler.turn();
  scheduler.turn();
  CHECK(done == 1);
  CHECK(ways.opened == 1);
}

TEST_CASE_METHOD(PbxSideFixture, "the end comes, too, when the old connections have just ended") {
  PatientGuest anna;
  sign_in(anna);
  int done = 0;
  pbx.renew(uci);
  access.pbx(0).value(kLogout, true);
  // Behind the word that everybody is out, and before it is made anew for it.
  const auto stop = scheduler.after(0s, [&] { pbx.stop([&] { ++done; }); });
  for (int turns = 0; turns < 4; ++turns)
    scheduler.turn();
  CHECK(done == 1);
  CHECK(ways.opened == 1);
}

TEST_CASE_METHOD(PbxSideFixture,
                 "limits that change while it cannot be made hold when it is made") {
  ways.taken = Error{transport::codes::kListenFailed, "the port is taken", ""};
  pbx.renew(uci);
  scheduler.turn();
  scheduler.turn();
  uci.logout_delay = 0s;
  pbx.set_limits(uci);
  ways.taken.reset();
  scheduler.advance(PbxSide::kAgain);
  PatientGuest anna;
  sign_in(anna);
  anna.seat.reset();
  CHECK(access.pbx(0).count(kLogout) == 1);
}

TEST_CASE_METHOD(SwitchedOff, "with nobody to sign out the end comes in the next turn") {
  int done = 0;
  pbx.stop([&] { ++done; });
  CHECK(done == 0);
  scheduler.turn();
  CHECK(done == 1);
}

struct Automatic : PbxSideFixture {
  Automatic() : PbxSideFixture(false) {
    uci.enabled = true;
    uci.auth = SignInBy::automatic;
    uci.client_secret_file = "/etc/secret";
    pbx.renew(uci);
  }
  void answer(const Result<oauth::Provider>& found) {
    REQUIRE(question);
    std::exchange(question, nullptr)(found);
  }
  static Result<oauth::Provider> nothing() {
    return fail(oauth::codes::kNotOffered, "the PBX offers no OAuth", "");
  }
  static Result<oauth::Provider> offered(bool for_passwords = true) {
    oauth::Provider provider;
    provider.password_grant = for_passwords;
    return provider;
  }
};

TEST_CASE_METHOD(Automatic, "users wait for a PBX that has not said how they sign in") {
  CHECK(refusal() == uci::codes::kUnreachable.id);
  CHECK_FALSE(pbx.auth());
  std::optional<std::optional<Error>> asked;
  pbx.ask([&asked](const std::optional<Error>& problem) { asked = problem; });
  CHECK_FALSE(asked);
  answer(offered());
  CHECK(refusal().empty());
  CHECK(pbx.auth()->by == SignInBy::oauth);
  CHECK_FALSE(pbx.problem());
}

TEST_CASE_METHOD(Automatic, "a PBX that has no passwords is told before anybody signs in") {
  answer(offered(false));
  CHECK(pbx.problem()->code == oauth::codes::kNoPasswordGrant);
}

TEST_CASE_METHOD(Automatic,
                 "another PBX is asked for itself, though the one before just said OAuth") {
  answer(nothing());
  scheduler.advance(AuthWatch::kStarting + PbxSide::kAgain);
  answer(nothing());
  PatientGuest anna;
  sign_in(anna);
  scheduler.advance(AuthWatch::kLookAgain);
  answer(offered());
  uci.url.host = "other.example.com";
  pbx.renew(uci);
  CHECK_FALSE(pbx.auth());
  scheduler.turn();
  access.pbx(0).value(kLogout, true);
  scheduler.turn();
  CHECK(refusal() == uci::codes::kUnreachable.id);
  answer(offered());
  CHECK(refusal().empty());
}

TEST_CASE_METHOD(Automatic, "when the PBX offers OAuth all of a sudden, users sign in by it") {
  answer(nothing());
  scheduler.advance(AuthWatch::kStarting + PbxSide::kAgain);
  answer(nothing());
  CHECK(pbx.auth()->by == SignInBy::sha512);
  const std::string before = pbx.judge();
  PatientGuest anna;
  sign_in(anna);
  const int made = renewed;
  scheduler.advance(AuthWatch::kLookAgain);
  answer(offered());
  CHECK(anna.told == uci::codes::kUnreachable.id);
  scheduler.turn();
  access.pbx(0).value(kLogout, true);
  scheduler.turn();
  CHECK(refusal().empty());
  CHECK(pbx.auth()->by == SignInBy::oauth);
  CHECK(renewed == made + 1);
  // What was kept of users is of the other kind.
  CHECK(pbx.judge() != before);
}

}  // namespace
}  // namespace sfteams::agent
