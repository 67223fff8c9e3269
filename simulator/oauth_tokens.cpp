#include "simulator/oauth_tokens.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include <fmt/format.h>
#include <json/value.h>

#include "base/crypto/random.h"
#include "base/json/json.h"
#include "base/text/encoding.h"

namespace sfteams::simulator {
namespace {

/// Of each kind; the oldest go. What has ended is remembered up to here, too.
constexpr std::size_t kMostTokens = 20'000;
constexpr std::string_view kHeader = R"({"alg":"RS256","typ":"JWT","kid":"key-1"})";

crypto::Sha256Digest digest_of(const crypto::Secret& token) {
  return crypto::sha256({token.bytes()});
}

template <std::size_t Bytes>
Result<std::string> random_text() {
  std::array<std::uint8_t, Bytes> bytes{};
  if (auto filled = crypto::fill_random_private(bytes); !filled) return fail(filled.error());
  return text::to_base64url(bytes);
}

std::string encoded(std::string_view text) {
  // A char may be looked at as a byte ([basic.lval]).
  return text::to_base64url({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

}  // namespace

OauthTokens::OauthTokens(const Options& options, const transport::Scheduler& scheduler,
                         WallClock wall)
    : options_(options), scheduler_(scheduler), wall_(std::move(wall)) {}

Result<OauthTokens::Issued> OauthTokens::grant(const User& user, std::string_view issuer) {
  return issue(user, ++last_, options_.oauth.refresh != RefreshTokens::none, issuer);
}

Result<OauthTokens::Refreshed> OauthTokens::refresh(const crypto::Secret& token,
                                                    std::string_view issuer) {
  const RefreshTokens rule = options_.oauth.refresh;
  const auto found = refresh_.find(digest_of(token));
  Refreshed refreshed;
  if (found == refresh_.end()) {
    refreshed.why = "unknown refresh token";
    return refreshed;
  }
  refreshed.user = found->second.user;
  const std::uint64_t family = found->second.family;
  if (!is_live(found->second)) {
    refreshed.why = "dead refresh token";
    // One that has only expired was not used by two.
    const bool reused = found->second.ended;
    if (reused && rule == RefreshTokens::rotate_strict && end_family(family) > 0) {
      refreshed.why = "reused refresh token, its family has ended";
    }
    return refreshed;
  }
  if (rule == RefreshTokens::rotate || rule == RefreshTokens::rotate_strict) {
    found->second.ended = true;
  }
  const bool another = rule != RefreshTokens::keep && rule != RefreshTokens::none;
  Result<Issued> issued = issue(*refreshed.user, family, another, issuer);
  if (!issued) return fail(issued.error());
  refreshed.issued = std::move(*issued);
  return refreshed;
}

OauthTokens::Found OauthTokens::access(const crypto::Secret& token) const {
  const auto found = access_.find(digest_of(token));
  if (found == access_.end()) return {};
  return {is_live(found->second) ? State::live : State::dead, found->second.user};
}

const User* OauthTokens::revoke(const crypto::Secret& token) {
  const crypto::Sha256Digest digest = digest_of(token);
  if (const auto found = refresh_.find(digest); found != refresh_.end()) {
    end_family(found->second.family);
    return found->second.user;
  }
  const auto found = access_.find(digest);
  if (found == access_.end()) return nullptr;
  found->second.ended = true;
  return found->second.user;
}

std::size_t OauthTokens::end(const User* user) {
  std::size_t ended = 0;
  for (Tokens* tokens : {&access_, &refresh_}) {
    for (auto& [digest, token] : *tokens) {
      if (user != nullptr && token.user != user) continue;
      if (is_live(token)) ++ended;
      token.ended = true;
    }
  }
  return ended;
}

Result<OauthTokens::Issued> OauthTokens::issue(const User& user, std::uint64_t family,
                                               bool with_refresh, std::string_view issuer) {
  const OauthOptions& oauth = options_.oauth;
  const auto now = std::chrono::floor<std::chrono::seconds>(wall_()).time_since_epoch().count();
  const Result<std::string> id = random_text<16>();
  const Result<std::string> signature = random_text<256>();
  if (!id || !signature) return fail(id ? signature.error() : id.error());
  Json::Value claims(Json::objectValue);
  claims["iss"] = std::string(issuer);
  claims["sub"] = std::to_string(user.index + 1);
  claims["azp"] = oauth.client_id;
  claims["scope"] = oauth.scope;
  claims["iat"] = Json::Int64(now);
  claims["exp"] = Json::Int64(now + oauth.lifetime);
  claims["jti"] = *id;

  Issued issued;
  std::string access =
      fmt::format("{}.{}.{}", encoded(kHeader), encoded(json::write(claims)), *signature);
  issued.access = crypto::Secret::from_text(access);
  crypto::wipe(access);
  Token token;
  token.user = &user;
  token.family = family;
  token.until = in(oauth.lifetime);
  keep(access_, issued.access, token);
  if (!with_refresh) return issued;

  Result<std::string> refresh = random_text<48>();
  if (!refresh) return fail(refresh.error());
  std::string whole = fmt::format("{}.{}", encoded(kHeader), *refresh);
  issued.refresh = crypto::Secret::from_text(whole);
  crypto::wipe(whole);
  crypto::wipe(*refresh);
  token.until = in(oauth.refresh_lifetime);
  keep(refresh_, issued.refresh, token);
  return issued;
}

void OauthTokens::keep(Tokens& tokens, const crypto::Secret& text, Token token) {
  if (tokens.size() >= kMostTokens) {
    std::erase_if(tokens, [this](const auto& one) { return !is_live(one.second); });
  }
  if (tokens.size() >= kMostTokens) {
    tokens.erase(std::min_element(tokens.begin(), tokens.end(), [](const auto& a, const auto& b) {
      return a.second.number < b.second.number;
    }));
  }
  token.number = ++last_;
  tokens.emplace(digest_of(text), token);
}

std::size_t OauthTokens::end_family(std::uint64_t family) {
  std::size_t ended = 0;
  for (Tokens* tokens : {&access_, &refresh_}) {
    for (auto& [digest, token] : *tokens) {
      if (token.family != family) continue;
      if (is_live(token)) ++ended;
      token.ended = true;
    }
  }
  return ended;
}

bool OauthTokens::is_live(const Token& token) const {
  return !token.ended && scheduler_.now() < token.until;
}

std::size_t OauthTokens::count(const Tokens& tokens) const {
  return static_cast<std::size_t>(std::count_if(
      tokens.begin(), tokens.end(), [this](const auto& one) { return is_live(one.second); }));
}

transport::TimePoint OauthTokens::in(std::int64_t seconds) const {
  return scheduler_.now() + std::chrono::seconds(seconds);
}

}  // namespace sfteams::simulator
