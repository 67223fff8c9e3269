// Sessions that go on over another stream: nothing is lost, nothing comes twice.

#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/crypto/hash.h"
#include "base/crypto/secret.h"
#include "tests/tunnel/session_pair.h"
#include "tunnel/control.h"

namespace sfteams::tunnel {
namespace {

using Role = SessionChannel::Role;

/// A session between a client and an agent that loses its streams.
class BrokenSession {
 public:
  BrokenSession() { settle(); }

  TestEnd& client() { return *client_; }
  TestEnd& agent() { return *agent_; }

  /// One packet on its way; true when there was one.
  bool carry(TestEnd& from, TestEnd& to, std::size_t room = kMaxPacket) {
    const Bytes packet = from.packet(room);
    if (packet.empty()) return false;
    to.take(packet);
    answer_resume();
    return true;
  }
  void settle() {
    while (carry(client(), agent()) || carry(agent(), client())) {
    }
  }

  /// The stream has gone, with all that was under way on it; the client asks for its session on
  /// another one.
  void break_stream() {
    collect();
    std::unique_ptr<SessionLedger> ledger = client().channel.leave();
    REQUIRE(ledger);
    if (std::unique_ptr<SessionLedger> left = agent().channel.leave()) ledger_ = std::move(left);
    REQUIRE(ledger_);
    SessionChannelOptions options = options_of(Role::client);
    options.resume = ResumeTicket{SessionId{7}, crypto::Secret(Bytes(32, 0x77))};
    options.ledger = std::move(ledger);
    client_ = std::make_unique<TestEnd>(std::move(options));
    agent_ = std::make_unique<TestEnd>(options_of(Role::agent));
  }

  /// From the agent, whether it has a stream just now or not.
  void say_to_client(const std::string& message) {
    REQUIRE((ledger_ ? ledger_->send(message) : agent().channel.send(message)));
  }

  /// Moves what has arrived to to_agent and to_client.
  void collect() {
    for (const auto& [end, all] :
         {std::pair(agent_.get(), &to_agent), {client_.get(), &to_client}}) {
      INFO(end->failure_id());
      REQUIRE_FALSE(end->failure);
      all->insert(all->end(), end->messages.begin(), end->messages.end());
      end->messages.clear();
    }
  }

  std::vector<std::string> to_agent;
  std::vector<std::string> to_client;

 private:
  void answer_resume() {
    if (!agent_->resume || !ledger_) return;
    const ResumeRecord request = *std::exchange(agent_->resume, std::nullopt);
    REQUIRE(request.session_id == SessionId{7});
    REQUIRE(crypto::equal_constant_time(
        request.proof, resume_proof(Bytes(32, 0x77), agent_->channel.handshake_hash())));
    REQUIRE(ledger_->can_go_on_after(request.received));
    agent_->channel.resume(std::move(ledger_), request.received);
  }

