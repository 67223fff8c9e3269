#include "agent/tickets/sealing_keys.h"

#include <fstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "base/crypto/hash.h"
#include "base/text/encoding.h"
#include "tests/contains.h"
#include "tests/file_mode.h"
#include "tests/log_lines.h"
#include "tests/temporary_directory.h"

namespace sfteams::agent {
namespace {

using clock::UnixSeconds;
using crypto::bytes_of;

constexpr UnixSeconds kNow = 1'800'000'000;
constexpr UnixSeconds kDay = 86'400;

struct SealingFixture {
  TemporaryDirectory directory;
  std::filesystem::path file = directory / "ticket-keys.json";
  SealingKeys keys{file};

  std::string seal(std::string_view content, UnixSeconds now = kNow) {
    return keys.seal(bytes_of(content), bytes_of("here"), now).value();
  }
  std::string open(std::string_view text, std::string_view binding = "here") {
    return opened(keys, text, binding);
  }
  static std::string opened(const SealingKeys& by, std::string_view text,
                            std::string_view binding = "here") {
    const auto content = by.open(text, bytes_of(binding));
    return content ? std::string(content->text()) : "refused";
  }
};

TEST_CASE_METHOD(SealingFixture, "what is sealed is opened, for the same binding only") {
  const std::string text = seal("content");
  CHECK(open(text) == "content");
  CHECK(open(text, "there") == "refused");
  CHECK(open(text, "") == "refused");
  CHECK(open(text, "here\1") == "refused");
  CHECK_FALSE(contains(text, "content"));
  CHECK(seal("content") != text);
}

TEST_CASE_METHOD(SealingFixture, "a sealed text with any bit turned is refused") {
  const std::string text = seal("content");
  auto bytes = text::from_base64url(text).value();
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    bytes[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    CAPTURE(bit);
    CHECK(open(text::to_base64url(bytes)) == "refused");
    bytes[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
  }
  CHECK(open(text::to_base64url(bytes)) == "content");
  for (std::size_t size = 0; size < text.size(); ++size)
    CHECK(open(text.substr(0, size)) == "refused");
  CHECK(open(text + "A") == "refused");
  CHECK(open(text + "=") == "refused");
  CHECK(open(text + "\n") == "refused");
}

TEST_CASE_METHOD(SealingFixture, "keys outlive the process, in a file that only its user reads") {
  const std::string text = seal("content");
  CHECK(sfteams::test::mode_of(file) == 0600);
  const SealingKeys again(file);
  CHECK(opened(again, text) == "content");
  const SealingKeys elsewhere(directory / "other.json");
  CHECK(opened(elsewhere, text) == "refused");
}

TEST_CASE_METHOD(SealingFixture, "a key seals for its turn, and opens what it sealed afterwards") {
  const std::string first = seal("first");
  const std::string same = seal("same", kNow + SealingKeys::kTurn - 1);
  CHECK(keys.size() == 1);
  const std::string second = seal("second", kNow + SealingKeys::kTurn);
  CHECK(keys.size() == 2);
  for (const SealingKeys* by : {&std::as_const(keys)}) {
    CHECK(opened(*by, first) == "first");
    CHECK(opened(*by, same) == "same");
    CHECK(opened(*by, second) == "second");
  }
  const SealingKeys again(file);
  CHECK(opened(again, first) == "first");
  CHECK(opened(again, second) == "second");
}

TEST_CASE_METHOD(SealingFixture, "a key is kept until nothing that it sealed can be good") {
  const std::string first = seal("first");
  UnixSeconds now = kNow;
  // It sealed until its turn was over.
  while (now + SealingKeys::kTurn <= kNow + SealingKeys::kTurn + SealingKeys::kLongestLife) {
    now += SealingKeys::kTurn;
    (void)seal("next", now);
    CHECK(open(first) == "first");
  }
  (void)seal("one more", now + SealingKeys::kTurn);
  CHECK(open(first) == "refused");
  CHECK(keys.size() <= SealingKeys::kMostKeys);
}

TEST_CASE_METHOD(SealingFixture,
                 "a clock that jumps makes keys without end no more than are kept") {
  for (int i = 0; i < 100; ++i)
    (void)seal("content", i % 2 == 0 ? kNow : kNow - 20 * kDay);
  CHECK(keys.size() <= SealingKeys::kMostKeys);
  const std::string last = seal("last", kNow);
  CHECK(open(last) == "last");
  CHECK(opened(SealingKeys(file), last) == "last");
}

TEST_CASE_METHOD(SealingFixture, "a damaged file is reported without its content, and replaced") {
  const std::string text = seal("content");
  for (
      const char* damage :
      {"{", R"({"type":"starface-teams-agent-ticket-keys","version":1})",
       R"({"type":"starface-teams-agent-ticket-keys","version":1,"keys":[{"id":1,"made":5,"key":"abcd"}]})",
       R"({"type":"starface-teams-agent-ticket-keys","version":1,"keys":[{"id":-1}]})",
       R"({"type":"another","version":1,"keys":[]})"}) {
    CAPTURE(damage);
    std::ofstream(file) << damage;
    const sfteams::test::LogLines log;
    SealingKeys again(file);
    REQUIRE(log.lines.size() == 1);
    CHECK(contains(log.lines[0], "[agent.state-damaged]"));
    CHECK_FALSE(contains(log.lines[0], "abcd"));
    CHECK(opened(again, text) == "refused");
    const auto fresh = again.seal(bytes_of("new"), bytes_of("here"), kNow);
    REQUIRE(fresh);
    CHECK(opened(SealingKeys(file), *fresh) == "new");
  }
}

TEST_CASE("nothing is sealed under a key that is not on disk") {
  SealingKeys keys("/no/such/directory/ticket-keys.json");
  CHECK_FALSE(keys.seal(bytes_of("content"), bytes_of("here"), kNow));
  CHECK(keys.size() == 0);
}

}  // namespace
}  // namespace sfteams::agent
