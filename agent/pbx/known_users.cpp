#include "agent/pbx/known_users.h"

#include <algorithm>
#include <utility>

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

constexpr std::string_view kKnownType = "starface-teams-agent-known-users";
constexpr std::size_t kMostSealedBytes = 1'048'576;
constexpr std::int64_t kDaySeconds = 86'400;
/// 512 KiB and about a millisecond: what the event loop can bear at a sign-in.
constexpr crypto::ScryptCost kCost{.n = 512, .r = 8, .p = 1};

// In the sealed text: the judge's mark, the book's day when it last went on and the calendar's day
// then, and users. A text of an older agent has no such days. A day takes four bytes, big-endian.
constexpr std::size_t kMarkSize = 16;
constexpr std::size_t kDaySize = 4;
constexpr std::size_t kDaysSize = 2 * kDaySize;
constexpr std::int64_t kLastDay = 0xffff'ffff;

std::int64_t day_in(std::span<const std::uint8_t> bytes) {
  std::int64_t day = 0;
  for (const std::uint8_t byte : bytes.first(kDaySize))
    day = day << 8 | byte;
  return day;
}

template <typename Out>
Out put_day(std::int64_t day, Out out) {
  day = std::clamp<std::int64_t>(day, 0, kLastDay);
  for (std::size_t i = kDaySize; i-- > 0;)
    *out++ = static_cast<std::uint8_t>(day >> (8 * i));
  return out;
}

/// Of the text that is kept, whole.
Result<void> write_sealed(const std::filesystem::path& file, const crypto::Secret& key,
                          const crypto::Secret& content, const KnownUsers::Save& save) {
  std::vector<std::uint8_t> sealed(AesGcm::kNonceSize + content.size() + AesGcm::kTagSize);
  AesGcm::Nonce nonce{};
  if (Result<void> filled = crypto::fill_random(nonce); !filled) return filled;
  std::ranges::copy(nonce, sealed.begin());
  AesGcm(key.bytes())
      .seal(nonce, bytes_of(kKnownType), content.bytes(),
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
  if (!AesGcm(key.bytes()).open(nonce, bytes_of(kKnownType), rest, content.bytes()))
    return std::nullopt;
  return content;
}

}  // namespace

struct KnownUsers::Job {
  Job(std::filesystem::path the_file, crypto::Secret the_key, crypto::Secret the_content, Save how)
      : file(std::move(the_file)),
        key(std::move(the_key)),
        content(std::move(the_content)),
        save(std::move(how)) {}

  std::filesystem::path file;
  crypto::Secret key;
  crypto::Secret content;
  Save save;
  std::mutex writing;     ///< held by whoever writes
  bool given_up = false;  ///< under `writing`

  /// Beside the loop.
  Result<void> write() {
    const std::lock_guard lock(writing);
    if (given_up) return {};
    return write_sealed(file, key, content, save);
  }
  /// On the loop: afterwards nothing of it reaches the file any more. Waits for the disk when it is
  /// just being written.
  void give_up() {
    const std::lock_guard lock(writing);
    given_up = true;
  }
};

crypto::Secret KnownUsers::scrypt_key(std::span<const std::uint8_t> password,
                                      std::span<const std::uint8_t> salt) {
  return crypto::scrypt(password, salt, kCost, kVerifierSize);
}

Result<void> KnownUsers::save_text(const std::filesystem::path& file, std::string text) {
  return save_state(file, std::move(text), files::Existing::replace);
}

KnownUsers::KnownUsers(Setup setup)
    : setup_(std::move(setup)),
      seal_key_(crypto::hkdf_sha256({}, setup_.identity.bytes(),
                                    bytes_of("starface-teams known users, seal"), 32)),
      index_key_(crypto::hkdf_sha256({}, setup_.identity.bytes(),
                                     bytes_of("starface-teams known users, names and salts"), 32)),
      checks_(setup_.limits.checks_at_once),
      checked_(setup_.scheduler.now()),
      day_(calendar_day()),
      calendar_(day_),
      calendars_day_(day_),
      day_began_(setup_.scheduler.now()) {
  setup_.identity = {};
  if (!setup_.file.empty()) load();
}

