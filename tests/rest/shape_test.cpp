#include "rest/shape.h"

#include <catch2/catch.hpp>

#include "base/json/json.h"
#include "tests/rest/answers.h"

namespace sfteams::rest {
namespace {

TEST_CASE("contacts have one shape, in which empty members are left out") {
  ContactPage page = *read_contacts(json::write(test::contacts_page()));
  page.left_out = 2;
  CHECK(json::write(as_json(page)) ==
        R"({"contacts":[{"avatar":"9f86d081","company":"Analytical Ltd",)"
        R"("email":"ada@example.com","externalNumber":"072112311","firstName":"Ada","id":"7",)"
        R"("internalNumber":"11","jobTitle":"Analyst","lastName":"Lovelace","numbers":[)"
        R"({"kind":"office","number":"+49 721 1234"},{"kind":"mobile","number":"0171/5555"},)"
        R"({"kind":"fax","number":"+49 721 1235"},{"kind":"other","number":"99"}],)"
        R"("title":"Countess"},)"
        R"({"firstName":"Jörg","id":"8","lastName":"Groß","numbers":[)"
        R"({"kind":"mobile","number":"0049160123"}]}],"leftOut":2,"page":0,"pages":3})");
  CHECK(json::write(as_json(ContactPage())) == R"({"contacts":[]})");
}

TEST_CASE("the user and the colleagues have one shape") {
  CHECK(json::write(as_json(*read_me(test::kMe))) ==
        R"({"email":"ada@example.com","firstName":"Ada","id":"1017","language":"de",)"
        R"("lastName":"Lovelace","licenseType":"USER","login":"0017"})");
  const Colleagues colleagues{{{"5", "0005", "Ada", "Lovelace", "Lovelace, Ada", "11"}}, 1};
  CHECK(json::write(as_json(colleagues)) ==
        R"({"leftOut":1,"users":[{"accountId":"5","display":"Lovelace, Ada","firstName":"Ada",)"
        R"("lastName":"Lovelace","login":"0005","number":"11"}]})");
  CHECK(json::write(as_json(Colleagues())) == R"({"users":[]})");
}

TEST_CASE("each kind of number has a name of its own") {
  CHECK(name_of(NumberKind::office) == "office");
  CHECK(name_of(NumberKind::mobile) == "mobile");
  CHECK(name_of(NumberKind::private_) == "private");
  CHECK(name_of(NumberKind::fax) == "fax");
  CHECK(name_of(NumberKind::other) == "other");
}

}  // namespace
}  // namespace sfteams::rest
