#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "transport/bus/bus.h"
#include "transport/scheduler.h"

namespace sfteams::bus::test {

/// Whether a subject is one that `pattern`, with "*" and ">", is for.
[[nodiscard]] inline bool matches(std::string_view pattern, std::string_view subject) {
  for (;;) {
    if (pattern == ">") return !subject.empty();
    const std::size_t one = pattern.find('.');
    const std::size_t other = subject.find('.');
    const std::string_view token = pattern.substr(0, one);
    if (token != "*" && token != subject.substr(0, other)) return false;
    if (one == std::string_view::npos || other == std::string_view::npos) return one == other;
    pattern.remove_prefix(one + 1);
    subject.remove_prefix(other + 1);
  }
}

class FakeBus;

/// What the buses of several nodes are connected to. Time is that of the scheduler.
class FakeBroker {
 public:
  explicit FakeBroker(transport::Scheduler& scheduler) : scheduler_(scheduler) {}

  /// How long a message takes.
  transport::Duration delay{1};
  /// What happens to one message on its way from `from` to `to`: 0 it is lost, 1 it comes, 2 it
  /// comes twice. None: it comes.
  std::function<int(const FakeBus& from, const FakeBus& to, const Message&)> fate;
  /// Everything that was published, the oldest first, for tests that look or play something again.
  std::vector<Message> log;

  /// Messages between these two are lost until they are joined again; neither notices.
  void part(const FakeBus& one, const FakeBus& other) {
    parted_.insert({&one, &other});
    parted_.insert({&other, &one});
  }
  void join(const FakeBus& one, const FakeBus& other) {
    parted_.erase({&one, &other});
    parted_.erase({&other, &one});
  }

  /// As a stranger who has a user's name and password for the bus.
  void publish_as_stranger(const Message& message) { spread(nullptr, message); }

 private:
  friend class FakeBus;
  /// How many subscriptions got it.
  std::size_t spread(const FakeBus* from, const Message& message);

  transport::Scheduler& scheduler_;
  std::list<FakeBus*> buses_;
  std::set<std::pair<const FakeBus*, const FakeBus*>> parted_;
  std::uint64_t next_inbox_ = 0;
};

/// One node's bus.
class FakeBus final : public Bus {
 public:
  explicit FakeBus(FakeBroker& broker) : broker_(broker), state_(std::make_shared<State>()) {
    broker_.buses_.push_back(this);
  }
  ~FakeBus() override { broker_.buses_.remove(this); }
  FakeBus(const FakeBus&) = delete;
  FakeBus& operator=(const FakeBus&) = delete;

  /// The line breaks or comes back; everybody who watches hears of it in the next turn.
  void set_up(bool up) {
    if (std::exchange(up_, up) == up) return;
    if (up) ++counts_.ups;
    soon([state = state_, up] {
      const auto watches = state->watches;
      for (const auto& [number, changed] : watches)
        if (state->watches.contains(number)) changed(up);
    });
  }

  [[nodiscard]] bool up() const override { return up_; }

  [[nodiscard]] std::unique_ptr<Handle> watch(std::function<void(bool up)> changed) override {
    const std::uint64_t number = ++state_->next;
    state_->watches.emplace(number, std::move(changed));
    return std::make_unique<Entry>([state = state_, number] { state->watches.erase(number); });
  }

  bool publish(const std::string& subject, Bytes body) override {
    check(body);
    if (!up_) {
      ++counts_.dropped_out;
      return false;
    }
    ++counts_.sent;
    broker_.spread(this, {subject, "", std::move(body)});
    return true;
  }

  [[nodiscard]] std::unique_ptr<Handle> request(const std::string& subject, Bytes body,
                                                transport::Duration deadline,
                                                std::function<void(Reply)> done) override {
    check(body);
    const std::uint64_t number = ++state_->next;
    Request& request = state_->requests[number];
    request.done = std::move(done);
    request.timer = broker_.scheduler_.after(deadline, [state = state_, number] {
      State::finish(state, number, {Reply::Outcome::late});
    });
    auto handle =
        std::make_unique<Entry>([state = state_, number] { state->requests.erase(number); });
    if (!up_) {
      ++counts_.dropped_out;
      soon([state = state_, number] { State::finish(state, number, {Reply::Outcome::down}); });
      return handle;
    }
    ++counts_.sent;
    const std::string inbox = "_INBOX.fake." + std::to_string(++broker_.next_inbox_);
    request.inbox = inbox;
    if (broker_.spread(this, {subject, inbox, std::move(body)}) == 0) {
      state_->requests[number].inbox.clear();
      state_->requests[number].nobody = broker_.scheduler_.after(
          broker_.delay * 2,
          [state = state_, number] { State::finish(state, number, {Reply::Outcome::nobody}); });
    }
    return handle;
  }