KnownUsers::~KnownUsers() {
  const bool given_up = std::exchange(writing_, nullptr) != nullptr;
  // Otherwise an older state could be renamed into place after this one.
  if (given_up) job_->give_up();
  const bool older = !setup_.file.empty() && !users_.empty() && today() > calendars_day_;
  if (dirty_ || given_up || older) write(nullptr);
}

KnownUsers::Answer KnownUsers::check(std::string_view user, const crypto::Secret& password,
                                     const Fingerprint& fingerprint) {
  const auto found = users_.find(name_of(user));
  const bool here = found != users_.end();
  if (here && found->second.fingerprint &&
      crypto::equal_constant_time(*found->second.fingerprint, fingerprint))
    return Answer::yes;
  if (!take_check()) return Answer::later;
  // For a name that is not known as well: the time that this takes is all that a stranger sees.
  const Verifier verifier = verifier_of(user, password);
  if (!here) return Answer::no;
  if (crypto::equal_constant_time(verifier, found->second.verifier)) {
    found->second.fingerprint = fingerprint;
    return Answer::yes;
  }
  miss(found, fingerprint);
  return Answer::no;
}

bool KnownUsers::take_check() {
  const auto now = setup_.scheduler.now();
  const auto earned = static_cast<std::size_t>((now - checked_) / kCheckPause);
  checked_ += kCheckPause * earned;
  checks_ = std::min(setup_.limits.checks_at_once, checks_ + earned);
  if (checks_ == 0) return false;
  --checks_;
  return true;
}

KnownUsers::Duration KnownUsers::until_next_check() const {
  const auto next = checked_ + kCheckPause;
  const auto now = setup_.scheduler.now();
  return next > now ? std::chrono::ceil<Duration>(next - now) : Duration(0);
}

void KnownUsers::miss(Users::iterator user, const Fingerprint& fingerprint) {
  std::vector<Fingerprint>& missed = user->second.missed;
  // A device that keeps an old password is no guesser.
  if (std::ranges::find(missed, fingerprint) != missed.end()) return;
  missed.push_back(fingerprint);
  if (++user->second.misses >= setup_.limits.misses) users_.erase(user);
  changed();
}

void KnownUsers::accepted(std::string_view user, const crypto::Secret& password,
                          const Fingerprint& fingerprint) {
  const Name name = name_of(user);
  const auto found = users_.find(name);
  if (found != users_.end() && found->second.fingerprint == fingerprint) return used(found->second);
  const Verifier verifier = verifier_of(user, password);
  User& entry = users_[name];
  const bool same = found != users_.end() && entry.verifier == verifier;
  entry.fingerprint = fingerprint;
  if (same) return used(entry);
  entry.verifier = verifier;
  entry.day = -1;
  used(entry);
  make_room(users_.find(name));
}

void KnownUsers::used(User& user) {
  const bool news = user.day != today() || user.misses != 0;
  user.day = today();
  user.misses = 0;
  user.missed.clear();
  if (news) changed();
}

/// `but_for`: who has just come, and may share the oldest day with everybody.
void KnownUsers::make_room(Users::iterator but_for) {
  if (users_.size() <= setup_.limits.most) return;
  auto oldest = users_.end();
  for (auto user = users_.begin(); user != users_.end(); ++user) {
    if (user == but_for) continue;
    if (oldest == users_.end() || user->second.day < oldest->second.day) oldest = user;
  }
  if (oldest != users_.end()) users_.erase(oldest);
}

