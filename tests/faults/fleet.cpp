#include "tests/faults/fleet.h"

#include <algorithm>
#include <charconv>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "crypto/secret.h"
#include "json/json.h"
#include "tests/faults/sign_ins.h"

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
        user_(fleet.user_of(number)),
        sign_ins_(user_, fleet.setup_.passwords, fleet.setup_.longest_pause) {}

  void open() {
    if (fleet_.calm_) return;
    auto opened =
        client::Connection::open(fleet_.setup_.network, fleet_.connection_options(), *this);
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
  void ask_for_much() {
    ++large_;
    connection_->call(fleet_.setup_.large_method, fleet_.setup_.large_params, Duration(0),
                      [this](const Result<Json::Value>& result) { on_much(result); });
  }

  [[nodiscard]] bool signed_in() const { return signed_in_; }
  [[nodiscard]] bool interrupted() const { return interrupted_; }
  [[nodiscard]] std::size_t calls() const { return under_way_.size() + large_; }

 private:
  void on_open() override {
    connection_->login(user_, crypto::Secret::from_text(sign_ins_.begin()), kSignInTimeout,
                       [this](const Result<Json::Value>& result) { on_login(result); });
  }
  void on_login(const Result<Json::Value>& result) {
    if (!result) {
      ++fleet_.failures_["sign-in: " + std::string(result.error().code.id)];
      turned_away(result.error().code.id);
      connection_->close();
      return;
    }
    signed_in_ = true;
    sign_ins_.accepted();
    if (const auto left = std::exchange(left_, std::nullopt)) {
      const auto absence = fleet_.setup_.loop.now() - *left;
      fleet_.longest_absence_ =
          std::max(fleet_.longest_absence_, std::chrono::duration_cast<Duration>(absence));
    }
    call_after_a_while();
  }
  void on_interrupted(const Error&, Duration) override { interrupted_ = true; }
  void on_resumed() override {
    interrupted_ = false;
    ++fleet_.resumptions_;
  }
  void on_notification(const std::string& method, const Json::Value& params) override {
    if (method == "session.signedOut") return on_signed_out(params);
    if (const std::uint64_t number = event_number(params); number > 0) events_.push_back(number);
  }
  void on_signed_out(const Json::Value& params) {
    if (!signed_in_) return;
    lost(params["code"].asString());
    connection_->close();
  }
  void on_closed(const std::optional<Error>& error) override {
    if (error && signed_in_) lost(error->code.id);
    if (error && !signed_in_) ++fleet_.failures_["sign-in: " + std::string(error->code.id)];
    for (const std::string& token : under_way_)
      fleet_.setup_.books.ended(token, Fate::unknown);
    under_way_.clear();
    large_ = 0;
    interrupted_ = false;
    write_down(false);
    calls_ = nullptr;
    rest();
  }

  void lost(std::string_view code) {
    ++fleet_.losses_[std::string(code)];
    turned_away(code);
    left_ = fleet_.setup_.loop.now();
    write_down(false);
    calls_ = nullptr;
  }
  void turned_away(std::string_view code) {
    const auto promise = sign_ins_.turned_away(code, fleet_.setup_.loop.now());
    if (promise) fleet_.setup_.books.broke(*promise);
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

  void on_much(const Result<Json::Value>& result) {
    if (large_ > 0) --large_;
    ++fleet_.large_[result ? "answered" : std::string(result.error().code.id)];
    if (result && (*result)["entries"].size() != fleet_.setup_.large_entries) {
      fleet_.setup_.books.broke(fmt::format("{} was answered with {} entries instead of {}", user_,
                                            (*result)["entries"].size(),
                                            fleet_.setup_.large_entries));
    }
  }

  Fleet& fleet_;
  std::size_t number_;
  std::string user_;
  SignIns sign_ins_;
  std::unique_ptr<client::Connection> connection_;
  std::unique_ptr<transport::Timer> again_;
  std::unique_ptr<transport::Timer> calls_;
  std::set<std::string> under_way_;
  std::vector<std::uint64_t> events_;
  std::uint64_t count_ = 0;
  std::size_t large_ = 0;                       ///< requests for much, under way
  std::optional<transport::TimePoint> left_{};  ///< when the last session ended
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

client::ConnectionOptions Fleet::connection_options() const {
  client::ConnectionOptions options;
  options.access = setup_.access;
  options.ca_file = setup_.ca_file;
  options.open_timeout = kSignInTimeout;
  options.software = "starface-teams-soak";
  return options;
}

void Fleet::ask_for_much(std::size_t members) {
  for (std::size_t looked = 0; looked < members_.size() && members > 0; ++looked) {
    Member& member = *members_[next_for_much_];
    next_for_much_ = (next_for_much_ + 1) % members_.size();
    if (!member.signed_in()) continue;
    member.ask_for_much();
    --members;
  }
}

void Fleet::guess(const std::string& user) {
  std::erase_if(strangers_, [](const auto& stranger) { return stranger->over(); });
  auto sent = Stranger::send(setup_.network, connection_options(), user, setup_.books, guesses_);
  if (sent) strangers_.push_back(std::move(*sent));
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
