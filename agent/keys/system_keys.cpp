#include "agent/keys/system_keys.h"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <utility>

#include "agent/keys/codes.h"
#include "agent/keys/key_store.h"
#include "base/error/counted.h"
#include "base/log/log.h"
#include "base/text/encoding.h"

namespace sfteams::agent {
namespace {

using transport::Duration;

/// How often it is looked whether a key is over.
constexpr Duration kExpiryCheck{60'000};

}  // namespace

SystemKeys::SystemKeys(transport::Loop& loop, std::filesystem::path file, ActiveKeys keys,
                       std::function<void()> changed)
    : loop_(loop), file_(std::move(file)), keys_(std::move(keys)), changed_(std::move(changed)) {}

Result<Json::Value> SystemKeys::make_new(const OldKeys& old) {
  const Result<KeyRing> keys = make_key_in(file_, old);
  if (!keys) return fail(keys.error());
  use(*keys);
  const ActiveKey& current = keys_.front();
  const std::size_t older = keys_.size() - 1;
  log::info("agent", "a new system key {} is in force{}", text::to_hex(current.admission.id),
            older == 0 ? std::string()
                       : ", beside " + counted(older, "older key") + " for a grace period");
  Json::Value result(Json::objectValue);
  result["id"] = text::to_hex(current.admission.id);
  result["created"] = current.created;
  return result;
}

Result<Json::Value> SystemKeys::revoke_older() {
  const Result<KeyRing> keys = revoke_older_keys_in(file_);
  if (!keys) return fail(keys.error());
  use(*keys);
  log::info("agent", "only the system key {} is good any more",
            text::to_hex(keys_.front().admission.id));
  return Json::Value(Json::objectValue);
}

Result<StoredKey> SystemKeys::current() const {
  const Result<KeyRing> keys = load_keys(file_);
  if (!keys) return fail(keys.error());
  if (keys->empty()) {
    return fail(codes::kNoKey, "there is no system key yet",
                "make one: starface-teams-agent key new");
  }
  return keys->current().clone();
}

void SystemKeys::use(const KeyRing& keys) {
  keys_ = active_keys(keys);
  changed_();
  watch_expiry();
}

/// Looks at least once a minute, because the clock may be set.
void SystemKeys::watch_expiry() {
  if (keys_.size() < 2) return expiry_.reset();
  const auto now = std::chrono::system_clock::now();
  Duration wait = kExpiryCheck;
  for (const ActiveKey& key : keys_) {
    if (key.admission.expires == 0) continue;
    const auto end =
        std::chrono::system_clock::from_time_t(static_cast<std::time_t>(key.admission.expires));
    wait = std::min(wait, std::chrono::ceil<Duration>(end - now));
  }
  expiry_ = loop_.after(std::max(wait, Duration(0)), [this] { drop_expired(); });
}

void SystemKeys::drop_expired() {
  Result<KeyRing> keys = load_keys(file_);
  if (keys && !keys->drop_expired(unix_now())) return watch_expiry();
  const Result<void> saved = keys ? save_keys(file_, *keys) : Result<void>(fail(keys.error()));
  if (saved) {
    use(*keys);
    return log::info("agent", "the grace of an older system key is over");
  }
  // The connector keeps to the end of the grace by itself; our own part is tried again.
  log::error("agent", "an older system key cannot be dropped: {}", describe(saved.error()));
  expiry_ = loop_.after(kExpiryCheck, [this] { drop_expired(); });
}

}  // namespace sfteams::agent
