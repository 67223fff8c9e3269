#include "base/log/log.h"

#include <cstdio>
#include <cstdlib>
#include <functional>
#include <regex>

#include <catch2/catch.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json/json.h"
#include "base/log/codes.h"
#include "base/text/line.h"
#include "tests/contains.h"

namespace sfteams::log {
namespace {

/// What `speak` writes to stderr.
std::string captured(const std::function<void()>& speak) {
  std::FILE* file = std::tmpfile();
  REQUIRE(file != nullptr);
  const int saved = dup(STDERR_FILENO);
  dup2(fileno(file), STDERR_FILENO);
  speak();
  std::fflush(stderr);
  dup2(saved, STDERR_FILENO);
  close(saved);
  std::rewind(file);
  std::string text(4096, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file));
  std::fclose(file);
  return text;
}

TEST_CASE("every level has one name, which is read back") {
  for (const Level level : {Level::trace, Level::debug, Level::info, Level::warn, Level::error}) {
    const Result<Level> parsed = parse_level(to_string(level));
    REQUIRE(parsed);
    CHECK(*parsed == level);
  }
}

TEST_CASE("another level is refused with the names that exist") {
  for (const char* text : {"", "INFO", "warning", "verbose\n"}) {
    const Result<Level> parsed = parse_level(text);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().code == codes::kLevelUnknown);
    CHECK(parsed.error().code.exit == Exit::config);
    CHECK(contains(parsed.error().hint, "trace"));
  }
}

TEST_CASE("a text line has a time in UTC, a level, an area and the message") {
  const std::string text = captured([] {
    start(Level::info, Format::text);
    info("tunnel", "connected to {} in {} ms", "host", 12);
  });
  const std::regex shape(
      R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z info tunnel: connected to host in 12 ms\n)");
  CHECK(std::regex_match(text, shape));
}

TEST_CASE("a journal line has a priority instead of a time") {
  const std::string text = captured([] {
    start(Level::trace, Format::journal);
    error("a", "1");
    warn("a", "2");
    info("a", "3");
    debug("a", "4");
    trace("a", "5");
  });
  CHECK(text == "<3>a: 1\n<4>a: 2\n<6>a: 3\n<7>a: 4\n<7>a: 5\n");
}

TEST_CASE("lines below the level are left out, also after it changed") {
  const std::string text = captured([] {
    start(Level::warn, Format::journal);
    info("a", "silent");
    set_level(Level::info);
    info("a", "heard");
    debug("a", "silent");
  });
  CHECK(text == "<6>a: heard\n");
  CHECK_FALSE(enabled(Level::debug));
  CHECK(enabled(Level::error));
}

TEST_CASE("a JSON line is one object with time, level, area and message") {
  const std::string text = captured([] {
    start(Level::info, Format::json);
    warn("tunnel", "lost \"{}\"", "connector");
  });
  const std::regex shape(
      R"(\{"time":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z","level":"warn","area":"tunnel",)"
      R"("message":"lost \\"connector\\""\}\n)");
  CAPTURE(text);
  CHECK(std::regex_match(text, shape));
}

TEST_CASE("a JSON line is valid whatever bytes come, and says what the other formats say") {
  std::string every_byte = "%v {} \u2028\u202e\xed\xa0\x80 ü 🙂 \"quoted\" back\\slash";
  for (int byte = 0; byte < 256; ++byte)
    every_byte += static_cast<char>(byte);
  const std::string text = captured([&] {
    start(Level::info, Format::json);
    write(Level::error, "a\"\n", every_byte);
  });
  REQUIRE(text.ends_with("\n"));
  CHECK(text.find('\n') == text.size() - 1);
  const Result<Json::Value> line = json::parse(text);
  REQUIRE(line);
  CHECK((*line)["level"] == "error");
  CHECK((*line)["area"] == "a\"\\n");
  CHECK((*line)["message"] == text::one_line(every_byte));
  CHECK(line->size() == 4);
}

TEST_CASE("the level in force can be asked for") {
  start(Level::debug, Format::text);
  CHECK(level() == Level::debug);
  set_level(Level::error);
  CHECK(level() == Level::error);
}

TEST_CASE("a foreign text cannot forge a line") {
  const std::string text = captured([] {
    start(Level::info, Format::journal);
    info("a", "user {}", "x\n<6>a: user root signed in");
  });
  CHECK(text == "<6>a: user x\\n<6>a: user root signed in\n");
}

TEST_CASE("braces in a message are no format") {
  const std::string text = captured([] {
    start(Level::info, Format::journal);
    write(Level::info, "a", "{} {0:d} %v");
  });
  CHECK(text == "<6>a: {} {0:d} %v\n");
}

TEST_CASE("the automatic format is the journal's only when stderr is the journal's socket") {
  const std::string elsewhere = captured([] {
    setenv("JOURNAL_STREAM", "1:1", 1);
    start(Level::info, Format::automatic);
    info("a", "b");
  });
  CHECK(elsewhere.ends_with("Z info a: b\n"));
  const std::string journal = captured([] {
    struct stat status {};
    fstat(STDERR_FILENO, &status);
    setenv("JOURNAL_STREAM", fmt::format("{}:{}", status.st_dev, status.st_ino).c_str(), 1);
    start(Level::info, Format::automatic);
    info("a", "b");
  });
  CHECK(journal == "<6>a: b\n");
  CHECK(error_mark().empty());
  unsetenv("JOURNAL_STREAM");
}

}  // namespace
}  // namespace sfteams::log
