#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

// No message may say "1 sessions": what is counted goes through counted().

namespace sfteams {
namespace {

namespace fs = std::filesystem;

/// What can be counted here. The regular expression takes up to two words in front: "{} system
/// keys", "{} admission keys".
constexpr const char* kBetween = R"((?:(?!(?:no|its|the|their) )\w+ ){0,2}?)";
constexpr const char* kNouns =
    "(accounts|addresses|agents|answers of|attempts|blanks|bytes|calls|certificates|characters|"
    "clients|codes|connections|days|descriptors|entries|errors|events|files|fragments|frames|"
    "holders|hours|items|keys|levels|licences|licenses|lines|logins|members|messages|methods|"
    "milliseconds|minutes|months|names|numbers|packets|parameters|passwords|phones|processes|"
    "records|registrations|requests|results|seats|seconds|services|sessions|steps|streams|symbols|"
    "systems|times|tokens|users|values|warnings|weeks|words)\\b";

/// Literals in which the number cannot be 1, each with the reason.
const std::map<std::string, const char*>& never_one() {
  static const std::map<std::string, const char*> listed{
      {"agent/keys/key_ring.cpp: {} system keys", "kMaxAdmissionKeys"},
      {"agent/pbx/method_filter.cpp: {} characters", "a constant bound"},
      {"agent/daemon/page_host.cpp: {} minutes", "SignIn::kLinkLife"},
      {"agent/pbx/pbx_side.cpp: {} seconds", "the constant kAgain"},
      {"agent/status/status_text.cpp: {} days", "shown from two days on"},
      {"connector/app_files.cpp: {} files", "AppFiles::kMostFiles"},
      {"connector/service.cpp: {} files", "a process with one descriptor does not get this far"},
      {"agent/diagnosis/clock_step.cpp: {1} days", "another sentence says 1 day"},
      {"agent/diagnosis/local_steps.cpp: {0} days", "shown from two days on"},
      {"base/files/small_file.cpp:  bytes", "a bound on a file"},
      {"base/json/json.cpp: {} bytes", "more than a bound of many bytes"},
      {"base/json/values.cpp: {} values", "more than a bound of many values"},
      {"keygen/system_key.cpp:  characters", "SystemKey::kSymbols"},
      {"keygen/system_name.cpp:  characters", "more than a bound of many characters"},
      {"base/settings/ini.cpp: {} bytes", "more than a bound of many bytes"},
      {"transport/control_client.cpp:  bytes", "ControlServer::kMaxRequest"},
      {"transport/control_server.cpp: {} bytes", "a bound, or more than it"},
      {"transport/http_failure.cpp:  bytes", "a bound on a reply"},
      {"transport/reopening.cpp: {} seconds", "the constant kAgain"},
      {"tunnel/frame.cpp:  bytes", "more than kMaxWebsocketMessage"},
      {"tunnel/message_assembly.cpp:  bytes", "a bound on a message"},
      {"tunnel/session_ledger.cpp:  bytes", "more than the largest message"},
      {"uci/subscribing.cpp: {} bytes", "Subscriptions::kMaxName"},
      {"uci/subscribing.cpp: {} event services", "Subscriptions::kMost"},
      {"uci/xml_mend.cpp: {} bytes", "more than a bound of many bytes"},
  };
  return listed;
}

std::string content(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

/// Adjacent literals as one, and no comments.
std::string joined(const std::string& source) {
  const std::string code = std::regex_replace(source, std::regex("//[^\n\"]*\n"), "\n");
  return std::regex_replace(code, std::regex("\"\\s*\n\\s*\""), "");
}

/// "{} system keys", or " bytes" behind a '+' or "<<", in a source.
std::vector<std::string> plurals_in(const std::string& source) {
  static const std::regex kFormatted(std::string(R"(\{\d?\} )") + kBetween + kNouns);
  static const std::regex kJoined(std::string(R"((?:\+|<<)\s*"( )") + kBetween + kNouns + ")");
  const std::string code = joined(source);
  std::vector<std::string> found;
  for (std::sregex_iterator match(code.begin(), code.end(), kFormatted), end; match != end; ++match)
    found.push_back(match->str());
  for (std::sregex_iterator match(code.begin(), code.end(), kJoined), end; match != end; ++match)
    found.push_back((*match)[1]);
  return found;
}

}  // namespace

TEST_CASE("the search for plurals behind a number finds them") {
  CHECK(plurals_in("log(\"the {} system keys\");") == std::vector<std::string>{"{} system keys"});
  CHECK(plurals_in("log(\"it has {} \"\n    \"seats\");") == std::vector<std::string>{"{} seats"});
  CHECK(plurals_in("text(to_string(n) + \" bytes came\")") == std::vector<std::string>{" bytes"});
  CHECK(plurals_in("out << n << \" open streams\"") == std::vector<std::string>{" open streams"});
  CHECK(plurals_in("log(\"the licence {} gives no seats\")").empty());
  CHECK(plurals_in("log(\"{} is online with {}\", counted(n, \"stream\"));").empty());
}

TEST_CASE("no number that can be one stands before a plural") {
  std::map<std::string, const char*> unused = never_one();
  for (const auto& room : fs::directory_iterator(SFTEAMS_SOURCE_DIR)) {
    const std::string name = room.path().filename().string();
    if (!room.is_directory() || name.starts_with('.') || name == "build" || name == "tests" ||
        name == "bench")
      continue;
    for (const auto& file : fs::recursive_directory_iterator(room.path())) {
      if (file.path().extension() != ".cpp" && file.path().extension() != ".h") continue;
      const std::string where = fs::relative(file.path(), SFTEAMS_SOURCE_DIR).string();
      for (const std::string& plural : plurals_in(content(file.path()))) {
        const std::string found = where + ": " + plural;
        unused.erase(found);
        INFO(found
             << " — use counted() of base/error/counted.h, or say in never_one() why it cannot "
                "be 1");
        CHECK(never_one().contains(found));
      }
    }
  }
  for (const auto& [gone, reason] : unused) {
    INFO(gone << " is listed, and not in the source any more");
    CHECK(reason == nullptr);
  }
}

}  // namespace sfteams
