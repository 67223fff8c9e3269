#include "agent/keys/key_store.h"

#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "agent/state/codes.h"
#include "agent/state/state_file.h"
#include "base/json/json.h"
#include "base/text/encoding.h"

namespace sfteams::agent {
namespace {

constexpr std::size_t kMaxFile = 16'384;
/// In 2262, the last one that the system's clock can hold in nanoseconds.
constexpr std::int64_t kLatestEnd = 9'223'372'036;
constexpr std::string_view kKeyType = "starface-teams-agent-keys";
constexpr std::string_view kIdentityType = "starface-teams-agent-identity";

/// The message alone says what is wrong; it never quotes the key.
Result<StoredKey> read_key(const Json::Value& entry) {
  const auto text = json::string_member(entry, "key");
  const auto created = json::string_member(entry, "created");
  const Json::Value* expires = json::member(entry, "expires");
  const std::size_t members = expires == nullptr ? 2 : 3;
  const bool good_end = expires == nullptr || (expires->isInt64() && expires->asInt64() > 0 &&
                                               expires->asInt64() <= kLatestEnd);
  if (!text || !created || !good_end || entry.size() != members) {
    return fail(codes::kStateDamaged, "a key is not whole");
  }
  Result<keygen::SystemKey> key = keygen::SystemKey::parse(*text);
  if (!key) return fail(key.error());
  return StoredKey{std::move(*key), std::string(*created),
                   expires == nullptr ? 0 : expires->asInt64()};
}

}  // namespace

Result<KeyRing> load_keys(const std::filesystem::path& file) {
  const Result<std::optional<Json::Value>> document = load_state(file, kKeyType, kMaxFile);
  if (!document) return fail(document.error());
  if (!*document) return KeyRing();
  const Json::Value* list = json::member(**document, "keys");
  if (list == nullptr || !list->isArray() || list->empty())
    return damaged_state(file, "it has no keys");
  std::vector<StoredKey> keys;
  for (const Json::Value& entry : *list) {
    Result<StoredKey> key = read_key(entry);
    if (!key) return damaged_state(file, key.error().message);
    keys.push_back(std::move(*key));
  }
  std::optional<KeyRing> ring = KeyRing::of(std::move(keys));
  if (!ring) return damaged_state(file, "its keys do not belong together");
  return std::move(*ring);
}

Result<void> save_keys(const std::filesystem::path& file, const KeyRing& keys) {
  // Written by hand: jsoncpp would leave copies of the keys behind.
  std::string text =
      fmt::format("{{\n  \"type\": \"{}\",\n  \"version\": 1,\n  \"keys\": [", kKeyType);
  text.reserve(kMaxFile);
  const char* separator = "\n    ";
  for (const StoredKey& key : keys.keys()) {
    const crypto::Secret shown = key.key.display();
    fmt::format_to(std::back_inserter(text), "{}{{\"key\": \"{}\", \"created\": \"{}\"",
                   std::exchange(separator, ",\n    "), shown.text(), key.created);
    if (key.expires != 0) {
      fmt::format_to(std::back_inserter(text), ", \"expires\": {}", key.expires);
    }
    text += '}';
  }
  text += "\n  ]\n}\n";
  return save_state(file, std::move(text), files::Existing::replace);
}

Result<KeyRing> make_key_in(const std::filesystem::path& file, const OldKeys& old) {
  Result<KeyRing> keys = load_keys(file);
  // A file that cannot be read may hold keys that are good: it is given up only when that is meant.
  if (!keys && old.fate == OldKeys::Fate::revoked) keys = KeyRing();
  if (!keys) return keys;
  if (const Result<void> added = add_new_key(*keys, old); !added) return fail(added.error());
  if (const Result<void> saved = save_keys(file, *keys); !saved) return fail(saved.error());
  return keys;
}

Result<KeyRing> revoke_older_keys_in(const std::filesystem::path& file) {
  Result<KeyRing> keys = load_keys(file);
  if (!keys) return keys;
  if (!keys->revoke_older()) return fail(no_older_key());
  if (const Result<void> saved = save_keys(file, *keys); !saved) return fail(saved.error());
  return keys;
}

Result<crypto::Ed25519Key> load_or_make_identity(const std::filesystem::path& file) {
  const Result<std::optional<Json::Value>> document = load_state(file, kIdentityType, kMaxFile);
  if (!document) return fail(document.error());
  if (*document) {
    const auto text = json::string_member(**document, "seed");
    const auto bytes = text ? text::from_hex(*text) : std::nullopt;
    if (!bytes || bytes->size() != 32) return damaged_state(file, "the seed is not whole");
    const crypto::Secret seed{std::span<const std::uint8_t>(*bytes)};
    return crypto::Ed25519Key::from_seed(seed.bytes());
  }
  Result<crypto::Ed25519Key> identity = crypto::Ed25519Key::generate();
  if (!identity) return fail(identity.error());
  const crypto::Secret seed = identity->seed();
  const Result<void> saved =
      save_state(file,
                 fmt::format("{{\n  \"type\": \"{}\",\n  \"version\": 1,\n  \"seed\": \"{}\"\n}}\n",
                             kIdentityType, text::to_hex(seed.bytes())),
                 files::Existing::refuse);
  if (!saved) return fail(saved.error());
  return identity;
}

}  // namespace sfteams::agent
