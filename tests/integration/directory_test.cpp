// The PBX's address book and its users by REST, with all the real programs.

#include <csignal>
#include <fstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "base/crypto/secret.h"
#include "base/json/json.h"
#include "tests/contains.h"
#include "tests/integration/installation.h"
#include "tests/temporary_directory.h"
#include "uci/token.h"

namespace sfteams::integration {
namespace {

using Strings = std::vector<std::string>;

/// An installation at a PBX of version 9, where REST is signed in to by a nonce, or of version 10,
/// where it takes UCI's tokens; with these further switches and settings.
struct DirectoryInstallation {
  explicit DirectoryInstallation(const std::string& version, const Strings& switches = {},
                                 const std::string& settings = {}, const std::string& uci = {})
      : secret_file(directory.path() / "secret"), installation([&] {
          std::ofstream(secret_file) << "simulator-client-secret\n";
          std::filesystem::permissions(secret_file, std::filesystem::perms::owner_read);
          Installation::Options options;
          options.simulator_switches = {"preset=" + version};
          options.simulator_switches.insert(options.simulator_switches.end(), switches.begin(),
                                            switches.end());
          options.agent_settings = settings;
          options.agent_uci_settings = uci;
          if (version == "10") {
            options.agent_uci_settings +=
                "auth = oauth\nclient-secret-file = " + secret_file.string() + "\n";
          }
          return options;
        }()) {
    installation.start();
  }

  [[nodiscard]] std::uint64_t counter(const char* name) const {
    return installation.simulator_get("/control/state")["counters"][name].asUInt64();
  }
  [[nodiscard]] Finished anna(const Strings& command) {
    return installation.client(Installation::kAnna, command);
  }

