// Signing in by ticket, with all that is between a client and the PBX's answers: what reaches the
// PBX, and how often.

#include <map>
#include <memory>
#include <optional>
#include <string>

#include <catch2/catch.hpp>

#include "agent/guard/known_users.h"
#include "agent/sessions/conversation.h"
#include "agent/tickets/tickets.h"
#include "base/json/json.h"
#include "base/text/encoding.h"
#include "tests/agent/pbx/model_pbx.h"
#include "tests/contains.h"
#include "tests/temporary_directory.h"
#include "tunnel/ticket_proof.h"

namespace sfteams::agent {
namespace {

using namespace std::chrono_literals;
using sfteams::test::FakeScheduler;

constexpr const char* kRefused = "session.ticket-refused";

/// A client with a session of its own, on its device.
class Device final : public Speaker {
 public:
  Device(const ConversationSetup& setup, FakeScheduler& scheduler, std::uint8_t number,
         const tunnel::KeyId& key)
      : scheduler_(scheduler), setup_(&setup), number_(number) {
    connect(key);
  }
  /// The agent goes; the device keeps its key.
  void disconnect() { conversation_.reset(); }

  /// A new session.
  void connect(const tunnel::KeyId& key) {
    conversation_.reset();
    hash_ = {number_, ++sessions_};
    conversation_ = std::make_unique<Conversation>(*setup_, *this);
    conversation_->on_opened({"test/1", key, hash_});
  }

  /// The result, or the code of the error.
  Json::Value call(const std::string& method, const Json::Value& params) {
    Json::Value call(Json::objectValue);
    call["jsonrpc"] = "2.0";
    call["id"] = ++id_;
    call["method"] = method;
    if (!params.isNull()) call["params"] = params;
    conversation_->on_message(json::write(call));
    scheduler_.advance(2s);
    return answer();
  }
  /// To the last call.
  [[nodiscard]] Json::Value answer() const {
    const auto answer = answers_.find(id_);
    if (answer == answers_.end()) return "no answer";
    if (answer->second.isMember("result")) return answer->second["result"];
    return answer->second["error"]["data"]["code"];
  }
  /// data.retryAfter.
  [[nodiscard]] int wait_of_last_answer() const {
    return answers_.at(id_)["error"]["data"]["retryAfter"].asInt();
  }
  Json::Value sign_in(const std::string& user, const std::string& password) {
    Json::Value params(Json::objectValue);
    params["user"] = user;
    params["password"] = password;
    return call("session.login", params);
  }
  Json::Value sign_in_with(const std::string& ticket) {
    return sign_in_with(ticket, prove(ticket));
  }
  Json::Value sign_in_with(const std::string& ticket, const std::string& proof) {
    Json::Value params(Json::objectValue);
    params["ticket"] = ticket;
    params["proof"] = proof;
    return call("session.login", params);
  }
  std::string ticket(const std::string& lifetime = "long") {
    Json::Value params(Json::objectValue);
    params["key"] = text::to_base64(key_.public_key());
    params["lifetime"] = lifetime;
    const Json::Value made = call("session.ticket", params);
    return made.isObject() ? made["ticket"].asString() : made.asString();
  }
  [[nodiscard]] std::string prove(const std::string& ticket) const {
    return text::to_base64(key_.sign(tunnel::ticket_proof_message(hash_, ticket)));
  }
  [[nodiscard]] bool was_signed_out() const { return signed_out_; }

  bool say(std::string_view text) override {
    const Json::Value said = *json::parse(text);
    if (said.isMember("id")) answers_[said["id"].asInt()] = said;
    if (said["method"] == "session.signedOut") signed_out_ = true;
    return true;
  }
  void end(tunnel::WireCode, std::string_view) override {}
  void on_sign_in(SignIn, std::string_view) override {}

