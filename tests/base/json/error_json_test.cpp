#include "base/json/error_json.h"

#include <catch2/catch.hpp>

#include "base/json/json.h"

namespace sfteams::json {
namespace {

const Error kSlow{{"uci.timeout"}, "the PBX does not answer", "wait"};

TEST_CASE("an error as JSON has code, message and hint, and no error is null") {
  CHECK(write(error_json(kSlow)) ==
        R"({"code":"uci.timeout","hint":"wait","message":"the PBX does not answer"})");
  CHECK(write(error_json(Error{{"uci.timeout"}, "slow", ""})) ==
        R"({"code":"uci.timeout","hint":"","message":"slow"})");
  CHECK(error_json(std::optional<Error>(kSlow)) == error_json(kSlow));
  CHECK(error_json(std::nullopt).isNull());
}

TEST_CASE("an error read from JSON is the line that describe() writes") {
  CHECK(describe_error_json(error_json(kSlow)) == describe(kSlow));
  const Error no_hint{{"uci.timeout"}, "slow", ""};
  CHECK(describe_error_json(error_json(no_hint)) == describe(no_hint));
}

TEST_CASE("an error of another process is one printable line, whatever it sent") {
  const auto described = [](const char* text) { return describe_error_json(parse(text).value()); };
  CHECK(described(R"({"code":"a.b","message":"x\ny","hint":"\u001b[2J"})") ==
        "[a.b] x\\ny — \\x1b[2J");
  CHECK(described(R"({"code":7,"message":"x"})") == "[] x");
  CHECK(described("{}") == "[] ");
  CHECK(described("null").empty());
  CHECK(described(R"("text")").empty());
}

}  // namespace
}  // namespace sfteams::json