  std::unique_ptr<TestEnd> client_ = std::make_unique<TestEnd>(options_of(Role::client));
  std::unique_ptr<TestEnd> agent_ = std::make_unique<TestEnd>(options_of(Role::agent));
  std::unique_ptr<SessionLedger> ledger_;  ///< the agent's, while it has no stream
};

TEST_CASE("what was lost on a stream comes on the next one, in order and once") {
  BrokenSession session;
  REQUIRE(session.client().channel.send("arrives"));
  session.settle();
  REQUIRE(session.client().channel.send("lost 1"));
  REQUIRE(session.client().channel.send("lost 2"));
  REQUIRE(session.agent().channel.send("lost answer"));
  (void)session.client().packet();
  (void)session.agent().packet();
  session.break_stream();
  REQUIRE(session.client().channel.send("sent while it was broken"));
  session.settle();
  CHECK(session.client().log == "resumed message ");
  session.collect();
  CHECK(session.to_agent ==
        std::vector<std::string>{"arrives", "lost 1", "lost 2", "sent while it was broken"});
  CHECK(session.to_client == std::vector<std::string>{"lost answer"});
}

TEST_CASE("what had arrived is not sent again, even if its acknowledgement was lost") {
  BrokenSession session;
  REQUIRE(session.client().channel.send("a call"));
  session.settle();
  CHECK(session.client().channel.acknowledged() == 0);
  session.break_stream();
  session.settle();
  CHECK(session.client().channel.acknowledged() == 1);
  CHECK(session.client().channel.queued_bytes() == 0);
  session.collect();
  CHECK(session.to_agent == std::vector<std::string>{"a call"});
}

TEST_CASE("a message of which only a part had come is sent again whole") {
  BrokenSession session;
  const std::string large(100'000, 'x');
  REQUIRE(session.agent().channel.send(large));
  for (int i = 0; i < 5; ++i)
    REQUIRE(session.carry(session.agent(), session.client()));
  session.break_stream();
  session.settle();
  session.collect();
  CHECK(session.to_client == std::vector<std::string>{large});
}

TEST_CASE("a stream that breaks while the session is being given back loses nothing") {
  BrokenSession session;
  REQUIRE(session.client().channel.send("one"));
  REQUIRE(session.agent().channel.send("event"));
  session.break_stream();
  SECTION("before the handshake") {}
  SECTION("before RESUME arrives") {
    REQUIRE(session.carry(session.client(), session.agent()));
    REQUIRE(session.carry(session.agent(), session.client()));
    (void)session.client().packet();
  }
  SECTION("before RESUMED arrives") {
    REQUIRE(session.carry(session.client(), session.agent()));
    REQUIRE(session.carry(session.agent(), session.client()));
    REQUIRE(session.carry(session.client(), session.agent()));
    (void)session.agent().packet();
  }
  session.break_stream();
  session.settle();
  session.collect();
  CHECK(session.to_agent == std::vector<std::string>{"one"});
  CHECK(session.to_client == std::vector<std::string>{"event"});
}

TEST_CASE("nothing but RESUME leaves before the session is given back") {
  BrokenSession session;
  REQUIRE(session.client().channel.send("waits"));
  session.break_stream();
  REQUIRE(session.carry(session.client(), session.agent()));
  REQUIRE(session.carry(session.agent(), session.client()));
  CHECK(session.client().channel.wants_to_send(session.client().now));
  session.client().channel.ping({1});
  const Bytes packet = session.client().packet();
  CHECK(packet.size() == kNoiseTag + 3 + 57);
  CHECK_FALSE(session.client().channel.wants_to_send(session.client().now));
}

TEST_CASE("a session that was refused, closed or never open cannot be resumed") {
  SECTION("never open") {
    TestEnd client(options_of(Role::client));
    CHECK_FALSE(client.channel.leave());
    TestEnd agent(options_of(Role::agent));
    CHECK_FALSE(agent.channel.leave());
  }
  SECTION("asked for, not answered") {
    TestPair pair;
    pair.agent.take(pair.client.packet());
    pair.client.take(pair.agent.packet());
    CHECK_FALSE(pair.client.channel.leave());
  }
  SECTION("closed") {
    TestPair pair;
    pair.settle();
    pair.agent.channel.close(WireCode::normal, "");
    CHECK_FALSE(pair.agent.channel.leave());
    pair.settle();
    CHECK_FALSE(pair.client.channel.leave());
    CHECK_FALSE(pair.agent.channel.leave());
  }
  SECTION("failed") {
    TestPair pair;
    pair.settle();
    pair.agent.take(Bytes(100, 1));
    CHECK_FALSE(pair.agent.channel.leave());
  }
  SECTION("left already") {
    TestPair pair;
    pair.settle();
    CHECK(pair.agent.channel.leave());
    CHECK_FALSE(pair.agent.channel.leave());
    CHECK_FALSE(pair.agent.channel.send("too late"));
    CHECK(pair.agent.channel.closed());
    CHECK(pair.agent.channel.queued_bytes() == 0);
  }
}

TEST_CASE("a client that is refused its old session is told so") {
  BrokenSession session;
  session.break_stream();
  TestEnd agent(options_of(Role::agent));
  agent.take(session.client().packet());
  session.client().take(agent.packet());
  agent.take(session.client().packet());
  REQUIRE(agent.resume);
  agent.channel.refuse(WireCode::session_unknown, "");
  session.client().take(agent.packet());
  REQUIRE(session.client().closed);
  CHECK(session.client().closed->refused);
  CHECK(session.client().closed->code == WireCode::session_unknown);
}

TEST_CASE("a ledger goes on only where nothing is missing") {
  SessionLedger ledger(100, 1000);
  for (const char* text : {"1", "2", "3", "4"})
    REQUIRE(ledger.send(text));
  for (int i = 0; i < 3; ++i)
    ledger.queue.take(1);
  ledger.queue.acknowledge(1);
  CHECK_FALSE(ledger.can_go_on_after(0));
  CHECK(ledger.can_go_on_after(1));
  CHECK(ledger.can_go_on_after(3));
  CHECK_FALSE(ledger.can_go_on_after(4));
  CHECK_FALSE(ledger.can_go_on_after(~0ULL));
  ledger.go_on_after(2);
  CHECK(ledger.queue.number() == 3);
  CHECK(ledger.queue.size() == 2);
}

TEST_CASE("a ledger keeps to its bounds, acknowledged messages aside") {
  SessionLedger ledger(10, 25 + 2 * MessageQueue::kMessageCost);
  REQUIRE(ledger.send("0123456789"));
  CHECK(ledger.send("0123456789x").error().code.id == "tunnel.too-large");
  REQUIRE(ledger.send("0123456789"));
  ledger.queue.take(10);
  CHECK(ledger.send("012345").error().code.id == "tunnel.queue-full");
  ledger.queue.acknowledge(1);
  CHECK(ledger.send("012345"));
  CHECK(ledger.send("0123456789").error().code.id == "tunnel.queue-full");
}

TEST_CASE("an agent that claims to have received what was never sent is refused") {
  BrokenSession session;
  REQUIRE(session.client().channel.send("one"));
  session.settle();
  session.client().now += kAckDelay;
  session.agent().now += kAckDelay;
  session.settle();
  REQUIRE(session.client().channel.acknowledged() == 1);
  session.break_stream();
  // The agent's side of the session is another one than the client's.
  const std::uint64_t received = GENERATE(0ULL, 2ULL);
  TestEnd agent(options_of(Role::agent));
  agent.take(session.client().packet());
  session.client().take(agent.packet());
  agent.take(session.client().packet());
  REQUIRE(agent.resume);
  auto ledger = std::make_unique<SessionLedger>(100, 1000);
  ledger->received = received;
  agent.channel.resume(std::move(ledger), 0);
  session.client().take(agent.packet());
  CHECK(session.client().failure_id() == "tunnel.ack-unsent");
}

TEST_CASE("resuming with half of what it needs is a mistake of the programmer") {
  SessionChannelOptions options = options_of(Role::client);
  SECTION("no ledger") {
    options.resume = ResumeTicket{SessionId{7}, crypto::Secret(Bytes(32, 1))};
  }
  SECTION("no ticket") {
    options.ledger = std::make_unique<SessionLedger>(100, 1000);
  }
  SECTION("a short secret") {
    options.resume = ResumeTicket{SessionId{7}, crypto::Secret(Bytes(31, 1))};
    options.ledger = std::make_unique<SessionLedger>(100, 1000);
  }
  SECTION("an agent") {
    options = options_of(Role::agent);
    options.resume = ResumeTicket{SessionId{7}, crypto::Secret(Bytes(32, 1))};
    options.ledger = std::make_unique<SessionLedger>(100, 1000);
  }
  CHECK_THROWS_AS(SessionChannel::create(std::move(options)), std::invalid_argument);
}

std::string numbered_message(std::mt19937& random, std::size_t number) {
  const std::size_t size = random() % 10 == 0 ? 1 + random() % 20'000 : 1 + random() % 200;
  return std::to_string(number) + std::string(size, 'm');
}

TEST_CASE("whatever breaks when, every message comes once and in order") {
  const unsigned seed = GENERATE(range(1U, 41U));
  INFO("seed " << seed);
  std::mt19937 random(seed);
  BrokenSession session;
  std::vector<std::string> to_agent;
  std::vector<std::string> to_client;
  for (int round = 0; round < 500; ++round) {
    switch (random() % 8) {
      case 0:
        to_agent.push_back(numbered_message(random, to_agent.size()));
        REQUIRE(session.client().channel.send(to_agent.back()));
        break;
      case 1:
        to_client.push_back(numbered_message(random, to_client.size()));
        session.say_to_client(to_client.back());
        break;
      case 2:
        session.client().now += kAckDelay / 2;
        session.agent().now += kAckDelay / 2;
        break;
      case 3:
        if (random() % 6 == 0) session.break_stream();
        break;
      case 4:
      case 5:
        (void)session.carry(session.client(), session.agent(), 600 + random() % kMaxPacket);
        break;
      default:
        (void)session.carry(session.agent(), session.client(), 600 + random() % kMaxPacket);
        break;
    }
  }
  session.settle();
  session.collect();
  CHECK(session.to_agent == to_agent);
  CHECK(session.to_client == to_client);
}

}  // namespace
}  // namespace sfteams::tunnel
