#include "agent/daemon/control_desk.h"

#include <memory>
#include <optional>
#include <regex>
#include <set>
#include <string>
#include <utility>

#include <catch2/catch.hpp>

#include "agent/admin/assets.h"
#include "agent/daemon/codes.h"
#include "agent/daemon/control_protocol.h"
#include "agent/daemon/daemon.h"
#include "agent/keys/key_store.h"
#include "agent/tickets/codes.h"
#include "agent/tickets/ticket_book.h"
#include "base/clock/unix_time.h"
#include "base/log/log.h"
#include "tests/agent/configuration/configured.h"
#include "tests/temporary_directory.h"

namespace sfteams::agent {
namespace {

using Names = std::set<std::string, std::less<>>;

/// What is logged while this lives.
struct Heard {
  std::vector<std::string> lines;
  Heard() {
    log::start(log::Level::info);
    log::observe([this](log::Level, std::string_view area, std::string_view message) {
      lines.push_back(std::string(area) + ": " + std::string(message));
    });
  }
  ~Heard() {
    log::observe(nullptr);
    log::set_level(log::Level::error);
  }
  Heard(const Heard&) = delete;
  Heard& operator=(const Heard&) = delete;
};

struct Fixture {
  ControlDesk desk;
  int carried_out = 0;
  std::optional<Result<Json::Value>> answered;
  ControlDesk::Answer answer = [this](const Result<Json::Value>& result) { answered = result; };

  ControlDesk::QuickCommand counted() {
    return [this](const Json::Value&) -> Result<Json::Value> { return ++carried_out; };
  }
};

TEST_CASE_METHOD(Fixture, "the page may give what its rights name, the control socket everything") {
  desk.add("status", {.page = true}, counted());
  desk.add("reload", {}, counted());
  CHECK(desk.page_commands() == Names{"status"});
  desk.carry_out_for_page(control::write_request("status"), answer);
  CHECK(answered->value() == 1);
  desk.carry_out(control::write_request("reload"), answer);
  CHECK(answered->value() == 2);
  desk.carry_out_for_page(control::write_request("reload"), answer);
  CHECK(answered->error().code == codes::kBadControl);
  CHECK(carried_out == 2);
}

TEST_CASE_METHOD(Fixture, "a command that is not known, or not named, is refused on both ways") {
  desk.add("status", {.page = true}, counted());
  Json::Value number(Json::objectValue);
  number["command"] = 1;
  for (const Json::Value& asked :
       {control::write_request("statu"), number, Json::Value(), Json::Value("status")}) {
    desk.carry_out(asked, answer);
    CHECK(answered->error().code == codes::kBadControl);
    desk.carry_out_for_page(asked, answer);
    CHECK(answered->error().code == codes::kBadControl);
  }
  CHECK(carried_out == 0);
}

TEST_CASE_METHOD(Fixture, "what the page had done is logged once it is done, and only then") {
  bool works = true;
  desk.add("key-new", {.page = true, .log = "a key was made on the page"},
           [&](const Json::Value&) -> Result<Json::Value> {
             if (!works) return fail(codes::kNoSuchUser, "no");
             return Json::Value(true);
           });
  const Heard heard;
  desk.carry_out(control::write_request("key-new"), answer);
  CHECK(heard.lines.empty());
  works = false;
  desk.carry_out_for_page(control::write_request("key-new"), answer);
  CHECK(heard.lines.empty());
  works = true;
  desk.carry_out_for_page(control::write_request("key-new"), answer);
  CHECK(heard.lines == std::vector<std::string>{"admin: a key was made on the page"});
}

TEST_CASE_METHOD(Fixture, "a command may answer in a later turn") {
  ControlDesk::Answer later;
  desk.add("check", {.page = true, .log = "checked"},
           ControlDesk::Command([&](const Json::Value&, const auto& given) { later = given; }));
  desk.carry_out_for_page(control::write_request("check"), answer);
  CHECK_FALSE(answered);
  const Heard heard;
  later(Json::Value("done"));
  CHECK(answered->value() == "done");
  CHECK(heard.lines.size() == 1);
}

/// The agent as it is before its loop runs.
struct Built {
  TemporaryDirectory scratch;
  std::vector<Ticket::Series> devices = add_devices();
  std::unique_ptr<Daemon> daemon = build();

