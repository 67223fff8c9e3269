// Sessions whose stream has gone: they wait, keep what is said, and are given back to whoever
// proves to be their client.

#include <catch2/catch.hpp>

#include "tests/agent/uplink/link_rig.h"

namespace sfteams::agent {
namespace {

using namespace std::chrono_literals;
using tunnel::FrameType;
using tunnel::WireCode;
using Texts = std::vector<std::string>;

SessionSettings small_limits() {
  SessionSettings limits;
  limits.resume_kept = 100'000;
  limits.resume_kept_in_all = 150'000;
  return limits;
}

struct SessionResumeFixture {
  SessionResumeFixture() { rig.come_up(); }

  TestClient& opened(std::uint32_t stream) {
    TestClient& client = rig.open(stream);
    rig.pump();
    REQUIRE(client.messages == Texts{"hello test/1"});
    return client;
  }
  /// The client's network is gone: the connector closes the stream.
  TestClient lose(std::uint32_t stream) {
    rig.send(FrameType::close, stream, tunnel::encode_close(WireCode::normal, ""));
    TestClient client = std::move(rig.clients.at(stream));
    rig.clients.erase(stream);
    rig.pump();
    return client;
  }
  Speaker& speaker() { return *rig.talks.speakers.front(); }

  /// A client that returns no credit, for which so much has been said: it has the first 64 KiB.
  TestClient& stuffed(std::uint32_t stream, std::size_t bytes) {
    TestClient& client = opened(stream);
    client.reads = false;
    for (; bytes > 0; bytes -= std::min<std::size_t>(bytes, 50'000))
      rig.talks.speakers.back()->say(std::string(std::min<std::size_t>(bytes, 50'000), 'x'));
    rig.pump();
    return client;
  }
  [[nodiscard]] std::uint64_t dropped(std::string_view limit) const {
    return rig.sessions.counts().dropped.of(limit);
  }

  LinkRig rig{small_limits()};
};

/// Whose limits are those of the program.
struct Defaults : SessionResumeFixture {
  Defaults() { rig.sessions.set_limits({}); }
};

TEST_CASE_METHOD(SessionResumeFixture,
                 "a client that comes back hears what was said while it was away") {
  CHECK(opened(1).window == 60);
  TestClient client = lose(1);
  CHECK(rig.sessions.waiting() == 1);
  REQUIRE(client.channel.send("sent into the void"));
  speaker().say("event 1");
  rig.advance(59s);
  speaker().say("event 2");
  TestClient& back = rig.resume(2, std::move(client));
  CHECK(back.resumed);
  CHECK(back.messages == Texts{"hello test/1", "event 1", "event 2", "echo sent into the void"});
  CHECK(rig.sessions.waiting() == 0);
  rig.advance(3600s);
  CHECK_FALSE(back.stream_closed);
  CHECK(rig.talks.alive == 1);
}

TEST_CASE_METHOD(
    SessionResumeFixture,
    "a session keeps key and hash of the handshake that opened it when it is resumed") {
  const crypto::Sha256Digest hash = opened(1).channel.handshake_hash();
  TestClient& back = rig.resume(2, lose(1));
  CHECK(back.resumed);
  CHECK(back.channel.handshake_hash() != hash);
  REQUIRE(rig.talks.openings.size() == 1);
  CHECK(rig.talks.openings[0].handshake_hash == hash);
  CHECK(rig.talks.openings[0].key == rig.key().admission.id);
}

TEST_CASE_METHOD(SessionResumeFixture, "a session outlives the link to the connector") {
  opened(1);
  TestClient client = std::move(rig.clients.at(1));
  rig.connect();
  rig.scheduler.turn();
  speaker().say("while nobody was there");
  rig.come_up();
  TestClient& back = rig.resume(1, std::move(client));
  CHECK(back.messages == Texts{"hello test/1", "while nobody was there"});
}

TEST_CASE_METHOD(SessionResumeFixture, "what was heard before the break is not carried out again") {
  TestClient& client = opened(1);
  REQUIRE(client.channel.send("once"));
  // The agent hears it; its answer and its acknowledgement are lost.
  std::vector<std::uint8_t> packet(4'080);
  packet.resize(client.channel.next_packet(packet, 4'080, rig.scheduler.now()).size);
  rig.send(FrameType::data, 1, packet);
  TestClient& back = rig.resume(2, lose(1));
  CHECK(back.messages == Texts{"hello test/1", "echo once"});
  CHECK(back.channel.queued_bytes() == 0);
}

TEST_CASE_METHOD(SessionResumeFixture, "a session can be lost and given back any number of times") {
  opened(1);
  Texts expected{"hello test/1"};
  for (std::uint32_t stream = 1; stream < 20; ++stream) {
    TestClient client = lose(stream);
    expected.push_back("event " + std::to_string(stream));
    speaker().say(expected.back());
    CHECK(rig.resume(stream + 1, std::move(client)).messages == expected);
  }
}

TEST_CASE_METHOD(SessionResumeFixture, "who does not know the session's secret does not get it") {
  opened(1);
  TestClient client = lose(1);
  TestClient thief = [&] {
    TestClient& other = opened(2);
    other.session_id = client.session_id;
    return lose(2);
  }();
  TestClient& refused = rig.resume(3, std::move(thief));
  REQUIRE(refused.closed);
  CHECK(refused.closed->refused);
  CHECK(refused.closed->code == WireCode::session_unknown);
  CHECK(refused.stream_closed->code == WireCode::session_unknown);
  CHECK(rig.sessions.waiting() == 2);
  CHECK(rig.resume(4, std::move(client)).resumed);
}

TEST_CASE_METHOD(SessionResumeFixture, "a session that never was is refused in the same words") {
  opened(1);
  TestClient client = lose(1);
  client.session_id[0] ^= 1U;
  TestClient& refused = rig.resume(2, std::move(client));
  REQUIRE(refused.closed);
  CHECK(refused.closed->code == WireCode::session_unknown);
}

TEST_CASE_METHOD(SessionResumeFixture, "a client that does not come back in time is given up") {
  opened(1);
  TestClient client = lose(1);
  rig.advance(59'999ms);
  CHECK(rig.talks.abandoned == 0);
  rig.advance(1ms);
  CHECK(rig.talks.abandoned == 1);
  CHECK(rig.talks.alive == 0);
  CHECK(rig.sessions.size() == 0);
  CHECK(rig.resume(2, std::move(client)).closed->code == WireCode::session_unknown);
}

TEST_CASE_METHOD(SessionResumeFixture,
                 "a client that comes back on another stream takes over from the old one") {
  TestClient& client = opened(1);
  // The connector has not noticed yet that the client's network is gone.
  TestClient moved = std::move(client);
  rig.clients.erase(1);
  rig.clients.emplace(1, TestClient{tunnel::SessionChannel::create([&] {
                                      tunnel::SessionChannelOptions options;
                                      options.name = kSystemName;
                                      options.pre_shared_key = rig.key().pre_shared_key.clone();
                                      return options;
                                    }())
                                        .value()});
  rig.clients.at(1).mute = true;
  TestClient& back = rig.resume(2, std::move(moved));
  CHECK(back.resumed);
  REQUIRE(rig.clients.at(1).stream_closed);
  CHECK(rig.clients.at(1).stream_closed->code == WireCode::replaced);
  speaker().say("to the new one");
  rig.pump();
  CHECK(back.messages.back() == "to the new one");
  CHECK(rig.link->streams() == 1);
}

TEST_CASE_METHOD(SessionResumeFixture,
                 "what was queued when the line broke has to keep to the bound, too") {
  (void)stuffed(1, 99'000);
  TestClient first = lose(1);
  CHECK(rig.sessions.waiting() == 1);
  (void)stuffed(2, 101'000);
  TestClient second = lose(2);
  CHECK(rig.sessions.size() == 1);
  CHECK(dropped("resume-kept") == 1);
  // Its client is told.
  TestClient& told = rig.resume(3, std::move(second));
  REQUIRE(told.closed);
  CHECK(told.closed->refused);
  CHECK(told.closed->code == WireCode::too_slow);
  CHECK(told.stream_closed->code == WireCode::too_slow);
  first.unread.clear();
  CHECK(rig.resume(4, std::move(first)).resumed);
}

TEST_CASE_METHOD(SessionResumeFixture,
                 "a client that was frozen while its session ended is told why") {
  TestClient& frozen = opened(1);
  frozen.reads = false;
  speaker().say("an event");
  rig.pump();
  rig.advance(61s);
  REQUIRE(rig.sessions.size() == 0);
  // CLOSE never got to it: its websocket was dead by then.
  TestClient client = std::move(rig.clients.at(1));
  client.unread.clear();
  rig.clients.erase(1);
  CHECK(rig.resume(2, std::move(client)).closed->code == WireCode::too_slow);
}

TEST_CASE_METHOD(SessionResumeFixture, "only the client of a session hears why it has ended") {
  (void)stuffed(1, 101'000);
  TestClient client = lose(1);
  TestClient thief = [&] {
    TestClient& other = opened(2);
    other.session_id = client.session_id;
    return lose(2);
  }();
  CHECK(rig.resume(3, std::move(thief)).closed->code == WireCode::session_unknown);
  rig.advance(61s);
  CHECK(rig.resume(4, std::move(client)).closed->code == WireCode::session_unknown);
}

TEST_CASE_METHOD(Defaults,
                 "of thirty large sessions whose clients went no more is kept than may be") {
  // 5.7 MiB in one, 172 MiB in all.
  for (std::uint32_t stream = 1; stream <= 30; ++stream) {
    rig.talks.user = std::to_string(stream);
    (void)stuffed(stream, stream % 3 == 0 ? 6'000'000 : 3'900'000);
  }
  rig.connect();
  rig.scheduler.turn();
  const SessionSettings& limits = rig.sessions.limits();
  CHECK(rig.sessions.holdings().away() <= limits.resume_kept_in_all);
  CHECK(rig.sessions.holdings().away() == rig.sessions.holdings().in_all());
  CHECK(dropped("resume-kept") == 10);
  CHECK(dropped("resume-kept-in-all") == 3);
  CHECK(rig.sessions.waiting() == 17);
}

TEST_CASE_METHOD(SessionResumeFixture,
                 "sessions that went with one link are judged together, in a later turn") {
  for (std::uint32_t stream = 1; stream <= 3; ++stream)
    (void)stuffed(stream, 90'000);
  rig.link->disconnected();
  CHECK(dropped("resume-kept-in-all") == 0);
  CHECK(rig.sessions.waiting() == 3);
  rig.scheduler.turn();
  CHECK(dropped("resume-kept-in-all") == 2);
  CHECK(rig.sessions.holdings().away() <= small_limits().resume_kept_in_all);
  CHECK(rig.sessions.waiting() == 1);
}

TEST_CASE_METHOD(Defaults, "forty sessions of one user that take nothing hold what one user may") {
  for (std::uint32_t stream = 1; stream <= 40; ++stream) {
    (void)stuffed(stream, 7'000'000);
    CHECK(rig.sessions.holdings().in_all() <= rig.sessions.limits().held_per_user);
  }
  CHECK(dropped("held-per-user") == 38);
  rig.advance(61s);
  CHECK(dropped("read-timeout") == 2);
  CHECK(rig.sessions.holdings().in_all() == 0);
  for (const auto& [stream, client] : rig.clients) {
    REQUIRE(client.stream_closed);
    CHECK(client.stream_closed->code == WireCode::too_slow);
  }
}

TEST_CASE_METHOD(Defaults, "all sessions together, here and away, hold no more than they may") {
  SessionSettings limits;
  limits.held_in_all = 30U << 20U;
  rig.sessions.set_limits(limits);
  for (std::uint32_t stream = 1; stream <= 20; ++stream) {
    rig.talks.user = std::to_string(stream);
    (void)stuffed(stream, 3'000'000);
    CHECK(rig.sessions.holdings().in_all() <= limits.held_in_all);
    if (stream % 2 == 0 && !rig.clients.at(stream).stream_closed) (void)lose(stream);
  }
  CHECK(dropped("held-in-all") == 10);
  // A lower limit counts at once.
  limits.held_in_all = 10U << 20U;
  rig.sessions.set_limits(limits);
  CHECK(rig.sessions.holdings().in_all() <= limits.held_in_all);
}

TEST_CASE_METHOD(Defaults, "a client that reads stays when one that does not can go") {
  SessionSettings limits;
  limits.held_in_all = 10U << 20U;
  rig.sessions.set_limits(limits);
  rig.talks.user = "slow";
  (void)stuffed(1, 4'500'000);
  rig.advance(6s);
  rig.talks.user = "large";
  (void)stuffed(2, 5'500'000);
  rig.talks.user = "last";
  (void)stuffed(3, 1'000'000);
  CHECK(rig.clients.at(1).stream_closed);
  CHECK_FALSE(rig.clients.at(2).stream_closed);
  CHECK_FALSE(rig.clients.at(3).stream_closed);
}

TEST_CASE_METHOD(SessionResumeFixture,
                 "a session in which nobody has signed in goes with its stream") {
  rig.talks.user = "";
  opened(1);
  TestClient client = lose(1);
  CHECK(rig.sessions.size() == 0);
  CHECK(rig.talks.alive == 0);
  CHECK(rig.resume(2, std::move(client)).closed->code == WireCode::session_unknown);
}

TEST_CASE_METHOD(SessionResumeFixture, "a session whose user is being signed in is kept") {
  rig.talks.user = "";
  opened(1);
  speaker().on_sign_in(SignIn::under_way, {});
  TestClient client = lose(1);
  CHECK(rig.sessions.waiting() == 1);
  CHECK(rig.resume(2, std::move(client)).resumed);
}

TEST_CASE_METHOD(Defaults, "sessions without a sign-in have a small share, the oldest makes room") {
  SessionSettings limits;
  limits.sessions = 200;
  rig.sessions.set_limits(limits);
  rig.talks.user = "";
  for (std::uint32_t stream = 1; stream <= 20; ++stream)
    opened(stream);
  // One of them has gone on.
  rig.talks.speakers.front()->on_sign_in(SignIn::under_way, {});
  opened(21);
  CHECK(rig.sessions.size() == 21);
  rig.advance(SessionSettings::kStrangersTime);
  opened(22);
  CHECK(rig.sessions.size() == 21);
  CHECK_FALSE(rig.clients.at(1).stream_closed);
  REQUIRE(rig.clients.at(2).closed);
  CHECK(rig.clients.at(2).closed->code == WireCode::too_many_streams);
  CHECK(dropped("not-signed-in") == 1);
  // Those who have signed in are not concerned.
  rig.talks.user = "1001";
  for (std::uint32_t stream = 30; stream < 60; ++stream)
    opened(stream);
  CHECK(rig.sessions.size() == 50);
}

TEST_CASE_METHOD(Defaults, "clients that all come at once have time to sign in") {
  SessionSettings limits;
  limits.sessions = 200;
  rig.sessions.set_limits(limits);
  rig.talks.user = "";
  for (std::uint32_t stream = 1; stream <= 150; ++stream)
    opened(stream);
  rig.advance(4s);
  for (std::size_t at = 0; at < 100; ++at)
    rig.talks.speakers.at(at)->on_sign_in(SignIn::done, "1001");
  opened(151);
  CHECK(rig.sessions.size() == 151);
  CHECK(dropped("not-signed-in") == 0);
  // Those who have not used it are as many as may be again, when one more comes.
  rig.advance(1s);
  opened(152);
  CHECK(dropped("not-signed-in") == 32);
  CHECK(rig.sessions.size() == 120);
}

TEST_CASE_METHOD(Defaults, "when all sessions are taken, one without a sign-in makes room") {
  SessionSettings limits;
  limits.sessions = 20;
  rig.sessions.set_limits(limits);
  CHECK(limits.strangers() == 16);
  rig.talks.user = "";
  opened(1);
  rig.talks.user = "1001";
  for (std::uint32_t stream = 2; stream <= 21; ++stream)
    opened(stream);
  CHECK(rig.sessions.size() == 20);
  CHECK(rig.clients.at(1).closed->code == WireCode::too_many_streams);
  rig.open(22);
  rig.pump();
  CHECK(rig.clients.at(22).closed->refused);
}

TEST_CASE_METHOD(SessionResumeFixture,
                 "no more is kept for a client than the bound; then its session ends") {
  opened(1);
  TestClient client = lose(1);
  CHECK(speaker().say(std::string(99'000, 'x')));
  rig.pump();
  REQUIRE(rig.sessions.size() == 1);
  speaker().say(std::string(1'001, 'x'));
  rig.pump();
  CHECK(rig.talks.abandoned == 1);
  CHECK(rig.sessions.size() == 0);
  CHECK(rig.resume(2, std::move(client)).closed->code == WireCode::too_slow);
}

TEST_CASE_METHOD(SessionResumeFixture,
                 "no more is kept for all clients together than their bound") {
  opened(1);
  opened(2);
  TestClient first = lose(1);
  TestClient second = lose(2);
  rig.talks.speakers.at(0)->say(std::string(90'000, 'x'));
  rig.talks.speakers.at(1)->say(std::string(70'000, 'x'));
  rig.pump();
  CHECK(rig.sessions.size() == 1);
  // The one that holds most had to go.
  CHECK(rig.resume(3, std::move(first)).closed->code == WireCode::too_slow);
  CHECK(rig.resume(4, std::move(second)).messages.size() == 2);
}

TEST_CASE_METHOD(SessionResumeFixture,
                 "whoever is back, or given up, makes room for what others have to keep") {
  opened(1);
  opened(2);
  TestClient first = lose(1);
  TestClient second = lose(2);
  rig.talks.speakers.at(0)->say(std::string(90'000, 'x'));
  rig.pump();
  CHECK(rig.resume(3, std::move(first)).messages.size() == 2);
  rig.talks.speakers.at(1)->say(std::string(90'000, 'x'));
  rig.pump();
  CHECK(rig.sessions.size() == 2);
  CHECK(rig.resume(4, std::move(second)).messages.size() == 2);
}

TEST_CASE("where the window is zero, a session goes with its stream") {
  SessionSettings limits;
  limits.resume_window = 0s;
  LinkRig rig(limits);
  rig.come_up();
  TestClient& client = rig.open(1);
  rig.pump();
  CHECK(client.window == 0);
  rig.send(FrameType::close, 1, tunnel::encode_close(WireCode::normal, ""));
  rig.pump();
  CHECK(rig.sessions.size() == 0);
  CHECK(rig.talks.alive == 0);
}

TEST_CASE_METHOD(SessionResumeFixture, "a session of a key that was revoked meanwhile is gone") {
  opened(1);
  TestClient client = lose(1);
  rig.sessions.keep_only({new_key().admission.id});
  rig.pump();
  CHECK(rig.sessions.size() == 0);
  CHECK(rig.resume(2, std::move(client)).closed->code == WireCode::session_unknown);
}

TEST_CASE_METHOD(SessionResumeFixture, "when the agent stops, sessions without a client end too") {
  opened(1);
  (void)lose(1);
  rig.sessions.drain();
  rig.pump();
  CHECK(rig.sessions.size() == 0);
  CHECK_FALSE(rig.sessions.open({}));
}

TEST_CASE_METHOD(SessionResumeFixture,
                 "a session that closes itself while its client is away is not given back") {
  opened(1);
  TestClient client = lose(1);
  speaker().end(WireCode::timeout, "nobody signed in");
  rig.pump();
  CHECK(rig.talks.alive == 0);
  CHECK(rig.talks.abandoned == 0);
  CHECK(rig.resume(2, std::move(client)).closed->code == WireCode::session_unknown);
}

TEST_CASE_METHOD(SessionResumeFixture,
                 "sessions that were opened, resumed, given up and refused are counted") {
  static_cast<void>(opened(1));
  rig.resume(2, lose(1));
  static_cast<void>(lose(2));
  rig.advance(61s);
  SessionSettings none = small_limits();
  none.sessions = 0;
  rig.sessions.set_limits(none);
  static_cast<void>(rig.open(3));
  rig.pump();
  const SessionCounts& counts = rig.sessions.counts();
  CHECK(counts.opened == 1);
  CHECK(counts.resumed == 1);
  CHECK(counts.given_up == 1);
  CHECK(counts.refused.of("tunnel.too-many-streams") == 1);
}

}  // namespace
}  // namespace sfteams::agent
