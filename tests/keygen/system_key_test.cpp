#include "keygen/system_key.h"

#include <set>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "keygen/codes.h"
#include "tests/contains.h"
#include "tests/keygen/sample.h"

namespace sfteams::keygen {
namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

std::string canonical_of(const SystemKey& key) {
  const auto bytes = key.canonical();
  return {bytes.begin(), bytes.end()};
}

std::string new_canonical_key() {
  const auto key = SystemKey::generate();
  REQUIRE(key);
  return canonical_of(*key);
}

/// Keys with every kind of content: published, all zeros, all ones, fresh.
std::vector<std::string> sample_keys() {
  std::vector<std::string> keys;
  const Json::Value published = vectors()["keys"];
  for (const auto& vector : published)
    keys.push_back(member(vector, "canonical"));
  for (int i = 0; i < 4; ++i)
    keys.push_back(new_canonical_key());
  return keys;
}

Code code_of(std::string_view key_text) {
  const auto key = SystemKey::parse(key_text);
  return key ? Code{"accepted"} : key.error().code;
}

TEST_CASE("a new key has 40 symbols of the alphabet and fits its own checksum") {
  for (int i = 0; i < 100; ++i) {
    const std::string key = new_canonical_key();
    REQUIRE(key.size() == SystemKey::kSymbols);
    REQUIRE(key.find_first_not_of(kAlphabet) == std::string::npos);
    REQUIRE(SystemKey::parse(key));
  }
}

TEST_CASE("new keys differ and use every symbol at every random place") {
  std::set<std::string> keys;
  std::vector<std::set<char>> seen(SystemKey::kRandomSymbols);
  // A symbol misses a place after 2,000 keys with a chance of 1 in 10^24 for all of them together.
  for (int i = 0; i < 2000; ++i) {
    const std::string key = new_canonical_key();
    keys.insert(key);
    for (std::size_t place = 0; place < seen.size(); ++place)
      seen[place].insert(key[place]);
  }
  CHECK(keys.size() == 2000);
  for (const auto& symbols : seen)
    CHECK(symbols.size() == kAlphabet.size());
}

TEST_CASE("a key is shown in eight groups of five and read back") {
  const SystemKey key = sample_key();
  CHECK(key.display().text() == kSampleKey);
  const auto again = SystemKey::parse(key.display().text());
  REQUIRE(again);
  CHECK(*again == key);
}

TEST_CASE("keys are equal when their symbols are") {
  const SystemKey key = sample_key();
  const auto other = SystemKey::generate();
  REQUIRE(other);
  CHECK(key == key.clone());
  CHECK_FALSE(key == *other);
}

TEST_CASE("every spelling of a key that the vectors tolerate is the same key") {
  const Json::Value list = vectors()["same_key"];
  REQUIRE(list.size() >= 7);
  for (const auto& vector : list) {
    INFO(member(vector, "text"));
    const auto key = SystemKey::parse(member(vector, "text"));
    REQUIRE(key);
    CHECK(canonical_of(*key) == member(vector, "canonical"));
  }
}

TEST_CASE("every text that the vectors call no key is refused with its code") {
  const Json::Value list = vectors()["no_key"];
  REQUIRE(list.size() >= 8);
  for (const auto& vector : list) {
    INFO(member(vector, "text"));
    CHECK(code_of(member(vector, "text")).id == member(vector, "code"));
  }
}

TEST_CASE("every single wrong character is noticed") {
  std::size_t tried = 0;
  for (const std::string& key : sample_keys()) {
    for (std::size_t place = 0; place < key.size(); ++place) {
      for (const char symbol : kAlphabet) {
        if (symbol == key[place]) continue;
        std::string wrong = key;
        wrong[place] = symbol;
        ++tried;
        REQUIRE(code_of(wrong) == codes::kKeyChecksum);
      }
    }
  }
  CHECK(tried == std::size_t{8} * 40 * 31);
}

TEST_CASE("every swap of neighbours that differ is noticed") {
  std::size_t tried = 0;
  for (const std::string& key : sample_keys()) {
    for (std::size_t place = 0; place + 1 < key.size(); ++place) {
      if (key[place] == key[place + 1]) continue;
      std::string wrong = key;
      std::swap(wrong[place], wrong[place + 1]);
      ++tried;
      REQUIRE(code_of(wrong) == codes::kKeyChecksum);
    }
  }
  CHECK(tried > 200);
}

TEST_CASE("every two wrong characters are noticed") {
  const std::string key = canonical_of(sample_key());
  std::size_t accepted = 0;
  for (std::size_t first = 0; first < key.size(); ++first) {
    for (std::size_t second = first + 1; second < key.size(); ++second) {
      std::string wrong = key;
      // One pair of symbols for each pair of places; the code is linear, so the differences count.
      wrong[first] = kAlphabet[(kAlphabet.find(key[first]) ^ (first % 31 + 1)) & 31];
      wrong[second] = kAlphabet[(kAlphabet.find(key[second]) ^ (second % 31 + 1)) & 31];
      if (code_of(wrong) != codes::kKeyChecksum) ++accepted;
    }
  }
  CHECK(accepted == 0);
}

TEST_CASE("a key cut short anywhere is refused for its length") {
  const std::string key(kSampleKey);
  for (std::size_t size = 0; size < key.size(); ++size) {
    REQUIRE(code_of(key.substr(0, size)) == codes::kKeyLength);
  }
}

TEST_CASE("a key with more behind it is refused for its length") {
  CHECK(code_of(std::string(kSampleKey) + "0") == codes::kKeyLength);
  CHECK(code_of(std::string(kSampleKey) + std::string(kSampleKey)) == codes::kKeyLength);
  CHECK(code_of(std::string(1'000'000, '0')) == codes::kKeyLength);
  CHECK(code_of(std::string(1025, '-')) == codes::kKeyLength);
}

TEST_CASE("every byte that is neither symbol nor separator is refused at its position") {
  const std::string tolerated = "OoIiLl -_\t\r\n";
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    const char upper = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    if (kAlphabet.find(upper) != std::string_view::npos) continue;
    if (tolerated.find(c) != std::string::npos) continue;
    std::string wrong(kSampleKey);
    wrong[14] = c;  // the third character of the third group
    const auto key = SystemKey::parse(wrong);
    REQUIRE_FALSE(key);
    REQUIRE(key.error().code == codes::kKeyCharacter);
    REQUIRE(contains(key.error().message, "character 3 of group 3"));
  }
}

TEST_CASE("no message about a wrong key holds a group of it") {
  std::string one_wrong(kSampleKey);
  one_wrong[0] = '8';
  const std::string with_u = one_wrong.substr(0, one_wrong.size() - 1) + "U";
  for (const std::string& wrong : {one_wrong, with_u, one_wrong + "0", one_wrong.substr(1)}) {
    const auto key = SystemKey::parse(wrong);
    REQUIRE_FALSE(key);
    const std::string said = describe(key.error());
    for (std::size_t group = 6; group + 5 < wrong.size(); group += 6) {
      CHECK_FALSE(contains(said, wrong.substr(group, 5)));
    }
  }
}

}  // namespace
}  // namespace sfteams::keygen
