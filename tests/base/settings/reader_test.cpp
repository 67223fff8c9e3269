#include <catch2/catch.hpp>

#include "base/settings/codes.h"
#include "base/settings/ini.h"
#include "tests/contains.h"
#include "tests/seed.h"

namespace sfteams::settings {
namespace {

Ini ini_of(std::string_view text) {
  sfteams::test::keep_seed("ini", text);
  Result<Ini> ini = Ini::parse(text, "agent.ini");
  REQUIRE(ini);
  return std::move(*ini);
}

Error failure_of(const Reader& reader) {
  const Result<void> finished = reader.finish();
  REQUIRE_FALSE(finished);
  return finished.error();
}

TEST_CASE("values come out with their types") {
  const Ini ini = ini_of("[a]\ntext = x y\nflag = on\nnumber = -5\nchoice = two\n");
  Reader reader(ini);
  CHECK(reader.text("a", "text", "") == "x y");
  CHECK(reader.required("a", "text") == "x y");
  CHECK(reader.yes_no("a", "flag", false));
  CHECK(reader.number("a", "number", 0, -5, 5) == -5);
  CHECK(reader.choice("a", "choice", "one", {"one", "two"}) == "two");
  CHECK(reader.finish());
}

TEST_CASE("what does not stand there has its default") {
  const Ini ini = ini_of("");
  Reader reader(ini);
  CHECK(reader.text("a", "text", "x") == "x");
  CHECK_FALSE(reader.yes_no("a", "flag", false));
  CHECK(reader.number("a", "number", 9, 1, 10) == 9);
  CHECK(reader.choice("a", "choice", "one", {"one", "two"}) == "one");
  CHECK(reader.finish());
}

TEST_CASE("seconds, counts and lists come out as such, or as their defaults") {
  using namespace std::chrono_literals;
  using List = std::vector<std::string>;
  const Ini ini = ini_of("[a]\nwait = 7\ncount = 3\nlist = x, y ,,z\nnone =\n");
  Reader reader(ini);
  CHECK(reader.seconds("a", "wait", 1s, 1, 10) == 7s);
  CHECK(reader.seconds("a", "wait-longer", 90s, 1, 10) == 90s);
  CHECK(reader.count("a", "count", 9, 1, 10) == 3);
  CHECK(reader.count("a", "more", 9, 1, 10) == 9);
  CHECK(reader.list("a", "list") == List{"x", "y", "", "z"});
  CHECK(reader.list("a", "none", {"x"}).empty());
  CHECK(reader.list("a", "others", {"x"}) == List{"x"});
  CHECK(reader.finish());
  CHECK(reader.seconds("a", "wait", 1s, 8, 10) == 1s);
  CHECK(contains(failure_of(reader).message, "a whole number of seconds from 8 to 10"));
}

TEST_CASE("a choice stands for what is given beside its word") {
  enum class Size { small, large };
  const auto size_in = [](Reader& reader) {
    return reader.choice("a", "size", Size::large,
                         {{"small", Size::small}, {"large", Size::large}});
  };
  const Ini there = ini_of("[a]\nsize = small\n");
  const Ini missing = ini_of("");
  const Ini wrong = ini_of("[a]\nsize = smal\n");
  Reader reader(there);
  CHECK(size_in(reader) == Size::small);
  CHECK(reader.finish());
  Reader without(missing);
  CHECK(size_in(without) == Size::large);
  CHECK(without.finish());
  Reader refused(wrong);
  CHECK(size_in(refused) == Size::large);
  CHECK(contains(failure_of(refused).message, "small, large"));
  CHECK(contains(failure_of(refused).hint, "small"));
}

TEST_CASE("an empty text is a text") {
  const Ini ini = ini_of("[a]\ntext =\n");
  Reader reader(ini);
  CHECK(reader.text("a", "text", "x").empty());
  CHECK(reader.finish());
}

TEST_CASE("every spelling of yes and no is taken") {
  for (const char* yes : {"yes", "true", "on", "1"}) {
    const Ini ini = ini_of(std::string("[a]\nflag = ") + yes + "\n");
    CHECK(Reader(ini).yes_no("a", "flag", false));
  }
  for (const char* no : {"no", "false", "off", "0"}) {
    const Ini ini = ini_of(std::string("[a]\nflag = ") + no + "\n");
    CHECK_FALSE(Reader(ini).yes_no("a", "flag", true));
  }
}

TEST_CASE("a wrong value is refused with file, line and what is allowed") {
  const char* text = GENERATE("ten", "", "0", "11", "5x", "5.0", "99999999999999999999", "+5");
  CAPTURE(text);
  const Ini ini = ini_of(std::string("[a]\nnumber = ") + text + "\n");
  Reader reader(ini);
  CHECK(reader.number("a", "number", 7, 1, 10) == 7);
  const Error error = failure_of(reader);
  CHECK(error.code == codes::kBadValue);
  CHECK(error.message.starts_with("agent.ini:2: "));
  CHECK(contains(error.message, "from 1 to 10"));
}

TEST_CASE("a number with a unit is told in which unit it is to be") {
  const Ini ini = ini_of("[a]\nnumber = 10s\n");
  Reader reader(ini);
  CHECK(reader.number("a", "number", 7, 1, 120, "seconds") == 7);
  const Error error = failure_of(reader);
  CHECK(contains(error.message, "a whole number of seconds from 1 to 120"));
  CHECK(contains(error.hint, "without a unit"));
}

TEST_CASE("a wrong flag and a wrong choice are refused") {
  const Ini ini = ini_of("[a]\nflag = maybe\n[b]\nchoice = three\n");
  Reader flags(ini);
  CHECK(flags.yes_no("a", "flag", true));
  CHECK(failure_of(flags).code == codes::kBadValue);
  Reader choices(ini);
  CHECK(choices.choice("b", "choice", "one", {"one", "two"}) == "one");
  CHECK(contains(failure_of(choices).message, "one, two"));
}

TEST_CASE("a required key that is missing or empty is asked for") {
  const Ini ini = ini_of("[a]\nempty =\n");
  Reader missing(ini);
  CHECK(missing.required("system", "name").empty());
  CHECK(missing.text("a", "empty", "").empty());
  CHECK(failure_of(missing).code == codes::kMissing);
  CHECK(contains(failure_of(missing).hint, "[system]"));
  Reader empty(ini);
  CHECK(empty.required("a", "empty").empty());
  CHECK(failure_of(empty).code == codes::kMissing);
  CHECK(failure_of(empty).message.starts_with("agent.ini:2: "));
}

TEST_CASE("a key that nobody asked for is refused with the nearest name") {
  const Ini ini = ini_of("[connector]\nping-intervall = 3\n");
  Reader reader(ini);
  (void)reader.number("connector", "ping-interval", 15, 1, 60);
  (void)reader.text("connector", "url", "");
  const Error error = failure_of(reader);
  CHECK(error.code == codes::kUnknownKey);
  CHECK(error.message == "agent.ini:2: the key \"ping-intervall\" in [connector] is unknown");
  CHECK(error.hint == "did you mean \"ping-interval\"?");
}

TEST_CASE("a key under the wrong heading is sent to the right one") {
  const Ini ini = ini_of("[system]\nurl = x\n");
  Reader reader(ini);
  (void)reader.text("system", "name", "");
  (void)reader.text("connector", "url", "");
  CHECK(failure_of(reader).hint == "it belongs under [connector]");
}

TEST_CASE("a key that is like no other gets the list of names") {
  const Ini ini = ini_of("[system]\nfrobnicate = x\n");
  Reader reader(ini);
  (void)reader.text("system", "name", "");
  CHECK(failure_of(reader).hint == "the keys of this section are name");
}

TEST_CASE("a section that nobody asked for is refused, even when it is empty") {
  const Ini ini = ini_of("[sistem]\n");
  Reader reader(ini);
  (void)reader.text("system", "name", "");
  const Error error = failure_of(reader);
  CHECK(error.code == codes::kUnknownSection);
  CHECK(error.message.starts_with("agent.ini:1: "));
  CHECK(error.hint == "did you mean [system]?");
}

TEST_CASE("a misspelt required key is told as misspelt, not as missing") {
  const Ini ini = ini_of("[system]\nnmae = x\n");
  Reader reader(ini);
  (void)reader.required("system", "name");
  const Error error = failure_of(reader);
  CHECK(error.code == codes::kUnknownKey);
  CHECK(error.hint == "did you mean \"name\"?");
}

TEST_CASE("the caller can reject a value, and the first failure counts") {
  const Ini ini = ini_of("[a]\nb = c\nd = e\n");
  Reader reader(ini);
  reader.reject("a", "d", "it is no letter I like", "take another");
  reader.reject("a", "b", "neither");
  const Error error = failure_of(reader);
  CHECK(error.message.starts_with("agent.ini:3: "));
  CHECK(error.message.ends_with("it is no letter I like"));
  CHECK(error.hint == "take another");
}

TEST_CASE("the reader knows which keys may stand in the file") {
  const Ini ini = ini_of("");
  Reader reader(ini);
  (void)reader.text("a", "x", "");
  (void)reader.yes_no("a", "y", true);
  (void)reader.text("a", "x", "");
  REQUIRE(reader.asked().size() == 1);
  CHECK(reader.asked().at("a") == std::vector<std::string>{"x", "y"});
}

}  // namespace
}  // namespace sfteams::settings
