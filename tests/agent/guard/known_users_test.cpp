#include "agent/guard/known_users.h"

#include <condition_variable>
#include <fstream>
#include <mutex>
#include <set>
#include <thread>

#include <catch2/catch.hpp>

#include "base/crypto/aes_gcm.h"
#include "base/crypto/hash.h"
#include "base/json/json.h"
#include "base/log/log.h"
#include "base/text/encoding.h"
#include "tests/contains.h"
#include "tests/fake_background.h"
#include "tests/fake_scheduler.h"
#include "tests/log_lines.h"
#include "tests/temporary_directory.h"

namespace sfteams::agent {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t kSecondsADay = 86'400;

/// One life of the agent.
struct KnownUsersLife {
  explicit KnownUsersLife(KnownUsers::Setup setup, std::uint8_t process = 1)
      : scheduler(setup.scheduler), guard({}, process_key(process)), known(std::move(setup)) {}

  static crypto::Secret process_key(std::uint8_t process) {
    crypto::Secret key(32);
    key.bytes()[0] = process;
    return key;
  }
  KnownUsers::Answer check(const std::string& user, const std::string& password) {
    return known.check(user, crypto::Secret::from_text(password), print(user, password));
  }
  void accepted(const std::string& user, const std::string& password) {
    known.accepted(user, crypto::Secret::from_text(password), print(user, password));
  }
  void refused(const std::string& user, const std::string& password) {
    known.refused(user, crypto::Secret::from_text(password), print(user, password));
  }
  LoginGuard::Fingerprint print(const std::string& user, const std::string& password) {
    return guard.fingerprint(user, crypto::Secret::from_text(password));
  }

  transport::Scheduler& scheduler;
  LoginGuard guard;
  KnownUsers known;
};

struct KnownUsersLives {
  TemporaryDirectory directory;
  std::filesystem::path file = directory.path() / "known-users.json";
  sfteams::test::FakeScheduler scheduler;
  sfteams::test::FakeBackground background;
  clock::UnixSeconds now = 20'000 * kSecondsADay;
  crypto::Secret identity = crypto::Secret::from_text("an identity of thirty-two bytes.");
  std::string judge = "http://127.0.0.1";
  KnownUsers::Limits limits;
  std::uint8_t processes = 0;

  KnownUsers::Setup setup(transport::Background* beside = nullptr) {
    return {scheduler, file, identity.clone(), judge, beside, [this] { return now; }, limits};
  }
  /// Real time goes by.
  void wait(std::int64_t days) {
    scheduler.advance(24h * days);
    now += days * kSecondsADay;
  }
  std::unique_ptr<KnownUsersLife> life() {
    return std::make_unique<KnownUsersLife>(setup(), ++processes);
  }

