// Several sessions of one user, with all that is between the PBX's events and the clients: what
// befalls one of them is nothing to the others.

#include <array>

#include <catch2/catch.hpp>

#include "agent/sessions/conversation.h"
#include "agent/sessions/sessions.h"
#include "tests/agent/pbx/fake_pbx.h"
#include "tunnel/session_ledger.h"

namespace sfteams::agent {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kKept = 2'000;  ///< bytes for a client that is away

/// A stream whose client takes everything.
struct Stream final : SessionCarrier {
  Result<void> send(std::string_view message) override {
    heard.emplace_back(message);
    return {};
  }
  [[nodiscard]] std::size_t held() const override { return 0; }
  [[nodiscard]] bool is_stuck() const override { return false; }
  void finish(tunnel::WireCode, std::string_view) override {}
  void abort(tunnel::WireCode, std::string_view) override {}
  std::unique_ptr<tunnel::SessionLedger> leave() override { return nullptr; }

  std::vector<std::string> heard;
};

struct SharedUserFixture {
  SharedUserFixture() {
    setup.unix_now = [] { return clock::UnixSeconds(0); };
    setup.seats = &seats;
    seats.set_capacity(1);
    SessionSettings limits;
    limits.resume_kept = kKept;
    sessions.set_limits(limits);
  }

  Session& signed_in(Stream& stream) {
    Session& session = *sessions.open({}).value();
    session.open_on(stream, "test/1", {});
    session.on_message(
        R"({"jsonrpc":"2.0","id":1,"method":"session.login","params":{"user":"1001","password":"S3cret"}})");
    scheduler.turn();
    if (access.pbx(0).is_open(kLogin)) access.accept(0);
    REQUIRE(stream.heard.size() == 1);
    stream.heard.clear();
    return session;
  }
  void lose(Session& session) {
    session.on_lost(std::make_unique<tunnel::SessionLedger>(std::size_t(1) << 20U, kKept));
  }
  void event(const std::string& text) {
    access.opened.at(0).connection->deliver("ucp.v30.events.call.receiveCallState",
                                            {uci::Value(text)});
  }

  FakeScheduler scheduler;
  FakeAccess access{scheduler};
  LoginGuard guard{{}, crypto::Secret(32)};
  Accounts accounts{{access, scheduler, guard, 10s}};
  Seats seats{{false, {}}, [] {}};
  ConversationSetup setup{
      "starface-teams-agent/test",
      scheduler,
      [this] { return &accounts; },
      {"pbx.example.com", uci::Version::v30, MethodFilter::create({"ucp.v*.requests.*"}).value()}};
  Sessions sessions{scheduler, {}, [this](Speaker& speaker) {
                      return std::make_unique<Conversation>(setup, speaker);
                    }};
};

TEST_CASE_METHOD(SharedUserFixture,
                 "who is there hears every event once, though others who are away miss too much") {
  std::array<Stream, 4> streams;
  std::vector<Session*> all;
  for (Stream& stream : streams)
    all.push_back(&signed_in(stream));
  // The first and the third are away, and the bound of both is passed by the same event.
  lose(*all[0]);
  lose(*all[2]);
  std::size_t events = 0;
  while (sessions.size() > 2) {
    REQUIRE(++events < 100);
    event(std::string(100, 'x'));
    CHECK(streams[1].heard.size() == events);
    CHECK(streams[3].heard.size() == events);
    scheduler.turn();
  }
  CHECK(events > 1);
  CHECK(seats.holders().front().sessions == 2);
  event("last");
  CHECK(streams[1].heard.size() == events + 1);
  CHECK(streams[3].heard.size() == events + 1);
}

TEST_CASE_METHOD(SharedUserFixture,
                 "a user whose last client misses too much is signed out at once") {
  Stream stream;
  lose(signed_in(stream));
  for (std::size_t i = 0; i < 40; ++i)
    event(std::string(100, 'x'));
  scheduler.turn();
  CHECK(access.pbx(0).count(kLogout) == 1);
  CHECK(seats.taken() == 0);
  CHECK(sessions.size() == 0);
}

TEST_CASE_METHOD(SharedUserFixture,
                 "a client that comes back too late for what was kept is told so") {
  Stream stream;
  Session& session = signed_in(stream);
  lose(session);
  for (std::size_t i = 0; i < 40; ++i)
    event(std::string(100, 'x'));
  // In the same turn: the session is still there, and over.
  Stream back;
  CHECK(session.move_to(back, 0) == nullptr);
  scheduler.turn();
  CHECK(sessions.size() == 0);
}

}  // namespace
}  // namespace sfteams::agent
