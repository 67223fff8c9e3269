#include "agent/pbx/refresh_book.h"

#include <fstream>
#include <limits>

#include <catch2/catch.hpp>
#include <json/value.h>

#include "base/crypto/secret.h"
#include "base/files/small_file.h"
#include "base/json/json.h"
#include "base/text/encoding.h"
#include "tests/contains.h"
#include "tests/fake_scheduler.h"
#include "tests/file_mode.h"
#include "tests/log_lines.h"
#include "tests/temporary_directory.h"

namespace sfteams::agent {
namespace {

using crypto::Secret;

Secret secret(std::string_view text) {
  return Secret::from_text(text);
}
Secret name_key(std::uint8_t first = 1) {
  Secret key(32);
  key.bytes()[0] = first;
  return key;
}

struct BookFixture {
  [[nodiscard]] std::string got(std::string_view user, const Secret& by) const {
    const auto refresh = book->get(user, by);
    return refresh ? std::string(refresh->text()) : "none";
  }
  void open(std::uint8_t name = 1) {
    book.reset();
    book = std::make_unique<RefreshBook>(scheduler, file, name_key(name));
  }
  [[nodiscard]] std::string text() const {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void write(const std::string& content) const { std::ofstream(file, std::ios::binary) << content; }

  TemporaryDirectory directory;
  std::filesystem::path file = directory.path() / "refresh-tokens.json";
  sfteams::test::FakeScheduler scheduler;
  std::unique_ptr<RefreshBook> book = std::make_unique<RefreshBook>(scheduler, file, name_key());
  Secret key = secret("key-one");
  Secret other = secret("key-two");
};

TEST_CASE("a new key has 43 characters, and is another one each time") {
  const auto one = RefreshBook::new_key();
  const auto two = RefreshBook::new_key();
  REQUIRE(one);
  REQUIRE(two);
  CHECK(one->size() == 43);
  CHECK_FALSE(*one == *two);
  CHECK(text::from_base64url(one->text())->size() == 32);
}

TEST_CASE_METHOD(BookFixture, "a token is found under its key and its user, and nowhere else") {
  book->put("0001", key, secret("r1"));
  CHECK(got("0001", key) == "r1");
  CHECK(got("0001", other) == "none");
  CHECK(got("0002", key) == "none");
  CHECK(got("", key) == "none");
  CHECK(got("0001", secret("")) == "none");
}

TEST_CASE_METHOD(BookFixture,
                 "a user may have two keys, each with its token, and a newer one replaces it") {
  book->put("0001", key, secret("r1"));
  book->put("0001", other, secret("s1"));
  book->put("0002", key, secret("t1"));
  book->put("0001", key, secret("r2"));
  CHECK(got("0001", key) == "r2");
  CHECK(got("0001", other) == "s1");
  CHECK(got("0002", key) == "t1");
  CHECK(book->size() == 3);
}

TEST_CASE_METHOD(BookFixture, "what is forgotten of a user is gone, and others stay") {
  book->put("0001", key, secret("r1"));
  book->put("0001", other, secret("s1"));
  book->put("0002", key, secret("t1"));
  book->forget("0001");
  book->forget("0003");
  CHECK(got("0001", key) == "none");
  CHECK(got("0001", other) == "none");
  CHECK(got("0002", key) == "t1");
  open();
  CHECK(got("0001", key) == "none");
  CHECK(got("0002", key) == "t1");
}

TEST_CASE_METHOD(BookFixture, "the book outlives its process, for the same name key") {
  book->put("0001", key, secret("r1"));
  SECTION("the first change written at once, those that follow it together soon after") {
    // As after a kill: what is not written now is lost.
    const auto on_disk = [this](const char* user) {
      return RefreshBook(scheduler, file, name_key()).get(user, key).has_value();
    };
    CHECK(on_disk("0001"));
    book->put("0002", key, secret("r2"));
    CHECK_FALSE(on_disk("0002"));
    scheduler.advance(RefreshBook::kSoon);
    CHECK(on_disk("0002"));
  }
  SECTION("written at its end") {
    open();
    CHECK(got("0001", key) == "r1");
    CHECK(got("0001", other) == "none");
    open(2);
    CHECK(got("0001", key) == "none");
  }
}

TEST_CASE_METHOD(BookFixture, "the file is its owner's alone, and holds no name, key or token") {
  book->put("Marvin.Muster", secret("a-key-of-somebody"), secret("a-token-of-somebody"));
  open();
  CHECK(sfteams::test::mode_of(file) == 0600);
  for (const std::string_view hidden : {"Marvin", "Muster", "a-key-of", "a-token-of", "somebody"}) {
    CHECK_FALSE(contains(text(), hidden));
    const std::string encoded = text::to_base64url(secret(hidden).bytes());
    CHECK_FALSE(contains(text(), encoded.substr(0, encoded.size() - 2)));
  }
}

TEST_CASE_METHOD(BookFixture, "the same token looks different each time") {
  book->put("0001", key, secret("r1"));
  open();
  const std::string before = text();
  book->put("0001", key, secret("r1"));
  open();
  CHECK(text() != before);
  CHECK(text().size() == before.size());
}

TEST_CASE_METHOD(BookFixture, "a file that makes no sense is told once and replaced") {
  book->put("0001", key, secret("r1"));
  open();
  const std::string whole = text();
  book.reset();
  const auto with = [&](const char* name, const Json::Value& value) {
    Json::Value document = json::parse(whole).value();
    document["tokens"][0][name] = value;
    return json::write(document);
  };
  std::string bad;
  SECTION("no JSON") {
    bad = "{";
  }
  SECTION("nothing") {
    bad = "";
  }
  SECTION("cut off") {
    bad = whole.substr(0, whole.size() / 2);
  }
  SECTION("another type") {
    bad = R"({"type":"another","version":1,"tokens":[]})";
  }
  SECTION("no list") {
    Json::Value document = json::parse(whole).value();
    document["tokens"] = 7;
    bad = json::write(document);
  }
  SECTION("an item that is none") {
    Json::Value document = json::parse(whole).value();
    document["tokens"].append("x");
    bad = json::write(document);
  }
  SECTION("too many") {
    Json::Value document = json::parse(whole).value();
    const Json::Value item = document["tokens"][0];
    for (std::size_t i = 0; i < RefreshBook::kMostEntries; ++i)
      document["tokens"].append(item);
    bad = json::write(document);
  }
  SECTION("a short mark") {
    bad = with(GENERATE("user", "key"), "AAAA");
  }
  SECTION("no base64") {
    bad = with(GENERATE("user", "key", "sealed"), "!");
  }
  SECTION("a seal around nothing") {
    bad = with("sealed", text::to_base64url(Secret(28).bytes()));
  }
  SECTION("a seal without an end") {
    bad = with("sealed", text::to_base64url(Secret(20'000).bytes()));
  }
  SECTION("a moment that is none") {
    bad = with("put", GENERATE(as<Json::Value>(), Json::Value("x"), Json::Value(1.5),
                               Json::Value(Json::UInt64(1) << 63U), Json::Value()));
  }
  write(bad);
  const sfteams::test::LogLines logged(log::Level::warn);
  open();
  CHECK(book->size() == 0);
  REQUIRE(logged.lines.size() == 1);
  CHECK(contains(logged.lines[0], "agent.state-damaged"));
  CHECK_FALSE(contains(logged.lines[0], "0001"));
  CHECK(got("0001", key) == "none");
  book->put("0002", key, secret("t1"));
  open();
  CHECK(got("0002", key) == "t1");
  CHECK(logged.lines.size() == 1);
}

TEST_CASE_METHOD(BookFixture, "moments at the ends of time hurt nobody") {
  book->put("0001", key, secret("r1"));
  open();
  Json::Value document = json::parse(text()).value();
  const bool past = GENERATE(true, false);
  document["tokens"][0]["put"] = Json::Int64(past ? std::numeric_limits<std::int64_t>::min()
                                                  : std::numeric_limits<std::int64_t>::max());
  book.reset();
  write(json::write(document));
  open();
  CHECK(got("0001", key) == "r1");
  book->put("0002", key, secret("t1"));
  CHECK(got("0001", key) == (past ? "none" : "r1"));
}

TEST_CASE_METHOD(BookFixture,
                 "a seal with another byte opens to nothing, and the rest of the book is good") {
  book->put("0001", key, secret("r1"));
  book->put("0002", key, secret("t1"));
  open();
  const Json::Value whole = json::parse(text()).value();
  const auto sealed = text::from_base64url(whole["tokens"][0]["sealed"].asString()).value();
  for (std::size_t at = 0; at < sealed.size(); ++at) {
    auto bytes = sealed;
    bytes[at] ^= 1U;
    Json::Value document = whole;
    document["tokens"][0]["sealed"] = text::to_base64url(bytes);
    book.reset();
    write(json::write(document));
    open();
    CHECK(got("0001", key) == "none");
    CHECK(got("0002", key) == "t1");
  }
}

TEST_CASE_METHOD(BookFixture, "what was sealed for one user cannot be given to another") {
  book->put("0001", key, secret("r1"));
  book->put("0002", key, secret("t1"));
  open();
  Json::Value document = json::parse(text()).value();
  std::swap(document["tokens"][0]["sealed"], document["tokens"][1]["sealed"]);
  book.reset();
  write(json::write(document));
  open();
  CHECK(got("0001", key) == "none");
  CHECK(got("0002", key) == "none");
}

TEST_CASE_METHOD(BookFixture,
                 "of a user the sixteen newest are kept, and nobody pays for others' keys") {
  book->put("0002", key, secret("t1"));
  for (std::size_t i = 0; i < 40; ++i)
    book->put("0001", secret("key" + std::to_string(i)), secret("r" + std::to_string(i)));
  CHECK(book->size() == RefreshBook::kMostOfUser + 1);
  CHECK(got("0001", secret("key23")) == "none");
  CHECK(got("0001", secret("key24")) == "r24");
  CHECK(got("0001", secret("key39")) == "r39");
  CHECK(got("0002", key) == "t1");
  // One that is put again is the newest.
  book->put("0001", secret("key24"), secret("again"));
  book->put("0001", secret("key40"), secret("r40"));
  CHECK(got("0001", secret("key24")) == "again");
  CHECK(got("0001", secret("key25")) == "none");
}

TEST_CASE_METHOD(BookFixture, "of all users the four thousand newest are kept") {
  book = std::make_unique<RefreshBook>(scheduler, std::filesystem::path(), name_key());
  for (std::size_t i = 0; i <= RefreshBook::kMostEntries; ++i)
    book->put(std::to_string(i), key, secret("r"));
  CHECK(book->size() == RefreshBook::kMostEntries);
  CHECK(got("0", key) == "none");
  CHECK(got("1", key) == "r");
}

TEST_CASE_METHOD(BookFixture,
                 "a token that no file could hold is not taken, and costs nobody the file") {
  book->put("0001", key, secret("r1"));
  const std::string longest(RefreshBook::kMostToken, 'x');
  book->put("0002", key, secret(longest));
  book->put("0003", key, secret(""));
  book->put("0004", key, secret(longest + "x"));
  CHECK(book->size() == 2);
  open();
  CHECK(got("0001", key) == "r1");
  CHECK(got("0002", key) == longest);
}

TEST_CASE_METHOD(BookFixture, "without a file the book is in memory, and writes nothing") {
  book = std::make_unique<RefreshBook>(scheduler, std::filesystem::path(), name_key());
  book->put("0001", key, secret("r1"));
  CHECK(got("0001", key) == "r1");
  CHECK(scheduler.idle());
}

TEST_CASE_METHOD(BookFixture,
                 "a file that cannot be written is told once, and tokens are found nevertheless") {
  std::filesystem::create_directory(file);  // nothing can be put in its place
  std::ofstream(file / "x") << "x";
  const sfteams::test::LogLines logged(log::Level::warn);
  for (const char* refresh : {"r1", "r2", "r3"}) {
    book->put("0001", key, secret(refresh));
    scheduler.advance(RefreshBook::kSoon);
    CHECK(got("0001", key) == refresh);
  }
  CHECK(logged.lines.size() == 1);
  std::filesystem::remove_all(file);
  book->put("0001", key, secret("r4"));
  open();
  CHECK(got("0001", key) == "r4");
}

}  // namespace
}  // namespace sfteams::agent
