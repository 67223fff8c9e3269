#pragma once

#include <string>

#include <catch2/catch.hpp>

#include "tests/seed.h"
#include "uci/xmlrpc.h"

namespace sfteams::uci {

/// The value that a response carries; fails the test when it is refused.
inline Value value_of_document(const std::string& document) {
  sfteams::test::keep_seed("xmlrpc", document);
  auto response = parse_response(document);
  if (!response) FAIL(describe(response.error()));
  REQUIRE(std::holds_alternative<Value>(*response));
  return std::get<Value>(*response);
}

}  // namespace sfteams::uci
