#include "uci/json_mapping.h"

#include <string>

#include <catch2/catch.hpp>

#include "base/json/json.h"
#include "uci/codes.h"

namespace codes = sfteams::uci::codes;
namespace json = sfteams::json;
using sfteams::uci::Array;
using sfteams::uci::Bytes;
using sfteams::uci::DateTime;
using sfteams::uci::from_json;
using sfteams::uci::Nil;
using sfteams::uci::params_from_json;
using sfteams::uci::params_to_json;
using sfteams::uci::Struct;
using sfteams::uci::to_json;
using sfteams::uci::Value;

namespace {

Json::Value parsed(std::string_view text) {
  return json::parse(text).value();
}

std::string code_from_json(std::string_view text) {
  const auto value = from_json(parsed(text));
  return value ? "none" : std::string(value.error().code.id);
}

}  // namespace

TEST_CASE("every XML-RPC type becomes the JSON that the protocol names") {
  CHECK(json::write(to_json(Nil{})) == "null");
  CHECK(json::write(to_json(true)) == "true");
  CHECK(json::write(to_json(-5)) == "-5");
  CHECK(json::write(to_json(INT64_C(9007199254740993))) == "9007199254740993");
  CHECK(json::write(to_json(444.0)) == "444.0");
  CHECK(json::write(to_json("a\"ü")) == "\"a\\\"ü\"");
  CHECK(json::write(to_json(DateTime{2026, 11, 23, 10, 0, 0, {}})) ==
        R"({"$date":"2026-11-23T10:00:00"})");
  CHECK(json::write(to_json(DateTime{2026, 11, 23, 10, 0, 0, 0})) ==
        R"({"$date":"2026-11-23T10:00:00Z"})");
  CHECK(json::write(to_json(Bytes{'h', 'i'})) == R"({"$base64":"aGk="})");
  CHECK(json::write(to_json(Array{1, "x", Array{}})) == R"([1,"x",[]])");
  CHECK(json::write(to_json(Struct{{"id", "7"}})) == R"({"id":"7"})");
}

TEST_CASE("every value comes back from JSON as it went there") {
  const Array values{Nil{},
                     true,
                     false,
                     0,
                     -2147483647 - 1,
                     2147483647,
                     0.5,
                     3.0,
                     "",
                     "ü\t\x7f",
                     DateTime{2026, 11, 23, 10, 0, 0, {}},
                     DateTime{2026, 11, 23, 10, 0, 0, -90},
                     Bytes{},
                     Bytes{0, 255},
                     Array{},
                     Array{Value(Array{1})},
                     Struct{},
                     Struct{{"a", Struct{{"b", Nil{}}}}}};
  const auto text = json::write(params_to_json(values));
  const auto back = params_from_json(parsed(text));
  REQUIRE(back);
  CHECK(*back == values);
}

TEST_CASE("no struct can be taken for a tag, whatever its members are called") {
  for (const char* name : {"$date", "$base64", "$", "$$date", "$x"}) {
    const Value tricky{Struct{{name, "2026-11-23T10:00:00"}}};
    const Json::Value there = to_json(tricky);
    CHECK(there.getMemberNames().front() == std::string("$") + name);
    const auto back = from_json(there);
    REQUIRE(back);
    CHECK(*back == tricky);
  }
}

TEST_CASE("tags with something wrong are refused") {
  CHECK(code_from_json(R"({"$date":"today"})") == codes::kBadDate.id);
  CHECK(code_from_json(R"({"$date":20261123})") == codes::kBadDate.id);
  CHECK(code_from_json(R"({"$base64":"a"})") == codes::kBadBase64.id);
  CHECK(code_from_json(R"({"$base64":"aGk=\n"})") == codes::kBadBase64.id);
  CHECK(code_from_json(R"({"$base64":null})") == codes::kBadBase64.id);
  CHECK(code_from_json(R"({"$date":"2026-11-23T10:00:00","x":1})") == codes::kBadTag.id);
  CHECK(code_from_json(R"({"$time":"10:00:00"})") == codes::kBadTag.id);
  CHECK(code_from_json(R"([{"a":{"$":1}}])") == codes::kBadTag.id);
}

TEST_CASE("whole numbers beyond 32 bits are refused rather than changed") {
  CHECK(code_from_json("2147483647") == "none");
  CHECK(code_from_json("2147483648") == codes::kIntOutOfRange.id);
  CHECK(code_from_json("-2147483649") == codes::kIntOutOfRange.id);
  CHECK(code_from_json("18446744073709551615") == codes::kIntOutOfRange.id);
  CHECK(code_from_json("[1,{\"a\":4294967296}]") == codes::kIntOutOfRange.id);
  CHECK(from_json(parsed("2147483648.0")).value() == Value(2147483648.0));
  // An exponent makes a double, as a point does (docs/protocol.md).
  CHECK(from_json(parsed("1E2")).value() == Value(100.0));
  CHECK(from_json(parsed("1e0")).value() == Value(1.0));
}

TEST_CASE("values nested more than 32 deep are refused") {
  Json::Value deep(Json::arrayValue);
  for (int i = 0; i < 32; ++i) {
    Json::Value outer(Json::arrayValue);
    outer.append(deep);
    deep = outer;
  }
  const auto value = from_json(deep);
  REQUIRE_FALSE(value.has_value());
  CHECK(value.error().code == codes::kValueTooDeep);
}

TEST_CASE("parameters are an array or nothing") {
  CHECK(params_from_json(Json::Value()).value().empty());
  CHECK(params_from_json(parsed("[]")).value().empty());
  CHECK(params_from_json(parsed("[null,1]")).value() == Array{Nil{}, 1});
  for (const char* text : {"{}", "1", "\"x\"", "{\"a\":1}"}) {
    const auto params = params_from_json(parsed(text));
    REQUIRE_FALSE(params.has_value());
    CHECK(params.error().code == codes::kBadParams);
  }
  CHECK_FALSE(params_from_json(parsed("[{\"$x\":1}]")).has_value());
}
