#include <cstdint>
#include <limits>
#include <string>

#include <catch2/catch.hpp>

#include "tests/contains.h"
#include "uci/codes.h"
#include "uci/xmlrpc.h"

namespace codes = sfteams::uci::codes;
using sfteams::uci::Array;
using sfteams::uci::Bytes;
using sfteams::uci::DateTime;
using sfteams::uci::Fault;
using sfteams::uci::Nil;
using sfteams::uci::NilHabit;
using sfteams::uci::parse_call;
using sfteams::uci::parse_response;
using sfteams::uci::Struct;
using sfteams::uci::Value;
using sfteams::uci::write_call;
using sfteams::uci::write_fault;
using sfteams::uci::write_response;

namespace {

std::string refused_with(const Value& value) {
  const auto text = write_response(value);
  return text ? "none" : std::string(text.error().code.id);
}

}  // namespace

TEST_CASE("a call is written as the specification shows it") {
  const auto text = write_call("ucp.v30.requests.call.hangupCall", Array{"7", 41, true});
  REQUIRE(text);
  CHECK(*text ==
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><methodCall><methodName>"
        "ucp.v30.requests.call.hangupCall</methodName><params>"
        "<param><value><string>7</string></value></param>"
        "<param><value><int>41</int></value></param>"
        "<param><value><boolean>1</boolean></value></param></params></methodCall>");
}

TEST_CASE("every value comes back as it was written") {
  const Array params{"",
                     "<&>\"' \r\n\t ü 😀 ]]>",
                     true,
                     false,
                     0,
                     std::numeric_limits<std::int32_t>::min(),
                     std::numeric_limits<std::int32_t>::max(),
                     0.0,
                     -1.5,
                     1e300,
                     1e-300,
                     444.0,
                     0.1,
                     DateTime{2026, 11, 23, 10, 0, 0, {}},
                     Bytes{},
                     Bytes{0, 255, 10},
                     Array{},
                     Array{1, Array{"x"}},
                     Struct{},
                     Struct{{"b", 1}, {"a<", Struct{{"", Nil{}}}}},
                     Nil{}};
  const auto text = write_call("a.b", params);
  REQUIRE(text);
  const auto call = parse_call(*text);
  REQUIRE(call);
  CHECK(call->method == "a.b");
  CHECK(call->params == params);
}

TEST_CASE("nil is written in the habit asked for") {
  CHECK(sfteams::contains(write_response(Nil{}).value(), "<value><nil/></value>"));
  CHECK(write_response(Nil{}, NilHabit::empty_string)
            .value()
            .find("<value><string></string></value>") != std::string::npos);
}

TEST_CASE("a double always has a point and never an exponent") {
  const auto text_of = [](double number) { return write_response(number).value(); };
  CHECK(sfteams::contains(text_of(3), "<double>3.0</double>"));
  CHECK(sfteams::contains(text_of(1e21), "<double>1000000000000000000000.0</double>"));
  CHECK(sfteams::contains(text_of(1e-7), "<double>0.0000001</double>"));
  CHECK_FALSE(sfteams::contains(text_of(std::numeric_limits<double>::max()), "e+"));
}

TEST_CASE("what XML-RPC cannot carry is refused") {
  CHECK(refused_with(INT64_C(2147483648)) == codes::kIntOutOfRange.id);
  CHECK(refused_with(INT64_C(-2147483649)) == codes::kIntOutOfRange.id);
  CHECK(refused_with(std::numeric_limits<double>::infinity()) == codes::kNotFinite.id);
  CHECK(refused_with(std::numeric_limits<double>::quiet_NaN()) == codes::kNotFinite.id);
  CHECK(refused_with("a\x02") == codes::kTextNotAllowed.id);
  CHECK(refused_with(std::string("a\0", 2)) == codes::kTextNotAllowed.id);
  CHECK(refused_with("\xFF") == codes::kTextNotAllowed.id);
  CHECK(refused_with(Struct{{"\x03", 1}}) == codes::kTextNotAllowed.id);
}

TEST_CASE("values nested more than 32 deep are not written") {
  const auto nested = [](int depth) {
    Value value;
    for (int i = 0; i < depth; ++i) {
      Array outer;
      outer.push_back(std::move(value));
      value = Value(std::move(outer));
    }
    return value;
  };
  const auto deep = write_response(nested(32));
  REQUIRE(deep);
  CHECK(parse_response(*deep));
  CHECK(refused_with(nested(33)) == codes::kValueTooDeep.id);
}

TEST_CASE("a method name that could break out of its element is refused") {
  for (const std::string& name : {std::string(), std::string("a b"), std::string("a<b"),
                                  std::string("ü"), std::string(256, 'a')}) {
    const auto text = write_call(name, {});
    REQUIRE_FALSE(text.has_value());
    CHECK(text.error().code == codes::kBadMethodName);
  }
}

TEST_CASE("a fault comes back with its code and text, whatever the text holds") {
  const auto response = parse_response(write_fault({.code = -32601, .text = "no <such> method"}));
  REQUIRE(response);
  CHECK(std::get<Fault>(*response).code == -32601);
  CHECK(std::get<Fault>(*response).text == "no <such> method");
  const auto odd = parse_response(write_fault({.code = INT64_MAX, .text = "a\x01\xFF"}));
  REQUIRE(odd);
  CHECK(std::get<Fault>(*odd).code == 2147483647);
  CHECK(std::get<Fault>(*odd).text == "a??");
}
