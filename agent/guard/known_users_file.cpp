#include "agent/guard/known_users_file.h"

#include <algorithm>
#include <mutex>
#include <utility>

#include "agent/state/state_file.h"
#include "base/crypto/aes_gcm.h"
#include "base/crypto/hash.h"
#include "base/crypto/random.h"
#include "base/json/json.h"
#include "base/text/encoding.h"

namespace sfteams::agent {
namespace {

using crypto::AesGcm;

constexpr std::string_view kKnownType = "starface-teams-agent-known-users";
constexpr std::size_t kMostSealedBytes = 1'048'576;

// In the sealed text: the judge's mark, the book's day when it last went on and the calendar's day
// then, and users. A text of an older agent has no such days. A day takes four bytes, big-endian.
constexpr std::size_t kMarkSize = std::tuple_size_v<KnownUsersFile::Name>;
constexpr std::size_t kDaySize = 4;
constexpr std::size_t kDaysSize = 2 * kDaySize;
constexpr std::size_t kNameSize = std::tuple_size_v<KnownUsersFile::Name>;
constexpr std::size_t kVerifierSize = std::tuple_size_v<KnownUsersFile::Verifier>;
constexpr std::size_t kUserSize = kNameSize + kVerifierSize + kDaySize + 1;

std::int64_t day_in(std::span<const std::uint8_t> bytes) {
  std::int64_t day = 0;
  for (const std::uint8_t byte : bytes.first(kDaySize))
    day = day << 8 | byte;
  return day;
}

template <typename Out>
Out put_day(std::int64_t day, Out out) {
  day = std::clamp<std::int64_t>(day, 0, BookDays::kLastDay);
  for (std::size_t i = kDaySize; i-- > 0;)
    *out++ = static_cast<std::uint8_t>(day >> (8 * i));
  return out;
}

/// Of the text that is kept, whole.
Result<void> write_sealed(const std::filesystem::path& file, const crypto::Secret& key,
                          const crypto::Secret& content, const KnownUsersFile::Save& save) {
  std::vector<std::uint8_t> sealed(AesGcm::kNonceSize + content.size() + AesGcm::kTagSize);
  AesGcm::Nonce nonce{};
  if (Result<void> filled = crypto::fill_random(nonce); !filled) return filled;
  std::ranges::copy(nonce, sealed.begin());
  AesGcm(key.bytes())
      .seal(nonce, crypto::bytes_of(kKnownType), content.bytes(),
            std::span(sealed).subspan(AesGcm::kNonceSize));
  Json::Value document(Json::objectValue);
  document["type"] = std::string(kKnownType);
  document["version"] = 1;
  document["sealed"] = text::to_base64(sealed);
  return save(file, json::write(document));
}

/// Nothing when it was sealed by somebody else, or is damaged.
std::optional<crypto::Secret> unsealed(const Json::Value& document, const crypto::Secret& key) {
  const auto text = json::string_member(document, "sealed");
  const auto sealed = text ? text::from_base64(*text) : std::nullopt;
  if (!sealed || sealed->size() < AesGcm::kNonceSize + AesGcm::kTagSize) return std::nullopt;
  AesGcm::Nonce nonce{};
  std::copy_n(sealed->begin(), nonce.size(), nonce.begin());
  const auto rest = std::span(*sealed).subspan(nonce.size());
  crypto::Secret content(rest.size() - AesGcm::kTagSize);
  if (!AesGcm(key.bytes()).open(nonce, crypto::bytes_of(kKnownType), rest, content.bytes()))
    return std::nullopt;
  return content;
}

}  // namespace

struct KnownUsersFile::Job {
  Job(std::filesystem::path the_file, crypto::Secret the_key, crypto::Secret the_content, Save how)
      : file(std::move(the_file)),
        key(std::move(the_key)),
        content(std::move(the_content)),
        save(std::move(how)) {}

  std::filesystem::path file;
  crypto::Secret key;
  crypto::Secret content;
  Save save;
  std::mutex writing;     ///< held by the thread that writes
  bool given_up = false;  ///< under `writing`

  /// Beside the loop.
  Result<void> write() {
    const std::lock_guard lock(writing);
    if (given_up) return {};
    return write_sealed(file, key, content, save);
  }
  /// On the loop.
  void give_up() {
    const std::lock_guard lock(writing);
    given_up = true;
  }
};

crypto::Secret KnownUsersFile::pack(const Content& content) {
  crypto::Secret bytes(kMarkSize + kDaysSize + content.users.size() * kUserSize);
  auto out = std::ranges::copy(content.judge, bytes.bytes().begin()).out;
  out = put_day(content.days.day, out);
  out = put_day(content.days.calendar, out);
  for (const Entry& user : content.users) {
    out = std::ranges::copy(user.name, out).out;
    out = std::ranges::copy(user.verifier, out).out;
    out = put_day(user.day, out);
    *out++ = static_cast<std::uint8_t>(std::min<std::size_t>(user.misses, 255));
  }
  return bytes;
}

std::optional<KnownUsersFile::Content> KnownUsersFile::unpacked(
    std::span<const std::uint8_t> bytes) {
  if (bytes.size() < kMarkSize) return std::nullopt;
  Content content;
  std::ranges::copy(bytes.first(kMarkSize), content.judge.begin());
  auto rest = bytes.subspan(kMarkSize);
  if (rest.size() % kUserSize == kDaysSize) {
    content.days = {day_in(rest), day_in(rest.subspan(kDaySize))};
    rest = rest.subspan(kDaysSize);
  } else if (rest.size() % kUserSize != 0) {
    return std::nullopt;
  }
  for (; !rest.empty(); rest = rest.subspan(kUserSize)) {
    Entry& user = content.users.emplace_back();
    std::copy_n(rest.begin(), kNameSize, user.name.begin());
    std::copy_n(rest.begin() + kNameSize, kVerifierSize, user.verifier.begin());
    user.day = day_in(rest.subspan(kNameSize + kVerifierSize));
    user.misses = rest[kUserSize - 1];
    content.days.day = std::max(content.days.day, user.day);
  }
  return content;
}

KnownUsersFile::KnownUsersFile(std::filesystem::path file, crypto::Secret key, Save save)
    : file_(std::move(file)), key_(std::move(key)), save_(std::move(save)) {}

KnownUsersFile::~KnownUsersFile() {
  give_up();
}

KnownUsersFile::Read KnownUsersFile::read() const {
  const Result<std::optional<Json::Value>> stored = load_state(file_, kKnownType, kMostSealedBytes);
  if (!stored) return {{}, describe(stored.error())};
  if (!*stored) return {};
  const auto bytes = unsealed(**stored, key_);
  Read read{bytes ? unpacked(bytes->bytes()) : std::nullopt, {}};
  if (!read.content) read.problem = "its content makes no sense, or it belongs to another identity";
  return read;
}

Result<void> KnownUsersFile::write(const Content& content) const {
  return write_sealed(file_, key_, pack(content), save_);
}

void KnownUsersFile::write_beside(transport::Background& background, const Content& content,
                                  Written written) {
  job_ = std::make_shared<Job>(file_, key_.clone(), pack(content), save_);
  work_ = transport::run_beside(
      background, [job = job_] { return job->write(); },
      [this, written = std::move(written)](const Result<void>& result) {
        const auto over = std::move(work_);
        job_.reset();
        written(result);
      });
}

bool KnownUsersFile::give_up() {
  if (std::exchange(work_, nullptr) == nullptr) return false;
  job_->give_up();
  job_.reset();
  return true;
}

}  // namespace sfteams::agent
