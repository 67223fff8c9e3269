#include "agent/known_users.h"

#include <fstream>
#include <set>

#include <catch2/catch.hpp>

#include "crypto/aes_gcm.h"
#include "crypto/encoding.h"
#include "crypto/hash.h"
#include "json/json.h"
#include "tests/agent/temporary_directory.h"
#include "tests/fake_background.h"
#include "tests/fake_scheduler.h"

namespace sfteams::agent {
namespace {

using namespace std::chrono_literals;
using Answer = KnownUsers::Answer;

constexpr std::int64_t kDay = 86'400;

/// One life of the agent.
struct Life {
  explicit Life(KnownUsers::Setup setup, std::uint8_t process = 1)
      : scheduler(setup.scheduler), guard({}, process_key(process)), known(std::move(setup)) {}

  static crypto::Secret process_key(std::uint8_t process) {
    crypto::Secret key(32);
    key.bytes()[0] = process;
    return key;
  }
  Answer check(const std::string& user, const std::string& password) {
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

struct Lives {
  TemporaryDirectory directory;
  std::filesystem::path file = directory.path() / "known-users.json";
  sfteams::test::FakeScheduler scheduler;
  sfteams::test::FakeBackground background;
  clock::UnixSeconds now = 20'000 * kDay;
  crypto::Secret identity = crypto::Secret::from_text("an identity of thirty-two bytes.");
  std::string judge = "http://127.0.0.1";
  KnownUsers::Limits limits;
  std::uint8_t processes = 0;

  KnownUsers::Setup setup(transport::Background* beside = nullptr) {
    return {scheduler, file, identity.clone(), judge, beside, [this] { return now; }, limits};
  }
  std::unique_ptr<Life> life() { return std::make_unique<Life>(setup(), ++processes); }

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
    const auto sealed = crypto::from_base64(json::string_member(*document, "sealed").value());
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
                        << crypto::to_base64(sealed) << "\"}";
  }
  /// Its users' records.
  [[nodiscard]] std::vector<std::string> records() const {
    const std::string content = opened();
    std::vector<std::string> records;
    for (std::size_t at = kMark; at < content.size(); at += kRecord)
      records.push_back(content.substr(at, kRecord));
    return records;
  }
  static constexpr std::size_t kMark = 16;
  static constexpr std::size_t kRecord = 53;
};

TEST_CASE_METHOD(Lives, "a password is known once the PBX has taken it, over a restart, too") {
  auto first = life();
  CHECK(first->check("anna", "right") == Answer::no);
  first->accepted("anna", "right");
  CHECK(first->check("anna", "right") == Answer::yes);
  CHECK(first->check("anna", "wrong") == Answer::no);
  CHECK(first->check("ben", "right") == Answer::no);
  first.reset();
  const auto second = life();
  CHECK(second->check("anna", "right") == Answer::yes);
  CHECK(second->check("anna", "wrong") == Answer::no);
  CHECK(second->check("ben", "right") == Answer::no);
}

TEST_CASE_METHOD(Lives, "the last right password is known, no earlier one") {
  auto first = life();
  first->accepted("anna", "old");
  first->accepted("anna", "new");
  CHECK(first->check("anna", "old") == Answer::no);
  CHECK(first->known.size() == 1);
  first.reset();
  const auto second = life();
  CHECK(second->check("anna", "old") == Answer::no);
  CHECK(second->check("anna", "new") == Answer::yes);
}

TEST_CASE_METHOD(Lives, "a password that the PBX refuses is forgotten, another one is not") {
  auto life_now = life();
  life_now->accepted("anna", "right");
  const bool restarted = GENERATE(false, true);
  if (restarted) {
    life_now.reset();
    life_now = life();
  }
  life_now->refused("anna", "guess");
  life_now->refused("ben", "right");
  CHECK(life_now->check("anna", "right") == Answer::yes);
  SECTION("at a sign-in") {
    life_now->refused("anna", "right");
  }
  SECTION("while the user is signed in") {
    life_now->known.taken_no_longer("anna", life_now->print("anna", "guess"));
    CHECK(life_now->check("anna", "right") == Answer::yes);
    life_now->known.taken_no_longer("anna", life_now->print("anna", "right"));
  }
  CHECK(life_now->check("anna", "right") == Answer::no);
  CHECK(life_now->known.size() == 0);
}

TEST_CASE_METHOD(Lives, "the file alone tells no name, no password and not how many share one") {
  auto first = life();
  first->accepted("somebody", "Same-Passw0rd");
  first->accepted("somebody-else", "Same-Passw0rd");
  first.reset();
  CHECK(text().find("somebody") == std::string::npos);
  CHECK(text().find("Same-Passw0rd") == std::string::npos);
  // Nor does it to whoever can open it: names are hashed, and each password has its own salt.
  const auto all = records();
  REQUIRE(all.size() == 2);
  std::set<std::string> names;
  std::set<std::string> verifiers;
  for (const std::string& record : all) {
    CHECK(record.find("some") == std::string::npos);
    CHECK(record.find("Same") == std::string::npos);
    names.insert(record.substr(0, 16));
    verifiers.insert(record.substr(16, 32));
  }
  CHECK(names.size() == 2);
  CHECK(verifiers.size() == 2);
  CHECK((std::filesystem::status(file).permissions() & std::filesystem::perms::all) ==
        (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
  // Sealed anew each time: nobody sees whether anything has changed.
  const std::string before = text();
  now += kDay;
  life()->accepted("somebody", "Same-Passw0rd");
  CHECK(text() != before);
  CHECK(text().size() == before.size());
}

TEST_CASE_METHOD(Lives, "a file of another identity, or a broken one, is replaced") {
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
  CHECK(second->check("anna", "right") == Answer::no);
  second->accepted("ben", "right");
  second.reset();
  CHECK(life()->check("ben", "right") == Answer::yes);
}

TEST_CASE_METHOD(Lives, "a file that cannot be written keeps nobody from being known") {
  std::filesystem::create_directory(file);
  const auto only = life();
  only->accepted("anna", "right");
  scheduler.advance(KnownUsers::kLater);
  CHECK(only->check("anna", "right") == Answer::yes);
}

TEST_CASE_METHOD(Lives, "another judge knows nobody") {
  life()->accepted("anna", "right");
  SECTION("since a restart") {
    judge = "http://pbx.example.com";
    CHECK(life()->check("anna", "right") == Answer::no);
  }
  SECTION("in between") {
    auto second = life();
    second->known.forget_all("http://pbx.example.com");
    CHECK(second->check("anna", "right") == Answer::no);
    second.reset();
    CHECK(life()->check("anna", "right") == Answer::no);
  }
  // Not even when the first one is back.
  judge = "http://127.0.0.1";
  CHECK(life()->check("anna", "right") == Answer::no);
}

TEST_CASE_METHOD(Lives, "after ten different wrong passwords the right one is no longer known") {
  auto life_now = life();
  life_now->accepted("anna", "right");
  const auto guess = [&](int i) {
    scheduler.advance(1s);
    CHECK(life_now->check("anna", "guess" + std::to_string(i)) == Answer::no);
  };
  // A device with an old password is not guessing.
  for (int i = 0; i < 30; ++i)
    guess(0);
  for (int i = 1; i < 9; ++i)
    guess(i);
  CHECK(life_now->check("anna", "right") == Answer::yes);
  SECTION("and a restart does not help the guesser") {
    life_now.reset();
    life_now = life();
    guess(9);
    CHECK(life_now->check("anna", "right") == Answer::no);
  }
  SECTION("unless the PBX took it in between") {
    life_now->accepted("anna", "right");
    for (int i = 10; i < 19; ++i)
      guess(i);
    CHECK(life_now->check("anna", "right") == Answer::yes);
  }
}

TEST_CASE_METHOD(Lives, "checks are bounded, and those of a right password cost none") {
  const auto only = life();
  only->accepted("anna", "right");
  for (std::size_t i = 0; i < limits.checks_at_once; ++i)
    CHECK(only->check("nobody" + std::to_string(i), "x") == Answer::no);
  CHECK(only->check("nobody", "x") == Answer::later);
  CHECK(only->check("anna", "wrong") == Answer::later);
  CHECK(only->check("anna", "right") == Answer::yes);
  CHECK(only->known.until_next_check() == KnownUsers::kCheckPause);
  scheduler.advance(only->known.until_next_check());
  CHECK(only->check("nobody", "x") == Answer::no);
  CHECK(only->check("nobody", "x") == Answer::later);
  scheduler.advance(1h);
  for (std::size_t i = 0; i < limits.checks_at_once; ++i)
    CHECK(only->check("nobody" + std::to_string(i), "x") == Answer::no);
  CHECK(only->check("nobody", "x") == Answer::later);
}

TEST_CASE_METHOD(Lives, "no more users than the bound; who came longest ago is forgotten") {
  limits.most = 3;
  auto first = life();
  for (const char* user : {"1", "2", "3"}) {
    first->accepted(user, "right");
    now += kDay;
  }
  first->accepted("1", "right");
  first->accepted("4", "right");
  CHECK(first->known.size() == 3);
  CHECK(first->check("2", "right") == Answer::no);
  first.reset();
  const auto second = life();
  CHECK(second->known.size() == 3);
  for (const char* user : {"1", "3", "4"})
    CHECK(second->check(user, "right") == Answer::yes);
}

TEST_CASE_METHOD(Lives, "whoever was not here for ninety days is forgotten") {
  auto first = life();
  first->accepted("1", "right");
  now += 45 * kDay;
  first->accepted("2", "right");
  now += 46 * kDay;
  SECTION("by a running agent") {
    first->accepted("3", "right");
    scheduler.advance(KnownUsers::kLater);
    CHECK(first->check("1", "right") == Answer::no);
    CHECK(first->check("2", "right") == Answer::yes);
  }
  SECTION("at a start") {
    first.reset();
    const auto second = life();
    CHECK(second->check("1", "right") == Answer::no);
    CHECK(second->check("2", "right") == Answer::yes);
  }
  SECTION("a clock that was set back makes nobody older") {
    first.reset();
    now -= 1'000 * kDay;
    const auto second = life();
    now += 89 * kDay;
    CHECK(second->check("2", "right") == Answer::yes);
  }
}

TEST_CASE_METHOD(Lives,
                 "it is written beside the loop, once for many, and once a day for the same") {
  auto first = std::make_unique<Life>(setup(&background), ++processes);
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
  now += kDay;
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

TEST_CASE_METHOD(Lives, "ten thousand users are read and written again, and no more are taken") {
  life()->accepted("anna", "right");
  // Made by hand: to sign them all in would take a while.
  std::string content = opened();
  const std::string record = content.substr(kMark, kRecord);
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
