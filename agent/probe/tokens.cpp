#include "agent/probe/tokens.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/json/json.h"
#include "base/text/ascii.h"

namespace sfteams::probe {
namespace {

using std::chrono::seconds;

std::optional<seconds> lifetime_in(const Json::Value& document) {
  constexpr std::size_t kMostDigits = 9;
  const Json::Value* const member = json::member(document, "expires_in");
  if (member == nullptr) return std::nullopt;
  std::int64_t value = 0;
  if (member->isInt()) value = member->asInt();
  if (const auto text = json::text_of(*member); text && !text->empty() &&
                                                text->size() <= kMostDigits &&
                                                std::ranges::all_of(*text, text::is_digit)) {
    value = std::stoll(std::string(*text));
  }
  if (value < 1) return std::nullopt;
  return seconds(value);
}

}  // namespace

TokenReply read_tokens(oauth::Grant grant, Reply reply) {
  TokenReply read;
  if (!reply) {
    read.form = form_of(reply);
    return read;
  }
  if (Result<Json::Value> document = json::parse(reply->body); document && document->isObject()) {
    read.lifetime = lifetime_in(*document);
    for (const char* const name : {"access_token", "refresh_token"}) {
      if (document->isMember(name)) json::wipe((*document)[name]);
    }
  }
  read.form = form_of(reply);
  if (auto tokens = oauth::read_token_reply(grant, reply->status, reply->body))
    read.tokens = std::move(*tokens);
  return read;
}

std::string why_no_wait(const std::optional<seconds>& lifetime) {
  if (!lifetime) return "the PBX does not say how long a token lives";
  if (*lifetime < seconds(2)) return "tokens live for no time at all";
  if (*lifetime > kLongestWait)
    return fmt::format("a token lives for {} s, longer than is waited for", lifetime->count());
  return {};
}

}  // namespace sfteams::probe
