#include <regex>
#include <set>
#include <string>

#include <catch2/catch.hpp>

#include "base/json/json.h"
#include "tests/repository/source_text.h"

// packaging/grafana-dashboard.json against docs/monitoring.md.

namespace sfteams {
namespace {

/// The part of docs/monitoring.md from one heading to the next.
std::string section(const std::string& book, const std::string& heading) {
  const std::size_t begin = book.find("\n" + heading + "\n");
  REQUIRE(begin != std::string::npos);
  return book.substr(begin, book.find("\n##", begin + heading.size() + 1) - begin);
}

/// The queries of all panels.
std::string queries(const Json::Value& dashboard) {
  std::string all;
  for (const Json::Value& panel : dashboard["panels"]) {
    for (const Json::Value& target : panel["targets"])
      all += target["expr"].asString() + "\n";
  }
  return all;
}

std::set<std::string> names_in(const std::string& text, const std::string& prefix) {
  std::set<std::string> names;
  const std::regex name(prefix + "([a-z_]+)");
  for (std::sregex_iterator match(text.begin(), text.end(), name), end; match != end; ++match)
    names.insert((*match)[1]);
  return names;
}

/// As the book has it, a histogram's parts by its own name.
bool described(const std::string& book, std::string name) {
  for (const std::string part : {"_bucket", "_count", "_sum"}) {
    if (name.ends_with(part)) name.resize(name.size() - part.size());
  }
  return book.find("`" + name + "`") != std::string::npos ||
         book.find("`" + name + "{") != std::string::npos;
}

Json::Value dashboard() {
  return json::parse(read_text(kRoot / "packaging/grafana-dashboard.json")).value();
}

TEST_CASE("every metric that the dashboard shows stands in the documentation") {
  const std::string book = read_text(kRoot / "docs/monitoring.md");
  const std::string asked = queries(dashboard());
  std::size_t found = 0;
  for (const auto& [prefix, heading] :
       {std::pair<std::string, std::string>{"starface_teams_agent_", "### Metrics of the agent"},
        {"starface_teams_connector_", "### Metrics of the connector"}}) {
    const std::string part = section(book, heading);
    for (const std::string& name : names_in(asked, prefix)) {
      CAPTURE(prefix, name);
      CHECK(described(part, name));
      ++found;
    }
  }
  for (const std::string& name : names_in(asked, "\\bprocess_")) {
    CAPTURE(name);
    CHECK(described(section(book, "### Of both processes"), "process_" + name));
    ++found;
  }
  CHECK(found > 35);
}

TEST_CASE("the dashboard's panels have names and queries, and lie apart from each other") {
  std::set<int> ids;
  std::set<std::pair<int, int>> places;
  const Json::Value read = dashboard();
  for (const Json::Value& panel : read["panels"]) {
    CAPTURE(panel["title"].asString());
    CHECK_FALSE(panel["title"].asString().empty());
    CHECK(ids.insert(panel["id"].asInt()).second);
    CHECK(places.emplace(panel["gridPos"]["x"].asInt(), panel["gridPos"]["y"].asInt()).second);
    CHECK((panel["type"] == "row" || !panel["targets"].empty()));
  }
  CHECK(ids.size() > 20);
}

}  // namespace
}  // namespace sfteams
