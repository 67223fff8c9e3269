#include "simulator/gate.h"

#include "base/text/encoding.h"
#include "simulator/text.h"
#include "uci/token.h"

namespace sfteams::simulator {
namespace {

/// The hash of a sha512 token has as many digits; what stands before ':' in anything else might be
/// part of a password.
constexpr std::size_t kHashDigits = 128;
constexpr std::size_t kMostClaimed = 64;

crypto::Secret hash_of(const crypto::Secret& password) {
  std::string digits = text::to_hex(crypto::sha512({password.bytes()}));
  crypto::Secret hash = crypto::Secret::from_text(digits);
  crypto::wipe(digits);
  return hash;
}

}  // namespace

Gate::Gate(const Directory& directory, const Options& options)
    : directory_(directory), options_(options) {
  for (const User& user : directory.users()) {
    sha512_.push_back(uci::make_token(uci::TokenKind::sha512, user.login, user.password));
    hashes_.push_back(hash_of(user.password));
    const crypto::Secret md5 = uci::make_token(uci::TokenKind::md5, user.login, user.password);
    md5_.emplace(crypto::sha256({md5.bytes()}), user.index);
  }
}

const User* Gate::check(const Credentials& credentials) const {
  if (options_.tokens == TokenKinds::none || options_.oauth.mode == OauthMode::external) {
    return nullptr;
  }
  const std::string_view token = credentials.token.text();
  const std::size_t colon = token.rfind(':');
  const User* user = nullptr;
  if (colon != std::string_view::npos) {
    if (options_.tokens == TokenKinds::md5) return nullptr;
    user = directory_.by_login(token.substr(0, colon));
    if (user == nullptr || !(sha512_[user->index] == credentials.token)) return nullptr;
  } else {
    if (options_.tokens == TokenKinds::sha512) return nullptr;
    const auto found = md5_.find(crypto::sha256({credentials.token.bytes()}));
    if (found == md5_.end()) return nullptr;
    user = &directory_.users()[found->second];
  }
  const bool same = credentials.user.empty() || credentials.user == user->login;
  return same ? user : nullptr;
}

bool Gate::is_password(const User& user, const crypto::Secret& password) const {
  return uci::make_token(uci::TokenKind::sha512, user.login, password) == sha512_[user.index];
}

void Gate::change_password(const User& user, const crypto::Secret& password) {
  sha512_.at(user.index) = uci::make_token(uci::TokenKind::sha512, user.login, password);
  hashes_.at(user.index) = hash_of(password);
  std::erase_if(md5_, [&user](const auto& entry) { return entry.second == user.index; });
  const crypto::Secret md5 = uci::make_token(uci::TokenKind::md5, user.login, password);
  md5_.emplace(crypto::sha256({md5.bytes()}), user.index);
}

std::string claimed_user(const Credentials& credentials) {
  if (!credentials.user.empty()) return shortened(credentials.user, kMostClaimed);
  const std::string_view token = credentials.token.text();
  const std::size_t colon = token.rfind(':');
  const bool whole = colon != std::string_view::npos && token.size() - colon - 1 == kHashDigits;
  return whole ? shortened(token.substr(0, colon), kMostClaimed) : std::string();
}

}  // namespace sfteams::simulator
