#include "keygen/key_file.h"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "base/files/codes.h"
#include "keygen/codes.h"
#include "tests/contains.h"
#include "tests/keygen/sample.h"
#include "tests/seed.h"

namespace sfteams::keygen {
namespace {

using integration::read_file;
using integration::ScratchDirectory;
using integration::write_file;

KeyFile sample() {
  return {"pbx.example.com", sample_key(), "wss://connector.example.com", "2026-11-23T10:00:00Z"};
}

Json::Value sample_json() {
  sfteams::test::keep_seed("keyfile", key_file_text(sample()).text());
  const auto value = json::parse(key_file_text(sample()).text());
  REQUIRE(value);
  return *value;
}

Error refusal(std::string_view text) {
  sfteams::test::keep_seed("keyfile", text);
  const auto key_file = parse_key_file(text);
  REQUIRE_FALSE(key_file);
  return key_file.error();
}

Error refusal_of(const Json::Value& value) {
  return refusal(json::write(value));
}

TEST_CASE("a key file has the members that are promised, in that order") {
  CHECK(key_file_text(sample()).text() ==
        "{\n"
        "  \"type\": \"starface-teams-key\",\n"
        "  \"version\": 1,\n"
        "  \"name\": \"pbx.example.com\",\n"
        "  \"key\": \"7M6ET-ZWF05-7J6W0-ZMDSG-PPR4N-5JJX9-K1QQF-TSVDY\",\n"
        "  \"connector\": \"wss://connector.example.com\",\n"
        "  \"created\": \"2026-11-23T10:00:00Z\"\n"
        "}\n");
}

TEST_CASE("what is written is read back") {
  const ScratchDirectory scratch;
  const auto file = scratch.path() / "pbx.key";
  REQUIRE(write_key_file(file, sample(), files::Existing::refuse));
  const auto read = read_key_file(file);
  REQUIRE(read);
  CHECK(read->name == sample().name);
  CHECK(read->key == sample().key);
  CHECK(read->connector == sample().connector);
  CHECK(read->created == sample().created);
  CHECK(mode_of(file) ==
        (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
}

TEST_CASE("a key file is not overwritten unless that is asked for") {
  const ScratchDirectory scratch;
  const auto file = scratch.path() / "pbx.key";
  write_file(file, "something dear");
  const auto refused = write_key_file(file, sample(), files::Existing::refuse);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == files::codes::kFileExists);
  CHECK(read_file(file) == "something dear");
  REQUIRE(write_key_file(file, sample(), files::Existing::replace));
  CHECK(read_key_file(file));
}

TEST_CASE("members in another order, on one line and in tolerated spellings are read") {
  Json::Value value = sample_json();
  value["name"] = "PBX.Example.com.";
  value["key"] = "7m6et zwfo5 7j6wo zmdsg ppr4n 5jjx9 klqqf tsvdy";
  const auto key_file = parse_key_file(json::write(value));
  REQUIRE(key_file);
  CHECK(key_file->name == "pbx.example.com");
  CHECK(key_file->key == sample_key());
}

TEST_CASE("a file cut short anywhere is refused") {
  const auto content = key_file_text(sample());
  const auto whole = content.text();
  // Only the line feed at the end may be missing.
  for (std::size_t size = 0; size + 1 < whole.size(); ++size) {
    INFO(size);
    REQUIRE(refusal(whole.substr(0, size)).code == codes::kNoKeyFile);
  }
  CHECK(parse_key_file(whole.substr(0, whole.size() - 1)));
}

TEST_CASE("a file with anything behind it is refused") {
  const auto content = key_file_text(sample());
  for (const char* const more : {"x", "{}", "\n\n0", "\xff"}) {
    CHECK(refusal(std::string(content.text()) + more).code == codes::kNoKeyFile);
  }
  CHECK(refusal(std::string(content.text()) + '\0').code == codes::kNoKeyFile);
}

TEST_CASE("foreign files are refused for what they are") {
  CHECK_THAT(refusal("").message, Catch::Contains("empty"));
  CHECK_THAT(refusal("\xef\xbb\xbf{}").message, Catch::Contains("byte order mark"));
  CHECK_THAT(refusal("{\"type\": \"caf\xe9\"}").message, Catch::Contains("not UTF-8"));
  CHECK_THAT(refusal("-----BEGIN PRIVATE KEY-----\n").message, Catch::Contains("no JSON"));
  CHECK_THAT(refusal("[system]\nname = pbx\n").message, Catch::Contains("no JSON"));
  CHECK_THAT(refusal("[]").message, Catch::Contains("no object"));
  CHECK_THAT(refusal("null").message, Catch::Contains("no object"));
  CHECK_THAT(refusal("\"text\"").message, Catch::Contains("no object"));
  CHECK_THAT(refusal("{}").message, Catch::Contains("no \"type\""));
  CHECK_THAT(refusal("{\"type\": 7}").message, Catch::Contains("no \"type\""));
  CHECK_THAT(refusal("{\"type\": \"starface-licence\"}").message,
             Catch::Contains("another type than \"starface-teams-key\""));
  CHECK(refusal("{\"type\": \"starface-licence\"}").code == codes::kNoKeyFile);
  CHECK(refusal(std::string(10'000, '[')).code == codes::kNoKeyFile);
}

TEST_CASE("a key in the wrong place of a key file that was edited is not quoted") {
  const std::string key = sample_json()["key"].asString();
  const std::string begin = key.substr(0, 11);
  for (const char* const name : {"type", "version", "name", "connector", "created"}) {
    for (const std::string& wrong : {key, begin, "starfa" + begin + "y"}) {
      Json::Value value = sample_json();
      value[name] = wrong;
      const auto file = parse_key_file(json::write(value));
      INFO(name << " = " << wrong);
      CHECK((file || describe(file.error()).find(begin) == std::string::npos));
    }
  }
  Json::Value value = sample_json();
  value[key] = "key";
  CHECK_FALSE(contains(describe(refusal_of(value)), begin));
}

TEST_CASE("a newer version asks for an update, and what is no version is refused") {
  for (const Json::Value& version :
       {Json::Value(2), Json::Value(4711), Json::Value(Json::UInt64(18446744073709551615U))}) {
    Json::Value value = sample_json();
    value["version"] = version;
    value["new-member"] = "that a newer version may have";
    const Error error = refusal_of(value);
    CHECK(error.code == codes::kKeyFileVersion);
    CHECK_THAT(error.hint, Catch::Contains("update"));
  }
  for (const Json::Value& version : {Json::Value(0), Json::Value(-1), Json::Value(1.0),
                                     Json::Value("1"), Json::Value(true), Json::Value()}) {
    Json::Value value = sample_json();
    value["version"] = version;
    INFO(json::write(version));
    CHECK(refusal_of(value).code == codes::kKeyFileVersion);
  }
}

TEST_CASE("each missing member is named") {
  for (const char* const name : {"version", "name", "key", "connector", "created"}) {
    Json::Value value = sample_json();
    value.removeMember(name);
    const Error error = refusal_of(value);
    CHECK(error.code == codes::kKeyFileMember);
    CHECK_THAT(error.message, Catch::Contains("has no \"" + std::string(name) + "\""));
  }
}

TEST_CASE("each member of another type is named") {
  for (const char* const name : {"name", "key", "connector", "created"}) {
    for (const Json::Value& wrong :
         {Json::Value(1), Json::Value(true), Json::Value(), Json::Value(Json::arrayValue),
          Json::Value(Json::objectValue)}) {
      Json::Value value = sample_json();
      value[name] = wrong;
      const Error error = refusal_of(value);
      CHECK(error.code == codes::kKeyFileMember);
      CHECK_THAT(error.message, Catch::Contains("\"" + std::string(name) + "\""));
    }
  }
}

TEST_CASE("an unknown and a repeated member are refused") {
  Json::Value value = sample_json();
  value["password"] = "x";
  const Error unknown = refusal_of(value);
  CHECK(unknown.code == codes::kKeyFileMember);
  CHECK_THAT(unknown.message, Catch::Contains("version 1 does not know"));

  std::string twice(key_file_text(sample()).text());
  twice.insert(2, "  \"name\": \"other.example.com\",\n");
  CHECK(refusal(twice).code == codes::kNoKeyFile);
}

TEST_CASE("wrong contents end with the code of what is wrong") {
  const auto with = [](const char* name, const std::string& content) {
    Json::Value value = sample_json();
    value[name] = content;
    return refusal_of(value).code;
  };
  CHECK(with("name", "192.168.1.1") == codes::kBadName);
  CHECK(with("name", "") == codes::kBadName);
  CHECK(with("connector", "https://connector.example.com") == codes::kBadConnector);
  CHECK(with("connector", "") == codes::kBadConnector);
  CHECK(with("connector", "ws://connector.example.com") == codes::kBadConnector);
  CHECK(with("created", "yesterday") == codes::kKeyFileMember);
  CHECK(with("key", "") == codes::kKeyLength);
  CHECK(with("key", std::string(kSampleKey.substr(1))) == codes::kKeyLength);
  CHECK(with("key", "8" + std::string(kSampleKey.substr(1))) == codes::kKeyChecksum);
  CHECK(with("key", "U" + std::string(kSampleKey.substr(1))) == codes::kKeyCharacter);
  CHECK(with("key", std::string(kSampleKey) + std::string("\0", 1)) == codes::kKeyCharacter);
}

TEST_CASE("every changed character of the key in a file is noticed, and the file still named") {
  const ScratchDirectory scratch;
  const auto file = scratch.path() / "pbx.key";
  const std::string whole(key_file_text(sample()).text());
  const std::size_t begin = whole.find(kSampleKey);
  for (std::size_t i = 0; i < kSampleKey.size(); ++i) {
    if (kSampleKey[i] == '-') continue;
    std::string changed = whole;
    changed[begin + i] = kSampleKey[i] == 'A' ? 'B' : 'A';
    write_file(file, changed);
    const auto key_file = read_key_file(file);
    REQUIRE_FALSE(key_file);
    REQUIRE(key_file.error().code == codes::kKeyChecksum);
    REQUIRE_THAT(key_file.error().message, Catch::Contains(file.string()));
  }
}

TEST_CASE("a file at the size limit is read and a larger one is not") {
  const ScratchDirectory scratch;
  const auto file = scratch.path() / "pbx.key";
  std::string content(key_file_text(sample()).text());
  content.resize(kMaxKeyFileSize, ' ');
  write_file(file, content);
  CHECK(read_key_file(file));
  write_file(file, content + " ");
  const auto larger = read_key_file(file);
  REQUIRE_FALSE(larger);
  CHECK(larger.error().code == files::codes::kFileTooLarge);
}

TEST_CASE("no refusal of a file repeats the key in it") {
  const std::string whole(key_file_text(sample()).text());
  std::vector<std::string> broken{whole.substr(0, whole.size() - 3), whole + "}",
                                  "{\"" + std::string(kSampleKey) + "\": 1}"};
  Json::Value odd = sample_json();
  odd["created"] = std::string(kSampleKey);
  broken.push_back(json::write(odd));
  odd = sample_json();
  odd["name"] = std::string(kSampleKey) + "!";
  broken.push_back(json::write(odd));
  odd = sample_json();
  odd[std::string(kSampleKey)] = 1;
  broken.push_back(json::write(odd));
  for (const std::string& content : broken) {
    const std::string said = describe(refusal(content));
    CHECK_FALSE(contains(said, kSampleKey));
    CHECK_FALSE(contains(said, kSampleKey.substr(24)));
  }
}

}  // namespace
}  // namespace sfteams::keygen
