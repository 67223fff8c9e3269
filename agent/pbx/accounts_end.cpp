// How sign-ins end, and what is known of those that last: the second half of Accounts.

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "agent/guard/token_desk_gate.h"
#include "agent/pbx/accounts.h"
#include "agent/pbx/accounts_request.h"
#include "agent/pbx/codes.h"
#include "base/log/log.h"

namespace sfteams::agent {
namespace {

using Phase = Account::Phase;

/// Nothing: it has not been asked, or its answer is none.
std::optional<std::string> server_version_of(const Account& account) {
  const std::optional<uci::Value>& version = account.connection().server_version();
  const std::string* const text = version ? version->as_string() : nullptr;
  return text != nullptr ? std::optional<std::string>(*text) : std::nullopt;
}

}  // namespace

void Accounts::sign_out_older(const Account& newer) {
  std::vector<Account*> older;
  for (const Entry& entry : entries_) {
    Account* account = entry.account.get();
    if (account != &newer && account->user() == newer.user() && account->phase() == Phase::live) {
      older.push_back(account);
    }
  }
  for (Account* account : older) {
    // Not logged out at the PBX: it no longer takes that password, and would count one more
    // failure.
    account->sign_out_seats({codes::kSignedOut, "the user signed in with another password since",
                             "sign in with the new password"});
    bury(*account);
  }
}

void Accounts::on_deserted(Account& account, bool at_once) {
  if (account.phase() != Phase::live) return;
  if (at_once || setup_.logout_delay == Duration(0)) return end(account);
  entry_of(account).logout =
      setup_.scheduler.after(setup_.logout_delay, [this, &account] { end(account); });
}

void Accounts::on_refused(Account& account, const Error& error) {
  log::warn("accounts", "user {} has been signed out: {}", account.user(), describe(error));
  if (account.gate().certainly_wrong())
    check_.taken_no_longer(account.user(), account.fingerprint());
  // Also when it is not certain: it would not be sent again anyway, for a while. Other refusals say
  // nothing about what is kept.
  if (is_refusal(error)) end_secret(account.user());
  bury(account);
}

void Accounts::end(Account& account) {
  if (account.phase() == Phase::ending) return;
  if (auto version = server_version_of(account)) server_version_ = std::move(version);
  account.set_phase(Phase::ending);
  log::info("accounts", "user {} is being signed out at the PBX", account.user());
  account.log_out([this, &account] { on_logged_out(account); });
}

void Accounts::on_logged_out(Account& account) {
  const auto waiting = std::exchange(entry_of(account).waiting, {});
  bury(account);
  for (const auto& request : waiting)
    proceed(request);
}

void Accounts::sign_out_all(const Error& why, std::function<void()> done) {
  closed_ = why;
  retry_queued();
  all_signed_out_ = std::move(done);
  std::vector<Account*> accounts;
  for (const Entry& entry : entries_)
    accounts.push_back(entry.account.get());
  for (Account* account : accounts) {
    for (const auto& request : std::exchange(entry_of(*account).waiting, {})) {
      request->finish(fail(why));
    }
    account->sign_out_seats(why);
    end(*account);
  }
  if (accounts.empty()) last_word_ = setup_.scheduler.after(Duration(0), all_signed_out_);
}

void Accounts::bury(const Account& account) {
  const auto found = std::ranges::find_if(
      entries_, [&account](const Entry& entry) { return entry.account.get() == &account; });
  if (found == entries_.end()) return;
  found->logout.reset();
  // In a later turn: one of its callbacks is still on the stack.
  buried_.splice(buried_.end(), entries_, found);
  burial_ = setup_.scheduler.after(Duration(0), [this] { buried_.clear(); });
  if (closed_ && entries_.empty()) {
    last_word_ = setup_.scheduler.after(Duration(0), all_signed_out_);
  }
}

Accounts::Entry& Accounts::entry_of(const Account& account) {
  for (std::list<Entry>* list : {&entries_, &buried_}) {
    for (Entry& entry : *list) {
      if (entry.account.get() == &account) return entry;
    }
  }
  throw std::logic_error("an account that nobody owns");
}

Accounts::Summary Accounts::summary() const {
  Summary summary;
  summary.error = last_error_;
  summary.server_version = server_version_;
  for (const Entry& entry : entries_) {
    if (entry.account->phase() != Phase::live) continue;
    const uci::Connection& connection = std::as_const(*entry.account).connection();
    ++summary.users;
    if (auto version = server_version_of(*entry.account))
      summary.server_version = std::move(version);
    if (connection.state() == uci::Connection::State::connected) {
      ++summary.connected;
    } else if (connection.last_error()) {
      summary.error = connection.last_error();
    }
  }
  return summary;
}

std::vector<Accounts::User> Accounts::users() const {
  std::vector<User> users;
  for (const Entry& entry : entries_) {
    const Account& account = *entry.account;
    if (account.phase() != Phase::live) continue;
    users.push_back({account.user(), account.since(), account.sessions(),
                     account.connection().state() == uci::Connection::State::connected});
  }
  std::ranges::sort(users, {}, &User::name);
  return users;
}

bool Accounts::sign_out(std::string_view user, const Error& why) {
  for (Entry& entry : entries_) {
    Account& account = *entry.account;
    if (account.user() != user || account.phase() != Phase::live) continue;
    account.sign_out_seats(why);
    end(account);
    return true;
  }
  return false;
}

}  // namespace sfteams::agent
