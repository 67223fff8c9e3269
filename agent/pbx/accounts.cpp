#include "agent/pbx/accounts.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "agent/guard/codes.h"
#include "agent/guard/token_desk_gate.h"
#include "agent/pbx/accounts_request.h"
#include "agent/pbx/user_name.h"
#include "base/clock/unix_time.h"
#include "base/json/rpc_codes.h"
#include "base/log/log.h"
#include "base/text/encoding.h"
#include "uci/codes.h"

namespace sfteams::agent {
namespace {

using Phase = Account::Phase;

/// Between two words to the administrator that sign-ins are held back.
constexpr std::chrono::minutes kTellAgain{10};

Error pbx_turns_away() {
  return {uci::codes::kPbxError, "the PBX turns users away at the moment",
          "it is starting, or in trouble; try again in a moment"};
}

Error ended_meanwhile() {
  return {uci::codes::kLoginRefused,
          "what the user was to be signed in by has been ended meanwhile",
          "sign in with the password"};
}

}  // namespace

Accounts::Accounts(const Setup& setup)
    : setup_(setup),
      check_(setup.guard, setup.known),
      desk_(
          setup.scheduler, setup.guard,
          [this](std::function<void(const uci::AnswerShape&)> answer) {
            setup_.access.ask_nobody(std::move(answer));
          },
          [this] { retry_queued(); }) {}
Accounts::~Accounts() = default;

std::unique_ptr<Accounts::Waiting> Accounts::sign_in(std::string_view user,
                                                     const crypto::Secret& password, Guest& guest,
                                                     SignedIn done) {
  return start(std::make_shared<Request>(user, setup_.access.secret_of(std::string(user), password),
                                         guest, std::move(done)));
}

std::unique_ptr<Accounts::Waiting> Accounts::sign_in_again(std::string_view user,
                                                           const crypto::Secret& secret,
                                                           std::function<bool()> still_good,
                                                           Guest& guest, SignedIn done) {
  auto request = std::make_shared<Request>(user, secret.clone(), guest, std::move(done));
  request->still_good = std::move(still_good);
  request->progress.standing = LoginGuard::Standing::proven;
  return start(std::move(request));
}

std::unique_ptr<Accounts::Waiting> Accounts::start(std::shared_ptr<Request> request) {
  class Handle final : public Waiting {
   public:
    explicit Handle(std::shared_ptr<Request> request) : request_(std::move(request)) {}
    ~Handle() override {
      request_->start.reset();
      request_->done = nullptr;
      request_->secret = crypto::Secret();
    }
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;

   private:
    std::shared_ptr<Request> request_;
  };
  request->start =
      setup_.scheduler.after(Duration(0), [this, weak = std::weak_ptr<Request>(request)] {
        if (const auto alive = weak.lock()) proceed(alive);
      });
  return std::make_unique<Handle>(std::move(request));
}

void Accounts::proceed(const std::shared_ptr<Request>& request) {
  if (request->given_up()) return;
  if (closed_) return request->finish(fail(*closed_));
  if (!is_user_name(request->user)) {
    return request->finish(
        fail(json::rpc::codes::kInvalidParams,
             "the user name has to have 1 to 128 bytes without control characters"));
  }
  // It may have waited, for others or for the PBX.
  if (request->ended()) return request->finish(fail(ended_meanwhile()));
  const LoginGuard::Fingerprint fingerprint = check_.fingerprint(request->user, request->secret);
  for (Entry& entry : entries_) {
    Account& account = *entry.account;
    if (account.user() != request->user) continue;
    if (account.phase() == Phase::ending ||
        (account.phase() == Phase::logging_in && account.has(fingerprint))) {
      entry.again = entry.again || (request->again() && account.phase() == Phase::logging_in);
      entry.waiting.push_back(request);
      return;
    }
    // What was given out for a password is this agent's own word that the user is the one who is
    // signed in.
    const bool given_out = request->again() && setup_.access.keeps_other_secrets();
    if (account.phase() == Phase::live && (given_out || account.has(fingerprint))) {
      if (given_out) account.add_kept_secret(request->secret);
      entry.waiting.push_back(request);
      return give_seats(account);
    }
  }
  start_login(request, fingerprint);
}

Result<LoginGuard::Attempt> Accounts::begin(Request& request,
                                            const LoginGuard::Fingerprint& fingerprint) {
  Result<LoginGuard::Attempt> attempt =
      check_.begin({request.user, request.secret, fingerprint, is_given_out(request.again())},
                   request.progress, setup_.scheduler.now());
  if (request.progress.to_be_checked && !next_check_) {
    next_check_ = setup_.scheduler.after(check_.until_next_check(), [this] {
      next_check_.reset();
      retry_queued();
    });
  }
  return attempt;
}

/// Now and then, for the administrator; each user is logged as well.
void Accounts::tell_held_back() {
  const auto now = setup_.scheduler.now();
  if (told_held_back_ && now < *told_held_back_ + kTellAgain) return;
  told_held_back_ = now;
  constexpr const char* kGuessing =
      "if it goes on, somebody who has a key file is guessing: make a new system key with: "
      "starface-teams-agent key new --revoke";
  constexpr const char* kGuessingOrClient =
      "if the lines before name oauth.refused, check [uci] client-id and client-secret-file, and "
      "the "
      "users' right to the password grant; otherwise somebody who has a key file is guessing: make "
      "a "
      "new system key with: starface-teams-agent key new --revoke";
  log::warn("accounts",
            Error{codes::kLoginPaused,
                  "sign-ins are held back after refused ones, so that the PBX does not block this "
                  "host; users who sign in with the password that was right before are not",
                  setup_.access.keeps_other_secrets() ? kGuessingOrClient : kGuessing});
}

void Accounts::start_login(const std::shared_ptr<Request>& request,
                           const LoginGuard::Fingerprint& fingerprint) {
  if (!desk_.may_scout()) {
    if (!wait(request)) request->finish(fail(pbx_turns_away()));
    return;
  }
  Result<LoginGuard::Attempt> attempt = begin(*request, fingerprint);
  const bool held_back = !attempt && attempt.error().code == codes::kLoginPaused;
  if (held_back && check_.may_pass_later(request->user, request->progress) && wait(request)) return;
  if (!attempt) {
    log::warn("accounts", "user {} was not signed in: {}", request->user,
              describe(attempt.error()));
    if (held_back && check_.holds_back_unproven()) tell_held_back();
    if (request->again() && is_refusal(attempt.error())) end_secret(request->user);
    return request->finish(fail(attempt.error()));
  }
  AccountOwner& owner = *this;
  auto account = std::make_unique<Account>(owner, request->user, fingerprint);
  const Result<void> opened = account->open(
      setup_.access, request->again() ? Account::By::kept : Account::By::password, request->secret,
      desk_.gate(request->user, fingerprint,
                 [this, started = account.get()] { return is_proven(*started); }));
  crypto::Secret secret = std::exchange(request->secret, crypto::Secret());
  if (!opened) {
    check_.give_up(*attempt, setup_.scheduler.now());
    if (request->again() && is_refusal(opened.error())) end_secret(request->user);
    return request->finish(fail(opened.error()));
  }
  Account& started = *account;
  entries_.push_back({std::move(account),
                      {request},
                      std::move(*attempt),
                      std::move(secret),
                      request->again(),
                      nullptr});
  started.connection().login(
      [this, &started](const Result<void>& outcome) { on_login(started, outcome); });
}

bool Accounts::is_proven(const Account& account) {
  const Entry& entry = entry_of(account);
  return check_.is_proven(
      {account.user(), entry.secret, account.fingerprint(), is_given_out(entry.again)});
}

bool Accounts::wait(const std::shared_ptr<Request>& request) {
  const auto now = setup_.scheduler.now();
  if (!request->waits_since) request->waits_since = now;
  if (now >= *request->waits_since + kPatience) return false;
  queued_.push_back(request);
  desk_.sign_in_waits();
  return true;
}

void Accounts::end_secret(const std::string& user) {
  if (setup_.secret_ended) setup_.secret_ended(user);
}

void Accounts::on_login(Account& account, const Result<void>& outcome) {
  Entry& entry = entry_of(account);
  // Tickets do not end by themselves with the password where they hold something else.
  const bool was_right = !outcome && !entry.again && setup_.access.keeps_other_secrets() &&
                         outcome.error().code == uci::codes::kLoginRefused && is_proven(account);
  bool changed = false;
  {
    // Wiped before anybody is called.
    const crypto::Secret secret = std::exchange(entry.secret, crypto::Secret());
    changed = check_.finish(
        *entry.attempt, {account.user(), secret, account.fingerprint(), is_given_out(entry.again)},
        account.gate().outcome(outcome), account.gate().circumstances(), setup_.scheduler.now());
    const bool refused = !outcome && is_refusal(outcome.error());
    // A wrong password alone says nothing about the right one; and what was taken of a ticket is no
    // other than before, whatever is known of the user.
    if (entry.again ? refused : changed || was_right) end_secret(account.user());
  }
  retry_queued();
  if (account.phase() == Phase::ending) return;
  if (!outcome) {
    log::warn("accounts", "user {} was not signed in: {}", account.user(),
              describe(outcome.error()));
    if (!is_refusal(outcome.error())) last_error_ = outcome.error();
    const auto waiting = std::exchange(entry.waiting, {});
    bury(account);
    for (const auto& request : waiting)
      request->finish(fail(outcome.error()));
    return;
  }
  log::info("accounts", "user {} is signed in at the PBX", account.user());
  last_error_.reset();
  if (!changed && join_older(account)) return;
  account.set_phase(Phase::live);
  account.set_since(clock::unix_now());
  sign_out_older(account);
  give_seats(account);
}

/// Where what is kept of a user is no password, one who is signed in already may have come by
/// another secret, which is as good: the older connection goes on.
bool Accounts::join_older(Account& newer) {
  for (Entry& entry : entries_) {
    Account& older = *entry.account;
    if (&older == &newer || older.user() != newer.user() || older.phase() != Phase::live ||
        !older.take_over(newer)) {
      continue;
    }
    std::vector<std::shared_ptr<Request>> waiting = std::exchange(entry_of(newer).waiting, {});
    std::ranges::move(waiting, std::back_inserter(entry.waiting));
    end(newer);
    give_seats(older);
    return true;
  }
  return false;
}

bool Accounts::is_given_out(bool again) const {
  return again && setup_.access.keeps_other_secrets();
}

void Accounts::retry_queued() {
  if (queued_.empty() || retry_) return;
  retry_ = setup_.scheduler.after(Duration(0), [this] {
    retry_.reset();
    // Those that still find no room queue again, in their order.
    for (const auto& request : std::exchange(queued_, {}))
      proceed(request);
  });
}

void Accounts::give_seats(Account& account) {
  Entry& entry = entry_of(account);
  entry.logout.reset();
  for (const auto& request : std::exchange(entry.waiting, {})) {
    request->secret = crypto::Secret();
    if (request->given_up()) continue;
    if (request->ended()) {
      request->finish(fail(ended_meanwhile()));
    } else {
      request->finish(std::make_unique<Seat>(account, request->guest));
    }
  }
  if (account.deserted()) on_deserted(account, false);
}

}  // namespace sfteams::agent
