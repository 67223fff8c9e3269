#include "agent/findings/sentence.h"

#include <catch2/catch.hpp>

#include "base/json/json.h"

namespace sfteams::agent {
namespace {

TEST_CASE("a sentence fills its gaps, in any order, and leaves those without a value") {
  CHECK(said("{1} before {0}, {2}, {x}, {", {"a", "b"}).text() == "b before a, {2}, {x}, {");
  CHECK(said("as it is").text() == "as it is");
  CHECK(Sentence().text().empty());
}

TEST_CASE("what a value has in it is no gap") {
  CHECK(said("{0}{1}", {"{1}", "x"}).text() == "{1}x");
  CHECK(verbatim("{0} and {1}").text() == "{0} and {1}");
}

TEST_CASE("a sentence in parts is one for people, and tells its parts for a translation") {
  Sentence sentence = said("{0} answers", {"http://127.0.0.1/"});
  sentence += said("; but ") + verbatim("it is late");
  CHECK(sentence.text() == "http://127.0.0.1/ answers; but it is late");
  CHECK(json::write(sentence.parts()) ==
        R"([["{0} answers","http://127.0.0.1/"],["; but "],["{0}","it is late"]])");
  CHECK_FALSE(sentence.empty());
  CHECK(verbatim("").empty());
}

}  // namespace
}  // namespace sfteams::agent
