#include "tests/integration/callers.h"

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "base/crypto/secret.h"
#include "client/connection.h"
#include "keygen/key_file.h"

namespace sfteams::integration {
namespace {

using std::chrono::duration_cast;
using transport::Duration;
using transport::TimePoint;

/// Answered with nothing for a call that the PBX does not know; it stands in the journal.
constexpr const char* kMethod = "ucp.v30.requests.call.getCallState";
constexpr Duration kBetweenCalls{20};
constexpr Duration kBeforeAnotherSession{200};
constexpr Duration kSignInPatience{60'000};
constexpr const char* kAnswered = "answered";

/// The text between "token-" and '!' of a call's parameters.
std::string token_of(const std::string& params) {
  const std::size_t begin = params.find("token-");
  if (begin == std::string::npos) return {};
  return params.substr(begin, params.find('!', begin) - begin);
}

}  // namespace

/// In the loop's thread; what others read is in Callers, under its lock.
class Callers::Caller final : public client::ConnectionHandler {
 public:
  Caller(Callers& all, std::size_t number, Installation::User user)
      : all_(all), number_(number), user_(std::move(user)) {}

  void open() {
    client::ConnectionOptions options;
    options.access = all_.access_;
    options.ca_file = all_.ca_file_;
    options.software = "starface-teams-callers";
    auto opened = client::Connection::open(*all_.network_, options, *this);
    if (opened) {
      connection_ = std::move(*opened);
    } else {
      open_again();
    }
  }

 private:
  void on_open() override {
    connection_->login(user_.name, crypto::Secret::from_text(user_.password), kSignInPatience,
                       [this](const Result<Json::Value>& result) {
                         if (!result) return connection_->close();
                         note([](Seen& seen) { seen.signed_in = 1; });
                         call_after_a_while();
                       });
  }
  void on_interrupted(const Error& /*error*/, Duration /*window*/) override {
    if (interrupted_since_) return;
    interrupted_since_ = all_.loop_->now();
    note([](Seen& seen) {
      ++seen.interruptions;
      seen.interrupted = 1;
    });
  }
  void on_resumed() override {
    const auto since = std::exchange(interrupted_since_, std::nullopt);
    note([time = since ? until_now(*since) : Milliseconds(0)](Seen& seen) {
      seen.interrupted = 0;
      seen.longest_interruption = std::max(seen.longest_interruption, time);
    });
  }
  void on_notification(const std::string& /*method*/, const Json::Value& /*params*/) override {}
  void on_closed(const std::optional<Error>& error) override {
    interrupted_since_.reset();
    pause_.reset();
    note([&error](Seen& seen) {
      if (seen.signed_in > 0) {
        ++seen.sessions_lost;
        seen.failures.push_back("a session: " + (error ? describe(*error) : "closed"));
      }
      seen.signed_in = 0;
      seen.interrupted = 0;
    });
    open_again();
  }

  void open_again() {
    pause_ = all_.loop_->after(kBeforeAnotherSession, [this] {
      connection_.reset();
      open();
    });
  }

  void call_after_a_while() {
    pause_ = all_.loop_->after(kBetweenCalls, [this] { call(); });
  }

  void call() {
    const std::string token = fmt::format("token-{}-{}", number_, ++count_);
    {
      const std::lock_guard lock(all_.mutex_);
      if (all_.calm_) return;
      all_.calls_.emplace(token, "");
    }
    Json::Value params(Json::arrayValue);
    params.append(token + "!");
    connection_->call(kMethod, params, Duration(0),
                      [this, token, since = all_.loop_->now()](const Result<Json::Value>& result) {
                        answered(token, since, result);
                      });
  }

  void answered(const std::string& token, TimePoint since, const Result<Json::Value>& result) {
    note([&](Seen& seen) {
      seen.longest_call = std::max(seen.longest_call, until_now(since));
      all_.calls_[token] = result ? kAnswered : describe(result.error());
      if (result) {
        ++seen.answered;
      } else {
        seen.failures.push_back(token + ": " + describe(result.error()));
      }
    });
    // When the session has ended, so has this call.
    if (result) call_after_a_while();
  }

