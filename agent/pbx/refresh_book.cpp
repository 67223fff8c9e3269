#include "agent/pbx/refresh_book.h"

#include <algorithm>
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
using crypto::bytes_of;

constexpr std::string_view kRefreshBookType = "starface-teams-agent-refresh-tokens";
constexpr std::size_t kMostRefreshBookBytes = 64U << 20U;
constexpr std::size_t kMostSealed = 16'384;

template <std::size_t Size>
std::array<std::uint8_t, Size> first_bytes(std::span<const std::uint8_t> bytes) {
  std::array<std::uint8_t, Size> part{};
  std::copy_n(bytes.begin(), Size, part.begin());
  return part;
}

std::array<std::uint8_t, 16> mark_of(const crypto::Secret& key) {
  return first_bytes<16>(
      crypto::hkdf_sha256({}, key.bytes(), bytes_of("starface-teams refresh, which"), 32).bytes());
}

crypto::Secret sealing_key(const crypto::Secret& key) {
  return crypto::hkdf_sha256({}, key.bytes(), bytes_of("starface-teams refresh, seal"), 32);
}

}  // namespace

RefreshBook::RefreshBook(transport::Scheduler& scheduler, std::filesystem::path file,
                         crypto::Secret name_key)
    : scheduler_(scheduler), file_(std::move(file)), name_key_(std::move(name_key)) {
  if (!file_.empty()) load();
}

RefreshBook::~RefreshBook() {
  if (soon_) write();
}

Result<crypto::Secret> RefreshBook::new_key() {
  crypto::Secret random(32);
  if (Result<void> filled = crypto::fill_random_private(random.bytes()); !filled)
    return fail(filled.error());
  std::string text = text::to_base64url(random.bytes());
  crypto::Secret key = crypto::Secret::from_text(text);
  crypto::wipe(text);
  return key;
}

RefreshBook::Mark RefreshBook::user_mark(std::string_view user) const {
  return first_bytes<16>(crypto::hmac_sha256(name_key_.bytes(), {bytes_of(user)}));
}

void RefreshBook::put(std::string_view user, const crypto::Secret& key,
                      const crypto::Secret& refresh) {
  // What load() would not take in costs nobody else the file.
  if (refresh.empty() || refresh.size() > kMostToken) return;
  Entry entry{user_mark(user), mark_of(key), clock::unix_now(), {}};
  AesGcm::Nonce nonce{};
  if (!crypto::fill_random(nonce)) return;  // its user types the password one day
  entry.sealed.assign(nonce.begin(), nonce.end());
  entry.sealed.resize(nonce.size() + refresh.size() + AesGcm::kTagSize);
  AesGcm cipher(sealing_key(key).bytes());
  cipher.seal(nonce, entry.user, refresh.bytes(), std::span(entry.sealed).subspan(nonce.size()));
  std::erase_if(entries_,
                [&](const Entry& old) { return old.user == entry.user && old.key == entry.key; });
  make_room(entry.user);
  entries_.push_back(std::move(entry));
  write_soon();
}

void RefreshBook::make_room(const Mark& user) {
  const UnixSeconds now = clock::unix_now();
  std::erase_if(entries_, [now](const Entry& entry) { return entry.put < now - kKept; });
  const auto of_user = [&user](const Entry& entry) { return entry.user == user; };
  while (std::ranges::count_if(entries_, of_user) >= static_cast<std::ptrdiff_t>(kMostOfUser))
    entries_.erase(std::ranges::find_if(entries_, of_user));
  if (entries_.size() >= kMostEntries) entries_.erase(entries_.begin());
}

