#include "agent/pbx/pbx_side.h"

#include <utility>

#include <fmt/format.h>

#include "agent/pbx/codes.h"
#include "agent/state/boot_id.h"
#include "base/crypto/hash.h"
#include "base/crypto/random.h"
#include "base/log/log.h"
#include "uci/codes.h"

namespace sfteams::agent {
namespace {

LoginGuard::Limits guard_limits(const PbxSettings& uci) {
  LoginGuard::Limits limits;
  limits.failures = uci.failed_logins;
  limits.failures_per_user = uci.failed_logins_per_user;
  limits.window = uci.failed_logins_window;
  return limits;
}

/// Who says which passwords are right: another one has to take them first. It may be the same PBX
/// under another name, so what it has counted stays (LoginGuard::judge_changed()).
std::string judge_of(const PbxSettings& uci) {
  std::string judge =
      fmt::format("{}\n{}\n{}", uci.url.to_string(),
                  uci.ca_file ? uci.ca_file->string() : std::string(), to_string(uci.auth));
  // Another form of what is kept of passwords (PbxAccess::secret_of()): what a former version of the
  // agent kept, tickets included, would be sent to the PBX as a wrong one.
  if (uci.auth == SignInBy::sha512) judge += "/2";
  // Tokens are given to one client.
  if (uci.auth == SignInBy::oauth) judge += "\n" + uci.client_id;
  return judge;
}

Error not_asked_yet() {
  return {uci::codes::kUnreachable,
          "the agent has not heard from the PBX yet how users sign in there",
          "try again in a moment; if it stays so, ask your administrator"};
}

Error switched_off() {
  return {codes::kUciDisabled, "the UCI connection of this system is switched off",
          "ask the administrator to switch it on ([uci] enabled)"};
}

Error made_anew() {
  return {uci::codes::kUnreachable, "the agent's connection to the PBX is being made anew",
          "try again in a moment; if it stays so, ask your administrator"};
}

Error shutting_down() {
  return {codes::kShuttingDown, "the agent is being stopped", "try again in a minute"};
}

}  // namespace

PbxSide::PbxSide(Setup setup)
    : setup_(std::move(setup)),
      auth_({setup_.scheduler, std::move(setup_.find_auth),
             [this](const std::optional<Error>& why_not) { on_auth(why_not); },
             [this] { on_other_auth(); }}) {}

Result<void> PbxSide::start(const PbxSettings& uci) {
  uci_ = uci;
  if (Result<void> made = make_guard(); !made) return made;
  known_users_ = std::make_unique<KnownUsers>(KnownUsers::Setup{
      setup_.scheduler, setup_.known_users_file, std::exchange(setup_.identity, crypto::Secret()),
      judge_of(uci_), setup_.background});
  judge_ = judge_of(uci_);
  opened_ = uci_;
  try_to_open();
  return {};
}

Result<void> PbxSide::make_guard() {
  crypto::Secret process_key(32);
  if (Result<void> filled = crypto::fill_random_private(process_key.bytes()); !filled) {
    return filled;
  }
  guard_ = std::make_unique<LoginGuard>(
      guard_limits(uci_), std::move(process_key),
      crypto::hkdf_sha256({}, setup_.identity.bytes(),
                          crypto::bytes_of("starface-teams failed logins, names"), 32),
      [this] { return known_users_ && known_users_->size() > 0; });
  if (setup_.guard_file.empty()) return {};
  guard_book_ = std::make_unique<GuardBook>(setup_.scheduler, setup_.guard_file, *guard_,
                                            clock::unix_now, boot_id());
  return {};
}

PbxSettings PbxSide::in_force() const {
  PbxSettings settings = uci_;
  if (auth_.choice()) settings.auth = auth_.choice()->by;
  return settings;
}

bool PbxSide::knows_auth() {
  if (!uci_.enabled) return true;
  const Result<bool> known = auth_.ask(uci_);
  if (known && *known) return true;
  out_of_order_ = not_asked_yet();
  if (!known) try_again_later(known.error());
  return false;
}

void PbxSide::answer_asked_meanwhile() {
  for (const PbxProbe::Answer& asked : std::exchange(asked_meanwhile_, {}))
    ask(asked);
}

void PbxSide::on_auth(const std::optional<Error>& why_not) {
  if (why_not) {
    try_again_later(*why_not);
  } else {
    try_to_open();
    if (!next_try_) setup_.renewed();
  }
  answer_asked_meanwhile();
}

/// Users who sign in otherwise are signed in no longer than they have to be.
void PbxSide::on_other_auth() {
  if (renewing_) return;
  out_of_order_ = made_anew();
  sign_out_and_open();
}

Result<void> PbxSide::open() {
  opened_ = in_force();
  if (!uci_.enabled) {
    out_of_order_ = switched_off();
    return {};
  }
  Result<std::unique_ptr<PbxWay>> way = setup_.open(opened_);
  if (!way) return fail(way.error());
  way_ = std::move(*way);
  accounts_ = std::make_unique<Accounts>(Accounts::Setup{*way_, setup_.scheduler, *guard_,
                                                         uci_.logout_delay, known_users_.get(),
                                                         setup_.secret_ended});
  out_of_order_.reset();
  return {};
}

void PbxSide::set_limits(const PbxSettings& uci) {
  // What has failed counts on.
  guard_->set_limits(guard_limits(uci));
  if (accounts_) accounts_->set_logout_delay(uci.logout_delay);
  // For when it is made anew.
  uci_.logout_delay = uci.logout_delay;
  uci_.failed_logins = uci.failed_logins;
  uci_.failed_logins_per_user = uci.failed_logins_per_user;
  uci_.failed_logins_window = uci.failed_logins_window;
}

void PbxSide::renew(const PbxSettings& uci) {
  uci_ = uci;
  if (stopping_) return;
  failed_ = false;  // what fails with other settings is told like the first failure
  // Not told before it is so: a user who is signed out may sign in again at once.
  out_of_order_ = uci.enabled ? made_anew() : switched_off();
  // Also while users are signed out for OAuth: that was the word of the PBX of before.
  auth_.forget();
  if (renewing_) return;
  answer_asked_meanwhile();
  sign_out_and_open();
}

void PbxSide::sign_out_and_open() {
  next_try_.reset();
  if (!accounts_) return open_anew();
  renewing_ = true;
  accounts_->sign_out_all(*out_of_order_, [this] {
    next_try_ = setup_.scheduler.after(Duration(0), [this] { open_anew(); });
  });
}

void PbxSide::note_judge() {
  if (opened_.url != uci_.url) proven_ = false;
  // Known users are kept by what is configured: how the PBX is asked may be found out only later.
  const std::string judge = judge_of(uci_);
  const bool same_judge = judge_ == judge;
  const bool same_secret = opened_.client_secret_mark == uci_.client_secret_mark;
  if (same_judge && same_secret) return;
  guard_->judge_changed();
  if (same_judge) return;
  judge_ = judge;
  known_users_->forget_all(judge);
  if (setup_.judge_changed) setup_.judge_changed();
}

void PbxSide::open_anew() {
  renewing_ = false;
  const std::unique_ptr<transport::Timer> over = std::move(next_try_);
  static_cast<void>(proven());
  if (way_) way_->give_up(*out_of_order_);
  accounts_.reset();
  way_.reset();
  try_to_open();
  if (!next_try_) setup_.renewed();
}

/// Not without the port for events: a client would show a call that has long ended.
void PbxSide::try_to_open() {
  if (!knows_auth()) return;
  note_judge();
  const Result<void> opened = open();
  if (opened) {
    if (std::exchange(failed_, false)) log::info("uci", "the connection to the PBX is made now");
    return;
  }
  try_again_later(opened.error());
}

void PbxSide::try_again_later(const Error& why) {
  const log::Level level = std::exchange(failed_, true) ? log::Level::debug : log::Level::error;
  if (log::enabled(level)) {
    log::write(level, "uci",
               fmt::format("there is no connection to the PBX, it is tried again every {} seconds: "
                           "{}",
                           kAgain / std::chrono::seconds(1), describe(why)));
  }
  out_of_order_ = why;
  next_try_ = setup_.scheduler.after(kAgain, [this] { open_anew(); });
}

void PbxSide::stop(std::function<void()> done) {
  stopping_ = true;
  next_try_.reset();
  auth_.stop();
  out_of_order_ = shutting_down();
  answer_asked_meanwhile();
  if (accounts_) return accounts_->sign_out_all(*out_of_order_, std::move(done));
  next_try_ = setup_.scheduler.after(Duration(0), std::move(done));
}

Result<Accounts*> PbxSide::accounts() const {
  if (out_of_order_) return fail(*out_of_order_);
  return accounts_.get();
}

std::string PbxSide::judge() const {
  return judge_of(opened_);
}

transport::HttpLoad PbxSide::load() const {
  return way_ ? way_->load() : transport::HttpLoad();
}

std::optional<Error> PbxSide::problem() const {
  if (!uci_.enabled || out_of_order_) return uci_.enabled ? out_of_order_ : std::nullopt;
  return auth_.choice() ? auth_.choice()->problem : std::nullopt;
}

void PbxSide::ask(const PbxProbe::Answer& answer) {
  if (auth_.asks()) return asked_meanwhile_.push_back(answer);
  if (!uci_.enabled || out_of_order_) return answer(problem());
  // An answer that comes while the connections are recreated is about the PBX of before.
  way_->ask(proven(), [this, answer](const std::optional<Error>& found) {
    answer(found && !out_of_order_ ? found : problem());
  });
}

bool PbxSide::proven() {
  if (proven_ || !accounts_) return proven_;
  const Accounts::Summary known = accounts_->summary();
  proven_ = known.connected > 0 || known.server_version;
  return proven_;
}

}  // namespace sfteams::agent