  [[nodiscard]] std::string text() const {
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  // For whoever has the identity as well.
  [[nodiscard]] crypto::AesGcm seal() const {
    return crypto::AesGcm(crypto::hkdf_sha256({}, identity.bytes(),
                                              crypto::bytes_of("starface-teams known users, seal"),
                                              32)
                              .bytes());
  }
  static std::span<const std::uint8_t> type() {
    return crypto::bytes_of("starface-teams-agent-known-users");
  }
  [[nodiscard]] std::string opened() const {
    const auto document = json::parse(text());
    REQUIRE(document);
    const auto sealed = text::from_base64(json::string_member(*document, "sealed").value());
    REQUIRE(sealed);
    crypto::AesGcm::Nonce nonce{};
    std::copy_n(sealed->begin(), nonce.size(), nonce.begin());
    const auto rest = std::span(*sealed).subspan(nonce.size());
    std::vector<std::uint8_t> content(rest.size() - crypto::AesGcm::kTagSize);
    REQUIRE(seal().open(nonce, type(), rest, content));
    return {content.begin(), content.end()};
  }
  void write_sealed(const std::string& content) const {
    std::vector<std::uint8_t> sealed(12 + content.size() + crypto::AesGcm::kTagSize);
    seal().seal({}, type(), crypto::bytes_of(content), std::span(sealed).subspan(12));
    std::ofstream(file) << R"({"type":"starface-teams-agent-known-users","version":1,"sealed":")"
                        << text::to_base64(sealed) << "\"}";
  }
  /// Its users' records.
  [[nodiscard]] std::vector<std::string> records() const {
    const std::string content = opened();
    std::vector<std::string> records;
    for (std::size_t at = kHead; at < content.size(); at += kRecord)
      records.push_back(content.substr(at, kRecord));
    return records;
  }
  static constexpr std::size_t kMark = 16;
  static constexpr std::size_t kHead = kMark + 8;
  static constexpr std::size_t kRecord = 53;
};

TEST_CASE_METHOD(KnownUsersLives,
                 "a password is known once the PBX has taken it, over a restart, too") {
  auto first = life();
  CHECK(first->check("anna", "right") == KnownUsers::Answer::no);
  first->accepted("anna", "right");
  CHECK(first->check("anna", "right") == KnownUsers::Answer::yes);
  CHECK(first->check("anna", "wrong") == KnownUsers::Answer::no);
  CHECK(first->check("ben", "right") == KnownUsers::Answer::no);
  first.reset();
  const auto second = life();
  CHECK(second->check("anna", "right") == KnownUsers::Answer::yes);
  CHECK(second->check("anna", "wrong") == KnownUsers::Answer::no);
  CHECK(second->check("ben", "right") == KnownUsers::Answer::no);
}

TEST_CASE_METHOD(KnownUsersLives, "the last right password is known, no earlier one") {
  auto first = life();
  first->accepted("anna", "old");
  first->accepted("anna", "new");
  CHECK(first->check("anna", "old") == KnownUsers::Answer::no);
  CHECK(first->known.size() == 1);
  first.reset();
  const auto second = life();
  CHECK(second->check("anna", "old") == KnownUsers::Answer::no);
  CHECK(second->check("anna", "new") == KnownUsers::Answer::yes);
}

TEST_CASE_METHOD(KnownUsersLives,
                 "a password that the PBX refuses is forgotten, another one is not") {
  auto life_now = life();
  life_now->accepted("anna", "right");
  const bool restarted = GENERATE(false, true);
  if (restarted) {
    life_now.reset();
    life_now = life();
  }
  life_now->refused("anna", "guess");
  life_now->refused("ben", "right");
  CHECK(life_now->check("anna", "right") == KnownUsers::Answer::yes);
  SECTION("at a sign-in") {
    life_now->refused("anna", "right");
  }
  SECTION("while the user is signed in") {
    life_now->known.taken_no_longer("anna", life_now->print("anna", "guess"));
    CHECK(life_now->check("anna", "right") == KnownUsers::Answer::yes);
    life_now->known.taken_no_longer("anna", life_now->print("anna", "right"));
  }
  CHECK(life_now->check("anna", "right") == KnownUsers::Answer::no);
  CHECK(life_now->known.size() == 0);
}

TEST_CASE_METHOD(KnownUsersLives,
                 "the file alone tells no name, no password and not how many share one") {
  auto first = life();
  first->accepted("somebody", "Same-Passw0rd");
  first->accepted("somebody-else", "Same-Passw0rd");
  first.reset();
  CHECK_FALSE(contains(text(), "somebody"));
  CHECK_FALSE(contains(text(), "Same-Passw0rd"));
  // Nor does it to whoever can open it: names are hashed, and each password has its own salt.
  const auto all = records();
  REQUIRE(all.size() == 2);
  std::set<std::string> names;
  std::set<std::string> verifiers;
  for (const std::string& record : all) {
    CHECK_FALSE(contains(record, "some"));
    CHECK_FALSE(contains(record, "Same"));
    names.insert(record.substr(0, 16));
    verifiers.insert(record.substr(16, 32));
  }
  CHECK(names.size() == 2);
  CHECK(verifiers.size() == 2);
  CHECK((std::filesystem::status(file).permissions() & std::filesystem::perms::all) ==
        (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
  // Sealed anew each time: nobody sees whether anything has changed.
  const std::string before = text();
  now += kSecondsADay;
  life()->accepted("somebody", "Same-Passw0rd");
  CHECK(text() != before);
  CHECK(text().size() == before.size());
}

TEST_CASE_METHOD(KnownUsersLives, "a file of another identity, or a broken one, is replaced") {
  life()->accepted("anna", "right");
  std::string broken = text();
  SECTION("another identity") {
    identity.bytes()[0] ^= 1;
  }
  SECTION("one bit") {
    broken[broken.find("\"sealed\"") + 40] ^= 1;
  }
  SECTION("another type") {
    broken = R"({"type":"another","version":1})";
  }
  SECTION("nothing sealed") {
    broken = R"({"type":"starface-teams-agent-known-users","version":1,"sealed":"AAAA"})";
  }
  SECTION("cut off") {
    broken.resize(broken.size() / 2);
  }
  SECTION("empty") {
    broken.clear();
  }
  SECTION("too large") {
    broken += std::string(1'100'000, ' ');
  }
  std::ofstream(file) << broken;
  auto second = life();
  CHECK(second->check("anna", "right") == KnownUsers::Answer::no);
  second->accepted("ben", "right");
  second.reset();
  CHECK(life()->check("ben", "right") == KnownUsers::Answer::yes);
}

TEST_CASE_METHOD(KnownUsersLives, "a file that cannot be written keeps nobody from being known") {
  const sfteams::test::LogLines logged;
  auto only = life();
  std::filesystem::create_directory(file);
  only->accepted("anna", "right");
  scheduler.advance(KnownUsers::kLater);
  REQUIRE(logged.lines.size() == 1);
  CHECK(logged.lines[0].starts_with("error known users cannot be written down"));
  CHECK(contains(logged.lines[0], file.string()));
  // Of whom no check is remembered: the derivation is what answers.
  CHECK(only->check("anna", "right") == KnownUsers::Answer::yes);
  CHECK(only->check("anna", "wrong") == KnownUsers::Answer::no);
  only->accepted("ben", "right");
  scheduler.advance(KnownUsers::kLater);
  CHECK(logged.lines.size() == 1);
  std::filesystem::remove(file);
  SECTION("and it is written again with the next change") {
    only->accepted("cleo", "right");
    scheduler.advance(KnownUsers::kLater);
    REQUIRE(logged.lines.size() == 2);
    CHECK(logged.lines[1] == "info known users can be written down again");
    CHECK(records().size() == 3);
  }
  SECTION("and it is written again without one") {
    scheduler.advance(KnownUsers::kLater);
    CHECK(logged.lines.size() == 2);
    CHECK(records().size() == 2);
  }
  SECTION("or at the end") {
    only.reset();
    CHECK(records().size() == 2);
  }
}

TEST_CASE_METHOD(KnownUsersLives,
                 "a file that cannot be read is logged, and keeps nobody from being known") {
  std::filesystem::create_directory(file);
  const sfteams::test::LogLines logged;
  const auto only = life();
  REQUIRE(logged.lines.size() == 1);
  CHECK(logged.lines[0].starts_with("warn [agent.state-damaged] "));
  CHECK(contains(logged.lines[0], file.string()));
  only->accepted("anna", "right");
  CHECK(only->check("anna", "right") == KnownUsers::Answer::yes);
}

TEST_CASE_METHOD(KnownUsersLives,
                 "a check costs one derivation, whether or not anybody has the name") {
  int derived = 0;
  KnownUsers::Setup counted = setup();
  counted.derive = [&](auto password, auto salt) {
    ++derived;
    return KnownUsers::scrypt_key(password, salt);
  };
  life()->accepted("anna", "right");
  KnownUsersLife only(std::move(counted), ++processes);
  const auto cost = [&](const std::string& user, const std::string& password) {
    derived = 0;
    static_cast<void>(only.check(user, password));
    return derived;
  };
  CHECK(cost("nobody", "right") == 1);
  CHECK(cost("anna", "wrong") == 1);
  CHECK(cost("anna", "right") == 1);
  CHECK(cost("nobody", "wrong") == 1);
  // Since it was right once in this life, which only its user can find out.
  CHECK(cost("anna", "right") == 0);
}

TEST_CASE_METHOD(KnownUsersLives, "another judge knows nobody") {
  life()->accepted("anna", "right");
  SECTION("since a restart") {
    judge = "http://pbx.example.com";
    CHECK(life()->check("anna", "right") == KnownUsers::Answer::no);
  }
  SECTION("in between") {
    auto second = life();
    second->known.forget_all("http://pbx.example.com");
    CHECK(second->check("anna", "right") == KnownUsers::Answer::no);
    second.reset();
    CHECK(life()->check("anna", "right") == KnownUsers::Answer::no);
  }
  // Not even when the first one is back.
  judge = "http://127.0.0.1";
  CHECK(life()->check("anna", "right") == KnownUsers::Answer::no);
}

TEST_CASE_METHOD(KnownUsersLives,
                 "after ten different wrong passwords the right one is no longer known") {
  auto life_now = life();
  life_now->accepted("anna", "right");
  const auto guess = [&](int i) {
    scheduler.advance(1s);
    CHECK(life_now->check("anna", "guess" + std::to_string(i)) == KnownUsers::Answer::no);
  };
  // A device with an old password is not guessing.
  for (int i = 0; i < 30; ++i)
    guess(0);
  for (int i = 1; i < 9; ++i)
    guess(i);
  CHECK(life_now->check("anna", "right") == KnownUsers::Answer::yes);
  SECTION("and a restart does not help the guesser") {
    life_now.reset();
    life_now = life();
    guess(9);
    CHECK(life_now->check("anna", "right") == KnownUsers::Answer::no);
  }
  SECTION("unless the PBX took it in between") {
    life_now->accepted("anna", "right");
    for (int i = 10; i < 19; ++i)
      guess(i);
    CHECK(life_now->check("anna", "right") == KnownUsers::Answer::yes);
  }
}

TEST_CASE_METHOD(KnownUsersLives, "checks are bounded, and those of a right password cost none") {
  const auto only = life();
  only->accepted("anna", "right");
  for (std::size_t i = 0; i < limits.checks_at_once; ++i)
    CHECK(only->check("nobody" + std::to_string(i), "x") == KnownUsers::Answer::no);
  CHECK(only->check("nobody", "x") == KnownUsers::Answer::later);
  CHECK(only->check("anna", "wrong") == KnownUsers::Answer::later);
  CHECK(only->check("anna", "right") == KnownUsers::Answer::yes);
  CHECK(only->known.until_next_check() == KnownUsers::kCheckPause);
  scheduler.advance(only->known.until_next_check());
  CHECK(only->check("nobody", "x") == KnownUsers::Answer::no);
  CHECK(only->check("nobody", "x") == KnownUsers::Answer::later);
  scheduler.advance(1h);
  for (std::size_t i = 0; i < limits.checks_at_once; ++i)
    CHECK(only->check("nobody" + std::to_string(i), "x") == KnownUsers::Answer::no);
  CHECK(only->check("nobody", "x") == KnownUsers::Answer::later);
}

TEST_CASE_METHOD(KnownUsersLives,
                 "no more users than the bound; who came longest ago is forgotten") {
  limits.most = 3;
  auto first = life();
  for (const char* user : {"1", "2", "3"}) {
    first->accepted(user, "right");
    wait(1);
  }
  first->accepted("1", "right");
  first->accepted("4", "right");
  CHECK(first->known.size() == 3);
  CHECK(first->check("2", "right") == KnownUsers::Answer::no);
  first.reset();
  const auto second = life();
  CHECK(second->known.size() == 3);
  for (const char* user : {"1", "3", "4"})
    CHECK(second->check(user, "right") == KnownUsers::Answer::yes);
}

TEST_CASE_METHOD(KnownUsersLives, "whoever was not here for ninety days is forgotten") {
  auto first = life();
  first->accepted("1", "right");
  wait(45);
  first->accepted("2", "right");
  wait(46);
  SECTION("by a running agent") {
    first->accepted("3", "right");
    scheduler.advance(KnownUsers::kLater);
    CHECK(first->check("1", "right") == KnownUsers::Answer::no);
    CHECK(first->check("2", "right") == KnownUsers::Answer::yes);
  }
  SECTION("at a start") {
    first.reset();
    const auto second = life();
    CHECK(second->check("1", "right") == KnownUsers::Answer::no);
    CHECK(second->check("2", "right") == KnownUsers::Answer::yes);
  }
  SECTION("a clock that was set back makes nobody older") {
    first.reset();
    now -= 1'000 * kSecondsADay;
    const auto second = life();
    now += 89 * kSecondsADay;
    CHECK(second->check("2", "right") == KnownUsers::Answer::yes);
  }
}

TEST_CASE_METHOD(
    KnownUsersLives,
    "whoever was not here for ninety days is forgotten by an agent that starts daily") {
  life()->accepted("1", "right");
  for (int day = 0; day < 89; ++day) {
    wait(1);
    life()->accepted("2", "right");
  }
  CHECK(life()->known.size() == 2);
  // Several starts on one day are one day.
  for (int i = 0; i < 5; ++i)
    life()->accepted("2", "right");
  CHECK(life()->check("1", "right") == KnownUsers::Answer::yes);
  for (int day = 0; day < 2; ++day) {
    wait(1);
    life()->accepted("2", "right");
  }
  CHECK(life()->check("1", "right") == KnownUsers::Answer::no);
  CHECK(life()->check("2", "right") == KnownUsers::Answer::yes);
}

TEST_CASE_METHOD(KnownUsersLives,
                 "a day of the calendar that ends between two starts is counted once") {
  // Started at three each night, and written at one: after midnight, before the restart.
  life()->accepted("1", "right");
  now += 3 * 3'600;
  for (int day = 0; day < 91; ++day) {
    auto tonight = life();
    tonight->accepted("2", "right");
    scheduler.advance(22h);
    now += 22 * 3'600;
    tonight->accepted("3", "right");
    scheduler.advance(KnownUsers::kLater);
    scheduler.advance(2h - KnownUsers::kLater);
    now += 2 * 3'600;
  }
  CHECK(life()->known.size() == 2);
}

TEST_CASE_METHOD(KnownUsersLives, "a clock that is a hundred days ahead makes nobody forgotten") {
  auto agent = life();
  for (int i = 0; i < 10; ++i)
    agent->accepted(std::to_string(i), "right");
  SECTION("while the agent runs") {
    scheduler.advance(KnownUsers::kLater);
    now += 100 * kSecondsADay;
    agent->accepted("0", "right");
    scheduler.advance(KnownUsers::kLater);
    CHECK(agent->known.size() == 10);
  }
  SECTION("when it starts") {
    agent.reset();
    now += 100 * kSecondsADay;
    agent = life();
    CHECK(agent->known.size() == 10);
    agent->accepted("0", "right");
  }
  agent.reset();
  now -= 100 * kSecondsADay;
  CHECK(life()->known.size() == 10);
  // Nor does it keep anybody longer afterwards.
  agent = life();
  wait(50);
  agent->accepted("0", "right");
  wait(45);
  agent->accepted("0", "right");
  scheduler.advance(KnownUsers::kLater);
  CHECK(agent->known.size() == 1);
}

TEST_CASE_METHOD(
    KnownUsersLives,
    "with a clock that was set back, the user who was just accepted is not the one who goes") {
  limits.most = 20;
  auto agent = life();
  for (int i = 0; i < 20; ++i)
    agent->accepted(std::to_string(i), "right");
  const bool restarted = GENERATE(false, true);
  now -= GENERATE(0, 3, 3'000) * kSecondsADay;
  if (restarted) {
    agent.reset();
    agent = life();
  }
  for (int i = 20; i < 40; ++i) {
    const std::string user = std::to_string(i);
    agent->accepted(user, "right");
    CHECK(agent->known.size() == 20);
    CHECK(agent->check(user, "right") == KnownUsers::Answer::yes);
  }
}

TEST_CASE_METHOD(KnownUsersLives, "a file of an agent that kept no days of its own is read") {
  auto first = life();
  first->accepted("anna", "right");
  first.reset();
  std::string content = opened();
  write_sealed(content.erase(kMark, kHead - kMark));
  CHECK(life()->check("anna", "right") == KnownUsers::Answer::yes);
  // And written with them.
  CHECK(opened().size() == kHead + kRecord);
}

TEST_CASE_METHOD(KnownUsersLives,
                 "it is written beside the loop, once for many, and once a day for the same") {
  auto first = std::make_unique<KnownUsersLife>(setup(&background), ++processes);
  for (int i = 0; i < 50; ++i)
    first->accepted(std::to_string(i), "right");
  CHECK(background.waiting() == 0);
  scheduler.advance(KnownUsers::kLater);
  CHECK(background.waiting() == 1);
  background.do_all();
  CHECK(records().size() == 50);
  first->accepted("1", "right");
  scheduler.advance(1h);
  CHECK(background.waiting() == 0);
  wait(1);
  first->accepted("1", "right");
  scheduler.advance(KnownUsers::kLater);
  CHECK(background.waiting() == 1);
  SECTION("what comes meanwhile is written afterwards") {
    first->accepted("fresh", "right");
    scheduler.advance(1h);
    CHECK(background.waiting() == 1);
    background.do_all();
    scheduler.advance(KnownUsers::kLater);
    CHECK(background.waiting() == 1);
    background.do_all();
    CHECK(records().size() == 51);
  }
  SECTION("what is under way at the end is not lost") {
    first->accepted("fresh", "right");
    first.reset();
    CHECK(records().size() == 51);
  }
}

/// Saves as a slow disk does: the first time it waits until somebody else begins, or not.
struct SlowDisk {
  Result<void> save(const std::filesystem::path& file, std::string text) {
    {
      std::unique_lock lock(mutex);
      const int mine = ++begun;
      changed.notify_all();
      if (mine == 1) {
        changed.wait(lock, [this] { return ending; });
        // Whoever does not wait for this one writes now.
        changed.wait_for(lock, 300ms, [this] { return finished > 0; });
      }
    }
    Result<void> saved = KnownUsers::save_text(file, std::move(text));
    const std::lock_guard lock(mutex);
    ++finished;
    changed.notify_all();
    return saved;
  }

  std::mutex mutex;
  std::condition_variable changed;
  int begun = 0;
  int finished = 0;
  bool ending = false;
};

TEST_CASE_METHOD(KnownUsersLives,
                 "what is being written at the end does not come after the last state") {
  SlowDisk disk;
  KnownUsers::Setup slow = setup(&background);
  slow.save = [&](const std::filesystem::path& path, std::string what) {
    return disk.save(path, std::move(what));
  };
  auto only = std::make_unique<KnownUsersLife>(std::move(slow), ++processes);
  only->accepted("anna", "right");
  scheduler.advance(KnownUsers::kLater);
  REQUIRE(background.waiting() == 1);
  std::thread thread([this] { background.work_one(); });
  {
    std::unique_lock lock(disk.mutex);
    CHECK(disk.changed.wait_for(lock, 30s, [&] { return disk.begun == 1; }));
  }
  only->accepted("ben", "right");
  {
    const std::lock_guard lock(disk.mutex);
    disk.ending = true;
    disk.changed.notify_all();
  }
  only.reset();
  thread.join();
  CHECK(disk.finished == 2);
  CHECK(records().size() == 2);
  background.finish_one();
}

TEST_CASE_METHOD(KnownUsersLives,
                 "ten thousand users are read and written again, and no more are taken") {
  life()->accepted("anna", "right");
  // Made by hand: to sign them all in would take a while.
  std::string content = opened();
  const std::string record = content.substr(kHead, kRecord);
  for (std::uint32_t i = 0; i < 10'100; ++i) {
    const crypto::Sha256Digest name = crypto::sha256({crypto::bytes_of(std::to_string(i))});
    content.append(name.begin(), name.begin() + 16).append(record, 16);
  }
  write_sealed(content);
  {
    const auto all = life();
    CHECK(all->known.size() == 10'000);
    all->accepted("ben", "right");
  }
  const auto again = life();
  CHECK(again->known.size() == 10'000);
}

}  // namespace
}  // namespace sfteams::agent
