#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <sys/stat.h>

#include "base/text/encoding.h"
#include "keygen/derive.h"
#include "keygen/key_file.h"
#include "tests/keygen/sample.h"

namespace sfteams::keygen {
namespace {

using integration::Finished;
using integration::read_file;
using integration::write_file;
using Names = std::set<std::string>;

/// Runs the real program; files are named in a directory of the test's own.
class Program {
 public:
  Finished run(std::vector<std::string> arguments) {
    return integration::run(
        SFTEAMS_BIN_DIR "/starface-teams-keygen",
        {.arguments = std::move(arguments), .output = output_.path() / "output", .input = ""});
  }
  Finished make_new(const std::string& name, std::vector<std::string> more = {}) {
    std::vector<std::string> arguments{
        "new",   "--name",  "pbx.example.com", "--connector", "wss://connector.example.com",
        "--out", file(name)};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(std::move(arguments));
  }
  [[nodiscard]] std::string file(const std::string& name) const { return files_.path() / name; }
  [[nodiscard]] Names files() const { return names_in(files_.path()); }

 private:
  integration::ScratchDirectory files_;
  integration::ScratchDirectory output_;
};

bool holds(const Finished& finished, std::string_view text) {
  return finished.out.find(text) != std::string::npos ||
         finished.err.find(text) != std::string::npos;
}

KeyFile read(const std::string& file) {
  auto key_file = read_key_file(file);
  REQUIRE(key_file);
  return std::move(*key_file);
}

std::string shown(const KeyFile& key_file) {
  return std::string(key_file.key.display().text());
}

TEST_CASE("new writes a key file and prints its name and key id but not the key") {
  Program program;
  const Finished made = program.make_new("pbx.key");
  REQUIRE(made.status == 0);
  CHECK(made.err.empty());
  const KeyFile key_file = read(program.file("pbx.key"));
  CHECK(key_file.name == "pbx.example.com");
  CHECK(key_file.connector == "wss://connector.example.com");
  CHECK_THAT(made.out, Catch::Contains("pbx.example.com"));
  CHECK_THAT(made.out, Catch::Contains(program.file("pbx.key")));
  CHECK_THAT(made.out, Catch::Contains(text::to_hex(derive_key_id(key_file.key))));
  CHECK_FALSE(holds(made, shown(key_file)));
  CHECK(mode_of(program.file("pbx.key")) ==
        (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
  CHECK(program.files() == Names{"pbx.key"});
}

TEST_CASE("new prints the key when that is asked for") {
  Program program;
  const Finished made = program.make_new("pbx.key", {"--show-key"});
  REQUIRE(made.status == 0);
  CHECK_THAT(made.out, Catch::Contains(shown(read(program.file("pbx.key")))));
}

TEST_CASE("new makes another key each time and overwrites none unless forced") {
  Program program;
  REQUIRE(program.make_new("pbx.key").status == 0);
  const std::string first = read_file(program.file("pbx.key"));
  const Finished refused = program.make_new("pbx.key");
  CHECK(refused.status == 73);
  CHECK_THAT(refused.err, Catch::Contains("keygen.file-exists") && Catch::Contains("--force"));
  CHECK(read_file(program.file("pbx.key")) == first);
  REQUIRE(program.make_new("pbx.key", {"--force"}).status == 0);
  CHECK(read_file(program.file("pbx.key")) != first);
}

TEST_CASE("new refuses a wrong name or connector as wrong usage and writes nothing") {
  Program program;
  const auto attempt = [&](const std::string& name, const std::string& connector) {
    return program.run(
        {"new", "--name", name, "--connector", connector, "--out", program.file("x")});
  };
  const Finished name = attempt("wss://pbx.example.com", "wss://c.example.com");
  CHECK(name.status == 64);
  CHECK_THAT(name.err, Catch::Contains("keygen.bad-name"));
  const Finished connector = attempt("pbx.example.com", "c.example.com");
  CHECK(connector.status == 64);
  CHECK_THAT(connector.err, Catch::Contains("keygen.bad-connector"));
  const Finished plain = attempt("pbx.example.com", "ws://c.example.com");
  CHECK(plain.status == 64);
  CHECK_THAT(plain.err, Catch::Contains("keygen.bad-connector"));
  CHECK_THAT(plain.err, Catch::Contains("write wss:// in place of ws://"));
  CHECK(program.files().empty());
}

TEST_CASE("inspect says what is in a key file and never the key unless asked") {
  Program program;
  REQUIRE(program.make_new("pbx.key").status == 0);
  const KeyFile key_file = read(program.file("pbx.key"));
  for (const auto& more : {std::vector<std::string>{}, std::vector<std::string>{"--json"}}) {
    std::vector<std::string> arguments{"inspect", program.file("pbx.key")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Finished hidden = program.run(arguments);
    REQUIRE(hidden.status == 0);
    CHECK_THAT(hidden.out, Catch::Contains("pbx.example.com"));
    CHECK_THAT(hidden.out, Catch::Contains(text::to_hex(derive_key_id(key_file.key))));
    const std::string key = shown(key_file);
    for (std::size_t group = 0; group < key.size(); group += 6) {
      CHECK_FALSE(holds(hidden, key.substr(group, 5)));
    }
    CHECK_FALSE(holds(hidden, text::to_hex(derive_noise_psk(key_file.key).bytes())));
    CHECK_FALSE(holds(hidden, text::to_hex(derive_admission_key(key_file.key).seed().bytes())));

    arguments.emplace_back("--show-key");
    const Finished asked = program.run(arguments);
    REQUIRE(asked.status == 0);
    CHECK_THAT(asked.out, Catch::Contains(key));
  }
}

TEST_CASE("inspect --json prints JSON with the facts of the file") {
  Program program;
  REQUIRE(program.make_new("pbx.key").status == 0);
  const auto value = json::parse(program.run({"inspect", "--json", program.file("pbx.key")}).out);
  REQUIRE(value);
  const KeyFile key_file = read(program.file("pbx.key"));
  CHECK(member(*value, "name") == key_file.name);
  CHECK(member(*value, "connector") == key_file.connector);
  CHECK(member(*value, "created") == key_file.created);
  CHECK(member(*value, "key_id") == text::to_hex(derive_key_id(key_file.key)));
  CHECK(member(*value, "admission_public") ==
        text::to_hex(derive_admission_key(key_file.key).public_key()));
  CHECK(json::member(*value, "key") == nullptr);
}

TEST_CASE("inspect ends with the status of what is wrong") {
  Program program;
  REQUIRE(program.make_new("pbx.key").status == 0);
  const std::string whole = read_file(program.file("pbx.key"));
  write_file(program.file("cut"), whole.substr(0, whole.size() / 2));
  write_file(program.file("foreign"), "{\"type\": \"starface-licence\", \"version\": 1}");
  write_file(program.file("huge"), std::string(20'000, ' ') + whole);
  REQUIRE(mkfifo(program.file("fifo").c_str(), 0600) == 0);
  const auto inspected = [&](const std::string& name) {
    return program.run({"inspect", program.file(name)});
  };
  const std::pair<const char*, int> expected[] = {{"cut", 65},     {"foreign", 65}, {"huge", 65},
                                                  {"missing", 66}, {"fifo", 66},    {"", 66}};
  for (const auto& [name, status] : expected) {
    INFO(name);
    const Finished finished = inspected(name);
    CHECK(finished.status == status);
    CHECK(finished.out.empty());
    CHECK_THAT(finished.err, Catch::StartsWith("starface-teams-keygen: [keygen."));
    CHECK_THAT(finished.err, Catch::Contains(program.file(name)));
  }
}

TEST_CASE("export writes a file for the same key, at another connector when asked") {
  Program program;
  REQUIRE(program.make_new("pbx.key").status == 0);
  const KeyFile original = read(program.file("pbx.key"));
  REQUIRE(program.run({"export", program.file("pbx.key"), "--out", program.file("same")}).status ==
          0);
  const Finished moved =
      program.run({"export", program.file("pbx.key"), "--out", program.file("moved"), "--connector",
                   "wss://new.example.com"});
  REQUIRE(moved.status == 0);
  CHECK_FALSE(holds(moved, shown(original)));
  CHECK(read_file(program.file("same")) == read_file(program.file("pbx.key")));
  const KeyFile other = read(program.file("moved"));
  CHECK(other.key == original.key);
  CHECK(other.name == original.name);
  CHECK(other.created == original.created);
  CHECK(other.connector == "wss://new.example.com");
}

TEST_CASE("export overwrites nothing, not even its own source, unless forced") {
  Program program;
  REQUIRE(program.make_new("pbx.key").status == 0);
  const std::string before = read_file(program.file("pbx.key"));
  const std::vector<std::string> arguments{"export",      program.file("pbx.key"),
                                           "--out",       program.file("pbx.key"),
                                           "--connector", "wss://new.example.com"};
  CHECK(program.run(arguments).status == 73);
  CHECK(read_file(program.file("pbx.key")) == before);
  auto forced = arguments;
  forced.emplace_back("--force");
  CHECK(program.run(forced).status == 0);
  CHECK(read(program.file("pbx.key")).connector == "wss://new.example.com");
}

TEST_CASE("export of a broken file or to a wrong connector writes nothing") {
  Program program;
  write_file(program.file("broken"), "{}");
  CHECK(program.run({"export", program.file("broken"), "--out", program.file("x")}).status == 65);
  REQUIRE(program.make_new("pbx.key").status == 0);
  CHECK(program
            .run({"export", program.file("pbx.key"), "--out", program.file("x"), "--connector",
                  "https://c"})
            .status == 64);
  CHECK(program
            .run({"export", program.file("pbx.key"), "--out", program.file("x"), "--connector",
                  "ws://c.example.com"})
            .status == 64);
  CHECK(program.files() == Names{"broken", "pbx.key"});
}

TEST_CASE("a wrong command line ends with 64 and repeats nothing that could be a key") {
  Program program;
  const std::string key(kSampleKey);
  const std::vector<std::vector<std::string>> wrong{
      {},
      {"frobnicate"},
      {"new"},
      {"new", "--name"},
      {"inspect"},
      {"new", key, "--name", "pbx", "--connector", "wss://c", "--out", "x"},
      {"new", "--key", key, "--name", "pbx", "--connector", "wss://c", "--out", "x"},
      {"new", "--key=" + key, "--name", "pbx", "--connector", "wss://c", "--out", "x"},
      {"inspect", "x", "--show-key=" + key},
      {"inspect", "x", key},
      {"export", "x", "--out", "y", key},
  };
  for (const auto& arguments : wrong) {
    const Finished finished = program.run(arguments);
    INFO(finished.err);
    CHECK(finished.status == 64);
    CHECK(finished.out.empty());
    CHECK_THAT(finished.err, Catch::Contains("--help"));
    CHECK_FALSE(holds(finished, key));
  }
}

TEST_CASE("help shows examples and the version is that of the project") {
  Program program;
  const Finished help = program.run({"--help"});
  CHECK(help.status == 0);
  CHECK_THAT(help.out, Catch::Contains("Examples:") && Catch::Contains("inspect"));
  CHECK(program.run({"new", "--help"}).status == 0);
  const Finished version = program.run({"--version"});
  CHECK(version.status == 0);
  CHECK_THAT(version.out, Catch::StartsWith("starface-teams-keygen 0."));
}

}  // namespace
}  // namespace sfteams::keygen
