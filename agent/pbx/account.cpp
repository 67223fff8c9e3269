#include "agent/pbx/account.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "agent/guard/token_desk_gate.h"
#include "agent/pbx/codes.h"
#include "base/json/rpc.h"
#include "rest/codes.h"
#include "uci/json_mapping.h"

namespace sfteams::agent {

Seat::Seat(Account& account, Guest& guest) : account_(&account), guest_(guest) {
  account.seats_.push_back(this);
}

Seat::~Seat() {
  if (account_ != nullptr) account_->leave(*this, false);
}

void Seat::call(std::string_view method, const uci::Array& params, Answer answer,
                uci::Rendering large) {
  if (account_ == nullptr) {
    return answer(fail(codes::kSignedOut, "the user has been signed out", "sign in again"));
  }
  if (large.deliver) {
    large.deliver = [present = std::weak_ptr(present_),
                     deliver = std::move(large.deliver)](std::string text) {
      if (!present.expired()) deliver(std::move(text));
    };
  }
  account_->connection().call(
      method, params,
      [present = std::weak_ptr(present_), answer = std::move(answer)](Result<uci::Value> result) {
        if (!present.expired()) answer(std::move(result));
      },
      std::move(large));
}

template <typename T>
void Seat::ask_rest(rest::Client::Got<T> got, const Ask<T>& ask) {
  if (account_ == nullptr)
    return got(fail(codes::kSignedOut, "the user has been signed out", "sign in again"));
  rest::Client* const client = account_->rest();
  if (client == nullptr) {
    return got(fail(rest::codes::kDisabled,
                    "what users sign in by is no good for the PBX's REST interface",
                    "the administrator would have to set [uci] auth = sha512 or oauth"));
  }
  asked_.emplace_back();
  const auto place = std::prev(asked_.end());
  *place = ask(*client, [this, place, got = std::move(got)](Result<T> answer) {
    // Kept to the end: what asks may not go while its callback runs.
    const std::unique_ptr<rest::Asking> answered = std::move(*place);
    asked_.erase(place);
    got(std::move(answer));
  });
}

void Seat::search(std::string_view text, std::int64_t page, std::int64_t size,
                  rest::Client::Got<rest::ContactPage> got) {
  ask_rest<rest::ContactPage>(std::move(got),
                              [&](rest::Client& client, rest::Client::Got<rest::ContactPage> then) {
                                return client.search(text, page, size, std::move(then));
                              });
}

void Seat::me(rest::Client::Got<rest::Me> got) {
  ask_rest<rest::Me>(std::move(got), [](rest::Client& client, rest::Client::Got<rest::Me> then) {
    return client.me(std::move(then));
  });
}

void Seat::colleagues(const std::function<std::string(const rest::Colleagues&)>& write,
                      rest::Client::Got<std::string> got) {
  ask_rest<std::string>(std::move(got),
                        [&write](rest::Client& client, rest::Client::Got<std::string> then) {
                          return client.colleagues(write, std::move(then));
                        });
}

void Seat::avatar(std::string_view id, rest::Client::Got<rest::Avatar> got) {
  ask_rest<rest::Avatar>(std::move(got),
                         [id](rest::Client& client, rest::Client::Got<rest::Avatar> then) {
                           return client.avatar(id, std::move(then));
                         });
}

void Seat::permissions(rest::Client::Got<rest::Permissions> got) {
  ask_rest<rest::Permissions>(std::move(got),
                              [](rest::Client& client, rest::Client::Got<rest::Permissions> then) {
                                return client.permissions(std::move(then));
                              });
}

void Seat::sign_out() {
  if (Account* account = std::exchange(account_, nullptr)) account->leave(*this, true);
}

std::vector<std::string> Seat::services() const {
  return account_ == nullptr ? std::vector<std::string>() : account_->connection().services();
}

const crypto::Secret* Seat::secret() const {
  if (account_ == nullptr) return nullptr;
  const crypto::Secret* const kept = account_->pbx_->kept_secret();
  return kept != nullptr ? kept : &account_->secret_;
}

std::optional<uci::Value> Seat::server_version() const {
  if (account_ == nullptr) return std::nullopt;
  return account_->connection().server_version();
}

Account::Account(AccountOwner& owner, std::string user, const LoginGuard::Fingerprint& fingerprint)
    : owner_(owner), user_(std::move(user)), fingerprint_(fingerprint) {}

Account::~Account() {
  for (Seat* seat : seats_)
    seat->account_ = nullptr;
}

Result<void> Account::open(PbxAccess& access, By by, const crypto::Secret& secret,
                           std::unique_ptr<TokenDesk::Gate> gate) {
  gate_ = std::move(gate);
  uci::Connection::Handlers handlers{
      [this](const std::string& method, const uci::Array& params) { on_event(method, params); },
      [this](uci::Connection::State state) { on_state(state); }, [this] { on_events_lost(); },
      gate_.get()};
  Result<std::unique_ptr<PbxUser>> pbx = by == By::kept
                                             ? access.user_again(user_, secret, std::move(handlers))
                                             : access.user(user_, secret, std::move(handlers));
  if (!pbx) return fail(pbx.error());
  pbx_ = std::move(*pbx);
  if (!access.keeps_other_secrets()) secret_ = secret.clone();
  return {};
}

bool Account::take_over(Account& newer) {
  if (!pbx_->take_over(*newer.pbx_)) return false;
  if (!has(newer.fingerprint_)) others_.push_back(newer.fingerprint_);
  return true;
}

bool Account::has(const LoginGuard::Fingerprint& fingerprint) const {
  bool found = crypto::equal_constant_time(fingerprint_, fingerprint);
  for (const LoginGuard::Fingerprint& other : others_)
    found = crypto::equal_constant_time(other, fingerprint) || found;
  return found;
}

void Account::sign_out_seats(const Error& error) {
  const std::vector<Seat*> seats = std::exchange(seats_, {});
  for (Seat* seat : seats)
    seat->account_ = nullptr;
  // A guest may destroy its own seat now, and nobody else's.
  for (Seat* seat : seats)
    seat->guest_.on_signed_out(error);
}

void Account::leave(const Seat& seat, bool at_once) {
  std::erase(seats_, &seat);
  if (seats_.empty()) owner_.on_deserted(*this, at_once);
}

void Account::on_event(const std::string& method, const uci::Array& params) {
  if (seats_.empty()) return;
  const std::string text = json::rpc::write_notification(method, uci::params_to_json(params));
  for (Seat* seat : seats_)
    seat->guest_.on_event(text);
}

void Account::on_state(uci::Connection::State state) {
  using State = uci::Connection::State;
  if (phase_ != Phase::live) return;
  if (state == State::refused) {
    const Error error = connection().last_error().value_or(
        Error{codes::kSignedOut, "the PBX has ended the sign-in", "sign in again"});
    sign_out_seats(error);
    return owner_.on_refused(*this, error);
  }
  const bool connected = state == State::connected;
  if (std::exchange(connected_, connected) == connected) return;
  for (Seat* seat : seats_)
    seat->guest_.on_pbx(connected);
}

void Account::on_events_lost() {
  if (phase_ != Phase::live || !connected_) return;
  for (Seat* seat : seats_)
    seat->guest_.on_pbx(true);
}

}  // namespace sfteams::agent
