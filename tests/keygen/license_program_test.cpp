#include <map>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/keygen/sample.h"

// `starface-teams-keygen license …`, the real program.

namespace sfteams::keygen {
namespace {

using integration::Finished;
using integration::read_file;
using integration::write_file;

class Licenses {
 public:
  Finished run(std::vector<std::string> arguments, std::string input = {}) {
    arguments.insert(arguments.begin(), "license");
    return integration::run(SFTEAMS_BIN_DIR "/starface-teams-keygen",
                            {.arguments = std::move(arguments),
                             .output = output_.path() / "output",
                             .input = std::move(input)});
  }
  std::string new_issuer(const std::string& name) {
    const Finished made = run({"new-issuer", "--out", file(name)});
    REQUIRE(made.status == 0);
    const std::size_t at = made.out.find("k4.public.");
    return made.out.substr(at, made.out.find('\n', at) - at);
  }
  /// With these options instead of, or beside, sensible ones.
  Finished issue(const std::string& issuer,
                 const std::map<std::string, std::string>& options = {}) {
    std::map<std::string, std::string> all{
        {"--issuer", file(issuer)}, {"--holder", "Muster GmbH"}, {"--system", "a.test.example"},
        {"--seats", "5"},           {"--from", "2026-01-01"},    {"--until", "2099-12-31"}};
    for (const auto& [option, value] : options)
      all[option] = value;
    std::vector<std::string> arguments{"issue"};
    for (const auto& [option, value] : all)
      arguments.insert(arguments.end(), {option, value});
    return run(std::move(arguments));
  }
  [[nodiscard]] std::string file(const std::string& name) const { return files_.path() / name; }

