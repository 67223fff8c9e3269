#include "agent/pbx/oauth_user.h"

#include <algorithm>
#include <utility>

namespace sfteams::agent {

void OauthUsers::forget(std::string_view user) {
  for (OauthUser* const one : users_) {
    if (one->name() == user) one->forget();
  }
}

OauthUser::OauthUser(OauthUsers& users, RefreshBook* book, std::string name,
                     const crypto::Secret& key, bool given_out)
    : users_(users), book_(book), name_(std::move(name)), given_out_(given_out) {
  keys_.push_back(key.clone());
  users_.users_.push_back(this);
}

OauthUser::~OauthUser() {
  users_.users_.remove(this);
}

void OauthUser::set_connection(std::unique_ptr<uci::UserConnection> connection,
                               const RestWay* rest) {
  connection_ = std::move(connection);
  if (rest == nullptr) return;
  rest_ = std::make_unique<UserRest>(*rest, name_, [this] { return token_credential(tokens()); });
}

rest::Client* OauthUser::rest() {
  return rest_ ? &rest_->client() : nullptr;
}

void OauthUser::on_rotated() {
  if (!given_out_ || book_ == nullptr || tokens().refresh().empty()) return;
  for (const crypto::Secret& key : keys_)
    book_->put(name_, key, tokens().refresh());
}

const crypto::Secret* OauthUser::kept_secret() {
  if (!std::exchange(given_out_, true)) on_rotated();
  return &keys_.front();
}

void OauthUser::add_kept_secret(const crypto::Secret& kept) {
  const bool known =
      std::ranges::any_of(keys_, [&kept](const crypto::Secret& key) { return key == kept; });
  if (known) return;
  // The one that came first of those that are given out no more: under it lies a token that is not
  // renewed, and the book drops it first.
  if (keys_.size() >= RefreshBook::kMostOfUser) keys_.erase(keys_.begin() + 1);
  keys_.push_back(kept.clone());
  given_out_ = true;
  on_rotated();
}

bool OauthUser::take_over(PbxUser& newer) {
  auto* const other = dynamic_cast<OauthUser*>(&newer);
  if (other == nullptr) return false;
  tokens().take_over(other->tokens());
  for (const crypto::Secret& key : other->keys_) {
    if (other->given_out_) add_kept_secret(key);
  }
  // What the newer one was given is this one's now.
  other->given_out_ = true;
  on_rotated();
  return true;
}

void OauthUser::forget() {
  given_out_ = false;
  // One of the former keys must not open what lies there when one is given out again.
  Result<crypto::Secret> key = RefreshBook::new_key();
  if (!key) return;
  keys_.clear();
  keys_.push_back(std::move(*key));
}

void OauthUser::log_out(std::function<void()> done) {
  if (!rest_) return end_connection(std::move(done));
  rest_->log_out([this](std::function<void()> over) { end_connection(std::move(over)); },
                 std::move(done));
}

void OauthUser::end_connection(std::function<void()> done) {
  connection().logout([this, done = std::move(done)] {
    if (given_out_) return done();
    tokens().revoke(done);
  });
}

}  // namespace sfteams::agent
