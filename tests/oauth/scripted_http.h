#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/fake_scheduler.h"
#include "transport/http_client.h"

namespace sfteams::oauth::test {

inline transport::HttpReply reply_of(int status, std::string body,
                                     std::string type = "application/json") {
  return {status, std::move(type), std::move(body)};
}
inline transport::HttpReply redirect_to(std::string url) {
  transport::HttpReply reply{302, "", ""};
  reply.redirect = std::move(url);
  return reply;
}

/// Keeps every request until the test answers it, or answers by a rule in a later turn.
class ScriptedHttp final : public transport::HttpClient {
 public:
  struct Asked {
    std::string method;
    std::string url;
    std::string body;  ///< of either kind
    std::string authorization;
    transport::HttpCall call;
  };
  using Reply = Result<transport::HttpReply>;
  using Rule = std::function<Reply(const Asked&)>;

  explicit ScriptedHttp(sfteams::test::FakeScheduler& scheduler) : scheduler_(scheduler) {}

  [[nodiscard]] std::unique_ptr<transport::HttpPending> send(
      transport::HttpCall call, std::function<void(Reply)> callback) override {
    Asked question{call.method, std::string(call.url.text()),
                   call.secret_body.empty() ? call.body : std::string(call.secret_body.text()),
                   std::string(call.authorization.text()), std::move(call)};
    auto open = std::make_shared<Open>();
    open->url = question.url;
    open->callback = std::move(callback);
    open_.push_back(open);
    for (const auto& [part, rule] : rules_) {
      if (question.url.find(part) == std::string::npos) continue;
      open->turn =
          scheduler_.after(latency, [open, reply = rule(question)] { finish(open, reply); });
      break;
    }
    asked.push_back(std::move(question));
    return std::make_unique<Pending>(std::move(open));
  }

  /// Requests whose URL has that part are answered so from now on; the newest rule counts.
  void answers(std::string part, Rule rule) {
    rules_.insert(rules_.begin(), {std::move(part), std::move(rule)});
  }
  void answers(std::string part, int status, std::string body) {
    answers(std::move(part), [status, body = std::move(body)](const Asked&) -> Reply {
      return reply_of(status, body);
    });
  }
  /// Answers the oldest open request whose URL has that part.
  void answer(std::string_view part, Reply reply) {
    const auto open = find(part);
    if (!open) FAIL("no open request to " << part);
    finish(open, std::move(reply));
  }
  [[nodiscard]] bool is_open(std::string_view part) const { return find(part) != nullptr; }
  [[nodiscard]] std::ptrdiff_t open() const {
    return std::ranges::count_if(open_, [](const auto& one) { return is_waiting(one); });
  }
  /// How many requests to such a URL were ever sent.
  [[nodiscard]] std::ptrdiff_t count(std::string_view part) const {
    return std::ranges::count_if(
        asked, [part](const Asked& one) { return one.url.find(part) != std::string::npos; });
  }
  [[nodiscard]] const Asked& last(std::string_view part) const {
    const auto found = std::find_if(asked.rbegin(), asked.rend(), [part](const Asked& one) {
      return one.url.find(part) != std::string::npos;
    });
    if (found == asked.rend()) FAIL("nothing was asked of " << part);
    return *found;
  }

  std::vector<Asked> asked;
  transport::Duration latency{0};  ///< of rules

 private:
  struct Open {
    std::string url;
    std::function<void(Reply)> callback;
    std::unique_ptr<transport::Timer> turn;
  };
  struct Pending final : transport::HttpPending {
    explicit Pending(std::shared_ptr<Open> the_open) : open(std::move(the_open)) {}
    ~Pending() override {
      open->callback = nullptr;
      open->turn.reset();
    }
    Pending(const Pending&) = delete;
    Pending& operator=(const Pending&) = delete;
    std::shared_ptr<Open> open;
  };

  static bool is_waiting(const std::shared_ptr<Open>& open) { return open->callback != nullptr; }
  static void finish(const std::shared_ptr<Open>& open, Reply reply) {
    if (const auto callback = std::exchange(open->callback, nullptr)) callback(std::move(reply));
  }
  [[nodiscard]] std::shared_ptr<Open> find(std::string_view part) const {
    for (const auto& open : open_) {
      if (is_waiting(open) && open->url.find(part) != std::string::npos) return open;
    }
    return nullptr;
  }

  sfteams::test::FakeScheduler& scheduler_;
  std::vector<std::pair<std::string, Rule>> rules_;
  std::vector<std::shared_ptr<Open>> open_;
};

}  // namespace sfteams::oauth::test
