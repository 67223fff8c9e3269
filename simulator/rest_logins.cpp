#include "simulator/rest_logins.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include <json/value.h>

#include "base/crypto/random.h"
#include "base/json/json.h"
#include "base/text/encoding.h"
#include "simulator/text.h"

namespace sfteams::simulator {
namespace {

constexpr std::size_t kMostNonces = 1'000;
constexpr std::size_t kMostRestLogins = 20'000;
constexpr std::size_t kMostClaimedLogin = 64;
/// Of the hash in a secret; what stands before ':' in anything else might be part of a password.
constexpr std::size_t kSecretDigits = 128;
constexpr std::chrono::minutes kNonceTime{5};
constexpr json::Limits kLoginLimits{.bytes = 16'384, .depth = 4};

RestLogins::Outcome not_granted(RestLogins::Outcome::Kind kind, std::string_view why) {
  RestLogins::Outcome outcome;
  outcome.kind = kind;
  outcome.why = why;
  return outcome;
}

/// Where a secret with a hash parts; npos: it is none.
std::size_t hash_begins(std::string_view secret) {
  const std::size_t colon = secret.rfind(':');
  const bool whole = colon != std::string_view::npos && secret.size() - colon - 1 == kSecretDigits;
  return whole ? colon + 1 : std::string_view::npos;
}

std::string claimed_login(std::string_view secret) {
  const std::size_t hash = hash_begins(secret);
  return hash == std::string_view::npos ? std::string()
                                        : shortened(secret.substr(0, hash - 1), kMostClaimedLogin);
}

Result<std::string> random_digits() {
  std::array<std::uint8_t, 24> bytes{};
  if (auto filled = crypto::fill_random_private(bytes); !filled) return fail(filled.error());
  return text::to_hex(bytes);
}

}  // namespace

std::string_view login_type(const Options& options) {
  return options.rest.login == RestLoginKind::active_directory ? "ActiveDirectory" : "Internal";
}

Result<std::string> RestLogins::make_nonce() {
  Result<std::string> text = random_digits();
  if (!text) return fail(text.error());
  nonces_.push_back({*text, parts_.scheduler.now() + kNonceTime});
  if (nonces_.size() > kMostNonces) nonces_.pop_front();
  return text;
}

bool RestLogins::take_nonce(std::string_view text) {
  const auto found = std::find_if(nonces_.begin(), nonces_.end(),
                                  [&](const Nonce& nonce) { return nonce.text == text; });
  if (found == nonces_.end()) return false;
  const bool good = parts_.scheduler.now() < found->until;
  nonces_.erase(found);
  return good;
}

Result<RestLogins::Outcome> RestLogins::log_in(std::string_view body) {
  using Kind = Outcome::Kind;
  Result<Json::Value> json = json::parse(body, kLoginLimits);
  if (!json) return not_granted(Kind::malformed, "the body is no JSON");
  const auto type = json::string_member(*json, "loginType");
  const auto nonce = json::string_member(*json, "nonce");
  const auto given = json::string_member(*json, "secret");
  if (!type || !nonce || !given) return not_granted(Kind::malformed, "a member is missing");
  if (*type != login_type(parts_.options)) return not_granted(Kind::malformed, "wrong loginType");
  const crypto::Secret secret = crypto::Secret::from_text(*given);
  const bool fresh = take_nonce(*nonce);
  const User* const user = fresh ? check(*nonce, secret) : nullptr;
  json::wipe((*json)["secret"]);
  if (user == nullptr) {
    Outcome refused = not_granted(Kind::refused, fresh ? "wrong password" : "wrong nonce");
    refused.claimed = claimed_login(secret.text());
    return refused;
  }
  Result<std::string> token = random_digits();
  if (!token) return fail(token.error());
  Outcome granted;
  granted.user = user;
  granted.token = crypto::Secret::from_text(*token);
  crypto::wipe(*token);
  keep(granted.token, *user);
  return granted;
}

const User* RestLogins::check(std::string_view nonce, const crypto::Secret& secret) const {
  // Another server holds the passwords.
  if (parts_.options.oauth.mode == OauthMode::external) return nullptr;
  const bool plain = parts_.options.rest.login == RestLoginKind::active_directory;
  return plain ? check_password(nonce, secret) : check_hash(nonce, secret);
}

/// login:sha512(login + nonce + sha512(password)), both in hexadecimal.
const User* RestLogins::check_hash(std::string_view nonce, const crypto::Secret& secret) const {
  const std::string_view text = secret.text();
  const std::size_t hash = hash_begins(text);
  if (hash == std::string_view::npos) return nullptr;
  const User* const user = parts_.directory.by_login(text.substr(0, hash - 1));
  if (user == nullptr) return nullptr;
  const std::string right =
      text::to_hex(crypto::sha512({crypto::bytes_of(user->login), crypto::bytes_of(nonce),
                                   parts_.gate.password_hash(*user).bytes()}));
  const bool same =
      crypto::equal_constant_time(crypto::bytes_of(right), crypto::bytes_of(text.substr(hash)));
  return same ? user : nullptr;
}

/// base64(login + nonce + password).
const User* RestLogins::check_password(std::string_view nonce, const crypto::Secret& secret) const {
  auto decoded = text::from_base64(secret.text());
  if (!decoded) return nullptr;
  const crypto::Secret all{std::span<const std::uint8_t>(*decoded)};
  crypto::wipe(*decoded);
  const std::string_view text = all.text();
  const std::size_t at = text.find(nonce);
  if (at == std::string_view::npos) return nullptr;
  const User* const user = parts_.directory.by_login(text.substr(0, at));
  if (user == nullptr) return nullptr;
  const auto password = crypto::Secret::from_text(text.substr(at + nonce.size()));
  return parts_.gate.is_password(*user, password) ? user : nullptr;
}

void RestLogins::keep(const crypto::Secret& token, const User& user) {
  if (tokens_.size() >= kMostRestLogins) {
    tokens_.erase(std::min_element(tokens_.begin(), tokens_.end(), [](auto& a, auto& b) {
      return a.second.number < b.second.number;
    }));
  }
  const auto until =
      parts_.scheduler.now() + std::chrono::seconds(parts_.options.rest.token_lifetime);
  tokens_[crypto::sha256({token.bytes()})] = {&user, until, ++last_};
}

RestLogins::Found RestLogins::find(std::string_view token) const {
  const auto found = tokens_.find(crypto::sha256({crypto::bytes_of(token)}));
  if (found == tokens_.end()) return {};
  const bool live = parts_.scheduler.now() < found->second.until;
  return {live ? State::live : State::dead, found->second.user};
}

void RestLogins::log_out(std::string_view token) {
  tokens_.erase(crypto::sha256({crypto::bytes_of(token)}));
}

}  // namespace sfteams::simulator
