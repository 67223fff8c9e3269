#include "agent/probe/probe.h"

#include <algorithm>
#include <ctime>
#include <memory>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "agent/pbx/auth_choice.h"
#include "agent/pbx/client_secret.h"
#include "agent/pbx/http_pbx.h"
#include "agent/probe/call_time.h"
#include "agent/probe/event_trial.h"
#include "agent/probe/grants.h"
#include "agent/probe/offered.h"
#include "agent/probe/pbx_line.h"
#include "agent/probe/rest_sign_in.h"
#include "agent/probe/visit.h"
#include "agent/probe/wrong_passwords.h"
#include "base/clock/unix_time.h"
#include "uci/token.h"

namespace sfteams::probe {
namespace {

using std::chrono::seconds;
using transport::Duration;

/// For putting the phone down again.
constexpr seconds kHangupPatience{30};
constexpr int kListTimes = 6;        ///< the call list is asked for a call that has just ended …
constexpr Duration kListPause{500};  ///< … and the time between two of these
constexpr const char* kNoRenewal = "the token could not be renewed";

int host_offset(std::int64_t at) {
  const auto time = static_cast<std::time_t>(at);
  std::tm local{};
  return localtime_r(&time, &local) == nullptr ? 0 : static_cast<int>(local.tm_gmtoff / 60);
}

class Run {
 public:
  Run(Setup setup, PbxLine& line, std::shared_ptr<const oauth::Client> client)
      : setup_(std::move(setup)),
        line_(line),
        client_(std::move(client)),
        dialect_(agent::dialect_for(setup_.uci)) {}

  Result<Outcome> all();

 private:
  void note(Finding finding) { findings_.push_back(std::move(finding)); }
  void say(const std::string& text) const {
    if (setup_.say) setup_.say(text);
  }
  /// Why a question has no finding.
  [[nodiscard]] std::string why_not(std::string_view question) const;
  [[nodiscard]] std::vector<Finding> in_order() const;

  void get_token(const Whereabouts& where, Finding& offered);
  [[nodiscard]] std::unique_ptr<Visit> visit(uci::TokenParameter parameter, Visit::Token token);
  /// Enters, and asks what only a user who is in may ask.
  bool enter(Visit& visit, EventTrial& trial);
  void ask_about(Visit& visit);
  void older_token();
  void by_jwt();
  void over_renewal(Visit& visit, RenewalTrial& trial);
  void expired();
  void rest();
  /// How a login is kept while something is waited for.
  struct Keeping {
    Duration interval;               ///< of keepAlives
    std::function<void(bool)> kept;  ///< whether one of them said true
    std::function<bool()> lost;      ///< nothing more may be sent with its token
  };
  void wait_for_call(Visit& visit, EventTrial& trial, const Keeping& keeping);
  void call_time(Visit& visit, NewestCall before, const Keeping& keeping);
  [[nodiscard]] NewestCall newest(Visit& visit);

