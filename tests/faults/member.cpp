#include "tests/faults/member.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "base/crypto/secret.h"
#include "base/json/json.h"

namespace sfteams::faults {
namespace {

using transport::Duration;

constexpr Duration kSignInPatience{60'000};
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

Member::Member(Fleet& fleet, std::size_t number)
    : fleet_(fleet),
      number_(number),
      user_(fleet.user_of(number)),
      sign_ins_(user_, fleet.setup_.passwords, fleet.setup_.troubles, fleet.setup_.patience) {}

void Member::open() {
  if (fleet_.calm_) return;
  // The password may change until the connection is there; what fails before is judged by this one.
  static_cast<void>(sign_ins_.begin(now()));
  auto opened = client::Connection::open(fleet_.setup_.network, fleet_.connection_options(), *this);
  if (opened) {
    connection_ = std::move(*opened);
  } else {
    turned_away(opened.error().code.id);
    rest();
  }
}

void Member::write_down(bool to_the_end) {
  if (!std::exchange(signed_in_, false)) return;
  if (to_the_end && !has_to_close_.empty()) {
    fleet_.setup_.books.broke(
        fmt::format("{}: a call failed by {}, and the session went on", user_, has_to_close_));
  }
  fleet_.setup_.books.heard({user_, std::exchange(events_, {}), after_, to_the_end});
}

void Member::close() {
  if (connection_) connection_->close();
}

void Member::on_open() {
  connection_->login(user_, crypto::Secret::from_text(sign_ins_.begin(now())), kSignInPatience,
                     [this](const Result<Json::Value>& result) { on_login(result); });
}

void Member::on_login(const Result<Json::Value>& result) {
  if (!result) {
    turned_away(result.error().code.id);
    connection_->close();
    return;
  }
  signed_in_ = true;
  after_ = fleet_.setup_.last_event();
  note(sign_ins_.accepted(now()));
  if (const auto left = std::exchange(left_, std::nullopt)) {
    fleet_.seen_.longest_absence =
        std::max(fleet_.seen_.longest_absence, std::chrono::duration_cast<Duration>(now() - *left));
  }
  call_after_a_while();
}

void Member::on_interrupted(const Error& /*why*/, Duration /*left*/) {
  if (!interrupted_since_) interrupted_since_ = now();
}

void Member::on_resumed() {
  interrupted_since_.reset();
  ++fleet_.seen_.resumptions;
}

void Member::on_notification(const std::string& method, const Json::Value& params) {
  if (method == "session.signedOut") return on_signed_out(params);
  if (const std::uint64_t number = event_number(params); number > 0) events_.push_back(number);
}

void Member::on_signed_out(const Json::Value& params) {
  if (!signed_in_) return;
  signed_out_ = true;
  lost(params["code"].asString());
  connection_->close();
}

void Member::on_closed(const std::optional<Error>& error) {
  if (error && signed_in_) {
    lost(error->code.id);
  } else if (error && !signed_out_) {
    turned_away(error->code.id);
  }
  for (const auto& [token, since] : under_way_)
    fleet_.setup_.books.ended(token, Fate::unknown);
  under_way_.clear();
  large_ = 0;
  interrupted_since_.reset();
  has_to_close_.clear();
  signed_out_ = false;
  write_down(false);
  calls_ = nullptr;
  rest();
}

void Member::lost(std::string_view code) {
  ++fleet_.seen_.losses[std::string(code)];
  note(sign_ins_.lost(code, interrupted_since_.value_or(now()), now()));
  left_ = now();
  write_down(false);
  calls_ = nullptr;
}

void Member::turned_away(std::string_view code) {
  ++fleet_.seen_.failures["sign-in: " + std::string(code)];
  note(sign_ins_.turned_away(code, now()));
}

void Member::rest() {
  // In a later turn, because the connection is on the stack.
  again_ = fleet_.setup_.loop.after(kRestBetweenSessions, [this] {
    connection_.reset();
    open();
  });
}

void Member::call_after_a_while() {
  const Duration pause(std::uniform_int_distribution<int>(20, 800)(fleet_.random_));
  calls_ = fleet_.setup_.loop.after(pause, [this] {
    if (fleet_.calm_) return;
    if (under_way_.size() < kCallsAtOnce) call();
    call_after_a_while();
  });
}

void Member::call() {
  const std::string name = fmt::format("{}-{}", number_, ++count_);
  const std::string token = "t" + name;
  Json::Value params(Json::arrayValue);
  params.append("token-" + name + "!");
  fleet_.setup_.books.asked(token);
  under_way_.emplace(token, now());
  connection_->call(fleet_.setup_.method, params, Duration(0),
                    [this, token](const Result<Json::Value>& result) { on_answer(token, result); });
}

void Member::on_answer(const std::string& token, const Result<Json::Value>& result) {
  Books& books = fleet_.setup_.books;
  const auto since = under_way_.extract(token);
  if (result) return books.ended(token, Fate::answered);
  const std::string code(result.error().code.id);
  if (took_along(code)) return books.ended(token, Fate::unknown);
  ++fleet_.seen_.failures[code];
  const TimePoint sent = since.empty() ? now() : since.mapped();
  books.failed(token, code, sign_ins_.during(sent, now()),
               std::chrono::duration_cast<Duration>(now() - sent));
}

/// For the connector and the agent there is one code for each session; what became of its requests
/// nobody knows.
bool Member::took_along(std::string_view code) {
  if (!code.starts_with("client.") && !code.starts_with("tunnel.")) return false;
  if (signed_in_) has_to_close_ = code;
  return true;
}

void Member::ask_for_much() {
  ++large_;
  connection_->call(
      fleet_.setup_.large_method, fleet_.setup_.large_params, Duration(0),
      [this, since = now()](const Result<Json::Value>& result) { on_much(result, since); });
}

void Member::on_much(const Result<Json::Value>& result, TimePoint since) {
  if (large_ > 0) --large_;
  if (!result) {
    const std::string code(result.error().code.id);
    ++fleet_.seen_.large_failures[code];
    if (!took_along(code) &&
        judge(Situation::large_answer, code, sign_ins_.during(since, now())) == Verdict::broken)
      note(fmt::format("{}: {} ended with {}, while this was wrong: {}", user_,
                       to_string(Situation::large_answer), code,
                       to_string(sign_ins_.during(since, now()))));
    return;
  }
  ++fleet_.seen_.large_answers;
  const std::size_t entries = (*result)["entries"].size();
  if (entries != fleet_.setup_.large_entries) {
    note(fmt::format("{} was answered with {} entries instead of {}", user_, entries,
                     fleet_.setup_.large_entries));
  }
}

void Member::note(const std::optional<std::string>& broken) {
  if (broken) fleet_.setup_.books.broke(*broken);
}

}  // namespace sfteams::faults