  /// Two of user 1001, and one of 1002.
  std::vector<Ticket::Series> add_devices() {
    const std::filesystem::path state = scratch / "state";
    std::filesystem::create_directory(state);
    std::filesystem::permissions(state, std::filesystem::perms::owner_all);
    TicketBook book(nullptr, state / "tickets.json");
    const clock::UnixSeconds now = clock::unix_now();
    std::vector<Ticket::Series> made;
    for (const char* user : {"1001", "1001", "1002"})
      made.push_back(book.add({user, std::nullopt, "app/1"}, now, now + 86'400).value());
    // Written with the next end.
    REQUIRE(book.add({"nobody"}, now, now + 1));
    REQUIRE(book.end("nobody").value());
    return made;
  }

  std::unique_ptr<Daemon> build() {
    Options options;
    options.state_directory = scratch / "state";
    Result<StateDirectory> state = StateDirectory::open(options.state_directory);
    REQUIRE(state);
    Result<InstanceLock> lock = InstanceLock::take(*state);
    REQUIRE(lock);
    Result<crypto::Ed25519Key> identity = load_or_make_identity(state->identity_file());
    REQUIRE(identity);
    Result<std::unique_ptr<Daemon>> built =
        Daemon::create({options, good(kLeast + "[uci]\nenabled = no\n"), "1.2.3", std::move(*state),
                        std::move(*lock), std::move(*identity), KeyRing(),
                        [](auto&&...) { return std::unique_ptr<Diagnosis>(); }});
    REQUIRE(built);
    return std::move(*built);
  }
  /// As the page: the result, or the code of the error.
  Json::Value page(const char* command, const std::map<std::string, Json::Value>& more = {}) {
    Json::Value request = control::write_request(command);
    for (const auto& [name, value] : more)
      request[name] = value;
    Json::Value answer;
    daemon->desk().carry_out_for_page(request, [&](const Result<Json::Value>& result) {
      answer = result ? *result : Json::Value(std::string(result.error().code.id));
    });
    return answer;
  }
  /// Whose devices are good, on disk.
  [[nodiscard]] std::vector<bool> good_devices() const {
    const TicketBook book(nullptr, scratch / "state" / "tickets.json");
    return {book.is_good("1001", devices[0]), book.is_good("1001", devices[1]),
            book.is_good("1002", devices[2])};
  }
};

/// Every text in quotation marks of the page's scripts, and of these what ask() is called with.
std::pair<Names, Names> asked_by_page() {
  Names quoted;
  Names asked;
  static const std::regex text(R"((ask\()?"([a-z-]+)\")");
  for (const admin::Asset& asset : admin::assets()) {
    if (!asset.path.ends_with(".js")) continue;
    const std::string script(asset.content);
    for (std::sregex_iterator at(script.begin(), script.end(), text), end; at != end; ++at) {
      quoted.insert((*at)[2]);
      if ((*at)[1].matched) asked.insert((*at)[2]);
    }
  }
  return {quoted, asked};
}

TEST_CASE_METHOD(Built, "the page may give the commands of its own scripts, and no others") {
  const Names may = daemon->desk().page_commands();
  const auto [quoted, asked] = asked_by_page();
  REQUIRE(asked.contains("settings-save"));
  for (const std::string& command : asked) {
    CAPTURE(command);
    CHECK(may.contains(command));
  }
  for (const std::string& command : may) {
    CAPTURE(command);
    CHECK(quoted.contains(command));
  }
}

using Good = std::vector<bool>;

TEST_CASE_METHOD(Built, "the page lists devices that stay signed in, by user") {
  const Json::Value users = page(control::kTicketList)["users"];
  REQUIRE(users.size() == 2);
  CHECK(users[0]["user"] == "1001");
  REQUIRE(users[0]["devices"].size() == 2);
  CHECK(users[0]["devices"][1]["device"] == device_name(devices[1]));
  CHECK(users[0]["devices"][1]["software"] == "app/1");
  CHECK(users[0]["devices"][1]["since"].asString().ends_with("Z"));
  CHECK(users[1]["user"] == "1002");
  CHECK(users[1]["devices"].size() == 1);
}

TEST_CASE_METHOD(Built, "the page ends one device, all of a user, or everybody's") {
  const std::string second = device_name(devices[1]);
  // Neither another user's device, nor what is no name, ends anything.
  for (const Json::Value& wrong : {Json::Value(device_name(devices[2])), Json::Value(""),
                                   Json::Value(), Json::Value(5), Json::Value(true)}) {
    CHECK(page(control::kTicketRevoke, {{"user", "1001"}, {"device", wrong}}) ==
          std::string(codes::kNoTickets.id));
  }
  CHECK(page(control::kTicketRevoke) == std::string(codes::kNoTickets.id));
  CHECK(page(control::kTicketRevoke, {{"user", "1003"}}) == std::string(codes::kNoTickets.id));
  CHECK(good_devices() == Good{true, true, true});
  const Heard heard;
  CHECK(page(control::kTicketRevoke, {{"user", "1001"}, {"device", second}})["users"].asUInt64() ==
        1);
  CHECK(heard.lines ==
        std::vector<std::string>{"tickets: an administrator has ended the tickets of device " +
                                 second + " of user 1001"});
  CHECK(good_devices() == Good{true, false, true});
  SECTION("of a user") {
    CHECK(page(control::kTicketRevoke, {{"user", "1001"}})["users"].asUInt64() == 1);
    CHECK(good_devices() == Good{false, false, true});
    CHECK(page(control::kTicketList)["users"].size() == 1);
  }
  SECTION("of everybody") {
    CHECK(page(control::kTicketRevoke, {{"all", true}})["users"].asUInt64() == 2);
    CHECK(good_devices() == Good{false, false, false});
    CHECK(page(control::kTicketList)["users"] == Json::Value(Json::arrayValue));
  }
}

TEST_CASE_METHOD(Built, "who is signed out on the page is not back by a ticket") {
  const Heard heard;
  CHECK(page(control::kSessionEnd, {{"user", "1001"}}).isObject());
  CHECK(good_devices() == Good{false, false, true});
  CHECK(heard.lines == std::vector<std::string>{
                           "admin: user 1001 was signed out on all devices by an administrator"});
  CHECK(page(control::kSessionEnd, {{"user", "1001"}}) == std::string(codes::kNoSuchUser.id));
  CHECK(page(control::kSessionEnd) == std::string(codes::kNoSuchUser.id));
  CHECK(good_devices() == Good{false, false, true});
}

TEST_CASE_METHOD(Built, "an end that cannot be written down is told by every command that ends") {
  const std::filesystem::path file = scratch / "state" / "tickets.json";
  // A directory in its place: root could write anywhere else.
  std::filesystem::rename(file, scratch / "kept.json");
  std::filesystem::create_directory(file);
  const std::string not_saved(codes::kTicketsNotSaved.id);
  CHECK(page(control::kTicketRevoke, {{"user", "1001"}, {"device", device_name(devices[0])}}) ==
        not_saved);
  CHECK(page(control::kSessionEnd, {{"user", "1001"}}) == not_saved);
  CHECK(page(control::kTicketRevoke, {{"all", true}}) == not_saved);
  CHECK(page(control::kTicketList)["users"].empty());
  std::filesystem::remove(file);
  std::filesystem::rename(scratch / "kept.json", file);
}

TEST_CASE_METHOD(Built, "the page cannot make links for itself, nor have files read again") {
  for (const char* command : {control::kAdminLink, control::kReload}) {
    CAPTURE(command);
    std::optional<Error> refused;
    daemon->desk().carry_out_for_page(control::write_request(command),
                                      [&](const Result<Json::Value>& result) {
                                        if (!result) refused = result.error();
                                      });
    REQUIRE(refused);
    CHECK(refused->code == codes::kBadControl);
  }
}

}  // namespace
}  // namespace sfteams::agent