  [[nodiscard]] std::unique_ptr<Handle> subscribe(
      const std::string& subject, std::function<void(const Message&)> got) override {
    const std::uint64_t number = ++state_->next;
    state_->subscriptions.emplace(number, std::pair(subject, std::move(got)));
    return std::make_unique<Entry>(
        [state = state_, number] { state->subscriptions.erase(number); });
  }

  [[nodiscard]] const Counts& counts() const override { return counts_; }

 private:
  friend class FakeBroker;
  struct Request {
    std::string inbox;
    std::function<void(Reply)> done;
    std::unique_ptr<transport::Timer> timer;
    std::unique_ptr<transport::Timer> nobody;
  };
  struct State {
    std::uint64_t next = 0;
    std::map<std::uint64_t, std::function<void(bool)>> watches;
    std::map<std::uint64_t, Request> requests;
    std::map<std::uint64_t, std::pair<std::string, std::function<void(const Message&)>>>
        subscriptions;

    static void finish(const std::shared_ptr<State>& state, std::uint64_t number, Reply reply) {
      auto request = state->requests.extract(number);
      if (!request.empty()) request.mapped().done(std::move(reply));
    }
  };
  class Entry final : public Handle {
   public:
    explicit Entry(std::function<void()> end) : end_(std::move(end)) {}
    ~Entry() override { end_(); }
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;

   private:
    std::function<void()> end_;
  };

  static void check(const Bytes& body) {
    if (body.size() > kMaxBody) throw std::length_error("a message that no bus takes");
  }
  void soon(std::function<void()> task) { soon_after(transport::Duration(0), std::move(task)); }
  [[nodiscard]] bool wants(const std::string& subject) const {
    if (!up_) return false;
    for (const auto& [number, subscription] : state_->subscriptions)
      if (matches(subscription.first, subject)) return true;
    for (const auto& [number, request] : state_->requests)
      if (request.inbox == subject) return true;
    return false;
  }
  void take(Message message) {
    if (!up_) return;
    soon_after(broker_.delay,
               [state = state_, message = std::move(message), this] { deliver(state, message); });
  }
  void soon_after(transport::Duration delay, std::function<void()> task) {
    timers_.remove_if([](const auto& each) { return *each.second; });
    auto over = std::make_shared<bool>(false);
    timers_.emplace_back(broker_.scheduler_.after(delay,
                                                  [over, task = std::move(task)] {
                                                    *over = true;
                                                    task();
                                                  }),
                         over);
  }
  void deliver(const std::shared_ptr<State>& state, const Message& message) {
    if (!up_) return;
    ++counts_.received;
    for (const auto& [number, request] : state->requests) {
      if (request.inbox != message.subject) continue;
      State::finish(state, number, {Reply::Outcome::answered, message.body});
      return;
    }
    const auto subscriptions = state->subscriptions;
    for (const auto& [number, subscription] : subscriptions) {
      if (matches(subscription.first, message.subject) && state->subscriptions.contains(number))
        subscription.second(message);
    }
  }

  FakeBroker& broker_;
  std::shared_ptr<State> state_;
  bool up_ = true;
  Counts counts_{};
  std::list<std::pair<std::unique_ptr<transport::Timer>, std::shared_ptr<bool>>> timers_;
};

inline std::size_t FakeBroker::spread(const FakeBus* from, const Message& message) {
  log.push_back(message);
  std::size_t takers = 0;
  for (FakeBus* const to : buses_) {
    if (!to->wants(message.subject)) continue;
    if (from != nullptr && parted_.contains({from, to})) continue;
    ++takers;
    const int times = from != nullptr && fate ? fate(*from, *to, message) : 1;
    for (int time = 0; time < times; ++time)
      to->take(message);
  }
  return takers;
}

}  // namespace sfteams::bus::test
