// The talks between a client and the agent in docs/protocol.md are what the agent does.

#include <algorithm>
#include <deque>
#include <set>
#include <string>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "agent/pbx/user_name.h"
#include "agent/sessions/conversation.h"
#include "base/json/json.h"
#include "base/json/rpc.h"
#include "keygen/system_name.h"
#include "tests/agent/pbx/fake_pbx.h"
#include "tests/contains.h"
#include "tests/fake_background.h"
#include "tests/rest/answers.h"
#include "tests/rest/fakes.h"
#include "tests/rest/pictures.h"
#include "tests/temporary_directory.h"
#include "tests/tunnel/protocol_document.h"
#include "tunnel/system_name.h"

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

constexpr std::string_view kGets = "# the PBX gets ";

/// "int 1, double 100, string x"
std::string typed(const std::vector<uci::Value>& params) {
  std::string text;
  for (const uci::Value& value : params) {
    text += text.empty() ? "" : ", ";
    if (const auto* whole = value.as_int()) {
      text += fmt::format("int {}", *whole);
    } else if (const auto* number = value.as_double()) {
      text += fmt::format("double {}", *number);
    } else if (const auto* string = value.as_string()) {
      text += "string " + *string;
    } else {
      text += "other";
    }
  }
  return text;
}

class PlayedTalk {
 public:
  PlayedTalk() {
    setup_.tickets = &tickets_;
    access_.make_rest = [this] {
      return std::make_unique<rest::Client>(rest::Client::Setup{
          rest_http_, scheduler_, background_, *transport::parse_url("https://pbx.example"),
          std::nullopt, "10", std::make_unique<rest::test::FakeCredential>(rest_book_)});
    };
  }
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
    } else if (line == "# the PBX's address book answers") {
      rest_http_.answer(200, json::write(rest::test::contacts_page()));
    } else if (line == "# the PBX's list of accounts is not for this user") {
      rest_http_.answer(403, "{}");
    } else if (line == "# the PBX has a picture of that user") {
      rest_http_.answer(200, rest::test::png(48, 48), "image/png");
    } else if (line == "# the PBX has no picture of that user") {
      rest_http_.answer(404, "{}");
    } else if (line.starts_with(kGets)) {
      // Behind the token.
      CHECK_THAT(typed(access_.pbx(0).request(kGetPhones).call.params),
                 Catch::EndsWith(line.substr(kGets.size())));
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
  sfteams::test::FakeBackground background_;
  rest::test::FakeHttp rest_http_;
  rest::test::CredentialBook rest_book_;
  FakeAccess access_{scheduler_};
  LoginGuard guard_{{}, crypto::Secret(32)};
  Accounts accounts_{{access_, scheduler_, guard_, 10s}};
  ConversationSetup setup_{
      "starface-teams-agent/test",
      scheduler_,
      [this]() -> Result<Accounts*> { return &accounts_; },
      {"pbx.example.com", uci::Version::v30, MethodFilter::create({"ucp.v*.requests.*"}).value()}};
  TemporaryDirectory directory_;
  Tickets tickets_{{scheduler_,
                    directory_ / "ticket-keys.json",
                    directory_ / "tickets.json",
                    {},
                    std::chrono::days(30),
                    [] { return std::string("pbx.example.com"); },
                    [] { return std::string("the PBX"); },
                    [](const tunnel::KeyId&) { return true; }}};
  TalkEar ear_;
  Conversation conversation_{setup_, ear_};
};

TEST_CASE("every talk of the protocol's document is what the agent says") {
  const tunnel::ProtocolDocument document;
  const auto talks = document.talks();
  std::set<std::string> names;
  for (const auto& talk : talks)
    names.insert(talk.first);
  // Each by its name: one that gets lost is missed.
  CHECK(names == std::set<std::string>{"directory", "id-under-way", "numbers", "refused-with-null",
                                       "refused-with-the-id", "tickets", "wait-for-the-sign-in"});
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
        "| name of a method | 1 to " + std::to_string(json::rpc::kMaxMethodBytes) +
            " bytes; otherwise an error `rpc.invalid-request` |",
        "| user name | 1 to " + std::to_string(kMaxUserName) +
            " bytes of UTF-8 without control characters; otherwise an error "
            "`rpc.invalid-params`."}) {
    INFO(row);
    CHECK(contains(text, row));
  }
}

TEST_CASE("methods and user names beyond the bounds get the codes of the protocol's document") {
  const auto call = [](std::size_t bytes) {
    return R"({"id":1,"jsonrpc":"2.0","method":")" + std::string(bytes, 'x') + R"("})";
  };
  const auto login = [](const std::string& user, const std::string& password) {
    return R"({"id":1,"jsonrpc":"2.0","method":"session.login","params":{"user":")" + user +
           R"(","password":")" + password + R"("}})";
  };
  const auto answered = [](const std::string& text, const std::string& code) {
    PlayedTalk talk;
    talk.play("> " + text);
    talk.play(R"(< {"error":{"data":{"code":")" + code + R"("}},"id":1})");
    CHECK(talk.all_heard());
  };
  answered(call(json::rpc::kMaxMethodBytes), "rpc.method-not-found");
  answered(call(json::rpc::kMaxMethodBytes + 1), "rpc.invalid-request");
  answered(login(std::string(kMaxUserName + 1, 'x'), "y"), "rpc.invalid-params");
  answered(login("", "y"), "rpc.invalid-params");
  answered(login("1\\u0001", "y"), "rpc.invalid-params");
  answered(login("10", ""), "rpc.invalid-params");
  PlayedTalk longest;
  longest.play("> " + login(std::string(kMaxUserName, 'x'), "y"));
  longest.play("# the PBX takes the password");
  longest.play(R"(< {"id":1,"result":{}})");
}

TEST_CASE("the spelling of a system name in the protocol's document is brought into its form") {
  const std::string text = tunnel::ProtocolDocument().text();
  const std::string example = "`PBX.Example.COM.` becomes `pbx.example.com`";
  CHECK(contains(text, example));
  CHECK(keygen::canonical_system_name("PBX.Example.COM.").value() == "pbx.example.com");
  CHECK_FALSE(tunnel::is_system_name("PBX.Example.COM."));
  CHECK(tunnel::is_system_name("pbx.example.com"));
}

}  // namespace
}  // namespace sfteams::agent
