#include "agent/guard/known_users_file.h"

#include <fstream>

#include <catch2/catch.hpp>

#include "tests/contains.h"
#include "tests/fake_background.h"
#include "tests/temporary_directory.h"

namespace sfteams::agent {
namespace {

using Content = KnownUsersFile::Content;

crypto::Secret key_of(std::uint8_t first) {
  crypto::Secret key(32);
  key.bytes()[0] = first;
  return key;
}

Content two_users() {
  Content content{{7}, {.day = 0x0102'0304, .calendar = 20'000}};
  content.users.push_back({{1}, {2}, 300, 4});
  content.users.push_back({{5}, {6}, 0x0102'0304, 255});
  return content;
}

void check_same(const std::optional<Content>& read, const Content& written) {
  REQUIRE(read);
  CHECK(read->judge == written.judge);
  CHECK(read->days == written.days);
  REQUIRE(read->users.size() == written.users.size());
  for (std::size_t i = 0; i < written.users.size(); ++i) {
    CHECK(read->users[i].name == written.users[i].name);
    CHECK(read->users[i].verifier == written.users[i].verifier);
    CHECK(read->users[i].day == written.users[i].day);
    CHECK(read->users[i].misses == written.users[i].misses);
  }
}

struct Fixture {
  TemporaryDirectory directory;
  std::filesystem::path path = directory.path() / "known-users.json";
  int saved = 0;
  KnownUsersFile file{path, key_of(1),
                      [this](const std::filesystem::path& to, const std::string& text) {
                        ++saved;
                        std::ofstream(to) << text;
                        return Result<void>();
                      }};
};

TEST_CASE("what is packed is found again when it is unpacked") {
  for (const Content& content : {two_users(), Content{{9}, {1, 2}}})
    check_same(KnownUsersFile::unpacked(KnownUsersFile::pack(content).bytes()), content);
}

TEST_CASE("numbers that the file has no room for are the next that it can have") {
  Content content{{}, {.day = -1, .calendar = BookDays::kLastDay + 1}};
  content.users.push_back({{}, {}, 5, 256});
  const auto read = KnownUsersFile::unpacked(KnownUsersFile::pack(content).bytes());
  REQUIRE(read);
  // Never before the last day on which a user came.
  CHECK(read->days.day == 5);
  CHECK(read->days.calendar == BookDays::kLastDay);
  CHECK(read->users[0].misses == 255);
}

TEST_CASE("content of an older agent has no days: the last one on which a user came counts") {
  const Content content = two_users();
  const crypto::Secret packed = KnownUsersFile::pack(content);
  std::vector<std::uint8_t> old(packed.bytes().begin(), packed.bytes().end());
  old.erase(old.begin() + 16, old.begin() + 24);
  const auto read = KnownUsersFile::unpacked(old);
  REQUIRE(read);
  CHECK(read->days == BookDays::Marks{0x0102'0304, -1});
  CHECK(read->users.size() == 2);
}

TEST_CASE("content of any other length is none") {
  const crypto::Secret packed = KnownUsersFile::pack(two_users());
  std::size_t taken = 0;
  for (std::size_t size = 0; size <= packed.size(); ++size)
    taken += KnownUsersFile::unpacked(packed.bytes().first(size)) ? 1U : 0U;
  // No user, one and two, each with days and without.
  CHECK(taken == 6);
}

TEST_CASE_METHOD(Fixture, "a file is read by who has the key, and by nobody else") {
  CHECK_FALSE(file.read().content);
  CHECK(file.read().problem.empty());
  REQUIRE(file.write(two_users()));
  check_same(file.read().content, two_users());
  CHECK(file.read().problem.empty());
  const KnownUsersFile another(path, key_of(2), nullptr);
  CHECK_FALSE(another.read().content);
  CHECK(contains(another.read().problem, "another identity"));
  std::ofstream(path) << "{";
  CHECK_FALSE(file.read().content);
  CHECK_FALSE(file.read().problem.empty());
}

TEST_CASE_METHOD(Fixture,
                 "what is written beside the loop reports its end, unless it is given up") {
  sfteams::test::FakeBackground background;
  int told = 0;
  file.write_beside(background, two_users(), [&](const Result<void>& written) {
    CHECK(written);
    ++told;
  });
  CHECK(file.writing());
  CHECK(saved == 0);
  SECTION("in its turn") {
    background.do_all();
    CHECK(told == 1);
    CHECK(saved == 1);
    CHECK_FALSE(file.writing());
    CHECK_FALSE(file.give_up());
    check_same(file.read().content, two_users());
  }
  SECTION("before") {
    CHECK(file.give_up());
    CHECK_FALSE(file.writing());
    background.do_all();
    CHECK(told == 0);
    CHECK(saved == 0);
  }
}

}  // namespace
}  // namespace sfteams::agent
