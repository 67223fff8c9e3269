#include "agent/key_store.h"

#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "agent/codes.h"
#include "crypto/encoding.h"
#include "json/json.h"
#include "keygen/atomic_file.h"
#include "keygen/codes.h"
#include "keygen/small_file.h"

namespace sfteams::agent {
namespace {

constexpr std::size_t kMaxFile = 16'384;
constexpr std::string_view kKeyType = "starface-teams-agent-keys";
constexpr std::string_view kIdentityType = "starface-teams-agent-identity";

tl::unexpected<Error> damaged(const std::filesystem::path& file, const std::string& why) {
  return fail(codes::kStateDamaged, file.string() + " is damaged: " + why,
              "restore it from a backup, or move it away and start again");
}

/// The document, its type and version checked; nullopt when there is no file.
Result<std::optional<Json::Value>> load(const std::filesystem::path& file, std::string_view type) {
  const Result<crypto::Secret> content = keygen::read_small_file(file, kMaxFile);
  if (!content) {
    if (content.error().code == keygen::codes::kFileMissing) return std::nullopt;
    return fail(content.error());
  }
  Result<Json::Value> document = json::parse(content->text());
  if (!document) return damaged(file, document.error().message);
  if (json::string_member(*document, "type") != type) return damaged(file, "it is of another type");
  const Json::Value* version = json::member(*document, "version");
  if (version == nullptr || *version != Json::Value(1)) {
    return damaged(file, "its version is not 1; it may belong to a newer agent");
  }
  return std::optional<Json::Value>(std::move(*document));
}

Result<void> save(const std::filesystem::path& file, std::string text, keygen::Existing existing) {
  const crypto::Secret content = crypto::Secret::from_text(text);
  crypto::wipe(text);
  return keygen::write_file_atomically(file, content.bytes(), existing);
}

/// The message alone says what is wrong; it never quotes the key.
Result<StoredKey> read_key(const Json::Value& entry) {
  const auto text = json::string_member(entry, "key");
  const auto created = json::string_member(entry, "created");
  const Json::Value* expires = json::member(entry, "expires");
  const std::size_t members = expires == nullptr ? 2 : 3;
  const bool good_end = expires == nullptr || (expires->isInt64() && expires->asInt64() > 0);
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
  const Result<std::optional<Json::Value>> document = load(file, kKeyType);
  if (!document) return fail(document.error());
  if (!*document) return KeyRing();
  const Json::Value* list = json::member(**document, "keys");
  if (list == nullptr || !list->isArray() || list->empty()) return damaged(file, "it has no keys");
  std::vector<StoredKey> keys;
  for (const Json::Value& entry : *list) {
    Result<StoredKey> key = read_key(entry);
    if (!key) return damaged(file, key.error().message);
    keys.push_back(std::move(*key));
  }
  std::optional<KeyRing> ring = KeyRing::of(std::move(keys));
  if (!ring) return damaged(file, "its keys do not belong together");
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
  return save(file, std::move(text), keygen::Existing::replace);
}

Result<crypto::Ed25519Key> load_or_make_identity(const std::filesystem::path& file) {
  const Result<std::optional<Json::Value>> document = load(file, kIdentityType);
  if (!document) return fail(document.error());
  if (*document) {
    const auto text = json::string_member(**document, "seed");
    const auto bytes = text ? crypto::from_hex(*text) : std::nullopt;
    if (!bytes || bytes->size() != 32) return damaged(file, "the seed is not whole");
    const crypto::Secret seed{std::span<const std::uint8_t>(*bytes)};
    return crypto::Ed25519Key::from_seed(seed.bytes());
  }
  Result<crypto::Ed25519Key> identity = crypto::Ed25519Key::generate();
  if (!identity) return fail(identity.error());
  const crypto::Secret seed = identity->seed();
  const Result<void> saved =
      save(file,
           fmt::format("{{\n  \"type\": \"{}\",\n  \"version\": 1,\n  \"seed\": \"{}\"\n}}\n",
                       kIdentityType, crypto::to_hex(seed.bytes())),
           keygen::Existing::refuse);
  if (!saved) return fail(saved.error());
  return identity;
}

}  // namespace sfteams::agent