  [[nodiscard]] Milliseconds until_now(TimePoint since) const {
    return duration_cast<Milliseconds>(all_.loop_->now() - since);
  }
  template <typename Change>
  void note(const Change& change) {
    const std::lock_guard lock(all_.mutex_);
    change(all_.seen_[number_]);
  }

  Callers& all_;
  std::size_t number_;
  Installation::User user_;
  std::size_t count_ = 0;
  std::optional<TimePoint> interrupted_since_{};
  std::unique_ptr<client::Connection> connection_;
  std::unique_ptr<transport::Timer> pause_;
};

Callers::Callers(const Installation& installation, const std::vector<Installation::User>& users)
    : access_(client::Access::from(keygen::read_key_file(installation.key_file()).value()).value()),
      ca_file_(installation.file("ca.pem")),
      loop_(transport::Loop::create().value()),
      seen_(users.size()) {
  thread_ = std::thread([this, users] {
    const auto network = transport::Network::create(*loop_).value();
    network_ = network.get();
    std::vector<std::unique_ptr<Caller>> callers;
    for (const Installation::User& user : users) {
      callers.push_back(std::make_unique<Caller>(*this, callers.size(), user));
      callers.back()->open();
    }
    loop_->run();
  });
  if (!eventually([&] { return seen().signed_in == users.size(); }))
    throw std::runtime_error("the callers cannot sign in");
}

Callers::~Callers() {
  loop_->post([this] { loop_->stop(); });
  thread_.join();
}

Callers::Seen Callers::seen() const {
  const std::lock_guard lock(mutex_);
  Seen all;
  for (const Seen& one : seen_) {
    all.signed_in += one.signed_in;
    all.interrupted += one.interrupted;
    all.interruptions += one.interruptions;
    all.sessions_lost += one.sessions_lost;
    all.answered += one.answered;
    all.failures.insert(all.failures.end(), one.failures.begin(), one.failures.end());
    all.longest_interruption = std::max(all.longest_interruption, one.longest_interruption);
    all.longest_call = std::max(all.longest_call, one.longest_call);
  }
  return all;
}

void Callers::measure_again() {
  const std::lock_guard lock(mutex_);
  for (Seen& one : seen_) {
    one.longest_interruption = Milliseconds(0);
    one.longest_call = Milliseconds(0);
  }
}

bool Callers::go_on(std::size_t calls) const {
  const auto answers = [this] {
    const std::lock_guard lock(mutex_);
    std::vector<std::size_t> counts;
    for (const Seen& one : seen_)
      counts.push_back(one.answered);
    return counts;
  };
  const std::vector<std::size_t> before = answers();
  return eventually([&] {
    const std::vector<std::size_t> now = answers();
    return std::equal(now.begin(), now.end(), before.begin(),
                      [calls](std::size_t one, std::size_t then) { return one >= then + calls; });
  });
}

std::vector<std::string> Callers::compare(const Installation& installation) {
  {
    const std::lock_guard lock(mutex_);
    calm_ = true;
  }
  const auto all_answered = [this] {
    const std::lock_guard lock(mutex_);
    return std::ranges::none_of(calls_, [](const auto& call) { return call.second.empty(); });
  };
  std::vector<std::string> wrong;
  if (!eventually(all_answered)) wrong.emplace_back("a call has no answer");
  std::map<std::string, int> executed;
  const Json::Value journal = installation.simulator_get("/control/journal?limit=20000");
  for (const Json::Value& entry : journal["entries"]) {
    if (entry["kind"] != "request" || entry["method"] != kMethod) continue;
    ++executed[token_of(entry["params"].asString())];
  }
  const std::lock_guard lock(mutex_);
  for (const auto& [token, ending] : calls_) {
    const auto found = executed.find(token);
    const int times = found == executed.end() ? 0 : found->second;
    if (times > 1) wrong.push_back(fmt::format("{} was executed {} times", token, times));
    if (ending == kAnswered && times == 0) wrong.push_back(token + " was never executed");
    if (ending != kAnswered) wrong.push_back(token + ": " + ending);
  }
  for (const Seen& one : seen_)
    wrong.insert(wrong.end(), one.failures.begin(), one.failures.end());
  return wrong;
}

}  // namespace sfteams::integration
