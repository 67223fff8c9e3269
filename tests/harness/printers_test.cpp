#include "tests/printers.h"

#include <chrono>
#include <map>
#include <memory>
#include <set>

#include <json/value.h>

#include "tests/contains.h"
#include "transport/endpoint.h"
#include "uci/value.h"

// What a failed comparison prints of the types that the tests compare.

namespace sfteams::printing {
namespace {

using Catch::Detail::stringify;
using namespace std::chrono_literals;

enum class Colour { red, green = 7, far = 1000 };

struct Point {
  int x = 0;
  std::optional<std::string> name;
};

class Closed {
 public:
  explicit Closed(int value) : value_(value) {}
  [[nodiscard]] int value() const { return value_; }

 private:
  int value_;
};

constexpr Code kCode{"area.what-happened"};

TEST_CASE("a result is printed as its value or as its error with code, message and hint") {
  CHECK(stringify(Result<int>(7)) == "7");
  CHECK(stringify(Result<void>()) == "done");
  const Result<int> refused = fail(kCode, "it failed", "do this");
  CHECK(stringify(refused) == "error [area.what-happened] it failed — do this");
  CHECK(stringify(Result<void>(fail(kCode, "it failed"))) ==
        "error [area.what-happened] it failed");
  CHECK(stringify(kCode) == "area.what-happened");
}

TEST_CASE("an optional is printed as its value or as nothing") {
  CHECK(stringify(std::optional<int>(7)) == "7");
  CHECK(stringify(std::optional<int>()) == "nothing");
  CHECK(stringify(std::optional<std::string>("")) == "\"\"");
}

TEST_CASE("JSON is printed as JSON") {
  Json::Value value;
  value["name"] = "Bj\u00f6rn";
  value["numbers"].append(1);
  CHECK(stringify(value) == "{\"name\":\"Bj\u00f6rn\",\"numbers\":[1]}");
  CHECK(stringify(Json::Value("text")) == "\"text\"");
  CHECK(stringify(Json::Value()) == "null");
}

TEST_CASE("bytes are printed in hexadecimal digits, and how many there are") {
  CHECK(stringify(std::vector<std::uint8_t>{10, 255}) == "2 bytes 0aff");
  CHECK(stringify(std::array<std::uint8_t, 1>{0}) == "1 bytes 00");
  CHECK(stringify(std::vector<std::uint8_t>()) == "0 bytes ");
  CHECK(stringify(std::vector<std::uint8_t>(100)).size() < 150);
}

TEST_CASE("scoped enumerations are printed by name, and by number where there is none") {
  CHECK(stringify(Colour::green) == "green");
  CHECK_THAT(stringify(Colour::far), Catch::StartsWith("1000"));
  CHECK(stringify(static_cast<Colour>(3)) == "3");
  CHECK(stringify(Exit::config) == "config");
  CHECK(stringify(std::filesystem::perms{0640}) == "0640");
}

TEST_CASE("structures are printed by their members, in containers, too") {
  CHECK(stringify(Point{1, "a"}) == "{1, \"a\"}");
  CHECK(stringify(std::vector<Point>{{1, {}}}) == "{ {1, nothing} }");
  CHECK(stringify(std::set<std::string>{"a", "b"}) == "{ \"a\", \"b\" }");
  CHECK(stringify(std::map<std::string, int>{{"a", 1}}) == "{ {\"a\", 1} }");
  CHECK(stringify(std::variant<int, Point>(Point{1, {}})) == "{1, nothing}");
  CHECK(stringify(transport::Endpoint{"::1", 80}) == "[::1]:80");
  CHECK(stringify(uci::Value(uci::Array{7, "x"})) == "array { int 7, string \"x\" }");
}

TEST_CASE("paths and durations are printed as they are written") {
  CHECK(stringify(std::filesystem::path("/a/b")) == "\"/a/b\"");
  CHECK_THAT(stringify(5ms), Catch::Contains("5"));
}

TEST_CASE("what cannot be taken apart is printed by its type, never as {?}") {
  CHECK_THAT(stringify(Closed(7)), Catch::EndsWith("Closed"));
  CHECK_THAT(stringify(std::make_unique<int>(7)),
             Catch::Contains("unique_ptr") || Catch::StartsWith("0x"));
}

TEST_CASE("a search in a text is printed with the text and what was looked for") {
  CHECK(contains("some text", "me te"));
  CHECK_FALSE(contains("some text", "other"));
  CHECK_THAT(stringify(contains("some text", "other")),
             Catch::Contains("some text") && Catch::Contains("other"));
  const std::string end = "the end";
  const std::string shown = stringify(contains(std::string(100'000, 'x') + end, "other"));
  CHECK(shown.size() < 10'000);
  CHECK_THAT(shown, Catch::Contains(end));
}

}  // namespace
}  // namespace sfteams::printing
