#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include <json/value.h>

#include "agent/keys/active_key.h"
#include "agent/keys/key_ring.h"
#include "base/error/error.h"
#include "transport/loop.h"

namespace sfteams::agent {

/// The system keys of the running agent: makes and withdraws them, in their file and in force, and
/// drops an older one when its grace is over.
class SystemKeys {
 public:
  /// `changed` is called whenever others are in force; `loop` outlives it.
  SystemKeys(transport::Loop& loop, std::filesystem::path file, ActiveKeys keys,
             std::function<void()> changed);

  /// The same object for as long as this lives, with what is good at present.
  [[nodiscard]] const ActiveKeys& in_force() const { return keys_; }
  /// From now on a grace that ends is seen.
  void watch_expiry();

  /// {"id": 16 hexadecimal digits, "created": time}. Fails as make_key_in() does, and
  /// then nothing has changed.
  [[nodiscard]] Result<Json::Value> make_new(const OldKeys& old);
  /// Only the one in force stays. Fails as revoke_older_keys_in() does.
  [[nodiscard]] Result<Json::Value> revoke_older();
  /// As it stands in the file. Fails with agent.no-key, or as load_keys().
  [[nodiscard]] Result<StoredKey> current() const;

 private:
  /// Puts those that were saved in force.
  void use(const KeyRing& keys);
  void drop_expired();

  transport::Loop& loop_;
  std::filesystem::path file_;
  ActiveKeys keys_;
  std::function<void()> changed_;
  std::unique_ptr<transport::Timer> expiry_;
};

}  // namespace sfteams::agent
