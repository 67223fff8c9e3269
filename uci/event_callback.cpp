#include "uci/event_callback.h"

#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/crypto/hash.h"
#include "base/crypto/random.h"
#include "base/text/encoding.h"
#include "base/text/percent.h"
#include "uci/codes.h"

namespace sfteams::uci {

using crypto::bytes_of;

struct EventCallback::Entry {
  std::optional<Digest> token;
  Handler handler;
  Lost lost;
};

namespace {

constexpr std::string_view kTokenName = "de.vertico.starface.auth";

std::array<std::uint8_t, 32> path_digest(std::string_view text) {
  return crypto::sha256({bytes_of(text)});
}

bool is_token(std::string_view raw, bool plus_is_space,
              const std::array<std::uint8_t, 32>& digest) {
  std::string text = text::percent_decode(raw, plus_is_space);
  const bool equal = crypto::equal_constant_time(path_digest(text), digest);
  crypto::wipe(text);
  return equal;
}

EventCallback::Reply plain(int status, std::string_view body) {
  return {status, "text/plain; charset=utf-8", std::string(body)};
}

}  // namespace

EventCallback::EventCallback(Refused refused) : refused_(std::move(refused)) {}
EventCallback::~EventCallback() = default;

EventCallback::Registration::Registration(EventCallback& owner, std::string path)
    : owner_(owner), path_(std::move(path)) {}

EventCallback::Registration::~Registration() {
  owner_.entries_.erase(path_digest(path_));
}

Result<std::unique_ptr<EventCallback::Registration>> EventCallback::add(const crypto::Secret& token,
                                                                        Handler handler,
                                                                        Lost lost) {
  return enter({crypto::sha256({token.bytes()}), std::move(handler), std::move(lost)});
}

Result<std::unique_ptr<EventCallback::Registration>> EventCallback::add_without_token(
    Handler handler, Lost lost) {
  return enter({std::nullopt, std::move(handler), std::move(lost)});
}

Result<std::unique_ptr<EventCallback::Registration>> EventCallback::enter(Entry entry) {
  std::array<std::uint8_t, 24> random{};
  if (auto filled = crypto::fill_random_private(random); !filled) return fail(filled.error());
  std::string path = "/events/" + text::to_base64url(random);
  entries_[path_digest(path)] = std::make_shared<Entry>(std::move(entry));
  return std::unique_ptr<Registration>(new Registration(*this, std::move(path)));
}

EventCallback::Reply EventCallback::handle(std::string_view path, std::string_view query,
                                           std::string_view body) {
  const auto found = entries_.find(path_digest(path));
  // Kept alive here: the handler may end its own registration.
  const std::shared_ptr<Entry> entry = found == entries_.end() ? nullptr : found->second;
  const Digest expected = entry ? entry->token.value_or(Digest{}) : Digest{};
  const std::string_view raw = text::query_value(query, kTokenName);
  // Whether a PBX writes a space in a login as '+' is not known, so a '+' may be either.
  const bool as_form = is_token(raw, true, expected);
  const bool as_url = is_token(raw, false, expected);
  const auto refuse = [this](const Error& error) {
    if (refused_) refused_(error);
  };
  if (!entry) {
    refuse({codes::kCallbackUnknownPath, "an event came to a path that belongs to no user", {}});
    return plain(404, "no such path\n");
  }
  if (entry->token && !as_form && !as_url) {
    refuse({codes::kCallbackWrongToken, "an event came without the token of its user", {}});
    return plain(403, "wrong token\n");
  }
  const auto call = parse_call(body, kLimits);
  if (!call) {
    refuse(call.error());
    if (entry->lost) entry->lost();
    return plain(400, describe(call.error()) + '\n');
  }
  entry->handler(call->method, call->params);
  auto answer = write_response(Value(true));
  return {200, "text/xml; charset=UTF-8", answer ? std::move(*answer) : std::string()};
}

void EventCallback::refuse(std::string_view path, int status) {
  if (refused_) {
    refused_({codes::kCallbackBadRequest,
              fmt::format("a request to the callback for events was refused with HTTP {}", status),
              {}});
  }
  const auto found = entries_.find(path_digest(path));
  if (found == entries_.end()) return;
  const std::shared_ptr<Entry> entry = found->second;
  if (entry->lost) entry->lost();
}

void EventCallback::refuse_tls(const std::string& peer, const std::string& why) {
  if (!refused_) return;
  refused_({codes::kCallbackTls,
            fmt::format("no TLS came about with {}, which wanted to deliver events: {}", peer, why),
            "where it says unknown ca or bad certificate the PBX does not trust [uci] "
            "callback-certificate: have it trust that one's authority, or take a certificate of an "
            "authority that it knows"});
}

}  // namespace sfteams::uci
