// Tickets with all the real programs: a user stays signed in over restarts of the agent, and what
// ends that.

#include <csignal>
#include <memory>
#include <string>

#include <catch2/catch.hpp>

#include "base/json/json.h"
#include "client/connection.h"
#include "keygen/key_file.h"
#include "tests/integration/installation.h"

namespace sfteams::integration {
namespace {

using namespace std::chrono_literals;

/// A device with a key of its own; each visit is a session of its own.
class TicketDevice final : private client::ConnectionHandler {
 public:
  explicit TicketDevice(Installation& installation) : installation_(installation) {}

  /// Signs in by password, asks for a ticket, and goes.
  std::string ticket_by_password(const Installation::User& user) {
    connect();
    const Json::Value login = wait([&](client::Connection::Answer answer) {
      connection_->login(user.name, crypto::Secret::from_text(user.password), kPatience,
                         std::move(answer));
    });
    REQUIRE(login["user"] == user.name);
    std::string ticket = ask_for_ticket();
    leave();
    return ticket;
  }
  /// Signs in by ticket, and goes: the user, or the code of the error.
  std::string visit(const std::string& ticket) {
    connect();
    const Json::Value login = wait([&](client::Connection::Answer answer) {
      connection_->login_by_ticket(ticket, key_, kPatience, std::move(answer));
    });
    leave();
    return login.isObject() ? login["user"].asString() : login.asString();
  }

 private:
  static constexpr transport::Duration kPatience{20'000};

  void on_open() override { loop_->stop(); }
  void on_notification(const std::string&, const Json::Value&) override {}
  void on_closed(const std::optional<Error>&) override { loop_->stop(); }

  void connect() {
    client::ConnectionOptions options;
    options.access =
        client::Access::from(keygen::read_key_file(installation_.key_file()).value()).value();
    options.ca_file = installation_.file("ca.pem");
    options.software = "test/1";
    connection_ = client::Connection::open(*network_, std::move(options), *this).value();
    loop_->run();
  }
  void leave() {
    connection_->close();
    loop_->run();
    connection_.reset();
  }
  std::string ask_for_ticket() {
    const Json::Value made = wait([&](client::Connection::Answer answer) {
      connection_->ask_for_ticket(key_, client::Connection::TicketLife::lasting, kPatience,
                                  std::move(answer));
    });
    REQUIRE(made.isObject());
    CHECK(made["expires"].isInt64());
    return made["ticket"].asString();
  }
  template <typename Ask>
  Json::Value wait(Ask ask) {
    Json::Value got;
    ask([&](const Result<Json::Value>& result) {
      got = result ? *result : Json::Value(std::string(result.error().code.id));
      loop_->stop();
    });
    loop_->run();
    return got;
  }

  Installation& installation_;
  std::unique_ptr<transport::Loop> loop_ = transport::Loop::create().value();
  std::unique_ptr<transport::Network> network_ = transport::Network::create(*loop_).value();
  crypto::P256Key key_ = crypto::P256Key::generate().value();
  std::unique_ptr<client::Connection> connection_;
};

const std::string kTicketRefused = "session.ticket-refused";

TEST_CASE("a user stays signed in by ticket over a killed agent, on this device only") {
  Installation installation;
  installation.start();
  TicketDevice device(installation);
  const std::string ticket = device.ticket_by_password(Installation::kAnna);
  CHECK(device.visit(ticket) == "1001");
  const std::size_t before = installation.journal_count("login");
  TicketDevice thief(installation);
  CHECK(thief.visit(ticket) == kTicketRefused);
  CHECK(installation.journal_count("login") == before);

  REQUIRE(eventually([&] {
    return contains(installation.agent_command({"ticket", "list"}).out, "1001");
  }));
  REQUIRE(eventually(
      [&] { return std::filesystem::exists(installation.file("state") / "tickets.json"); }));
  installation.agent().signal(SIGKILL);
  REQUIRE(installation.agent().wait());
  installation.start_agent();
  CHECK(device.visit(ticket) == "1001");
}

TEST_CASE("an administrator ends tickets, and so does a revoked system key") {
  Installation installation;
  installation.start();
  TicketDevice device(installation);
  const std::string first = device.ticket_by_password(Installation::kAnna);
  const Finished revoked = installation.agent_command({"ticket", "revoke", "1001"});
  CHECK(revoked.status == 0);
  CHECK(device.visit(first) == kTicketRefused);

  const std::string second = device.ticket_by_password(Installation::kAnna);
  REQUIRE(installation.agent_command({"key", "new", "--grace", "1h"}).status == 0);
  CHECK(device.visit(second) == "1001");
  const std::string file = installation.file("new.key");
  REQUIRE(installation.agent_command({"key", "export", file}).status == 0);
  installation.use_key_file(file);
  CHECK(device.visit(second) == "1001");
  REQUIRE(installation.agent_command({"key", "revoke"}).status == 0);
  CHECK(device.visit(second) == kTicketRefused);
}

TEST_CASE("the command line keeps a ticket, and needs no password as long as it is good") {
  Installation installation;
  installation.start();
  const std::string file = installation.file("ticket.json");
  const Installation::User forgetful{"1001", "forgotten"};
  const auto sign_in = [&](const Installation::User& user) {
    return installation.client(user, {"--ticket-file", file, "login"});
  };
  CHECK(installation.client(Installation::kAnna, {"login"}).status == 0);
  CHECK_FALSE(std::filesystem::exists(file));

  REQUIRE(sign_in(Installation::kAnna).status == 0);
  const std::string first = read_file(file);
  CHECK(std::filesystem::status(file).permissions() ==
        (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
  CHECK_FALSE(contains(first, Installation::kAnna.password));
  CHECK(sign_in(forgetful).status == 0);
  CHECK(read_file(file) != first);
  CHECK(sign_in(forgetful).status == 0);

  const Finished foreign = sign_in(Installation::kBen);
  CHECK(foreign.status == 65);
  CHECK(contains(foreign.err, "[client.ticket-file-foreign]"));

  REQUIRE(installation.agent_command({"ticket", "revoke", "1001"}).status == 0);
  const Finished refused = sign_in(forgetful);
  CHECK(refused.status == 77);
  CHECK(contains(refused.err, "and is removed"));
  CHECK(contains(refused.err, "[session.ticket-refused]"));
  CHECK_FALSE(std::filesystem::exists(file));
  CHECK(sign_in(Installation::kAnna).status == 0);
  CHECK(sign_in(forgetful).status == 0);
  CHECK(installation.journal_count("login", "1001", "refused") == 0);
}

TEST_CASE("where nobody may stay signed in the command line says so, and goes on") {
  Installation::Options options;
  options.agent_settings = "[limits]\nticket-lifetime = 0\n";
  Installation installation(options);
  installation.start();
  const std::string file = installation.file("ticket.json");
  const Finished done = installation.client(Installation::kAnna, {"--ticket-file", file, "login"});
  CHECK(done.status == 0);
  CHECK(contains(done.err, "warning: [session.tickets-off]"));
  CHECK_FALSE(std::filesystem::exists(file));
}

TEST_CASE("no ticket is in a log, and its file is the agent's alone") {
  Installation installation;
  installation.start();
  TicketDevice device(installation);
  const std::string ticket = device.ticket_by_password(Installation::kAnna);
  CHECK(device.visit(ticket) == "1001");
  for (const std::string& said : {installation.agent().err(), installation.connector().err()})
    CHECK_FALSE(contains(said, ticket));
}

}  // namespace
}  // namespace sfteams::integration
