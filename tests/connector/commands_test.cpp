#include "connector/commands.h"

#include <cstdlib>
#include <sstream>

#include <catch2/catch.hpp>
#include <unistd.h>

#include "base/json/json.h"
#include "connector/codes.h"
#include "connector/health.h"
#include "connector/name_list.h"
#include "connector/operator.h"
#include "tests/integration/child_process.h"

namespace sfteams::connector {
namespace {

struct Desk {
  integration::ScratchDirectory scratch;
  std::unique_ptr<Registry> registry = std::move(
      Registry::open(scratch.path() / "registry.sqlite3", transport::Duration(50)).value());
  std::ostringstream out;
  std::ostringstream warnings;

  [[nodiscard]] bool said(const std::string& text) const {
    return out.str().find(text) != std::string::npos;
  }
};

Online unknown() {
  return tl::unexpected<json::Told>(json::Told{69, "[connector.not-running] nobody answers"});
}

TEST_CASE("enrolling takes a name as people write it") {
  Desk desk;
  REQUIRE(enroll_name(RegistryChanges(*desk.registry), "PBX.Example.com.",
                      RegistrationMode::enrolled, desk.out));
  CHECK(desk.said("pbx.example.com is enrolled\n"));
  CHECK(desk.said("The first agent"));
  CHECK_FALSE(desk.said("Note"));
  CHECK(desk.registry->ownership("pbx.example.com").value()->enrolled);
}

TEST_CASE("enrolling a second time says so, and who owns the name") {
  Desk desk;
  REQUIRE(enroll_name(RegistryChanges(*desk.registry), "pbx.example.com", RegistrationMode::open,
                      desk.out));
  CHECK(desk.said("names need not be enrolled"));
  REQUIRE(desk.registry->pin("pbx.example.com", {0xab, 0xcd}, 1000).value());
  desk.out.str("");
  REQUIRE(enroll_name(RegistryChanges(*desk.registry), "pbx.example.com",
                      RegistrationMode::enrolled, desk.out));
  CHECK(desk.said("was enrolled already"));
  CHECK(desk.said("abcd000000000000"));
}

TEST_CASE("a name that is none is a usage error, and nothing is written") {
  Desk desk;
  for (const char* name :
       {"", "pbx example", "-pbx.example.com", "pbx..example.com", "192.0.2.1"}) {
    const auto refused =
        enroll_name(RegistryChanges(*desk.registry), name, RegistrationMode::enrolled, desk.out);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code.exit == Exit::usage);
    CHECK(forget_name(RegistryChanges(*desk.registry), name, RegistrationMode::enrolled, desk.out)
              .error()
              .code.exit == Exit::usage);
  }
  CHECK(desk.registry->size().value() == 0);
  CHECK(desk.out.str().empty());
}

TEST_CASE("who changes a name is written down beside the change") {
  Desk desk;
  REQUIRE(enroll_name(RegistryChanges(*desk.registry), "pbx.example.com",
                      RegistrationMode::enrolled, desk.out));
  const auto notes = desk.registry->notes(0).value();
  REQUIRE(notes.size() == 1);
  CHECK(notes[0].who == operator_name());
  CHECK(contains(notes[0].who, "uid " + std::to_string(getuid())));
  CHECK(notes[0].at > 1'700'000'000);
}

TEST_CASE("by sudo, the user behind root is named, and only by a number") {
  setenv("SUDO_UID", "12345678", 1);
  const std::string behind = operator_name();
  setenv("SUDO_UID", "0x1\nroot", 1);
  const std::string nonsense = operator_name();
  unsetenv("SUDO_UID");
  CHECK(nonsense == operator_name());
  if (getuid() == 0) {
    CHECK(behind == operator_name() + ", for uid 12345678");
  } else {
    CHECK(behind == operator_name());
  }
}

TEST_CASE("forgetting frees a name, and an unknown one is named") {
  Desk desk;
  REQUIRE(desk.registry->enroll("pbx.example.com", {}).value());
  REQUIRE(forget_name(RegistryChanges(*desk.registry), "PBX.example.com",
                      RegistrationMode::enrolled, desk.out));
  CHECK(desk.said("pbx.example.com is free again"));
  CHECK(desk.said("starface-teams-connector enroll pbx.example.com"));
  const auto again = forget_name(RegistryChanges(*desk.registry), "pbx.example.com",
                                 RegistrationMode::enrolled, desk.out);
  REQUIRE_FALSE(again);
  CHECK(again.error().code == codes::kNameUnknown);
}

TEST_CASE("the list shows who owns what, for people and for programs") {
  Desk desk;
  REQUIRE(list_names(*desk.registry, unknown(), Places(), false, desk.out, desk.warnings));
  CHECK(desk.said("no names yet"));
  desk.out.str("");
  REQUIRE(desk.registry->enroll("free.example.com", {}).value());
  REQUIRE(desk.registry->pin("owned.example.com", {0xab, 0xcd}, 1'800'000'000).value());
  REQUIRE(list_names(*desk.registry, unknown(), Places(), false, desk.out, desk.warnings));
  CHECK(desk.said("NAME"));
  CHECK(desk.said("never"));
  CHECK(desk.said("abcd000000000000"));
  CHECK(desk.said("2027-01-15T08:00:00Z"));

  desk.out.str("");
  REQUIRE(list_names(*desk.registry, OnlineByName(), Places(), true, desk.out, desk.warnings));
  const Json::Value names = json::parse(desk.out.str()).value();
  REQUIRE(names.size() == 2);
  CHECK(names[0]["name"] == "free.example.com");
  CHECK(names[0]["enrolled"] == true);
  CHECK(names[0]["identity"].isNull());
  CHECK(names[0]["last_seen"].isNull());
  CHECK(names[1]["identity"] == "abcd" + std::string(60, '0'));
  CHECK(names[1]["last_seen"] == "2027-01-15T08:00:00Z");
}

TEST_CASE("the list of a cluster tells where an agent is from where it was last") {
  Desk desk;
  for (const char* name : {"a.example.com", "b.example.com", "c.example.com", "d.example.com"})
    REQUIRE(desk.registry->enroll(name, {}).value());
  const Places places = PlaceByName{{"a.example.com", {"one", true}},
                                    {"b.example.com", {"two", false}},
                                    {"c.example.com", {"", false}}};
  REQUIRE(list_names(*desk.registry, OnlineByName(), places, false, desk.out, desk.warnings));
  CHECK(desk.said("at node one\n"));
  CHECK(desk.said("at node two when it could last be asked\n"));
  CHECK(desk.said("not known: other nodes cannot be asked\n"));
  CHECK(desk.said("offline\n"));

  desk.out.str("");
  REQUIRE(list_names(*desk.registry, OnlineByName(), places, true, desk.out, desk.warnings));
  const Json::Value names = json::parse(desk.out.str()).value();
  CHECK(names[0]["online"] == true);
  CHECK(names[0]["node"] == "one");
  CHECK(names[1]["online"].isNull());
  CHECK(names[1]["node"] == "two");
  CHECK(names[2]["online"].isNull());
  CHECK(names[2]["node"].isNull());
  CHECK(names[3]["online"] == false);
}

transport::HttpRequest request(const char* method, const char* path) {
  transport::HttpRequest made;
  made.method = method;
  made.path = path;
  return made;
}

TEST_CASE(
    "healthz tells whether the registry works, and nothing that only the operator should know") {
  const auto response = answer_http(request("GET", "/healthz"), {});
  CHECK(response.status == 200);
  CHECK(response.content_type == "application/json");
  CHECK(response.body == "{\"status\":\"ok\"}\n");
  const auto degraded = answer_http(request("GET", "/healthz"), {.registry_ok = false});
  CHECK(degraded.status == 200);
  CHECK(degraded.body == "{\"status\":\"degraded\"}\n");
}

TEST_CASE("there is nothing else over HTTP") {
  const auto leaving = answer_http(request("GET", "/healthz"), {.leaving = true});
  CHECK(leaving.status == 404);
  CHECK(contains(leaving.body, "leaving"));

  CHECK(answer_http(request("POST", "/healthz"), {}).status == 405);
  for (const char* path : {"/", "/healthz/", "/healthz2", "/v1/agent", "/v1/client", "/../healthz",
                           "/metrics", "/readyz"})
    CHECK(answer_http(request("GET", path), {}).status == 404);
}

}  // namespace
}  // namespace sfteams::connector
