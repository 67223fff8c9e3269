#include "rest/contact.h"

#include <string>

#include <catch2/catch.hpp>

#include "base/json/json.h"
#include "base/text/encoding.h"
#include "rest/codes.h"
#include "rest/shape.h"
#include "rest/values.h"
#include "tests/rest/answers.h"
#include "tests/seed.h"

namespace sfteams::rest {
namespace {

using test::contact;
using test::contacts_page;

Result<ContactPage> read(const Json::Value& page) {
  const std::string body = json::write(page);
  sfteams::test::keep_seed("contacts", body);
  return read_contacts(body);
}

ContactPage must_read(const Json::Value& page) {
  Result<ContactPage> result = read(page);
  REQUIRE(result);
  return std::move(*result);
}

TEST_CASE("a page of contacts is read by the schemas that stand in it") {
  const ContactPage page = must_read(contacts_page());
  CHECK(page.page == 0);
  CHECK(page.pages == 3);
  CHECK(page.left_out == 0);
  REQUIRE(page.contacts.size() == 2);
  const Contact& ada = page.contacts[0];
  CHECK(ada.id == "7");
  CHECK(ada.first_name == "Ada");
  CHECK(ada.last_name == "Lovelace");
  CHECK(ada.title == "Countess");
  CHECK(ada.company == "Analytical Ltd");
  CHECK(ada.email == "ada@example.com");
  CHECK(ada.job_title == "Analyst");
  CHECK(ada.numbers == std::vector<ContactNumber>{{NumberKind::office, "+49 721 1234"},
                                                  {NumberKind::mobile, "0171/5555"},
                                                  {NumberKind::fax, "+49 721 1235"},
                                                  {NumberKind::other, "99"}});
  CHECK(ada.internal_number == "11");
  CHECK(ada.external_number == "072112311");
  CHECK(ada.avatar == "9f86d081");
  CHECK(page.contacts[1].last_name == "Groß");
  CHECK(page.contacts[1].numbers == std::vector<ContactNumber>{{NumberKind::mobile, "0049160123"}});
}

TEST_CASE("the order of the schema decides, not that of some version") {
  Json::Value page = contacts_page();
  page["summaryBlockSchema"] = test::schema({"COMPANY", "SURNAME", "NAME"});
  page["phoneNumbersBlockSchema"] = test::schema({"PRIVATE_PHONE_NUMBER"});
  page["contacts"] = Json::Value(Json::arrayValue);
  page["contacts"].append(contact("1", {"Firm", "Last", "First", "?"}, {"1", "2"}));
  const ContactPage read = must_read(page);
  REQUIRE(read.contacts.size() == 1);
  CHECK(read.contacts[0].company == "Firm");
  CHECK(read.contacts[0].last_name == "Last");
  CHECK(read.contacts[0].first_name == "First");
  // More values than attributes: among numbers each is one.
  CHECK(read.contacts[0].numbers ==
        std::vector<ContactNumber>{{NumberKind::private_, "1"}, {NumberKind::other, "2"}});
}

TEST_CASE("an odd contact costs itself at most") {
  Json::Value page = contacts_page();
  Json::Value& contacts = page["contacts"];
  contacts.append(Json::nullValue);
  contacts.append("text");
  contacts.append(Json::Value(Json::arrayValue));
  contacts.append(contact("9", {}, {}));
  Json::Value odd = contact("10", {"Nobody"}, {});
  odd["summaryValues"] = 7;
  odd["phoneNumberValues"] = Json::Value(Json::objectValue);
  odd["additionalValues"] = "x";
  contacts.append(odd);
  Json::Value half = contact("", {}, {"5"});
  half["id"] = 12;
  half["summaryValues"].append(Json::nullValue);
  half["summaryValues"].append(42);
  contacts.append(half);
  const ContactPage read = must_read(page);
  CHECK(read.left_out == 5);
  REQUIRE(read.contacts.size() == 3);
  CHECK(read.contacts[2].id == "12");
  CHECK(read.contacts[2].first_name.empty());
  CHECK(read.contacts[2].last_name == "42");
}

TEST_CASE("without schemas numbers are still numbers") {
  Json::Value page = contacts_page();
  page.removeMember("summaryBlockSchema");
  page["phoneNumbersBlockSchema"] = "?";
  page.removeMember("metadata");
  const ContactPage read = must_read(page);
  REQUIRE(read.contacts.size() == 2);
  CHECK(read.contacts[0].first_name.empty());
  CHECK(read.contacts[0].numbers.size() == 4);
  CHECK(read.contacts[0].numbers[0].kind == NumberKind::other);
  CHECK_FALSE(read.pages);
}

TEST_CASE("of a thousand numbers fifty are kept, each once, and none that was cut") {
  Json::Value page = contacts_page();
  page["contacts"] = Json::Value(Json::arrayValue);
  Json::Value many = contact("1", {"Many"}, {});
  Json::Value& numbers = many["phoneNumberValues"];
  numbers.append(std::string(65, '1'));
  numbers.append(std::string(63, '1') + "ä1");
  numbers.append(std::string(64, '1'));
  numbers.append("no number");
  for (int i = 0; i < 1000; ++i) {
    numbers.append("0721" + std::to_string(i));
    numbers.append("0721" + std::to_string(i));
  }
  page["contacts"].append(many);
  const ContactPage read = must_read(page);
  REQUIRE(read.contacts.size() == 1);
  REQUIRE(read.contacts[0].numbers.size() == kMostNumbers);
  CHECK(read.contacts[0].numbers[0].number == std::string(64, '1'));
  CHECK(read.contacts[0].numbers[1].number == "07210");
  CHECK(read.contacts[0].numbers[2].number == "07211");
}

TEST_CASE("more contacts than are kept are counted") {
  Json::Value page = contacts_page();
  for (std::size_t i = 0; i < kMostContacts; ++i)
    page["contacts"].append(contact("1", {"Ada"}, {}));
  const ContactPage read = must_read(page);
  CHECK(read.contacts.size() == kMostContacts);
  CHECK(read.left_out == 2);
}

TEST_CASE("texts are cut between characters, and stay on one line") {
  Json::Value page = contacts_page();
  std::string umlauts;
  for (int i = 0; i < 300; ++i)
    umlauts += "ä";
  page["contacts"][0]["summaryValues"][0] = "x" + umlauts;
  page["contacts"][0]["summaryValues"][1] = " \t a\nb\x7f ";
  page["contacts"][0]["id"] = std::string(129, '7');
  page["contacts"][0]["additionalValues"]["INTERNALPHONE"] = std::string(65, '1');
  page["contacts"][0]["additionalValues"]["EXTERNALPHONE"] = "none";
  page["contacts"][0]["additionalValues"]["AVATAR"] = std::string(100'000, 'A');
  page["contacts"][1]["id"] = std::string(128, '7') + "ä";
  const ContactPage whole = must_read(page);
  CHECK(whole.contacts.at(1).id.empty());
  const Contact& read = whole.contacts.at(0);
  CHECK(read.first_name.size() == kMostText - 1);
  CHECK(text::is_utf8(read.first_name));
  CHECK(read.last_name == "a b");
  // What means nothing once it is cut is left out.
  CHECK(read.id.empty());
  CHECK(read.internal_number.empty());
  CHECK(read.external_number.empty());
  CHECK(read.avatar.empty());
}

TEST_CASE("an answer that is no page of contacts is a broken one") {
  for (const char* const body : {"", "<html>", "[]", "{}", "null", "7", R"({"contacts":{}})",
                                 R"({"contacts":[)", "{\"contacts\":[\"\xff\"]}"}) {
    CAPTURE(body);
    const auto result = read_contacts(body);
    REQUIRE_FALSE(result);
    CHECK(result.error().code == codes::kBrokenReply);
    CHECK_FALSE(result.error().hint.empty());
  }
}

TEST_CASE("an answer of megabytes is not read, and neither are countless values") {
  Json::Value page = contacts_page();
  page["padding"] = std::string(kMostAnswer, 'x');
  CHECK(read_contacts(json::write(page)).error().code == codes::kTooLarge);
  std::string values = R"({"contacts":[0)";
  for (std::size_t i = 0; i < kMostValues; ++i)
    values += ",0";
  CHECK(read_contacts(values + "]}").error().code == codes::kTooLarge);
}

TEST_CASE("whatever byte of a page is another one, what comes of it keeps to the bounds") {
  const std::string whole = json::write(contacts_page());
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (const char byte : {'"', '[', '}', ',', '0', '\\', '\xc3', '\n'}) {
      std::string odd = whole;
      odd[at] = byte;
      const auto result = read_contacts(odd);
      if (!result) continue;
      CHECK(result->contacts.size() + result->left_out <= 3);
      CHECK(text::is_utf8(json::write(as_json(*result))));
    }
    CHECK_FALSE(read_contacts(std::string_view(whole).substr(0, at)));
  }
}

}  // namespace
}  // namespace sfteams::rest
