#include "agent/keys/key_ring.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "agent/keys/codes.h"
#include "base/clock/utc_time.h"
#include "tunnel/limits.h"

namespace sfteams::agent {

Result<StoredKey> make_key(std::chrono::system_clock::time_point now) {
  Result<keygen::SystemKey> key = keygen::SystemKey::generate();
  if (!key) return fail(key.error());
  return StoredKey{std::move(*key), clock::utc_text(now), 0};
}

Error key_exists() {
  return {codes::kKeyExists, "there is a system key already",
          "key new --grace 24h makes another one and lets users in by both for a day; key new "
          "--revoke shuts the old one out at once. Either way every user needs the new key file"};
}

Error no_older_key() {
  return {codes::kNoOlderKey, "there is no older system key to be revoked",
          "key new --revoke makes a new one and shuts the present one out"};
}

Result<void> add_new_key(KeyRing& keys, const OldKeys& old) {
  Result<StoredKey> made = make_key(std::chrono::system_clock::now());
  if (!made) return fail(made.error());
  return keys.add(std::move(*made), old, unix_now());
}

std::optional<KeyRing> KeyRing::of(std::vector<StoredKey> keys) {
  if (keys.size() > tunnel::kMaxAdmissionKeys) return std::nullopt;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if ((keys[i].expires == 0) != (i == 0)) return std::nullopt;
    for (std::size_t j = 0; j < i; ++j) {
      if (keys[i].key == keys[j].key) return std::nullopt;
    }
  }
  KeyRing ring;
  ring.keys_ = std::move(keys);
  return ring;
}

Result<void> KeyRing::add(StoredKey key, const OldKeys& old, std::int64_t now) {
  drop_expired(now);
  if (!keys_.empty() && old.fate == OldKeys::Fate::kept_out) return fail(key_exists());
  if (old.fate == OldKeys::Fate::revoked) keys_.clear();
  if (keys_.size() == tunnel::kMaxAdmissionKeys) {
    return fail(
        codes::kTooManyKeys,
        fmt::format("{} system keys are good at present, the most there can be", keys_.size()),
        "wait until one is over (status shows when), or end the older ones now: key revoke");
  }
  if (!keys_.empty()) keys_.front().expires = now + old.grace.count();
  keys_.insert(keys_.begin(), std::move(key));
  return {};
}

bool KeyRing::revoke_older() {
  if (keys_.size() < 2) return false;
  keys_.erase(keys_.begin() + 1, keys_.end());
  return true;
}

bool KeyRing::drop_expired(std::int64_t now) {
  return std::erase_if(keys_, [now](const StoredKey& key) {
           return key.expires != 0 && key.expires <= now;
         }) > 0;
}

}  // namespace sfteams::agent