std::optional<crypto::Secret> RefreshBook::get(std::string_view user,
                                               const crypto::Secret& key) const {
  const Mark who = user_mark(user);
  const Mark which = mark_of(key);
  const auto found = std::ranges::find_if(entries_, [&](const Entry& entry) {
    return entry.user == who && crypto::equal_constant_time(entry.key, which);
  });
  if (found == entries_.end()) return std::nullopt;
  const std::span<const std::uint8_t> sealed(found->sealed);
  crypto::Secret refresh(sealed.size() - AesGcm::kNonceSize - AesGcm::kTagSize);
  AesGcm cipher(sealing_key(key).bytes());
  if (!cipher.open(first_bytes<AesGcm::kNonceSize>(sealed), who, sealed.subspan(AesGcm::kNonceSize),
                   refresh.bytes()))
    return std::nullopt;
  return refresh;
}

void RefreshBook::forget(std::string_view user) {
  const Mark who = user_mark(user);
  if (std::erase_if(entries_, [&who](const Entry& entry) { return entry.user == who; }) > 0)
    write_soon();
}

void RefreshBook::forget_all() {
  if (entries_.empty()) return;
  entries_.clear();
  write_soon();
}

void RefreshBook::load() {
  const Result<std::optional<Json::Value>> stored =
      load_state(file_, kRefreshBookType, kMostRefreshBookBytes);
  if (stored && !*stored) return;
  if (stored && take_in(**stored)) return;
  entries_.clear();
  log::warn(
      "accounts",
      Error{codes::kStateDamaged,
            fmt::format("{} cannot be read and is recreated: {}; users who were signed in by "
                        "a ticket have to type their passwords",
                        file_.string(), stored ? "it makes no sense" : stored.error().message),
            "nothing has to be done"});
}

bool RefreshBook::take_in(const Json::Value& document) {
  const Json::Value* const list = json::member(document, "tokens");
  if (list == nullptr || !list->isArray() || list->size() > kMostEntries) return false;
  for (const Json::Value& item : *list) {
    const auto bytes_in = [&item](const char* name) {
      const auto text = json::string_member(item, name);
      return text ? text::from_base64url(*text) : std::nullopt;
    };
    const auto user = bytes_in("user");
    const auto key = bytes_in("key");
    auto sealed = bytes_in("sealed");
    const Json::Value* const put = json::member(item, "put");
    if (!user || user->size() != sizeof(Mark) || !key || key->size() != sizeof(Mark) || !sealed ||
        sealed->size() <= AesGcm::kNonceSize + AesGcm::kTagSize || sealed->size() > kMostSealed ||
        put == nullptr || !put->isInt64()) {
      return false;
    }
    entries_.push_back({first_bytes<16>(*user), first_bytes<16>(*key), put->asInt64(),
                        std::vector<std::uint8_t>(sealed->begin(), sealed->end())});
  }
  return true;
}

void RefreshBook::write_soon() {
  if (file_.empty() || soon_) return;
  const auto now = scheduler_.now();
  // A token that was renewed is lost with its agent until it stands here.
  if (!written_ || now >= *written_ + kSoon) return write();
  soon_ = scheduler_.after(kSoon, [this] {
    const std::unique_ptr<transport::Timer> over = std::move(soon_);
    write();
  });
}

void RefreshBook::write() {
  written_ = scheduler_.now();
  Json::Value document(Json::objectValue);
  document["type"] = std::string(kRefreshBookType);
  document["version"] = 1;
  Json::Value& list = document["tokens"] = Json::Value(Json::arrayValue);
  for (const Entry& entry : entries_) {
    Json::Value item(Json::objectValue);
    item["user"] = text::to_base64url(entry.user);
    item["key"] = text::to_base64url(entry.key);
    item["put"] = Json::Int64(entry.put);
    item["sealed"] = text::to_base64url(entry.sealed);
    list.append(std::move(item));
  }
  const Result<void> saved =
      save_state(file_, json::write(document), files::Existing::replace, files::Outlives::process);
  if (!saved && !std::exchange(told_, true)) log::warn("accounts", saved.error());
  if (saved) told_ = false;
}

}  // namespace sfteams::agent
