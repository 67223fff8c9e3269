#include "connector/cluster/cluster_keys.h"

#include <algorithm>
#include <stdexcept>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/crypto/random.h"
#include "base/files/small_file.h"
#include "base/text/encoding.h"
#include "base/text/trimmed.h"
#include "connector/cluster/codes.h"

namespace sfteams::connector {
namespace {

constexpr std::size_t kMostFile = 4'096;
constexpr std::size_t kHashSize = 16;
constexpr std::size_t kShortMac = 16;
constexpr std::string_view kLogSecret = "log-secret";
constexpr std::string_view kKey = "key";
constexpr std::string_view kAlsoKey = "also-key";
constexpr std::string_view kBus = "bus";
constexpr std::string_view kNode = "node";
constexpr const char* kHint =
    "it is made by `starface-teams-connector cluster new-key` and is the same on all nodes";

crypto::Secret derived(const crypto::Secret& secret, std::string_view purpose, std::size_t size) {
  return crypto::hkdf_sha256(crypto::bytes_of("starface-teams/1 cluster"), secret.bytes(),
                             crypto::bytes_of(purpose), size);
}

std::string fingerprint(const crypto::Secret& secret) {
  return text::to_hex(derived(secret, "fingerprint", 4).bytes());
}

/// nullopt: it is not 32 bytes in hexadecimal.
std::optional<crypto::Secret> secret_of(std::string_view hex) {
  auto bytes = text::from_hex(hex);
  if (!bytes) return std::nullopt;
  crypto::Secret secret(*bytes);
  crypto::wipe(*bytes);
  if (secret.size() != ClusterKeys::kSize) return std::nullopt;
  return secret;
}

tl::unexpected<Error> malformed(const std::string& origin, std::string_view why) {
  return fail(codes::kClusterKeyMalformed, fmt::format("{}: {}", origin, why), kHint);
}

}  // namespace

ClusterKeys::ClusterKey::ClusterKey(crypto::Secret made)
    : whole(std::move(made)),
      bus(derived(whole, kBus, kSize)),
      node(derived(whole, kNode, kSize)) {}

const crypto::Secret& ClusterKeys::ClusterKey::for_purpose(std::string_view purpose) const {
  if (purpose == kBus) return bus;
  if (purpose == kNode) return node;
  throw std::invalid_argument("no key of a cluster is for " + std::string(purpose));
}

ClusterKeys::ClusterKeys(crypto::Secret log_secret, crypto::Secret key,
                         std::optional<crypto::Secret> also)
    : log_secret_(std::move(log_secret)),
      names_key_(derived(log_secret_, "names", kSize)),
      key_(std::move(key)) {
  if (also) also_key_.emplace(std::move(*also));
}

Result<ClusterKeys> ClusterKeys::read(const std::filesystem::path& file) {
  const Result<crypto::Secret> content = files::read_small_file(file, kMostFile);
  if (!content) {
    return fail(codes::kClusterKeyUnreadable,
                "the cluster's keys cannot be read: " + content.error().message, kHint);
  }
  return parse(content->text(), file.string());
}

Result<ClusterKeys> ClusterKeys::parse(std::string_view text, const std::string& origin) {
  std::optional<crypto::Secret> log_secret;
  std::optional<crypto::Secret> key;
  std::optional<crypto::Secret> also_key;
  const std::vector<std::pair<std::string_view, std::optional<crypto::Secret>*>> places{
      {kLogSecret, &log_secret}, {kKey, &key}, {kAlsoKey, &also_key}};
  for (int number = 1; !text.empty(); ++number) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    line = text::trimmed(line);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.empty() || line.front() == '#') continue;
    const std::size_t sign = line.find('=');
    const std::string_view name = text::trimmed(line.substr(0, sign));
    const auto place = std::ranges::find(places, name, [](const auto& each) { return each.first; });
    if (sign == std::string_view::npos || place == places.end())
      return malformed(origin, fmt::format("line {} is none of log-secret, key, also-key", number));
    if (place->second->has_value())
      return malformed(origin, fmt::format("line {} gives {} again", number, name));
    *place->second = secret_of(text::trimmed(line.substr(sign + 1)));
    if (!*place->second) {
      return malformed(origin,
                       fmt::format("line {}: {} is not 64 hexadecimal digits", number, name));
    }
  }
  if (!log_secret || !key)
    return malformed(origin, fmt::format("{} is missing", log_secret ? kKey : kLogSecret));
  return ClusterKeys(std::move(*log_secret), std::move(*key), std::move(also_key));
}

Result<crypto::Secret> ClusterKeys::make_file() {
  std::array<std::uint8_t, 2 * kSize> random{};
  if (const Result<void> filled = crypto::fill_random(random); !filled) return fail(filled.error());
  const std::span<const std::uint8_t> bytes(random);
  std::string log_secret = text::to_hex(bytes.first(kSize));
  std::string key = text::to_hex(bytes.last(kSize));
  std::string content = fmt::format(
      "# What all nodes of one cluster share: the same file on each, and nowhere else.\n"
      "# docs/cluster-guide.md says how to change key. log-secret is never changed.\n"
      "{} = {}\n{} = {}\n",
      kLogSecret, log_secret, kKey, key);
  crypto::Secret made = crypto::Secret::from_text(content);
  for (std::string* const text : {&log_secret, &key, &content})
    crypto::wipe(*text);
  crypto::wipe(random);
  return made;
}

NameHash ClusterKeys::hash_of(std::string_view name) const {
  const auto whole = crypto::hmac_sha256(names_key_.bytes(), {crypto::bytes_of(name)});
  return text::to_hex(std::span(whole).first(kHashSize));
}

crypto::Secret ClusterKeys::log_key() const {
  return derived(log_secret_, "log", kSize);
}

crypto::Sha256Digest ClusterKeys::mac(
    std::string_view purpose, std::initializer_list<std::span<const std::uint8_t>> parts) const {
  return crypto::hmac_sha256(key_.for_purpose(purpose).bytes(), parts);
}

bool ClusterKeys::verifies(std::string_view purpose, std::span<const std::uint8_t> mac,
                           std::initializer_list<std::span<const std::uint8_t>> parts) const {
  if (mac.size() != kShortMac && mac.size() != crypto::Sha256Digest().size()) return false;
  const auto made_by = [&](const ClusterKey& key) {
    const auto whole = crypto::hmac_sha256(key.for_purpose(purpose).bytes(), parts);
    return crypto::equal_constant_time(std::span(whole).first(mac.size()), mac);
  };
  return made_by(key_) || (also_key_ && made_by(*also_key_));
}

std::string ClusterKeys::log_fingerprint() const {
  return fingerprint(log_secret_);
}

std::string ClusterKeys::key_fingerprint() const {
  return fingerprint(key_.whole);
}

std::optional<std::string> ClusterKeys::also_key_fingerprint() const {
  if (!also_key_) return std::nullopt;
  return fingerprint(also_key_->whole);
}

}  // namespace sfteams::connector
