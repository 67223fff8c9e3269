#include "base/json/json.h"

#include <limits>
#include <string>

#include <catch2/catch.hpp>

#include "base/json/codes.h"
#include "tests/contains.h"

namespace sfteams::json {
namespace {

Code code_of(std::string_view text, const Limits& limits = {}) {
  const Result<Json::Value> value = parse(text, limits);
  REQUIRE_FALSE(value);
  return value.error().code;
}

std::string round_trip(std::string_view text) {
  const Result<Json::Value> value = parse(text);
  REQUIRE(value);
  return write(*value);
}

TEST_CASE("every kind of value is read and written back on one line") {
  CHECK(round_trip(R"( {"b" : [1, -2.5, true, false, null, "x"], "a": {}} )") ==
        R"({"a":{},"b":[1,-2.5,true,false,null,"x"]})");
  CHECK(round_trip("\"top\"") == "\"top\"");
  CHECK(round_trip("9223372036854775807") == "9223372036854775807");
  CHECK(round_trip("-9223372036854775808") == "-9223372036854775808");
}

TEST_CASE("text stays UTF-8 and escapes are undone") {
  CHECK(round_trip(R"("Grüße \u00fc \ud83d\udcde 📞")") == "\"Grüße ü 📞 📞\"");
  CHECK(round_trip(R"("\"\\\/\b\f\n\r\t\u0000")") == R"("\"\\/\b\f\n\r\t\u0000")");
}

TEST_CASE("what RFC 8259 does not allow is refused as a syntax error") {
  const std::string text =
      GENERATE(as<std::string>{}, "", " ", "{", "}", "[", "]]", "[1,]", "[,1]", "[1 2]", "{\"a\"}",
               "{\"a\":}", "{\"a\":1,}", "{a:1}", "{'a':1}", "{1:1}", "nul", "nulll", "True", "NaN",
               "Infinity", "-", "-a", "01", "-01", "1.", ".5", "1e", "1e+", "+1", "0x1", "1e999",
               "[] []", "{} x", "// c\n{}", "/**/{}", "\"", "\"\\", "\"\\u12\"", "\"\\u12g4\"",
               "\"\\x41\"", "\"\\a\"", "\"a\nb\"", "\"a\tb\"", "\"\\ud800\"", "\"\\ud800x\"",
               "\"\\ud800\\u0041\"", "\"\\udc00\"", "\xef\xbb\xbf{}");
  CAPTURE(text);
  CHECK(code_of(text) == codes::kSyntax);
}

TEST_CASE("a member that stands twice is refused") {
  const Result<Json::Value> value = parse(R"({"a":1,"b":{"c":1,"c":2}})");
  REQUIRE_FALSE(value);
  CHECK(value.error().code == codes::kSyntax);
  CHECK(contains(value.error().message, "twice"));
}

TEST_CASE("a syntax error names line and column") {
  const Result<Json::Value> number = parse("{\n \"a\": 01}");
  REQUIRE_FALSE(number);
  CHECK(contains(number.error().message, "line 2, column 8"));
  const Result<Json::Value> comma = parse("{\n \"a\": 1 \"b\": 2}");
  REQUIRE_FALSE(comma);
  CHECK(contains(comma.error().message, "line 2, column 9"));
}

TEST_CASE("a failure never quotes the text") {
  for (const char* text :
       {"{\"password\":\"S3cret\" x}", "{\"S3cret\":1,\"S3cret\":2}", "S3cret",
        "[\"S3cret\" \"S3cret\"]", "{\"a\":\"S3cret\x01\"}", "{\"a\" \"S3cret\"}"}) {
    const Result<Json::Value> value = parse(text);
    REQUIRE_FALSE(value);
    CHECK_FALSE(contains(describe(value.error()), "S3cret"));
  }
}

TEST_CASE("bytes that are no UTF-8 are refused") {
  CHECK(code_of("\"\xff\"") == codes::kNotUtf8);
  CHECK(code_of("\"\xed\xa0\x80\"") == codes::kNotUtf8);
}

TEST_CASE("a NUL is no white space") {
  CHECK(code_of(std::string_view("{}\0", 3)) == codes::kSyntax);
  CHECK(code_of(std::string_view("\"a\0b\"", 5)) == codes::kSyntax);
}

TEST_CASE("the limit of bytes is exact") {
  CHECK(parse("[1]", {.bytes = 3}));
  CHECK(code_of("[12]", {.bytes = 3}) == codes::kTooLarge);
}

TEST_CASE("the limit of nesting is exact and holds for arrays and objects alike") {
  CHECK(parse("[{\"a\":[]}]", {.depth = 3}));
  CHECK(code_of("[{\"a\":[[]]}]", {.depth = 3}) == codes::kTooDeep);
  CHECK(parse("[[],[],[],[]]", {.depth = 2}));
}

TEST_CASE("a hundred thousand brackets neither crash nor hang") {
  CHECK(code_of(std::string(100'000, '[')) == codes::kTooDeep);
  CHECK(code_of(std::string(100'000, ']')) == codes::kSyntax);
}

TEST_CASE("the reader is as good as new after a failure") {
  CHECK(code_of("{\"a\":1,\"a\":2}") == codes::kSyntax);
  CHECK(round_trip("{\"a\":1}") == "{\"a\":1}");
}

TEST_CASE("a number keeps its kind and its value") {
  for (const char* text :
       {"0", "-1", "18446744073709551615", "444.0", "-2.5", "123456789.25", "-0.0"}) {
    CAPTURE(text);
    CHECK(round_trip(text) == text);
  }
  for (const double value : {0.1, 1e300, 5e-324}) {
    CHECK(parse(write(Json::Value(value)))->asDouble() == value);
  }
  CHECK(round_trip("1e2") == "100.0");
  CHECK(parse(write(Json::Value(1.0)))->type() == Json::realValue);
}

TEST_CASE("a whole number beyond 64 bits is refused rather than rounded") {
  for (const char* text : {"18446744073709551615", "-9223372036854775808", "0", "-0",
                           "18446744073709551616.0", "18446744073709551616e0", "1E30"}) {
    CAPTURE(text);
    CHECK(parse(text));
  }
  for (const char* text : {"18446744073709551616", "-9223372036854775809", "4930123456789012345678",
                           "-99999999999999999999999999"}) {
    CAPTURE(text);
    CHECK(code_of(text) == codes::kNumberTooLarge);
    CHECK(code_of("{\"a\":[1," + std::string(text) + "]}") == codes::kNumberTooLarge);
    CHECK_FALSE(contains(parse(text).error().message, text));
    CHECK(parse_rounding(text).value().isDouble());
  }
  // What else is wrong is said of the place that comes first.
  CHECK(code_of("[18446744073709551616,]") == codes::kNumberTooLarge);
  CHECK(code_of("[01,18446744073709551616]") == codes::kSyntax);
}

TEST_CASE("every control character is escaped when it is written") {
  for (char c = 0; c < 0x20; ++c) {
    const Json::Value value(std::string(1, c));
    const Result<Json::Value> again = parse(write(value));
    REQUIRE(again);
    CHECK(*again == value);
  }
}

TEST_CASE("a number that is none is written as null") {
  CHECK(write(Json::Value(std::numeric_limits<double>::quiet_NaN())) == "null");
}

TEST_CASE("members are looked up without exceptions") {
  const Json::Value value = *parse(R"({"text":"a\u0000b","number":1,"empty":""})");
  CHECK(string_member(value, "text") == std::string_view("a\0b", 3));
  CHECK(string_member(value, "empty") == std::string_view());
  CHECK_FALSE(string_member(value, "number"));
  CHECK_FALSE(string_member(value, "absent"));
  CHECK_FALSE(string_member(Json::Value(1), "text"));
  CHECK_FALSE(string_member(Json::Value(Json::arrayValue), "text"));
  CHECK_FALSE(string_member(Json::Value(), "text"));
  REQUIRE(member(value, "number") != nullptr);
  CHECK(member(value, "number")->asInt() == 1);
  CHECK(member(Json::Value("x"), "number") == nullptr);
}

TEST_CASE("for people there is a form on several lines") {
  CHECK(write_pretty(*parse(R"({"a":[1]})")) == "{\n  \"a\" : \n  [\n    1\n  ]\n}\n");
}

TEST_CASE("a wiped text is null, and nothing else is touched") {
  Json::Value password("correct horse battery staple, long enough for the heap");
  const Json::Value copy(password);
  wipe(password);
  CHECK(password.isNull());
  CHECK(copy.asString().substr(0, 7) == "correct");

  Json::Value number(7);
  wipe(number);
  CHECK(number.isNull());
}

}  // namespace
}  // namespace sfteams::json
