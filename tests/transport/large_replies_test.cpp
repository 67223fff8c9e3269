#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/transport/raw_server.h"
#include "transport/answer_budget.h"
#include "transport/codes.h"
#include "transport/fair_queue.h"
#include "transport/http_client.h"

using sfteams::Result;
using sfteams::crypto::Secret;
using namespace sfteams::transport;

namespace {

constexpr std::size_t kLarge = 1'000'000;
constexpr std::size_t kRoom = 2'500'000;
constexpr Duration kSoon{20'000};

/// Answers "/large" with kLarge bytes, "/chunked" with as many without saying so, "/huge" with more
/// than the whole budget, "/stalls" with the beginning of it, "/waits" not at all, and anything
/// else with "small".
RawServer::Script answers() {
  return [](RawConnection& connection) {
    while (true) {
      const std::string request = connection.read_request();
      if (request.empty()) return;
      const auto asked = [&request](const char* path) {
        return request.find(path) != std::string::npos;
      };
      bool sent = false;
      if (asked("/large")) {
        sent = connection.send(http_reply(200, "text/plain", std::string(kLarge, 'x')));
      } else if (asked("/huge")) {
        sent = connection.send(http_reply(200, "text/plain", std::string(kRoom + 1, 'x')));
      } else if (asked("/chunked")) {
        sent = connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nf4240\r\n" +
                               std::string(kLarge, 'x') + "\r\n0\r\n\r\n");
      } else if (asked("/waits")) {
        connection.wait_for_close();
        return;
      } else if (asked("/stalls")) {
        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n" +
                        std::string(kLarge / 2, 'x'));
        connection.wait_for_close();
        return;
      } else {
        sent = connection.send(http_reply(200, "text/plain", "small"));
      }
      if (!sent) return;
    }
  };
}

struct LargeFixture {
  std::unique_ptr<Loop> loop = std::move(*Loop::create());
  std::unique_ptr<Network> network = std::move(*Network::create(*loop));
  RawServer server{answers()};
  std::unique_ptr<HttpClient> client = std::move(*HttpClient::create(*network, 4, kRoom));
  std::vector<std::unique_ptr<HttpPending>> pending;
  std::vector<HttpReply> replies;
  std::vector<std::string> failures;
  std::unique_ptr<Timer> limit;

  [[nodiscard]] HttpCall call_to(const std::string& path, const std::string& sender = "a") const {
    HttpCall call;
    call.url = Secret::from_text("http://127.0.0.1:" + std::to_string(server.port()) + path);
    call.sender = sender;
    return call;
  }
  void ask(const std::string& path, const std::string& sender = "a",
           Duration timeout = Duration(30'000)) {
    HttpCall call = call_to(path, sender);
    call.timeout = timeout;
    pending.push_back(client->send(std::move(call), [this](Result<HttpReply> reply) {
      if (reply) {
        replies.push_back(std::move(*reply));
      } else {
        failures.emplace_back(reply.error().code.id);
      }
    }));
  }
  /// Turns the loop until it is so.
  template <typename Condition>
  void until(Condition condition) {
    limit = loop->after(kSoon, [this] {
      loop->stop();
      FAIL("took too long");
    });
    std::unique_ptr<Timer> again;
    std::function<void()> look = [&] {
      if (condition()) return loop->stop();
      again = loop->after(Duration(1), look);
    };
    look();
    if (!condition()) loop->run();
    limit.reset();
  }
};

}  // namespace

TEST_CASE_METHOD(LargeFixture,
                 "large replies beyond the budget wait until others have been let go") {
  for (int i = 0; i < 12; ++i)
    ask("/large");
  until([&] { return replies.size() == 2 && client->load().waiting > 0; });
  CHECK(client->load().bytes == 2 * kLarge);
  std::size_t received = 0;
  while (received < 12) {
    until([&] { return !replies.empty(); });
    for (const HttpReply& reply : replies)
      CHECK(reply.body.size() == kLarge);
    received += replies.size();
    replies.clear();  // and with them their parts of the budget
  }
  until([&] { return client->load().bytes == 0; });
  CHECK(failures.empty());
  CHECK(client->load().most_bytes == 2 * kLarge);
  CHECK(client->load().waited > 0);
  CHECK(client->load().waiting == 0);
}

TEST_CASE_METHOD(LargeFixture,
                 "small replies pass large ones that wait, also when all places are taken") {
  for (int i = 0; i < 4; ++i)
    ask("/large");
  until([&] { return client->load().waiting == 2 && replies.size() == 2; });
  const std::vector<HttpReply> kept = std::exchange(replies, {});
  // More large ones than there are places, and all of them wait.
  for (int i = 0; i < 2; ++i)
    ask("/large");
  until([&] { return client->load().waiting == 4; });
  for (int i = 0; i < 5; ++i)
    ask("/");
  until([&] { return replies.size() == 5; });
  for (const HttpReply& reply : replies)
    CHECK(reply.body == "small");
  CHECK(client->load().waiting == 4);
}

TEST_CASE_METHOD(LargeFixture, "the time in which a reply waits for others is not counted") {
  for (int i = 0; i < 2; ++i)
    ask("/large");
  until([&] { return replies.size() == 2; });
  ask("/large", "a", Duration(300));
  until([&] { return client->load().waiting == 1; });
  const TimePoint enough = loop->now() + Duration(400);
  until([&] { return loop->now() >= enough; });
  CHECK(failures.empty());
  replies.clear();
  until([&] { return replies.size() == 1; });
  CHECK(failures.empty());
}