  Setup setup_;
  PbxLine& line_;
  std::shared_ptr<const oauth::Client> client_;
  uci::Dialect dialect_;
  std::vector<Finding> findings_;
  std::string version_;
  std::string why_no_jwt_;
  std::optional<oauth::Provider> provider_;
  oauth::Client as_client_;  ///< with what login-config says of the resource
  std::optional<Grants> grants_;
  std::optional<LivingToken> token_;
  bool older_taken_ = false;
  bool call_timed_ = false;
};

Result<Outcome> Run::all() {
  say("asking the PBX what it offers …");
  const Whereabouts where = find_provider(line_);
  // Nothing that answers, so there is nothing to find out.
  if (!where.login_config && !where.document &&
      where.document.error().code.id.starts_with("transport.")) {
    return fail(where.document.error());
  }
  note(judge_login_config(where.login_config, setup_.uci.url));
  Finding offered = judge_discovery(where.document, where.redirects, setup_.uci.url);
  get_token(where, offered);
  if (!line_.broken_off()) older_token();
  if (!line_.broken_off() && token_) by_jwt();
  if (!line_.broken_off() && token_) expired();
  if (!line_.broken_off()) rest();
  if (token_) {
    const std::string revoked = grants_->revoke(token_->refresh());
    if (!revoked.empty()) offered.facts.push_back({"revocation", revoked});
  }
  note(std::move(offered));
  if (setup_.wrong_passwords && token_ && !line_.broken_off()) {
    say("three requests with a wrong password …");
    note(try_wrong_passwords(line_, *grants_, setup_.user, setup_.password));
  }
  return Outcome{in_order(), version_};
}

std::string Run::why_not(std::string_view question) const {
  if (question == kNotBlocked && !setup_.wrong_passwords) return "not asked for";
  if (line_.broken_off()) return "broken off";
  const bool by_token = question == kKeptOverRenewal || question == kEventsOverRenewal ||
                        question == kExpiredRefused || question == kNotBlocked;
  if (by_token && !why_no_jwt_.empty()) return why_no_jwt_;
  if (question == kRestOffered && token_) return kNoRenewal;
  if (!token_ && !older_taken_) return "the user could not be signed in";
  if (question == kStartIsUtc) return setup_.wait == seconds(0) ? "skipped" : "no call was seen";
  return "the callback cannot be set up";
}

std::vector<Finding> Run::in_order() const {
  std::vector<Finding> ordered;
  for (const Question& question : kQuestions) {
    const auto known = std::ranges::find(findings_, question.text, &Finding::question);
    ordered.push_back(
        known != findings_.end() ? *known : not_found_out(question.text, why_not(question.text)));
  }
  return ordered;
}

void Run::get_token(const Whereabouts& where, Finding& offered) {
  if (!where.provider) {
    why_no_jwt_ = fmt::format("no tokens here ({})", where.provider.error().code.id);
    return;
  }
  if (!where.provider->password_grant) {
    why_no_jwt_ = "the PBX gives no tokens for passwords";
    return;
  }
  if (!client_) {
    why_no_jwt_ = "neither [uci] client-secret-file nor client-id is set";
    return;
  }
  provider_ = *where.provider;
  as_client_ = {client_->id, client_->secret.clone(), client_->scope, where.resource};
  grants_.emplace(line_, *provider_, as_client_);
  TokenReply reply = grants_->by_password(setup_.user, setup_.password);
  offered.facts.push_back({"token for a password", reply.form});
  if (!reply.tokens) {
    why_no_jwt_ = "no token was given for the password";
    return;
  }
  offered.facts.push_back({"a token's life", reply.lifetime
                                                 ? fmt::format("{} s", reply.lifetime->count())
                                                 : std::string("not said")});
  offered.facts.push_back({"refresh token", reply.tokens->refresh.empty() ? "none" : "yes"});
  token_.emplace(line_, *grants_, std::move(reply));
}

std::unique_ptr<Visit> Run::visit(uci::TokenParameter parameter, Visit::Token token) {
  auto ear = line_.ear();
  if (!ear) return nullptr;
  return std::make_unique<Visit>(line_, std::move(*ear), dialect_, setup_.user, parameter,
                                 std::move(token));
}

bool Run::enter(Visit& visit, EventTrial& trial) {
  trial.logged_in = visit.log_in();
  trial.login = visit.form();
  trial.unanswered = !visit.answered();
  trial.other_port = line_.on_other_port();
  if (!trial.logged_in || line_.broken_off()) return trial.logged_in;
  trial.subscribed = visit.subscribe();
  trial.subscription = visit.form();
  if (!visit.refused() && !line_.broken_off()) ask_about(visit);
  return true;
}

void Run::ask_about(Visit& visit) {
  if (!version_.empty()) return;  // the visit before has told it all
  const std::string service = fmt::format("ucp.{}.requests.service.",
                                          dialect_.version == uci::Version::v22 ? "v22" : "v30");
  const Reply version = visit.call(dialect_.server_version);
  version_ = version_in(version);
  const auto replaced = [this](std::string_view question) {
    std::erase_if(findings_, [&](const Finding& one) { return one.question == question; });
  };
  replaced(kVersionTold);
  note(judge_version(version));
  if (visit.refused() || line_.broken_off()) return;
  replaced(kListsGiven);
  note(judge_lists(visit.call(service + "getProvidedRequests"),
                   visit.call(service + "getProvidedEvents")));
}

void Run::older_token() {
  const crypto::Secret token = uci::make_token(dialect_.token, setup_.user, setup_.password);
  const auto older =
      visit(uci::TokenParameter::auth, [&]() -> const crypto::Secret& { return token; });
  if (!older) return;
  say("signing in by the older token …");
  EventTrial trial;
  older_taken_ = enter(*older, trial);
  if (older_taken_) {
    const Keeping keeping{setup_.uci.keepalive, [](bool) {}, [&] { return older->refused(); }};
    const NewestCall before = newest(*older);
    older->forget_heard();  // a call of that list is not the one that is asked for
    wait_for_call(*older, trial, keeping);
    call_time(*older, before, keeping);
    if (!older->refused()) older->log_out();
  }
  trial.broken_off = line_.broken_off();
  trial.strangers = line_.strangers();
  trial.heard = &older->heard();
  note(judge_events_by_older_token(trial));
  note(judge_older_token(trial, token_.has_value()));
}

void Run::wait_for_call(Visit& visit, EventTrial& trial, const Keeping& keeping) {
  trial.waited = setup_.wait > seconds(0);
  if (!trial.waited || line_.broken_off() || keeping.lost()) return;
  say(fmt::format("call the phone of {} now, within {} s; answer, and hang up again", setup_.user,
                  setup_.wait.count()));
  visit.wait(
      setup_.wait, keeping.interval,
      [&] { return keeping.lost() || std::ranges::any_of(visit.heard(), is_call_state); },
      keeping.kept);
}

NewestCall Run::newest(Visit& visit) {
  if (line_.broken_off() || visit.refused()) return {.id = {}, .readable = false};
  const uci::Version version =
      dialect_.version == uci::Version::v20 ? uci::Version::v30 : dialect_.version;
  return newest_in(
      visit.call(fmt::format("ucp.{}.requests.callList.getCallList", to_string(version)),
                 newest_call_arguments(clock::unix_now())));
}

void Run::call_time(Visit& visit, NewestCall before, const Keeping& keeping) {
  const auto first = std::ranges::find_if(visit.heard(), is_call_state);
  if (call_timed_ || line_.broken_off() || first == visit.heard().end()) return;
  CallTime call{std::move(before), {}, first->at, host_offset(first->at)};
  say("that call was seen; waiting for its end …");
  visit.wait(
      kHangupPatience, keeping.interval,
      [&] {
        return keeping.lost() || std::ranges::any_of(visit.heard(), [](const Heard& one) {
                 return state_in(one) == "HANGUP";
               });
      },
      keeping.kept);
  // A PBX may write the call down a moment after its end.
  Finding finding;
  for (int time = 0; time < kListTimes && !line_.broken_off() && !keeping.lost(); ++time) {
    if (time > 0) visit.wait(kListPause, keeping.interval, keeping.lost, keeping.kept);
    call.after = newest(visit);
    finding = judge_call_time(call);
    if (finding.answer != Answer::unknown) break;
  }
  if (finding.question.empty()) return;
  call_timed_ = finding.answer != Answer::unknown;
  std::erase_if(findings_, [](const Finding& one) { return one.question == kStartIsUtc; });
  note(std::move(finding));
}

void Run::by_jwt() {
  // It may have been renewed while the older token was tried; the login has to see that happen.
  token_->start();
  if (!token_->is_good()) {
    why_no_jwt_ = kNoRenewal;
    return;
  }
  const auto visitor = visit(uci::TokenParameter::jwt,
                             [this]() -> const crypto::Secret& { return token_->current(); });
  if (!visitor) return;
  say("signing in by a token of OAuth …");
  RenewalTrial trial;
  trial.why_no_wait = setup_.wait == seconds(0) ? "skipped" : why_no_wait(token_->lifetime());
  if (enter(*visitor, trial.events)) {
    if (trial.why_no_wait.empty()) over_renewal(*visitor, trial);
    if (!visitor->refused()) visitor->log_out();
  }
  trial.renewed = token_->renewals() > 0;
  trial.renewal = token_->renewal_form();
  trial.events.broken_off = line_.broken_off();
  trial.events.strangers = line_.strangers();
  trial.events.heard = &visitor->heard();
  for (const Heard& heard : visitor->heard()) {
    if (heard.jwt != "JWT") continue;
    const std::string which = heard.token == token_->first()    ? "the first one"
                              : heard.token == token_->latest() ? "the newest one"
                                                                : "another one";
    if (std::ranges::find(trial.carried, which) == trial.carried.end())
      trial.carried.push_back(which);
  }
  for (Finding& finding : judge_renewal(trial))
    note(std::move(finding));
}

void Run::over_renewal(Visit& visit, RenewalTrial& trial) {
  constexpr std::size_t kMostNoted = 12;
  constexpr seconds kBehind{1};
  trial.all_true = true;
  const auto kept = [&](bool yes) {
    if (token_->renewals() == 0) {
      if (!yes) trial.lost_before = true;
      return visit.forget_heard();
    }
    if (trial.kept.size() < kMostNoted) trial.kept.push_back(visit.form());
    if (yes) return;
    trial.all_true = false;
    trial.new_login_taken = visit.log_in();
    trial.new_login = visit.form();
    if (trial.new_login_taken) static_cast<void>(visit.subscribe());
  };
  // Often enough that the login is not lost for want of a keepAlive, whatever the token lives.
  const Keeping keeping{std::min<Duration>(setup_.uci.keepalive, Duration(*token_->lifetime()) / 4),
                        kept,
                        [&] { return visit.refused() || trial.lost_before || !token_->is_good(); }};
  const NewestCall before = newest(visit);
  say(fmt::format("waiting {} s for the end of the first token …", token_->lifetime()->count()));
  const auto left = std::chrono::ceil<Duration>(token_->first_ends() + kBehind - line_.now());
  visit.wait(left, keeping.interval, keeping.lost, kept);
  if (line_.broken_off() || keeping.lost() || token_->renewals() == 0) return;
  wait_for_call(visit, trial.events, keeping);
  call_time(visit, before, keeping);
}

void Run::expired() {
  const bool waits = setup_.wait > seconds(0) && why_no_wait(token_->lifetime()).empty();
  crypto::Secret token = token_->first().clone();
  if (waits) {
    const auto left = std::chrono::ceil<Duration>(token_->first_ends() + seconds(1) - line_.now());
    line_.wait(left, [] { return false; });
    if (line_.broken_off()) return;
  } else {
    garble(token);
  }
  const Reply reply = call_uci(line_, dialect_, setup_.user, uci::TokenParameter::jwt, token,
                               std::nullopt, dialect_.server_version, {});
  note(judge_expired(reply, !waits));
}

void Run::rest() {
  if (token_) {
    const crypto::Secret& access = token_->current();
    if (token_->is_good()) return note(judge_rest(try_rest(line_, access)));
  }
  if (older_taken_) return note(judge_rest(try_rest(line_, setup_.user, setup_.password)));
}

}  // namespace

Result<Outcome> run(Setup setup) {
  std::shared_ptr<const oauth::Client> client;
  // A client that nobody has set up would be refused, and that may count.
  if (agent::is_oauth_client(setup.uci) || setup.uci.auth == agent::SignInBy::oauth) {
    auto read = agent::oauth_client(setup.uci);
    if (!read) return fail(read.error());
    client = std::move(*read);
  }
  auto line = PbxLine::open(setup.uci);
  if (!line) return fail(line.error());
  return Run(std::move(setup), **line, std::move(client)).all();
}

std::string settings_text(const agent::PbxSettings& uci) {
  return fmt::format("auth = {}, version = {}, {}, callback {}", to_string(uci.auth),
                     to_string(uci.version), uci.url.secure() ? "https" : "http",
                     agent::is_callback_on_loopback(uci) ? "on loopback"
                     : uci.callback_tls                  ? "beside the PBX by https"
                                                         : "beside the PBX");
}

}  // namespace sfteams::probe
