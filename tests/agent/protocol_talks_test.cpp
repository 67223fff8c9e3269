// The talks between a client and the agent in docs/protocol.md are what the agent does.

#include <algorithm>
#include <deque>
#include <string>

#include <catch2/catch.hpp>

#include "agent/conversation.h"
#include "json/json.h"
#include "json/rpc.h"
#include "keygen/system_name.h"
#include "tests/agent/fake_pbx.h"
#include "tests/tunnel/protocol_document.h"

namespace sfteams::agent {
namespace {

using namespace std::chrono_literals;

struct TalkEar final : Speaker {
  bool say(std::string_view text) override {
    heard.push_back(*json::parse(text));
    return true;
  }
  void end(tunnel::WireCode, std::string_view) override {}
  void on_sign_in(SignIn, std::string_view) override {}

  std::deque<Json::Value> heard;
};

/// Whether `said` has all that the document shows; it may have more members.
bool shows(const Json::Value& document, const Json::Value& said) {
  if (!document.isObject()) return document == said;
  return said.isObject() &&
         std::ranges::all_of(document.getMemberNames(), [&](const std::string& name) {
           return said.isMember(name) && shows(document[name], said[name]);
         });
}

class PlayedTalk {
 public:
  void play(const std::string& line) {
    INFO(line);
    if (line == "# a user is signed in") {
      hear(R"({"jsonrpc":"2.0","id":0,"method":"session.login",)"
           R"("params":{"user":"10","password":"correct horse"}})");
      access_.accept(0);
      ear_.heard.clear();
    } else if (line == "# the PBX takes the password") {
      access_.accept(0);
    } else if (line == "# the PBX answers") {
      access_.pbx(0).value(kGetPhones, uci::Value(uci::Array{}));
    } else if (line.starts_with("> ")) {
      hear(line.substr(2));
    } else {
      REQUIRE(line.starts_with("< "));
      const auto expected = json::parse(line.substr(2));
      REQUIRE(expected);
      REQUIRE_FALSE(ear_.heard.empty());
      INFO("the agent says " << json::write(ear_.heard.front()));
      CHECK(shows(*expected, ear_.heard.front()));
      ear_.heard.pop_front();
    }
  }
  [[nodiscard]] bool all_heard() const { return ear_.heard.empty(); }

 private:
  void hear(const std::string& text) {
    conversation_.on_message(text);
    scheduler_.turn();
  }

  FakeScheduler scheduler_;
  FakeAccess access_{scheduler_};
  LoginGuard guard_{{}, crypto::Secret(32)};
  Accounts accounts_{{access_, scheduler_, guard_, 10s}};
  ConversationSetup setup_{"pbx.example.com",
                           "starface-teams-agent/test",
                           "v30",
                           scheduler_,
                           MethodFilter::create({"ucp.v*.requests.*"}).value(),
                           [this]() -> Result<Accounts*> { return &accounts_; }};
  TalkEar ear_;
  Conversation conversation_{setup_, ear_};
};

TEST_CASE("every talk of the protocol's document is what the agent says") {
  const tunnel::ProtocolDocument document;
  const auto talks = document.talks();
  REQUIRE(talks.size() >= 3);
  for (const auto& [name, lines] : talks) {
    INFO("talk " << name);
    REQUIRE(lines.size() > 1);
    PlayedTalk talk;
    for (const std::string& line : lines)
      talk.play(line);
    CHECK(talk.all_heard());
  }
}

TEST_CASE("the bounds of ids, methods and user names stand in the protocol's document") {
  const std::string text = tunnel::ProtocolDocument().text();
  for (const std::string& row :
       {"| id of a call | an integer of 64 bits, or a string of at most " +
            std::to_string(json::rpc::kMaxIdBytes) + " bytes |",
        "| name of a method | 1 to " + std::to_string(json::rpc::kMaxMethodBytes) + " bytes |",
        "| user name | 1 to " + std::to_string(Accounts::kMaxUserName) + " bytes"}) {
    INFO(row);
    CHECK(text.find(row) != std::string::npos);
  }
}

TEST_CASE("the spelling of a system name in the protocol's document is brought into its form") {
  const std::string text = tunnel::ProtocolDocument().text();
  const std::string example = "`PBX.Example.COM.` becomes `pbx.example.com`";
  CHECK(text.find(example) != std::string::npos);
  CHECK(keygen::canonical_system_name("PBX.Example.COM.").value() == "pbx.example.com");
  CHECK_FALSE(keygen::is_canonical_system_name("PBX.Example.COM."));
}

}  // namespace
}  // namespace sfteams::agent
