#include "tests/faults/fleet.h"

#include <algorithm>
#include <charconv>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "crypto/secret.h"
#include "json/json.h"

namespace sfteams::faults {
namespace {

using transport::Duration;

constexpr Duration kSignInTimeout{60'000};
constexpr Duration kRestBetweenSessions{500};
constexpr std::size_t kCallsAtOnce = 3;

/// The number in an event's parameter, "event-17!"; 0 for other events.
std::uint64_t event_number(const Json::Value& params) {
  if (!params.isArray() || params.empty()) return 0;
  const auto text = json::text_of(params[0]);
  constexpr std::string_view kBegin = "event-";
  if (!text || !text->starts_with(kBegin)) return 0;
  std::uint64_t number = 0;
  std::from_chars(text->data() + kBegin.size(), text->data() + text->size(), number);
  return number;
}

}  // namespace

/// One user at one device: a session after the other.
class Fleet::Member final : public client::ConnectionHandler {
 public:
  Member(Fleet& fleet, std::size_t number)
      : fleet_(fleet),
        number_(number),
        user_(std::to_string(fleet.setup_.first_user +
                             static_cast<int>(number) % fleet.setup_.users)) {}

  void open() {
    if (fleet_.calm_) return;
    client::ConnectionOptions options;
    options.access = fleet_.setup_.access;
    options.ca_file = fleet_.setup_.ca_file;
    options.open_timeout = kSignInTimeout;
    options.software = "starface-teams-soak";
    auto opened = client::Connection::open(fleet_.setup_.network, std::move(options), *this);
    if (opened) {
      connection_ = std::move(*opened);
    } else {
      ++fleet_.failures_["sign-in: " + std::string(opened.error().code.id)];
      rest();
    }
  }
  /// The session is over for the fleet; `to_the_end`: it was there when all had come to rest.
  void write_down(bool to_the_end) {
    if (!std::exchange(signed_in_, false)) return;
    fleet_.setup_.books.heard({user_, std::exchange(events_, {}), to_the_end});
  }
  void close() {
    if (connection_) connection_->close();
  }

  [[nodiscard]] bool signed_in() const { return signed_in_; }
  [[nodiscard]] bool interrupted() const { return interrupted_; }
  [[nodiscard]] std::size_t calls() const { return under_way_.size(); }

 private:
  void on_open() override {
    connection_->login(user_, crypto::Secret::from_text(fleet_.setup_.password), kSignInTimeout,
                       [this](const Result<Json::Value>& result) { on_login(result); });
  }
  void on_login(const Result<Json::Value>& result) {
    if (!result) {
      ++fleet_.failures_["sign-in: " + std::string(result.error().code.id)];
      connection_->close();
      return;
    }
    signed_in_ = true;
    call_after_a_while();
  }
  void on_interrupted(const Error&, Duration) override { interrupted_ = true; }
  void on_resumed() override {
    interrupted_ = false;
    ++fleet_.resumptions_;
  }
  void on_notification(const std::string&, const Json::Value& params) override {
    if (const std::uint64_t number = event_number(params); number > 0) events_.push_back(number);
  }
  void on_closed(const std::optional<Error>& error) override {
    if (error && signed_in_) ++fleet_.losses_[std::string(error->code.id)];
    if (error && !signed_in_) ++fleet_.failures_["sign-in: " + std::string(error->code.id)];
    for (const std::string& token : under_way_)
      fleet_.setup_.books.ended(token, Fate::unknown);
    under_way_.clear();
    interrupted_ = false;
    write_down(false);
    calls_ = nullptr;
    rest();
  }

  void rest() {
    // In a later turn, because the connection is on the stack.
    again_ = fleet_.setup_.loop.after(kRestBetweenSessions, [this] {
      connection_.reset();
      open();
    });
  }

  void call_after_a_while() {
    const Duration pause(std::uniform_int_distribution<int>(20, 800)(fleet_.random_));
    calls_ = fleet_.setup_.loop.after(pause, [this] {
      if (fleet_.calm_) return;
      if (under_way_.size() < kCallsAtOnce) call();
      call_after_a_while();
    });
  }
  void call() {
    const std::string name = fmt::format("{}-{}", number_, ++count_);
    const std::string token = "t" + name;
    Json::Value params(Json::arrayValue);
    params.append("token-" + name + "!");
    fleet_.setup_.books.asked(token);
    under_way_.insert(token);
    connection_->call(
        fleet_.setup_.method, params, Duration(0),
        [this, token](const Result<Json::Value>& result) { on_answer(token, result); });
  }
  void on_answer(const std::string& token, const Result<Json::Value>& result) {
    // What fails because the session has ended is written down there.
    if (!result && (result.error().code.id.starts_with("client.") ||
                    result.error().code.id.starts_with("tunnel."))) {
      fleet_.setup_.books.ended(token, Fate::unknown);
      under_way_.erase(token);
      return;
    }
    if (!result) ++fleet_.failures_[std::string(result.error().code.id)];
    fleet_.setup_.books.ended(token, result ? Fate::answered : Fate::failed);
    under_way_.erase(token);
  }

  Fleet& fleet_;
  std::size_t number_;
  std::string user_;
  std::unique_ptr<client::Connection> connection_;
  std::unique_ptr<transport::Timer> again_;
  std::unique_ptr<transport::Timer> calls_;
  std::set<std::string> under_way_;
  std::vector<std::uint64_t> events_;
  std::uint64_t count_ = 0;
  bool signed_in_ = false;
  bool interrupted_ = false;
};

Fleet::Fleet(Setup setup) : setup_(std::move(setup)), random_(setup_.seed) {
  for (std::size_t i = 0; i < setup_.sessions; ++i)
    members_.push_back(std::make_unique<Member>(*this, i));
}

Fleet::~Fleet() = default;

void Fleet::start() {
  for (const auto& member : members_)
    member->open();
}

std::size_t Fleet::signed_in() const {
  return static_cast<std::size_t>(std::ranges::count_if(members_, &Member::signed_in));
}

std::size_t Fleet::interrupted() const {
  return static_cast<std::size_t>(std::ranges::count_if(members_, &Member::interrupted));
}

std::size_t Fleet::calls_under_way() const {
  std::size_t calls = 0;
  for (const auto& member : members_)
    calls += member->calls();
  return calls;
}

void Fleet::end() {
  calm_ = true;
  for (const auto& member : members_) {
    member->write_down(true);
    member->close();
  }
}

}  // namespace sfteams::faults