bool KnownUsers::is_last(std::string_view user, const crypto::Secret& password,
                         const Fingerprint& fingerprint) const {
  const auto found = users_.find(name_of(user));
  if (found != users_.end() && found->second.fingerprint)
    return crypto::equal_constant_time(*found->second.fingerprint, fingerprint);
  const Verifier verifier = verifier_of(user, password);
  return found != users_.end() && crypto::equal_constant_time(verifier, found->second.verifier);
}

void KnownUsers::refused(std::string_view user, const crypto::Secret& password,
                         const Fingerprint& fingerprint) {
  const auto found = users_.find(name_of(user));
  if (found == users_.end()) return;
  const bool this_one = found->second.fingerprint
                            ? *found->second.fingerprint == fingerprint
                            : verifier_of(user, password) == found->second.verifier;
  if (!this_one) return;
  users_.erase(found);
  changed();
}

void KnownUsers::taken_no_longer(std::string_view user, const Fingerprint& fingerprint) {
  const auto found = users_.find(name_of(user));
  if (found == users_.end() || found->second.fingerprint != fingerprint) return;
  users_.erase(found);
  changed();
}

void KnownUsers::forget_all(std::string judge) {
  setup_.judge = std::move(judge);
  users_.clear();
  changed();
}

KnownUsers::Name KnownUsers::name_of(std::string_view user) const {
  const crypto::Sha256Digest digest =
      crypto::hmac_sha256(index_key_.bytes(), {bytes_of("name "), bytes_of(user)});
  Name name{};
  std::copy_n(digest.begin(), name.size(), name.begin());
  return name;
}

/// The salt is the user's own and nobody else's, as the index key is of this installation only;
/// that it is computed makes a check take as long for a name that is not there.
KnownUsers::Verifier KnownUsers::verifier_of(std::string_view user,
                                             const crypto::Secret& password) const {
  const crypto::Sha256Digest salt =
      crypto::hmac_sha256(index_key_.bytes(), {bytes_of("salt "), bytes_of(user)});
  const crypto::Secret key = setup_.derive(password.bytes(), salt);
  Verifier verifier{};
  std::ranges::copy(key.bytes(), verifier.begin());
  return verifier;
}

KnownUsers::Name KnownUsers::judge_mark() const {
  const crypto::Sha256Digest digest =
      crypto::hmac_sha256(index_key_.bytes(), {bytes_of("judge "), bytes_of(setup_.judge)});
  Name mark{};
  std::copy_n(digest.begin(), mark.size(), mark.begin());
  return mark;
}

std::int64_t KnownUsers::calendar_day() const {
  return std::clamp<std::int64_t>(setup_.unix_now() / kDaySeconds, 0, kLastDay);
}

std::int64_t KnownUsers::today() const {
  const auto gone = setup_.scheduler.now() - day_began_;
  return std::min<std::int64_t>(day_ + gone / std::chrono::seconds(kDaySeconds), kLastDay);
}

void KnownUsers::load() {
  const Result<std::optional<Json::Value>> stored =
      load_state(setup_.file, kKnownType, kMostSealedBytes);
  if (stored && !*stored) return;
  const auto content = stored ? unsealed(**stored, seal_key_) : std::nullopt;
  if (content && read(content->bytes())) return;
  users_.clear();
  log::warn("uci",
            "{} cannot be read and is recreated; while sign-ins are held back, users who "
            "were known from before the restart have to wait like others: {}",
            setup_.file.string(),
            stored ? "its content makes no sense, or it belongs to another identity"
                   : describe(stored.error()));
  changed();
}

