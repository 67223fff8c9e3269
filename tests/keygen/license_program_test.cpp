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
  refused("--seats", "0", 64, "1 to 100000 seats");
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

}  // namespace
}  // namespace sfteams::keygen