TEST_CASE_METHOD(LargeFixture, "one that stalls is given up, and gives back what it had reserved") {
  ask("/stalls", "a", Duration(200));
  ask("/stalls", "a", Duration(200));
  until([&] { return client->load().bytes == 2 * kLarge; });
  ask("/large");
  until([&] { return client->load().waiting == 1; });
  until([&] { return replies.size() == 1; });
  CHECK(failures == std::vector<std::string>{"transport.timeout", "transport.timeout"});
}

TEST_CASE_METHOD(LargeFixture, "a reply larger than the whole budget passes alone") {
  ask("/huge");
  ask("/huge");
  ask("/large");
  std::size_t received = 0;
  while (received < 3) {
    until([&] { return !replies.empty(); });
    received += replies.size();
    replies.clear();
  }
  CHECK(failures.empty());
  CHECK(client->load().most_bytes <= kRoom + 1);
}

TEST_CASE_METHOD(LargeFixture,
                 "a reply that does not say how long it is reserves the most that it may be") {
  for (int i = 0; i < 3; ++i) {
    HttpCall call = call_to("/chunked");
    call.max_body = 2'000'000;
    pending.push_back(client->send(std::move(call), [this](Result<HttpReply> reply) {
      REQUIRE(reply);
      replies.push_back(std::move(*reply));
    }));
  }
  until([&] { return replies.size() == 1; });
  CHECK(client->load().most_bytes == 2'000'000);
  CHECK(client->load().bytes <= kRoom);
  // What turned out not to be needed is there for the next ones, as far as it reaches.
  std::size_t received = 0;
  while (received < 3) {
    until([&] { return !replies.empty(); });
    received += replies.size();
    replies.clear();
  }
}

TEST_CASE_METHOD(LargeFixture, "cancelled ones give back, whether they wait or not") {
  for (int i = 0; i < 6; ++i)
    ask("/large");
  until([&] { return client->load().waiting > 0 && replies.size() == 2; });
  pending.clear();
  replies.clear();
  CHECK(client->load().bytes == 0);
  CHECK(client->load().waiting == 0);
  ask("/large");
  ask("/");
  until([&] { return replies.size() == 2; });
}

TEST_CASE_METHOD(LargeFixture, "the client can go while replies wait and others are held") {
  for (int i = 0; i < 6; ++i)
    ask("/large");
  until([&] { return client->load().waiting > 0 && replies.size() == 2; });
  client.reset();
  pending.clear();
  replies.clear();
}

TEST_CASE_METHOD(LargeFixture, "senders take turns when calls wait") {
  std::vector<std::unique_ptr<HttpPending>> stuck;
  for (int i = 0; i < 4; ++i) {
    stuck.push_back(client->send(call_to("/waits", "many"), [](const auto&) {}));
  }
  std::string order;
  const auto ask_as = [&](const std::string& sender) {
    pending.push_back(client->send(call_to("/", sender), [&order, sender](const auto& reply) {
      CHECK(reply);
      order += sender;
    }));
  };
  for (int i = 0; i < 6; ++i)
    ask_as("m");
  ask_as("o");
  stuck.resize(3);  // one place for all
  until([&] { return order.size() == 7; });
  CHECK(order == "mommmmm");
}

TEST_CASE("calls that end at the same moment are handed over in slices") {
  const auto loop = std::move(*Loop::create());
  const auto network = std::move(*Network::create(*loop));
  const RawServer server{answers()};
  const auto client = std::move(*HttpClient::create(*network, 32));
  constexpr int kCalls = 24;
  const auto work = [](std::chrono::milliseconds length) {
    const auto until = std::chrono::steady_clock::now() + length;
    while (std::chrono::steady_clock::now() < until) {
    }
  };
  int answered = 0;
  int in_this_turn = 0;
  int most = 0;
  loop->observe_turns([&](auto) { in_this_turn = 0; });
  std::vector<std::unique_ptr<HttpPending>> pending;
  for (int i = 0; i < kCalls; ++i) {
    HttpCall call;
    call.url = Secret::from_text("http://127.0.0.1:" + std::to_string(server.port()) + "/");
    pending.push_back(client->send(std::move(call), [&](const Result<HttpReply>& reply) {
      CHECK(reply);
      most = std::max(most, ++in_this_turn);
      // All others have arrived before the first of them is done with.
      work(std::chrono::milliseconds(answered == 0 ? 500 : 3));
      if (++answered == kCalls) loop->stop();
    }));
  }
  loop->run();
  loop->observe_turns(nullptr);
  CHECK(answered == kCalls);
  CHECK(most <= 3);
}

TEST_CASE("a budget lets one that is too large for it pass only while nobody else has a part") {
  int told = 0;
  AnswerBudget budget(100, [&] { ++told; });
  auto small = budget.take(60);
  REQUIRE(small);
  CHECK_FALSE(budget.take(41));
  CHECK_FALSE(budget.take(1000));
  small->shrink_to(10);
  CHECK(told == 1);
  CHECK(budget.in_use() == 10);
  small.reset();
  CHECK(told == 2);
  auto huge = budget.take(1000);
  REQUIRE(huge);
  CHECK_FALSE(budget.take(1));
  huge.reset();
  CHECK(budget.in_use() == 0);
  CHECK(budget.most_used() == 1000);
}

TEST_CASE("a part may outlive its budget") {
  auto budget = std::make_unique<AnswerBudget>(100, [] { FAIL("nobody is there to be told"); });
  auto part = budget->take(50);
  budget.reset();
  part.reset();
}

TEST_CASE("a fair queue goes from sender to sender and keeps each one's order") {
  FairQueue<std::string> queue;
  for (const char* item : {"a1", "a2", "a3"})
    queue.push("a", item);
  queue.push("b", "b1");
  queue.push("c", "c1");
  std::string order;
  order += queue.pop();
  queue.push("b", "b2");
  while (!queue.empty())
    order += queue.pop();
  CHECK(order == "a1b1c1a2b2a3");
}