/// False: it makes no sense.
bool KnownUsers::read(std::span<const std::uint8_t> content) {
  constexpr std::size_t kUserSize = kNameSize + kVerifierSize + kDaySize + 1;
  static_assert(kMarkSize == kNameSize);
  if (content.size() < kMarkSize) return false;
  const bool has_days = (content.size() - kMarkSize) % kUserSize == kDaysSize;
  if (!has_days && (content.size() - kMarkSize) % kUserSize != 0) return false;
  if (!std::ranges::equal(content.first(kMarkSize), judge_mark())) {
    log::info("uci", "who was known at another PBX is forgotten");
    changed();
    return true;
  }
  auto rest = content.subspan(kMarkSize);
  std::int64_t last = 0;
  std::int64_t calendar = -1;
  if (has_days) {
    last = day_in(rest);
    calendar = day_in(rest.subspan(kDaySize));
    rest = rest.subspan(kDaysSize);
  }
  for (; !rest.empty(); rest = rest.subspan(kUserSize)) {
    Name name{};
    User user;
    std::copy_n(rest.begin(), kNameSize, name.begin());
    std::copy_n(rest.begin() + kNameSize, kVerifierSize, user.verifier.begin());
    user.day = day_in(rest.subspan(kNameSize + kVerifierSize));
    user.misses = rest[kUserSize - 1];
    last = std::max(last, user.day);
    users_.emplace(name, std::move(user));
    make_room(users_.end());
  }
  if (users_.empty()) return true;
  // By one at most, whatever the clock shows.
  day_ = std::min(calendar == calendar_ ? last : last + 1, kLastDay);
  calendars_day_ = day_;
  if (calendar != calendar_) changed();
  forget_unused();
  return true;
}

void KnownUsers::forget_unused() {
  std::erase_if(users_, [oldest = today() - setup_.limits.unused_days](const auto& entry) {
    return entry.second.day < oldest;
  });
}

crypto::Secret KnownUsers::content() {
  constexpr std::size_t kUserSize = kNameSize + kVerifierSize + kDaySize + 1;
  if (today() > calendars_day_) {
    calendars_day_ = today();
    calendar_ = calendar_day();
  }
  crypto::Secret content(kMarkSize + kDaysSize + users_.size() * kUserSize);
  auto out = std::ranges::copy(judge_mark(), content.bytes().begin()).out;
  out = put_day(calendars_day_, out);
  out = put_day(calendar_, out);
  for (const auto& [name, user] : users_) {
    out = std::ranges::copy(name, out).out;
    out = std::ranges::copy(user.verifier, out).out;
    out = put_day(user.day, out);
    *out++ = static_cast<std::uint8_t>(std::min<std::size_t>(user.misses, 255));
  }
  return content;
}

void KnownUsers::changed() {
  if (setup_.file.empty()) return;
  dirty_ = true;
  write_later();
}

void KnownUsers::write_later() {
  if (later_ || writing_) return;
  // The first one soon, in case that the agent is killed; a crowd together.
  const auto now = setup_.scheduler.now();
  const auto next = written_ ? std::max(*written_ + kLater, now + kSoon) : now + kSoon;
  later_ = setup_.scheduler.after(std::chrono::ceil<Duration>(next - now), [this] {
    later_.reset();
    written_ = setup_.scheduler.now();
    write(setup_.background);
  });
}

void KnownUsers::write(transport::Background* background) {
  dirty_ = false;
  forget_unused();
  if (background == nullptr)
    return on_written(write_sealed(setup_.file, seal_key_, content(), setup_.save));
  // Beside the loop: with many users it takes milliseconds, and a slow disk longer.
  job_ = std::make_shared<Job>(setup_.file, seal_key_.clone(), content(), setup_.save);
  writing_ = transport::run_beside(
      *background, [job = job_] { return job->write(); },
      [this](const Result<void>& written) {
        const auto over = std::move(writing_);
        job_.reset();
        on_written(written);
        if (dirty_) write_later();
      });
}

void KnownUsers::on_written(const Result<void>& written) {
  if (written) {
    if (std::exchange(told_, false)) log::info("uci", "known users can be written down again");
    return;
  }
  dirty_ = true;
  write_later();
  if (std::exchange(told_, true)) return;
  log::error("uci", "known users cannot be written down, and are forgotten with a restart: {}",
             describe(written.error()));
}

}  // namespace sfteams::agent