  agent::TemporaryDirectory directory;
  std::filesystem::path secret_file;
  Installation installation;
};

TEST_CASE("a user finds people in the PBX's address book, with umlauts, and signs out of it") {
  const std::string version = GENERATE("9", "10");
  CAPTURE(version);
  DirectoryInstallation at(version);
  const Finished found = at.anna({"contacts", "Müller"});
  CHECK(found.status == 0);
  CHECK(contains(found.out, "NAME"));
  CHECK(contains(found.out, "Jürgen Müller"));
  CHECK(contains(found.out, "Bäckerei Müller"));
  CHECK(contains(found.out, "(office)"));
  CHECK_FALSE(contains(found.out, "Wójcik"));
  const Finished shown = at.anna({"--json", "contacts", "Wójcik"});
  const auto page = json::parse(shown.out);
  REQUIRE(page);
  REQUIRE((*page)["contacts"].size() == 1);
  CHECK((*page)["contacts"][0]["firstName"] == "Łukasz");
  CHECK((*page)["more"] == false);
  CHECK(contains(at.anna({"contacts", "nobody is called so"}).out, "nobody was found"));
  CHECK(contains(at.anna({"contacts", "", "--page", "500"}).out, "nobody was found"));

  const Finished me = at.anna({"--json", "call", "users.me"});
  CHECK(contains(me.out, R"("lastName":"Arnold")"));
  const Finished users = at.anna({"--json", "call", "users.list"});
  CHECK(contains(users.out, "Brandt"));
  // Each run signed in and out; version 10 has no login of REST's own.
  CHECK(at.counter("restRefusals") == 0);
  if (version == "9") {
    const std::uint64_t logins = at.counter("restLogins");
    CHECK(logins == 6);
    CHECK(eventually([&] {
      return at.installation.journal_count("rest", "1001", "ok", "DELETE /rest/login") == logins;
    }));
  } else {
    CHECK(at.counter("restLogins") == 0);
  }
  const std::string log = at.installation.agent().err();
  CHECK_FALSE(contains(log, Installation::kAnna.password));
  CHECK_FALSE(contains(
      log, uci::hash_password(crypto::Secret::from_text(Installation::kAnna.password)).text()));
}

TEST_CASE("what the PBX does not offer, or answers with nonsense, has a code, and calls go on") {
  struct Case {
    std::string mode;
    std::string code;
  };
  const Case c = GENERATE(Case{"no", "rest.not-offered"}, Case{"forbidden", "rest.not-offered"},
                          Case{"html", "rest."}, Case{"huge", "rest.too-large"},
                          Case{"wrong-json", "rest.broken-reply"});
  const std::string version = GENERATE("9", "10");
  CAPTURE(c.mode, version);
  DirectoryInstallation at(version, {"rest=" + c.mode});
  const Finished refused = at.anna({"contacts", "Müller"});
  CHECK(refused.status != 0);
  CHECK(contains(refused.err, c.code));
  CHECK(at.anna({"call", Installation::kCallIds}).status == 0);
}

TEST_CASE("a user gets pictures of the PBX's users, and one that may harm a browser is none") {
  const std::string version = GENERATE("9", "10");
  CAPTURE(version);
  DirectoryInstallation at(version);
  const std::filesystem::path file = at.directory.path() / "own.png";
  const Finished own = at.anna({"avatar", "--out", file.string()});
  CHECK(own.status == 0);
  CHECK(contains(own.out, "image/png, "));
  std::ifstream written(file, std::ios::binary);
  const std::string picture{std::istreambuf_iterator<char>(written), {}};
  CHECK(picture.starts_with("\x89PNG\r\n"));
  CHECK(contains(own.out, std::to_string(picture.size()) + " bytes"));
  const Finished none = at.anna({"avatar", "1002", "--out", file.string()});
  CHECK(none.status == 69);
  CHECK(contains(none.out, "has no picture"));
  CHECK(contains(at.anna({"--json", "avatar", "1001"}).out, R"("type":"image/png")"));
  for (const std::string& kind :
       {std::string("huge"), std::string("bomb"), std::string("wrong-type"), std::string("none")}) {
    CAPTURE(kind);
    at.installation.simulator_post("/control/switches", R"({"rest-avatars":")" + kind + R"("})");
    CHECK(at.anna({"avatar"}).status == 69);
  }
  CHECK(contains(at.installation.agent().err(), "is not passed on: it is larger than 64 KiB"));
  at.installation.simulator_post("/control/switches", R"({"rest-avatars":"forbidden"})");
  CHECK(contains(at.anna({"avatar"}).err, "rest.not-offered"));
}

TEST_CASE("a sign-in at REST that is over is renewed while the user stays signed in") {
  const std::string version = GENERATE("9", "10");
  CAPTURE(version);
  DirectoryInstallation at(version,
                           {version == "9" ? "rest-token-lifetime=1" : "oauth-lifetime=12"});
  const auto watching = at.installation.client_in_background(Installation::kAnna, {"watch"});
  REQUIRE(eventually([&] { return contains(watching->err(), "listening"); }));
  const auto renewals = [&] {
    return version == "9" ? at.counter("restLogins")
                          : at.installation.journal_count("token", {}, "granted", "refresh_token");
  };
  CHECK(eventually(
      [&] {
        const Finished found = at.anna({"contacts", "Müller"});
        CHECK(found.status == 0);
        CHECK(contains(found.out, "Jürgen Müller"));
        return renewals() >= 2;
      },
      std::chrono::seconds(40)));
  // It was the same sign-in all the time.
  CHECK(at.installation.journal_count("login", "1001", "accepted") == 1);
}

TEST_CASE("where it is switched off, or no good with the sign-in, it is said so") {
  SECTION("by the configuration, until that changes") {
    DirectoryInstallation at("9", {}, "[rest]\nenabled = no\n");
    const Finished refused = at.anna({"contacts", "Müller"});
    CHECK(refused.status == 69);
    CHECK(contains(refused.err, "rest.disabled"));
    at.installation.change_agent_ini("enabled = no", "enabled = yes");
    REQUIRE(at.installation.agent_command({"reload"}).status == 0);
    CHECK(at.anna({"contacts", "Müller"}).status == 0);
  }
  SECTION("by md5") {
    DirectoryInstallation at("6.7.3", {"tokens=both"}, {}, "auth = md5\n");
    CHECK(contains(at.anna({"contacts", "Müller"}).err, "rest.disabled"));
    CHECK(at.counter("restRequests") == 0);
  }
}

}  // namespace
}  // namespace sfteams::integration
