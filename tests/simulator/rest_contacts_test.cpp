#include <random>
#include <set>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "base/json/json.h"
#include "base/text/encoding.h"
#include "simulator/rest_query.h"
#include "tests/simulator/oauth_client.h"
#include "tests/simulator/rest_client.h"

namespace sfteams::simulator::test {
namespace {

/// The texts of the column with that display key.
std::vector<std::string> column(const Json::Value& list, const std::string& key) {
  std::vector<std::string> texts;
  const Json::Value& attributes = list["summaryBlockSchema"]["attributes"];
  for (Json::ArrayIndex i = 0; i < attributes.size(); ++i) {
    if (attributes[i]["displayKey"] != key) continue;
    for (const Json::Value& contact : list["contacts"])
      texts.push_back(contact["summaryValues"][i].asString());
  }
  return texts;
}

class Reader {
 public:
  explicit Reader(const std::vector<std::string>& switches = {}) : house(switches), client(house) {
    client.sign_in("0011");
  }
  Json::Value list(const std::string& query) { return client.get_json("/rest/contacts?" + query); }
  std::vector<std::string> surnames(const std::string& query) {
    return column(list(query), "SURNAME");
  }

  House house;
  RestClient client;
};

TEST_CASE("contacts come by pages, and every value has its attribute") {
  Reader reader;
  std::set<std::string> ids;
  for (int page = 0; page < 4; ++page) {
    const Json::Value list = reader.list(fmt::format("page={}", page));
    CHECK(list["metadata"]["page"].asInt() == page);
    CHECK(list["metadata"]["pagesize"].asInt() == 20);
    CHECK(list["metadata"]["totalPages"].asInt() == 4);
    CHECK(list["contacts"].size() == (page < 3 ? 20U : 4U));
    for (const Json::Value& contact : list["contacts"]) {
      ids.insert(contact["id"].asString());
      CHECK(contact["summaryValues"].size() == list["summaryBlockSchema"]["attributes"].size());
      CHECK(contact["phoneNumberValues"].size() ==
            list["phoneNumbersBlockSchema"]["attributes"].size());
    }
  }
  CHECK(ids.size() == 64);
  CHECK(reader.list("page=4")["contacts"].empty());
  CHECK(reader.list("page=1000000&pagesize=1000000")["metadata"]["pagesize"].asInt() == 1'000);
}

TEST_CASE("contacts are sorted as the client wants") {
  Reader reader;
  const auto down = reader.surnames("pagesize=64&sort=SURNAME&sortdirection=DESC");
  const auto up = reader.surnames("pagesize=64");
  REQUIRE(up.size() == 64);
  CHECK(up.front().empty());
  CHECK(down.back().empty());
  CHECK(down.front() == up.back());
  const auto companies =
      column(reader.list("sort=COMPANY&sortdirection=DESC&pagesize=2"), "COMPANY");
  CHECK(companies.size() == 2);
  CHECK(companies[0] >= companies[1]);
}

TEST_CASE("a search finds names and numbers as people type them") {
  Reader reader;
  using Texts = std::vector<std::string>;
  CHECK(reader.surnames("searchTerms=%C3%96ZT%C3%9CRK") == Texts{"Öztürk"});
  CHECK(reader.surnames("searchTerms=jens+schmidt+werkstatt") == Texts{"Schmidt"});
  CHECK(reader.surnames("searchTerms=jens+hoffmann").empty());
  CHECK(reader.surnames("searchTerms=%22Immer+auf%22") == Texts{""});
  const Json::Value oma = reader.list("searchTerms=Oma");
  REQUIRE(oma["contacts"].size() == 1);
  const std::string number = oma["contacts"][0]["phoneNumberValues"][0].asString();
  std::string digits;
  for (const char c : number)
    if (c >= '0' && c <= '9') digits += c;
  const auto by_number = reader.list("searchTerms=" + digits.substr(digits.size() - 8));
  CHECK_FALSE(by_number["contacts"].empty());
  CHECK(reader.surnames("searchTerms=kontakt0@example.com") == Texts{"Müller"});
}

TEST_CASE("folders and fields are named, and folders can be asked for") {
  Reader reader;
  const Json::Value tags = reader.client.get_json("/rest/contacts/tags");
  REQUIRE(tags.size() == 5);
  CHECK(tags[0]["name"] == "de.vertico.starface.addressbook.folder.all");
  CHECK(reader.list("tags=1")["metadata"]["totalPages"].asInt() == 4);
  CHECK(reader.list("tags=2")["contacts"].empty());
  const auto some = reader.list("tags=3,4&pagesize=64")["contacts"].size();
  CHECK(some > 30);
  CHECK(some < 64);
  const Json::Value german = reader.client.get_json("/rest/contacts/scheme");
  const Json::Value english = reader.client.get_json("/rest/contacts/scheme?lang=en");
  CHECK(german["summaryBlock"]["attributes"][0]["i18nDisplayName"] == "Nachname");
  CHECK(english["summaryBlock"]["attributes"][0]["i18nDisplayName"] == "Last name");
}

TEST_CASE("one contact has all of its numbers and its folders") {
  Reader reader({"contact-numbers=1000"});
  const Json::Value list = reader.list("searchTerms=Callcenter");
  REQUIRE(list["contacts"].size() == 1);
  CHECK(list["contacts"][0]["phoneNumberValues"].size() == 1'000);
  CHECK(list["phoneNumbersBlockSchema"]["attributes"].size() == 1'000);
  const std::string id = list["contacts"][0]["id"].asString();
  const Json::Value contact = reader.client.get_json("/rest/contacts/" + id);
  CHECK(contact["id"] == id);
  CHECK(contact["tags"].size() == 2);
  CHECK(contact["blocks"][0]["attributes"][0]["value"] == "Nummern");
  CHECK(contact["blocks"][1]["attributes"].size() == 1'000);
  CHECK(reader.client.get("/rest/contacts/" + id + "0").status == 404);
}

TEST_CASE("the address book is as large as the switch says, at once") {
  Reader reader({"contacts=0"});
  CHECK(reader.list("")["metadata"]["totalPages"].asInt() == 0);
  reader.house.set("contacts=5000");
  CHECK(reader.list("pagesize=1000")["metadata"]["totalPages"].asInt() == 5);
  reader.house.set("contact-numbers=1");
  CHECK(reader.list("pagesize=1000")["metadata"]["totalPages"].asInt() == 6);
}

TEST_CASE("every entry of the address book is UTF-8 and the odd ones are there") {
  Reader reader;
  const Reply reply = reader.client.get("/rest/contacts?pagesize=64");
  CHECK(text::is_utf8(reply.body));
  for (const char* term : {"%3Cscript%3E", "%D7%9B%D7%94%D7%9F", "%F0%9F%8E%89"}) {
    CAPTURE(term);
    CHECK_FALSE(reader.surnames(std::string("searchTerms=") + term).empty());
  }
}

TEST_CASE("a query that cannot be meant is a bad request that is not repeated") {
  for (const std::string query :
       {"page=-1", "page=", "page=1x", "page=1000001", "pagesize=0", "pagesize=Geheim",
        "sort=Geheim", "sortdirection=asc", "page=1&page=1", "searchTerms=%FF",
        "page=99999999999999999999999"}) {
    CAPTURE(query);
    const ContactQuery read = read_contact_query(query);
    CHECK_FALSE(read.problem.empty());
    CHECK(read.problem.find("Geheim") == std::string::npos);
  }
  CHECK_FALSE(read_contact_query("searchTerms=" + std::string(8'192, 'a')).problem.empty());
  const ContactQuery read =
      read_contact_query("searchTerms=+a++b+&tags=1,,2&page=2&pagesize=5&sort=NAME&colour=red&&=&");
  CHECK(read.problem.empty());
  CHECK(read.search.terms == std::vector<std::string>{"a", "b"});
  CHECK(read.search.tags == std::vector<std::string>{"1", "2"});
  CHECK(read.page == 2);
  CHECK(read.page_size == 5);
  CHECK(read.search.sort == 1);
  Reader reader;
  CHECK(reader.client.get("/rest/contacts?page=-1").status == 400);
}

TEST_CASE("whatever is sent to REST gets an answer, and only the right secret a token") {
  House house({"blacklist-after=0", "journal-size=10", "contacts=70"});
  RestClient client(house);
  client.sign_in("0011");
  std::mt19937 random(20261130);  // the same each time
  const auto below = [&](std::size_t bound) {
    return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random);
  };
  const auto mutated = [&](std::string text) {
    for (std::size_t changes = 1 + below(3); changes > 0; --changes) {
      const std::size_t at = below(text.size());
      switch (below(4)) {
        case 0:
          text[at] = static_cast<char>(below(256));
          break;
        case 1:
          text.erase(at, 1 + below(8));
          break;
        case 2:
          text.insert(at, text.substr(below(text.size()), 1 + below(40)));
          break;
        default:
          text.insert(at, 1, "%&={}\":/\0?"[below(10)]);
      }
      if (text.empty()) text = "x";
    }
    return text;
  };
  const std::string query = "searchTerms=M%C3%BCller+49&tags=1,3&page=1&pagesize=20&sort=NAME";
  const std::vector<std::string> paths{"/rest/contacts/00000000-5ca1-4b1e-8000-000000000001",
                                       "/rest/users/1001/avatar", "/rest/permissions/users/1001",
                                       "/rest/contacts/scheme?lang=de"};
  for (int i = 0; i < 2'000; ++i) {
    const Reply list = client.get("/rest/contacts?" + mutated(query));
    REQUIRE((list.status == 200 || list.status == 400));
    const std::string path = "/rest/" + mutated(paths[below(paths.size())].substr(6));
    CAPTURE(path);
    const int status = client.get(path).status;
    REQUIRE((status == 200 || status == 403 || status == 404));
  }
  for (int i = 0; i < 1'000; ++i) {
    const std::string nonce = client.nonce();
    const std::string body = fmt::format(R"({{"loginType":"Internal","nonce":"{}","secret":"{}"}})",
                                         nonce, RestClient::secret("0011", nonce));
    const std::string changed = mutated(body);
    const Reply reply = client.send("POST", "/rest/login", changed);
    CAPTURE(changed);
    if (reply.status == 400) continue;
    REQUIRE(reply.status == 200);
    const auto read = json::parse(changed);
    REQUIRE(read);
    REQUIRE((*read)["secret"] == RestClient::secret("0011", nonce));
  }
}

}  // namespace
}  // namespace sfteams::simulator::test
