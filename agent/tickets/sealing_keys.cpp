#include "agent/tickets/sealing_keys.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "agent/state/codes.h"
#include "agent/state/state_file.h"
#include "base/crypto/aes_gcm.h"
#include "base/crypto/hash.h"
#include "base/crypto/random.h"
#include "base/json/json.h"
#include "base/log/log.h"
#include "base/text/encoding.h"

namespace sfteams::agent {
namespace {

using crypto::AesGcm;
using crypto::Secret;

constexpr std::string_view kKeysType = "starface-teams-agent-ticket-keys";
constexpr std::size_t kMostKeysFile = 16'384;
constexpr std::uint8_t kFormat = 1;
constexpr std::size_t kHead = 1 + 4;  ///< format and number of the key
constexpr std::string_view kSealLabel{"starface-teams/1 ticket seal\0", 29};

using Head = std::array<std::uint8_t, kHead>;

Head head_of(std::uint32_t id) {
  return {kFormat, static_cast<std::uint8_t>(id >> 24U), static_cast<std::uint8_t>(id >> 16U),
          static_cast<std::uint8_t>(id >> 8U), static_cast<std::uint8_t>(id)};
}

std::vector<std::uint8_t> associated_data(std::span<const std::uint8_t> head,
                                          std::span<const std::uint8_t> binding) {
  const auto label = crypto::bytes_of(kSealLabel);
  std::vector<std::uint8_t> data(label.begin(), label.end());
  data.insert(data.end(), head.begin(), head.end());
  data.insert(data.end(), binding.begin(), binding.end());
  return data;
}

}  // namespace

SealingKeys::SealingKeys(std::filesystem::path file) : file_(std::move(file)) {
  load();
}

Result<std::string> SealingKeys::seal(std::span<const std::uint8_t> content,
                                      std::span<const std::uint8_t> binding,
                                      clock::UnixSeconds now) {
  // A clock that was set back makes no key younger than it is.
  const bool fresh = !keys_.empty() && now >= keys_.back().made && now < keys_.back().made + kTurn;
  if (!fresh) {
    if (Result<void> turned = turn(now); !turned) return fail(turned.error());
  }
  const Key& key = keys_.back();
  const Head head = head_of(key.id);
  AesGcm::Nonce nonce{};
  if (Result<void> filled = crypto::fill_random(nonce); !filled) return fail(filled.error());
  std::vector<std::uint8_t> sealed(head.size() + nonce.size() + content.size() + AesGcm::kTagSize);
  std::ranges::copy(head, sealed.begin());
  std::ranges::copy(nonce, sealed.begin() + kHead);
  AesGcm(key.bytes.bytes())
      .seal(nonce, associated_data(head, binding), content,
            std::span(sealed).subspan(kHead + nonce.size()));
  return text::to_base64url(sealed);
}

std::optional<Secret> SealingKeys::open(std::string_view text,
                                        std::span<const std::uint8_t> binding) const {
  const auto sealed = text::from_base64url(text);
  if (!sealed || sealed->size() < kHead + AesGcm::kNonceSize + AesGcm::kTagSize)
    return std::nullopt;
  const std::span<const std::uint8_t> all(*sealed);
  const auto head = all.first(kHead);
  const auto key = std::ranges::find_if(
      keys_, [&](const Key& one) { return std::ranges::equal(head_of(one.id), head); });
  if (key == keys_.end()) return std::nullopt;
  AesGcm::Nonce nonce{};
  std::ranges::copy(all.subspan(kHead, nonce.size()), nonce.begin());
  const auto ciphertext = all.subspan(kHead + nonce.size());
  Secret content(ciphertext.size() - AesGcm::kTagSize);
  if (!AesGcm(key->bytes.bytes())
           .open(nonce, associated_data(head, binding), ciphertext, content.bytes()))
    return std::nullopt;
  return content;
}

void SealingKeys::load() {
  const Result<std::optional<Json::Value>> stored = load_state(file_, kKeysType, kMostKeysFile);
  if (stored && !*stored) return;
  const auto give_up = [&](const std::string& why) {
    keys_.clear();
    log::warn("tickets", Error{codes::kStateDamaged,
                               fmt::format("{} cannot be read and is recreated: {}; users who were "
                                           "signed in by a ticket have to type their passwords",
                                           file_.string(), why),
                               "nothing has to be done"});
  };
  if (!stored) return give_up(stored.error().message);
  const Json::Value* const list = json::member(**stored, "keys");
  if (list == nullptr || !list->isArray() || list->size() > kMostKeys)
    return give_up("it has no list of keys");
  for (const Json::Value& entry : *list) {
    const Json::Value* const id = json::member(entry, "id");
    const Json::Value* const made = json::member(entry, "made");
    const auto text = json::string_member(entry, "key");
    std::optional<std::vector<std::uint8_t>> bytes = text ? text::from_hex(*text) : std::nullopt;
    const bool good = id != nullptr && id->isUInt() && made != nullptr && made->isInt64() &&
                      made->asInt64() >= 0 && bytes && bytes->size() == AesGcm::kKeySize &&
                      (keys_.empty() || id->asUInt() > keys_.back().id);
    if (good) keys_.push_back({id->asUInt(), made->asInt64(), Secret(*bytes)});
    if (bytes) crypto::wipe(*bytes);
    if (!good) return give_up("a key is not whole");
  }
}

/// Makes a key, and lets those go that can open nothing any more.
Result<void> SealingKeys::turn(clock::UnixSeconds now) {
  Key fresh{keys_.empty() ? 1 : keys_.back().id + 1, now, Secret(AesGcm::kKeySize)};
  if (Result<void> filled = crypto::fill_random_private(fresh.bytes.bytes()); !filled)
    return filled;
  std::size_t from = keys_.size() < kMostKeys ? 0 : keys_.size() + 1 - kMostKeys;
  // A key sealed until the one behind it was made.
  while (from + 1 < keys_.size() && keys_[from + 1].made + kLongestLife < now)
    ++from;
  if (from + 1 == keys_.size() && keys_[from].made + kTurn + kLongestLife < now) ++from;
  if (Result<void> saved = save(fresh, from); !saved) return saved;
  keys_.erase(keys_.begin(), keys_.begin() + static_cast<std::ptrdiff_t>(from));
  keys_.push_back(std::move(fresh));
  return {};
}

Result<void> SealingKeys::save(const Key& newest, std::size_t from) const {
  // Written by hand: jsoncpp would leave copies of the keys behind.
  std::string text =
      fmt::format("{{\n  \"type\": \"{}\",\n  \"version\": 1,\n  \"keys\": [", kKeysType);
  text.reserve(kMostKeysFile);
  const char* separator = "\n    ";
  const auto add = [&](const Key& key) {
    std::string bytes = text::to_hex(key.bytes.bytes());
    fmt::format_to(std::back_inserter(text), "{}{{\"id\": {}, \"made\": {}, \"key\": \"{}\"}}",
                   std::exchange(separator, ",\n    "), key.id, key.made, bytes);
    crypto::wipe(bytes);
  };
  for (std::size_t i = from; i < keys_.size(); ++i)
    add(keys_[i]);
  add(newest);
  text += "\n  ]\n}\n";
  return save_state(file_, std::move(text), files::Existing::replace);
}

}  // namespace sfteams::agent
