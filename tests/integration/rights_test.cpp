// [license] named = pbx: the right to use the integration comes from the PBX, with all the real
// programs.

#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/contains.h"
#include "tests/integration/installation.h"
#include "tests/integration/license_issuer.h"

namespace sfteams::integration {
namespace {

using Strings = std::vector<std::string>;

/// At a PBX of version 9 that shows users their own rights, unless the switches say otherwise.
struct RightsInstallation {
  explicit RightsInstallation(const Strings& switches = {"rest-admin-resources=own"},
                              const std::string& settings = "[license]\nnamed = pbx\n")
      : installation([&] {
          Installation::Options options;
          options.simulator_switches = {"preset=9"};
          options.simulator_switches.insert(options.simulator_switches.end(), switches.begin(),
                                            switches.end());
          options.agent_settings = settings;
          return options;
        }()) {
    installation.start();
  }

  void set_rights(const char* user, const char* rights) {
    installation.simulator_post(
        "/control/permissions",
        std::string(R"({"user":")") + user + R"(","permissions":")" + rights + R"("})");
  }
  [[nodiscard]] Finished anna() { return installation.client(Installation::kAnna, {"login"}); }
  [[nodiscard]] Json::Value license() { return installation.status()["license"]; }

  Installation installation;
};

TEST_CASE("a right that is given or withdrawn at the PBX counts at the next sign-in") {
  RightsInstallation at;
  CHECK(at.anna().status == 0);
  CHECK(at.installation.status()["seats"]["taken"] == 0);
  auto watching =
      at.installation.client_in_background(Installation::kAnna, {"watch", "--for", "120"});
  REQUIRE(eventually([&] { return contains(watching->err(), "listening for events"); }));

  at.set_rights("1001", "UCC Premium");
  const Finished refused = at.anna();
  CHECK(refused.status == 77);
  CHECK(contains(refused.err, "[license.not-named]"));
  CHECK(contains(refused.err, "Integration mit Microsoft Teams"));
  // Who is signed in stays so.
  CHECK(watching->err().find("signed out") == std::string::npos);
  CHECK(at.installation.status()["sessions"]["users"] == 1);

  at.set_rights("1001", "Fax, Integration mit Microsoft Teams");
  CHECK(at.anna().status == 0);
  CHECK(at.license()["byPbx"] == true);
  CHECK(at.license()["warning"].isNull());
  watching->signal(SIGINT);
  REQUIRE(watching->wait());
}

TEST_CASE("a PBX that shows no rights names nobody, and the administrator learns of it") {
  const std::string version = GENERATE("rest-admin-resources=forbidden", "rest=no");
  CAPTURE(version);
  RightsInstallation at({version}, "[license]\nnamed = pbx, 1002\n");
  const Finished refused = at.anna();
  CHECK(refused.status == 69);
  CHECK(contains(refused.err, "[license.right-unknown]"));
  CHECK(contains(refused.err, "the rights are not visible at the PBX"));
  // Who is named by hand is let in all the same.
  CHECK(at.installation.client(Installation::kBen, {"login"}).status == 0);
  CHECK(at.license()["warning"]["code"] == "rest.not-offered");
  const Finished status = at.installation.agent_command({"status"});
  CHECK(status.status == 1);
  CHECK(contains(status.out, "the rights are not visible at the PBX"));
  const Finished check = at.installation.agent_command({"check"});
  CHECK(check.status == 1);
  CHECK(contains(check.out, "the rights are not visible at the PBX"));
}

TEST_CASE("without the right a user takes a floating seat, and with it gives none away") {
  Issuer issuer;
  const std::string rights = GENERATE("UCC Premium", "");
  CAPTURE(rights);
  RightsInstallation at({"rest-admin-resources=own"},
                        "[license]\nnamed = pbx\nissuers = " + issuer.public_key + "\n");
  REQUIRE(at.installation.agent_command({"license", "add", issuer.issue(1)}).status == 0);
  at.set_rights("1001", rights.c_str());
  auto anna = at.installation.client_in_background(Installation::kAnna, {"watch", "--for", "120"});
  REQUIRE(eventually([&] { return contains(anna->err(), "listening for events"); }));
  CHECK(at.installation.status()["seats"]["taken"] == 1);
  // Ben has the right.
  CHECK(at.installation.client(Installation::kBen, {"login"}).status == 0);
  at.set_rights("1002", rights.c_str());
  const Finished full = at.installation.client(Installation::kBen, {"login"});
  CHECK(contains(full.err, rights.empty() ? "[license.right-unknown]" : "[license.no-seat]"));
  anna->signal(SIGINT);
  REQUIRE(anna->wait());
}

TEST_CASE("check says of one user whether the right is there") {
  RightsInstallation at;
  const std::string password = at.installation.file("password").string();
  write_file(password, std::string(Installation::kAnna.password) + "\n");
  std::filesystem::permissions(
      password, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  const auto told = [&] {
    return at.installation
        .agent_command({"check", "--user", Installation::kAnna.name, "--password-file", password})
        .out;
  };
  CHECK(contains(told(), "the PBX gives this user the right that is asked for"));
  at.set_rights("1001", "UCC Premium");
  CHECK(contains(told(), "[license.not-named]"));
  at.set_rights("1001", "");
  CHECK(contains(told(), "[license.right-unknown]"));
}

TEST_CASE("a PBX whose REST interface is slow holds the one user up, and no other") {
  RightsInstallation at({"rest-admin-resources=own", "rest=slow", "rest-slow-time=60000"},
                        "[license]\nnamed = pbx, 1002\n");
  const auto slow = at.installation.client_in_background(Installation::kAnna, {"login"});
  CHECK(at.installation.client(Installation::kBen, {"login"}).status == 0);
  CHECK(slow->err().empty());
  REQUIRE(slow->wait());
  CHECK(contains(slow->err(), "[license.right-unknown]"));
  CHECK(contains(slow->err(), "within 6 s"));
}

TEST_CASE("without REST the settings are warned of, and a reload lets the PBX be asked") {
  RightsInstallation at({"rest-admin-resources=own"},
                        "[license]\nnamed = pbx\n[rest]\nenabled = no\n");
  CHECK(
      contains(at.installation.agent_command({"config", "check"}).err, "[agent.rights-not-asked]"));
  CHECK(contains(at.anna().err, "[license.right-unknown]"));
  CHECK(at.license()["warning"]["code"] == "rest.disabled");
  at.installation.change_agent_ini("enabled = no", "enabled = yes");
  REQUIRE(at.installation.agent_command({"reload"}).status == 0);
  CHECK(at.license()["warning"].isNull());
  CHECK(at.anna().status == 0);
}

}  // namespace
}  // namespace sfteams::integration
