#include "agent/admin/sign_in.h"

#include <algorithm>
#include <utility>

#include "agent/admin/codes.h"
#include "base/crypto/hash.h"
#include "base/crypto/random.h"
#include "base/text/encoding.h"

namespace sfteams::admin {
namespace {

constexpr std::size_t kTokenBytes = 32;

Result<std::string> random_token() {
  crypto::Secret bytes(kTokenBytes);
  if (const Result<void> filled = crypto::fill_random_private(bytes.bytes()); !filled)
    return fail(filled.error());
  return text::to_base64url(bytes.bytes());
}

bool is(const crypto::Secret& secret, std::string_view text) {
  return crypto::equal_constant_time(secret.bytes(), crypto::bytes_of(text));
}

}  // namespace

Result<std::string> SignIn::new_link(TimePoint now) {
  drop_old(now);
  Result<std::string> token = random_token();
  if (!token) return token;
  if (links_.size() == kMostLinks) links_.pop_front();
  links_.push_back({crypto::Secret::from_text(*token), now + kLinkLife});
  return token;
}

Result<SignIn::Session> SignIn::redeem(std::string_view token, TimePoint now) {
  drop_old(now);
  const auto link = std::ranges::find_if(links_, [&](const Link& l) { return is(l.token, token); });
  if (link == links_.end()) {
    return fail(codes::kBadLink, "this link does not sign in: it was used already or is too old",
                "have a new one made: starface-teams-agent admin-link");
  }
  links_.erase(link);
  if (sessions_.size() == kMostSessions)
    sessions_.erase(std::ranges::min_element(sessions_, {}, &Entry::idle_end));
  Result<std::string> cookie = random_token();
  if (!cookie) return fail(cookie.error());
  Result<std::string> csrf = random_token();
  if (!csrf) return fail(csrf.error());
  sessions_.push_back({crypto::Secret::from_text(*cookie), crypto::Secret::from_text(*csrf),
                       now + kIdle, now + kLongest});
  return Session{std::move(*cookie), std::move(*csrf)};
}

bool SignIn::admits(std::string_view cookie, std::string_view csrf, TimePoint now, By by) {
  drop_old(now);
  for (Entry& entry : sessions_) {
    if (!is(entry.cookie, cookie)) continue;
    if (!is(entry.csrf, csrf)) return false;
    if (by == By::person) entry.idle_end = now + kIdle;
    return true;
  }
  return false;
}

void SignIn::sign_out(std::string_view cookie) {
  std::erase_if(sessions_, [&](const Entry& entry) { return is(entry.cookie, cookie); });
}

void SignIn::drop_old(TimePoint now) {
  std::erase_if(links_, [&](const Link& link) { return now >= link.end; });
  std::erase_if(sessions_,
                [&](const Entry& entry) { return now >= entry.idle_end || now >= entry.end; });
}

}  // namespace sfteams::admin