 private:
  FakeScheduler& scheduler_;
  const ConversationSetup* setup_;
  crypto::P256Key key_ = crypto::P256Key::generate().value();
  std::uint8_t number_;
  std::uint8_t sessions_ = 0;
  crypto::Sha256Digest hash_{};
  int id_ = 0;
  std::map<int, Json::Value> answers_;
  bool signed_out_ = false;
  std::unique_ptr<Conversation> conversation_;
};

struct TicketSignInFixture {
  TicketSignInFixture() {
    model.passwords = {{"1001", "right"}, {"1002", "right"}, {"1003", "right"}};
    start();
  }
  /// As after a start of the agent, with what it had on disk; the guard's count is on disk, too.
  void start() {
    for (std::optional<Device>* device : {&phone, &laptop}) {
      if (*device) (*device)->disconnect();
    }
    accounts.reset();
    tickets.reset();
    tickets.emplace(Tickets::Setup{scheduler,
                                   directory / "ticket-keys.json",
                                   directory / "tickets.json",
                                   {1},
                                   std::chrono::days(30),
                                   [] { return std::string("pbx.example.com"); },
                                   [] { return std::string("the PBX"); },
                                   [this](const tunnel::KeyId& key) { return key == key_in_force; },
                                   [this] { return now; }});
    accounts.emplace(Accounts::Setup{
        counting, scheduler, guard, 10s, &known,
        [this](const std::string& user) { tickets->end(user, "the PBX does not take it"); }});
    setup.emplace(ConversationSetup{
        "starface-teams-agent/test",
        scheduler,
        [this]() -> Result<Accounts*> {
          if (trouble) return fail(*trouble);
          return &*accounts;
        },
        {"pbx.example.com", uci::Version::v30, MethodFilter::create({"ucp.v*.requests.*"}).value()},
        &seats,
        [this] { return now; }});
    setup->tickets = &*tickets;
    // At the same place as the setup of before.
    for (auto [device, number] : {std::pair(&phone, 1), std::pair(&laptop, 2)}) {
      if (*device) {
        (*device)->connect(key_in_force);
      } else {
        device->emplace(*setup, scheduler, static_cast<std::uint8_t>(number), key_in_force);
      }
    }
  }
  /// A ticket of user 1001 on the phone, who has gone again.
  std::string ticket_of_phone() {
    REQUIRE(phone->sign_in("1001", "right")["user"] == "1001");
    std::string text = phone->ticket();
    REQUIRE(text.size() > 100);
    leave(*phone);
    return text;
  }
  void leave(Device& device) {
    device.connect(key_in_force);
    scheduler.advance(15s);
  }
  /// Counts the connections that were made to sign in.
  struct CountingPbx final : PbxAccess {
    CountingPbx(test::ModelPbx& model, std::size_t& count) : pbx(model), logins(count) {}
    Result<std::unique_ptr<PbxUser>> user(const std::string& name, const crypto::Secret& secret,
                                          uci::Connection::Handlers handlers) override {
      ++logins;
      return pbx.user(name, secret, std::move(handlers));
    }
    void ask_nobody(std::function<void(const uci::AnswerShape&)> answer) override {
      pbx.ask_nobody(std::move(answer));
    }
    test::ModelPbx& pbx;
    std::size_t& logins;
  };