 private:
  integration::ScratchDirectory files_;
  integration::ScratchDirectory output_;
};

TEST_CASE("a licence is issued to a file, and shown with its signature checked") {
  Licenses licenses;
  const std::string issuer = licenses.new_issuer("issuer.pem");
  CHECK(mode_of(licenses.file("issuer.pem")) ==
        (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
  const Finished issued = licenses.issue("issuer.pem", {{"--out", licenses.file("one.license")}});
  INFO(issued.err);
  REQUIRE(issued.status == 0);
  CHECK_THAT(issued.out, Catch::Contains("Muster GmbH"));

  const Finished shown = licenses.run({"show", licenses.file("one.license"), "--issuer", issuer});
  CHECK(shown.status == 0);
  CHECK_THAT(shown.out, Catch::Contains("seats      5"));
  CHECK_THAT(shown.out, Catch::Contains("2026-01-01 to 2099-12-31"));
  CHECK_THAT(shown.out, Catch::Contains("signature  correct"));
  const Finished unchecked = licenses.run({"show", licenses.file("one.license")});
  CHECK(unchecked.status == 0);
  CHECK_THAT(unchecked.out, Catch::Contains("not checked"));
  const Finished json = licenses.run({"show", licenses.file("one.license"), "--json"});
  CHECK_THAT(json.out, Catch::Contains("\"seats\" : 5"));
}

TEST_CASE("a licence key is printed without --out, and read from the standard input") {
  Licenses licenses;
  licenses.new_issuer("issuer.pem");
  const Finished issued = licenses.issue("issuer.pem");
  CHECK(issued.out.starts_with("v4.public."));
  const Finished shown = licenses.run({"show", "-"}, issued.out);
  CHECK(shown.status == 0);
  CHECK_THAT(shown.out, Catch::Contains("a.test.example"));
}

TEST_CASE("showing a licence fails when it is not good for the system, or by another issuer") {
  Licenses licenses;
  const std::string issuer = licenses.new_issuer("issuer.pem");
  const std::string other = licenses.new_issuer("other.pem");
  REQUIRE(licenses.issue("issuer.pem", {{"--out", licenses.file("one")}}).status == 0);
  CHECK(licenses.run({"show", licenses.file("one"), "--system", "a.test.example"}).status == 0);
  const Finished elsewhere =
      licenses.run({"show", licenses.file("one"), "--system", "b.test.example"});
  CHECK(elsewhere.status == 65);
  CHECK_THAT(elsewhere.err, Catch::Contains("[license.other-system]"));
  const Finished stranger = licenses.run({"show", licenses.file("one"), "--issuer", other});
  CHECK(stranger.status == 65);
  CHECK_THAT(stranger.err, Catch::Contains("[license.unknown-issuer]"));
  std::string text = read_file(licenses.file("one"));
  text[40] = text[40] == 'A' ? 'B' : 'A';
  write_file(licenses.file("changed"), text);
  const Finished changed = licenses.run({"show", licenses.file("changed"), "--issuer", issuer});
  CHECK_THAT(changed.err, Catch::Contains("[license.tampered]"));
}

TEST_CASE("wrong terms and files are refused in plain words, and nothing is overwritten") {
  Licenses licenses;
  licenses.new_issuer("issuer.pem");
  const auto refused = [&](const std::string& option, const std::string& value, int status,
                           const char* words) {
    const Finished finished = licenses.issue("issuer.pem", {{option, value}});
    INFO(finished.err);
    CHECK(finished.status == status);
    CHECK_THAT(finished.err, Catch::Contains(words));
    CHECK(finished.out.empty());
  };
  refused("--until", "31.12.2027", 64, "--until has to be a day of the calendar");
  refused("--until", "2027-02-30", 64, "2027-12-31");
  refused("--until", "2025-01-01", 64, "end before it begins");
  refused("--system", "no name", 64, "[license.bad-terms]");
  refused("--issuer", licenses.file("missing.pem"), 66, "[keygen.file-missing]");
  write_file(licenses.file("text"), "no key");
  refused("--issuer", licenses.file("text"), 65, "no Ed25519 private key in PEM");
  refused("--out", licenses.file("text"), 73, "--force");
  CHECK(read_file(licenses.file("text")) == "no key");
  CHECK(licenses.run({"new-issuer", "--out", licenses.file("issuer.pem")}).status == 73);
  CHECK(licenses.run({"show", licenses.file("issuer.pem")}).status == 65);
}

TEST_CASE(
    "the number of seats is a whole number in decimal, and every other is told how to write it") {
  Licenses licenses;
  const std::string issuer = licenses.new_issuer("issuer.pem");
  for (const char* seats :
       {"0", "-1", "abc", "20.5", "1e3", "100001", "4294967296", "4294967297", "0x10", "", " 5"}) {
    INFO(seats);
    const Finished refused = licenses.issue("issuer.pem", {{"--seats", seats}});
    CHECK(refused.status == 64);
    CHECK_THAT(refused.err, Catch::Contains("--seats has to be a whole number from 1 to 100000"));
    CHECK(refused.out.empty());
  }
  // Not eight, as C would read it.
  REQUIRE(
      licenses.issue("issuer.pem", {{"--seats", "010"}, {"--out", licenses.file("ten")}}).status ==
      0);
  CHECK_THAT(licenses.run({"show", licenses.file("ten"), "--issuer", issuer}).out,
             Catch::Contains("seats      10\n"));
}

TEST_CASE(
    "a licence that would be over already is told by today's date, and one for ever is issued") {
  Licenses licenses;
  licenses.new_issuer("issuer.pem");
  const auto issue = [&](const std::string& until) {
    return licenses.run({"issue", "--issuer", licenses.file("issuer.pem"), "--holder", "Muster",
                         "--system", "a.test.example", "--system", "A.test.example.", "--seats",
                         "5", "--until", until, "--out", licenses.file(until)});
  };
  const Finished over = issue("2020-01-01");
  CHECK(over.status == 64);
  CHECK_THAT(over.err, Catch::Contains("--until lies in the past (today is 20"));
  for (const char* until : {"2262-04-12", "2620-01-01", "9999-12-31"}) {
    const Finished issued = issue(until);
    INFO(issued.err);
    CHECK(issued.status == 0);
    CHECK_THAT(issued.out, Catch::Contains(std::string(" to ") + until));
    // The same system is listed once.
    CHECK_THAT(issued.out, Catch::Contains("systems    a.test.example\n"));
  }
}

TEST_CASE("no licence and no new issuer overwrites a private key") {
  Licenses licenses;
  licenses.new_issuer("issuer.pem");
  licenses.new_issuer("other.pem");
  const std::string before = read_file(licenses.file("issuer.pem"));
  std::filesystem::create_hard_link(licenses.file("issuer.pem"), licenses.file("same.pem"));
  const auto forced = [&](const std::string& out) {
    return licenses.run({"issue", "--issuer", licenses.file("issuer.pem"), "--holder", "Muster",
                         "--system", "a.test.example", "--seats", "5", "--until", "2099-12-31",
                         "--out", licenses.file(out), "--force"});
  };
  for (const char* out : {"issuer.pem", "same.pem", "other.pem"}) {
    INFO(out);
    const Finished refused = forced(out);
    CHECK(refused.status == 73);
    CHECK_THAT(refused.err, Catch::Contains("holds a private key, which is never overwritten"));
    CHECK_THAT(read_file(licenses.file(out)), Catch::Contains("PRIVATE KEY"));
  }
  CHECK(read_file(licenses.file("issuer.pem")) == before);
  REQUIRE(forced("a.license").status == 0);
  CHECK(forced("a.license").status == 0);

  const Finished again = licenses.run({"new-issuer", "--out", licenses.file("issuer.pem")});
  CHECK(again.status == 73);
  CHECK_THAT(again.err, !Catch::Contains("--force"));
  CHECK(licenses.run({"new-issuer", "--out", licenses.file("issuer.pem"), "--force"}).status == 64);
  CHECK(read_file(licenses.file("issuer.pem")) == before);
}

TEST_CASE("the public key of an issuer can be shown again, and its file checks licences, too") {
  Licenses licenses;
  const std::string issuer = licenses.new_issuer("issuer.pem");
  licenses.new_issuer("other.pem");
  const Finished shown = licenses.run({"show-issuer", licenses.file("issuer.pem")});
  CHECK(shown.status == 0);
  CHECK_THAT(shown.out, Catch::Contains("[license] issuers = " + issuer + "\n"));
  CHECK_THAT(shown.out, !Catch::Contains("PRIVATE"));
  REQUIRE(licenses.issue("issuer.pem", {{"--out", licenses.file("one")}}).status == 0);
  const auto show = [&](const std::string& by) {
    return licenses.run({"show", licenses.file("one"), "--issuer", by});
  };
  CHECK_THAT(show(licenses.file("issuer.pem")).out, Catch::Contains("signature  correct"));
  CHECK_THAT(show(licenses.file("other.pem")).err, Catch::Contains("[license.unknown-issuer]"));
  CHECK(show(licenses.file("missing.pem")).status == 66);
  const Finished damaged = show(issuer.substr(0, issuer.size() - 1));
  CHECK(damaged.status == 64);
  CHECK_THAT(damaged.err, Catch::Contains("license show-issuer"));
  CHECK(licenses.run({"show-issuer", licenses.file("one")}).status == 65);
}

TEST_CASE("a wrong command line is told by what is wrong with it") {
  Licenses licenses;
  const auto told = [&](std::vector<std::string> arguments) {
    const Finished finished = licenses.run(std::move(arguments));
    CHECK(finished.status == 64);
    return finished.err;
  };
  CHECK_THAT(told({}), Catch::Contains("those there are: new-issuer, issue, show"));
  CHECK_THAT(told({"list"}), Catch::Contains("there is no command \"list\" of \"license\""));
  CHECK_THAT(told({"issue", "--issuer", "x", "--holder", "Muster", "GmbH", "--system", "a",
                   "--seats", "1", "--until", "2099-12-31"}),
             Catch::Contains("there is no argument") && Catch::Contains("quotation marks"));
  const std::string key = "SXDR2-MF59M-MKBJF-98821-AEVKR-5XAXR-ETT5E-RQCR9";
  CHECK_THAT(told({"show", "x", key}), !Catch::Contains(key));
}

TEST_CASE("a system name is compared as the agent does it") {
  Licenses licenses;
  licenses.new_issuer("issuer.pem");
  REQUIRE(licenses.issue("issuer.pem", {{"--out", licenses.file("one")}}).status == 0);
  CHECK(licenses.run({"show", licenses.file("one"), "--system", "A.Test.example."}).status == 0);
  const Finished none = licenses.run({"show", licenses.file("one"), "--system", "no name"});
  CHECK(none.status == 64);
  CHECK_THAT(none.err, Catch::Contains("--system"));
}

TEST_CASE("a key in the place of a file is not read as a name, and not repeated") {
  Licenses licenses;
  licenses.new_issuer("issuer.pem");
  const std::string key = licenses.issue("issuer.pem").out;
  const Finished itself = licenses.run({"show", key.substr(0, key.size() - 1)});
  CHECK(itself.status == 65);
  CHECK_THAT(itself.err, Catch::Contains("the licence key itself"));
  CHECK_THAT(itself.err, !Catch::Contains(key.substr(0, 40)));
  const Finished secret = licenses.run({"show", "k4.secret." + std::string(86, 'A')});
  CHECK(secret.status == 65);
  CHECK_THAT(secret.err, Catch::Contains("keep it secret") && !Catch::Contains("AAAA"));
}

}  // namespace
}  // namespace sfteams::keygen