  TemporaryDirectory directory;
  FakeScheduler scheduler;
  std::size_t logins = 0;  ///< that were begun at the PBX
  test::ModelPbx model{scheduler};
  CountingPbx counting{model, logins};
  tunnel::KeyId key_in_force{1};
  clock::UnixSeconds now = 1'800'000'000;
  LoginGuard guard{{}, crypto::Secret(32), {}, [this] { return known.size() > 0; }};
  KnownUsers known{{scheduler, {}, crypto::Secret(32), "the PBX"}};
  Seats seats{{true, {}}, [] {}};
  std::optional<Error> trouble;
  std::optional<Tickets> tickets;
  std::optional<Accounts> accounts;
  std::optional<ConversationSetup> setup;
  std::optional<Device> phone;
  std::optional<Device> laptop;
};

TEST_CASE_METHOD(TicketSignInFixture, "a ticket signs in without a password, in another session") {
  const std::string ticket = ticket_of_phone();
  const Json::Value result = phone->sign_in_with(ticket);
  CHECK(result["user"] == "1001");
  CHECK(result["serverVersion"] == "10");
  CHECK(result.isMember("services"));
  CHECK(phone->call("ucp.v30.requests.call.getCallIds", Json::Value(Json::arrayValue)) == true);
}

TEST_CASE_METHOD(TicketSignInFixture, "a ticket signs in after a restart of the agent") {
  const std::string ticket = ticket_of_phone();
  now += 16 * 86'400;  // the next ticket is sealed under another key
  start();
  CHECK(phone->sign_in_with(ticket)["user"] == "1001");
  CHECK(phone->ticket().size() > 100);
  start();
  CHECK(phone->sign_in_with(ticket)["user"] == "1001");
}

TEST_CASE_METHOD(TicketSignInFixture,
                 "a ticket and the password of one user share a connection to the PBX") {
  const std::string ticket = ticket_of_phone();
  CHECK(phone->sign_in_with(ticket)["user"] == "1001");
  const std::size_t before = logins;
  CHECK(laptop->sign_in("1001", "right")["user"] == "1001");
  CHECK(logins == before);
  CHECK_FALSE(phone->was_signed_out());
  CHECK(accounts->users().at(0).sessions == 2);
}

TEST_CASE_METHOD(TicketSignInFixture, "no ticket that is not good reaches the PBX") {
  const std::string ticket = ticket_of_phone();
  REQUIRE(laptop->sign_in("1002", "right")["user"] == "1002");
  const std::string of_other = laptop->ticket();
  leave(*laptop);
  const std::size_t before = logins;
  // Another device has stolen it, with a proof of its own or that of an earlier session.
  CHECK(laptop->sign_in_with(ticket) == kRefused);
  const std::string recorded = phone->prove(ticket);
  CHECK(laptop->sign_in_with(ticket, recorded) == kRefused);
  phone->connect(key_in_force);
  CHECK(phone->sign_in_with(ticket, recorded) == kRefused);
  // Another user's, and one that is damaged.
  CHECK(phone->sign_in_with(of_other) == kRefused);
  for (std::size_t i = 0; i < ticket.size(); ++i) {
    std::string damaged = ticket;
    damaged[i] = damaged[i] == 'x' ? 'y' : 'x';
    CAPTURE(i);
    CHECK(phone->sign_in_with(damaged) == kRefused);
  }
  // Too old.
  const auto today = now;
  now += 30 * 86'400;
  CHECK(phone->sign_in_with(ticket) == kRefused);
  now = today;
  // The system key was withdrawn.
  key_in_force = {2};
  CHECK(phone->sign_in_with(ticket) == kRefused);
  key_in_force = {1};
  CHECK(logins == before);
  CHECK(model.wrong == 0);
  CHECK(guard.failures(scheduler.now()) == 0);
  CHECK(setup->counts->logins.of(kRefused) > 100);
  CHECK(phone->sign_in_with(ticket)["user"] == "1001");
}

TEST_CASE_METHOD(TicketSignInFixture,
                 "a ticket that the PBX refuses is asked about exactly once, and ends the others") {
  const std::string ticket = ticket_of_phone();
  REQUIRE(laptop->sign_in("1001", "right")["user"] == "1001");
  const std::string other = laptop->ticket();
  leave(*laptop);
  model.passwords["1001"] = "changed";
  const std::size_t before = logins;
  CHECK(phone->sign_in_with(ticket) == kRefused);
  CHECK(logins == before + 1);
  CHECK(model.wrong == 1);
  // On disk already.
  CHECK(TicketBook(nullptr, directory / "tickets.json").entries(now).empty());
  for (int i = 0; i < 5; ++i) {
    CHECK(phone->sign_in_with(ticket) == kRefused);
    CHECK(laptop->sign_in_with(other) == kRefused);
  }
  scheduler.advance(24h);
  CHECK(phone->sign_in_with(ticket) == kRefused);
  CHECK(logins == before + 1);
  CHECK(model.wrong == 1);
  // Not even when the PBX took the old password again.
  model.passwords["1001"] = "right";
  CHECK(phone->sign_in_with(ticket) == kRefused);
  CHECK(logins == before + 1);
}

TEST_CASE_METHOD(TicketSignInFixture,
                 "a ticket is ended by its refusal though its client does not wait for it") {
  const std::string ticket = ticket_of_phone();
  model.passwords["1001"] = "changed";
  model.latency = 5s;
  CHECK(phone->sign_in_with(ticket) == "no answer");
  phone->connect(key_in_force);
  scheduler.advance(30s);
  CHECK(model.wrong == 1);
  model.latency = 100ms;
  CHECK(phone->sign_in_with(ticket) == kRefused);
  scheduler.advance(24h);
  CHECK(phone->sign_in_with(ticket) == kRefused);
  CHECK(model.wrong == 1);
}

TEST_CASE_METHOD(TicketSignInFixture,
                 "whose tickets end while one of them signs in is not signed in by it") {
  const std::string ticket = ticket_of_phone();
  model.latency = 5s;
  SECTION("by an administrator, as nobody is signed in yet") {
    CHECK(phone->sign_in_with(ticket) == "no answer");
    tickets->end("1001", "test");
    CHECK_FALSE(accounts->sign_out("1001", Error{}));
  }
  SECTION("with the system key") {
    CHECK(phone->sign_in_with(ticket) == "no answer");
    key_in_force = {2};
  }
  scheduler.advance(30s);
  CHECK(phone->answer() == kRefused);
  CHECK(phone->ticket() == "session.not-signed-in");
  CHECK(model.wrong == 0);
  scheduler.advance(1min);
  CHECK(accounts->users().empty());
}

TEST_CASE_METHOD(TicketSignInFixture,
                 "a ticket that ends while it waits for the PBX is not sent there") {
  const std::string ticket = ticket_of_phone();
  // A sign-out that takes long: who comes meanwhile waits for it.
  REQUIRE(laptop->sign_in("1001", "right")["user"] == "1001");
  model.latency = 8s;
  CHECK(laptop->call("session.logout", {}) == true);
  const std::size_t before = logins;
  CHECK(phone->sign_in_with(ticket) == "no answer");
  tickets->end("1001", "test");
  scheduler.advance(1min);
  CHECK(phone->answer() == kRefused);
  CHECK(logins == before);
}

TEST_CASE_METHOD(TicketSignInFixture,
                 "tickets stay good where the PBX takes one and the agent knew another password") {
  const std::string ticket = ticket_of_phone();
  const auto other = crypto::Secret::from_text("other");
  CHECK(known.accepted("1001", other, guard.fingerprint("1001", other)));
  CHECK(phone->sign_in_with(ticket)["user"] == "1001");
  leave(*phone);
  CHECK(phone->sign_in_with(ticket)["user"] == "1001");
}

TEST_CASE_METHOD(TicketSignInFixture, "a temporary failure leaves the ticket good") {
  const std::string ticket = ticket_of_phone();
  const auto refused_for_now = [&](const char* code) {
    CHECK(phone->sign_in_with(ticket) == code);
    phone->connect(key_in_force);
    scheduler.advance(1min);
  };
  model.state = test::ModelPbx::State::down;
  refused_for_now("uci.unreachable");
  model.state = test::ModelPbx::State::well;
  CHECK(phone->sign_in_with(ticket)["user"] == "1001");
  leave(*phone);
  trouble = Error{{"uci.disabled", Exit::unavailable}, "off", ""};
  refused_for_now("uci.disabled");
  trouble.reset();
  CHECK(phone->sign_in_with(ticket)["user"] == "1001");
}

TEST_CASE_METHOD(TicketSignInFixture, "a user without a seat keeps the ticket for later") {
  const std::string ticket = ticket_of_phone();
  seats.set_rules({false, {}});
  CHECK(phone->sign_in_with(ticket) == "license.not-named");
  seats.set_capacity(1);
  scheduler.advance(15s);
  CHECK(phone->sign_in_with(ticket)["user"] == "1001");
  CHECK(seats.taken() == 1);
}

TEST_CASE_METHOD(TicketSignInFixture, "a ticket passes the pause that made-up names have caused") {
  const std::string ticket = ticket_of_phone();
  for (int i = 0; i < 10; ++i) {
    (void)laptop->sign_in("made-up-" + std::to_string(i), "guess");
    scheduler.advance(2s);
  }
  CHECK(laptop->sign_in("1003", "right") == "session.login-paused");
  CHECK(laptop->wait_of_last_answer() > 0);
  CHECK(phone->sign_in_with(ticket)["user"] == "1001");
}

TEST_CASE_METHOD(TicketSignInFixture, "a guess at the password ends no ticket") {
  const std::string ticket = ticket_of_phone();
  CHECK(laptop->sign_in("1001", "guess") == "uci.login-refused");
  CHECK(phone->sign_in_with(ticket)["user"] == "1001");
}

TEST_CASE_METHOD(TicketSignInFixture,
                 "tickets of an old password end when the PBX takes another one") {
  const std::string ticket = ticket_of_phone();
  model.passwords["1001"] = "changed";
  REQUIRE(laptop->sign_in("1001", "changed")["user"] == "1001");
  const std::string fresh = laptop->ticket();
  // The PBX never sees the old token.
  CHECK(phone->sign_in_with(ticket) == kRefused);
  CHECK(model.wrong == 0);
  CHECK_FALSE(laptop->was_signed_out());
  leave(*laptop);
  CHECK(laptop->sign_in_with(fresh)["user"] == "1001");
}

TEST_CASE_METHOD(TicketSignInFixture,
                 "tickets end when the PBX refuses the password of a user who is signed in") {
  const std::string ticket = ticket_of_phone();
  REQUIRE(laptop->sign_in("1001", "right")["user"] == "1001");
  REQUIRE(phone->sign_in("1002", "right")["user"] == "1002");
  model.passwords["1001"] = "changed";
  model.forget_logins();
  scheduler.advance(5min);
  CHECK(laptop->was_signed_out());
  leave(*phone);
  const std::size_t before = logins;
  CHECK(phone->sign_in_with(ticket) == kRefused);
  CHECK(logins == before);
}

TEST_CASE_METHOD(TicketSignInFixture, "signing out everywhere ends tickets and other sessions") {
  const std::string ticket = ticket_of_phone();
  REQUIRE(phone->sign_in_with(ticket)["user"] == "1001");
  REQUIRE(laptop->sign_in("1001", "right")["user"] == "1001");
  Json::Value params(Json::objectValue);
  params["everywhere"] = false;
  CHECK(laptop->call("session.logout", params) == true);
  CHECK_FALSE(phone->was_signed_out());
  REQUIRE(laptop->sign_in("1001", "right")["user"] == "1001");
  params["everywhere"] = true;
  CHECK(laptop->call("session.logout", params) == true);
  CHECK(phone->was_signed_out());
  CHECK(TicketBook(nullptr, directory / "tickets.json").entries(now).empty());
  CHECK(phone->sign_in_with(ticket) == kRefused);
}

TEST_CASE_METHOD(TicketSignInFixture, "a device is one however often its ticket is renewed") {
  std::string ticket = ticket_of_phone();
  for (int i = 0; i < 3; ++i) {
    now += 60;
    REQUIRE(phone->sign_in_with(ticket)["user"] == "1001");
    ticket = phone->ticket();
    (void)phone->ticket("tab");
    leave(*phone);
  }
  const auto entries = tickets->entries();
  REQUIRE(entries.size() == 1);
  CHECK(entries[0].device.software == "test/1");
  CHECK(entries[0].device.since == now - 180);
  CHECK(entries[0].device.used == now);
  // A sign-in by password is somewhere else, as far as anybody can tell.
  REQUIRE(laptop->sign_in("1001", "right")["user"] == "1001");
  (void)laptop->ticket();
  CHECK(tickets->entries().size() == 2);
}

TEST_CASE_METHOD(TicketSignInFixture,
                 "a sign-in by ticket counts as its last use, a refused one not") {
  const std::string ticket = ticket_of_phone();
  now += 60;
  trouble = Error{{"uci.disabled", Exit::unavailable}, "off", ""};
  CHECK(phone->sign_in_with(ticket) == "uci.disabled");
  CHECK(tickets->entries().at(0).device.used == now - 60);
  trouble.reset();
  REQUIRE(phone->sign_in_with(ticket)["user"] == "1001");
  CHECK(tickets->entries().at(0).device.used == now);
}

TEST_CASE_METHOD(TicketSignInFixture,
                 "ending a device signs its sessions out, and the user's others stay") {
  REQUIRE(laptop->sign_in("1001", "right")["user"] == "1001");
  const std::string of_laptop = laptop->ticket();
  const std::string laptops_name = device_name(tickets->entries().at(0).device.series);
  const std::string of_phone = ticket_of_phone();
  REQUIRE(phone->sign_in_with(of_phone)["user"] == "1001");
  const auto entries = tickets->entries();
  REQUIRE(entries.size() == 2);
  SECTION("the one that came by its ticket") {
    CHECK(tickets->end_device("1001", device_name(entries[1].device.series)).value());
    CHECK(phone->was_signed_out());
    CHECK_FALSE(laptop->was_signed_out());
    CHECK(phone->ticket() == "session.not-signed-in");
    CHECK(phone->sign_in_with(of_phone) == kRefused);
    CHECK(laptop->ticket().size() > 100);
  }
  SECTION("the one that got its first ticket in this session") {
    CHECK(tickets->end_device("1001", laptops_name).value());
    CHECK(laptop->was_signed_out());
    CHECK_FALSE(phone->was_signed_out());
    CHECK(laptop->sign_in_with(of_laptop) == kRefused);
  }
  SECTION("not one that has signed out, though it is on the line") {
    CHECK(phone->call("session.logout", {}) == true);
    REQUIRE(phone->sign_in("1001", "right")["user"] == "1001");
    CHECK(tickets->end_device("1001", device_name(entries[1].device.series)).value());
    CHECK_FALSE(phone->was_signed_out());
  }
}

TEST_CASE_METHOD(TicketSignInFixture, "a device that is ended while it signs in gets no session") {
  const std::string ticket = ticket_of_phone();
  const std::string name = device_name(tickets->entries().at(0).device.series);
  model.latency = 8s;
  CHECK(phone->sign_in_with(ticket) == "no answer");
  CHECK(tickets->end_device("1001", name).value());
  scheduler.advance(1min);
  CHECK(phone->answer() == kRefused);
  CHECK(phone->ticket() == "session.not-signed-in");
}

TEST_CASE_METHOD(TicketSignInFixture,
                 "parameters that are wrong are refused before anything else") {
  const auto wrong = [&](Device& device, const std::string& method, const std::string& params) {
    CAPTURE(method, params);
    CHECK(device.call(method, *json::parse(params)) == "rpc.invalid-params");
  };
  wrong(*phone, "session.login", R"({"ticket":"AAAA"})");
  wrong(*phone, "session.login", R"({"ticket":"AAAA","proof":""})");
  wrong(*phone, "session.login", R"({"ticket":"","proof":"AAAA"})");
  wrong(*phone, "session.login", R"({"ticket":1,"proof":"AAAA"})");
  wrong(*phone, "session.login", R"({"ticket":"AAAA","proof":"AAAA","user":"1001"})");
  wrong(*phone, "session.logout", R"({"everywhere":1})");
  wrong(*phone, "session.logout", R"({"everywhere":true,"more":1})");
  wrong(*phone, "session.logout", "[true]");
  const std::string key = text::to_base64(crypto::P256Key::generate().value().public_key());
  const std::string no_point = text::to_base64(crypto::P256PublicKey{4, 1});
  CHECK(phone->ticket() == "session.not-signed-in");
  REQUIRE(phone->sign_in("1001", "right")["user"] == "1001");
  wrong(*phone, "session.ticket", "{}");
  wrong(*phone, "session.ticket", "[]");
  wrong(*phone, "session.ticket", R"({"key":")" + key + R"("})");
  wrong(*phone, "session.ticket", R"({"key":")" + key + R"(","lifetime":"week"})");
  wrong(*phone, "session.ticket", R"({"key":")" + key + R"(","lifetime":"tab","more":1})");
  wrong(*phone, "session.ticket", R"({"key":")" + no_point + R"(","lifetime":"tab"})");
  wrong(*phone, "session.ticket", R"({"key":"AAAA","lifetime":"tab"})");
  wrong(*phone, "session.ticket", R"({"key":5,"lifetime":"tab"})");
  CHECK(phone->ticket("tab").size() > 100);
}

TEST_CASE_METHOD(TicketSignInFixture, "where tickets are switched off there are none") {
  const std::string ticket = ticket_of_phone();
  tickets->set_lifetime(std::chrono::days(0));
  CHECK(phone->sign_in_with(ticket) == kRefused);
  REQUIRE(phone->sign_in("1001", "right")["user"] == "1001");
  CHECK(phone->ticket() == "session.tickets-off");
  CHECK(phone->ticket("tab") == "session.tickets-off");
  setup->tickets = nullptr;
  CHECK(phone->ticket() == "session.tickets-off");
  leave(*phone);
  CHECK(phone->sign_in_with(ticket) == kRefused);
}

TEST_CASE_METHOD(TicketSignInFixture,
                 "a ticket on a session in which somebody is signed in waits") {
  const std::string ticket = ticket_of_phone();
  REQUIRE(phone->sign_in("1002", "right")["user"] == "1002");
  CHECK(phone->sign_in_with(ticket) == "session.already-signed-in");
  CHECK(phone->call("session.logout", {}) == true);
  CHECK(phone->sign_in_with(ticket)["user"] == "1001");
}

TEST_CASE_METHOD(TicketSignInFixture,
                 "tickets of changed passwords, however many, never make the PBX count too many") {
  std::map<std::string, std::string> tickets_of;
  std::map<std::string, std::unique_ptr<Device>> devices;
  for (int i = 0; i < 30; ++i) {
    const std::string user = "2" + std::to_string(100 + i);
    model.passwords[user] = "right";
    auto& device = devices[user];
    device = std::make_unique<Device>(*setup, scheduler, static_cast<std::uint8_t>(10 + i),
                                      key_in_force);
    REQUIRE(device->sign_in(user, "right")["user"] == user);
    tickets_of[user] = device->ticket();
    leave(*device);
  }
  for (auto& [user, password] : model.passwords)
    password = "changed";
  for (int round = 0; round < 3; ++round) {
    for (const auto& [user, device] : devices)
      (void)device->sign_in_with(tickets_of[user]);
    scheduler.advance(4min);
  }
  CHECK(model.most_wrong_within(10min) < 10);
  devices.clear();
}

}  // namespace
}  // namespace sfteams::agent
