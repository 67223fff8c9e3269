#include "agent/guard/known_users.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "agent/state/codes.h"
#include "agent/state/state_file.h"
#include "base/crypto/aes_gcm.h"
#include "base/crypto/hash.h"
#include "base/log/log.h"
#include "base/text/encoding.h"

namespace sfteams::agent {
namespace {

using crypto::bytes_of;

/// 512 KiB and about a millisecond: what the event loop can bear at a sign-in.
constexpr crypto::ScryptCost kCost{.n = 512, .r = 8, .p = 1};

}  // namespace

crypto::Secret KnownUsers::scrypt_key(std::span<const std::uint8_t> password,
                                      std::span<const std::uint8_t> salt) {
  return crypto::scrypt(password, salt, kCost, std::tuple_size_v<Verifier>);
}

Result<void> KnownUsers::save_text(const std::filesystem::path& file, std::string text) {
  return save_state(file, std::move(text), files::Existing::replace);
}

KnownUsers::KnownUsers(Setup setup)
    : setup_(std::move(setup)),
      file_(setup_.file,
            crypto::hkdf_sha256({}, setup_.identity.bytes(),
                                bytes_of("starface-teams known users, seal"), 32),
            setup_.save),
      index_key_(crypto::hkdf_sha256({}, setup_.identity.bytes(),
                                     bytes_of("starface-teams known users, names and salts"), 32)),
      checks_(setup_.limits.checks_at_once),
      checked_(setup_.scheduler.now()),
      days_(setup_.unix_now(), setup_.scheduler.now()) {
  setup_.identity = {};
  if (!setup_.file.empty()) load();
}

KnownUsers::~KnownUsers() {
  // Otherwise an older state could be renamed into place after this one.
  const bool given_up = file_.give_up();
  const bool older =
      !setup_.file.empty() && !users_.empty() && days_.has_gone_on(setup_.scheduler.now());
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

bool KnownUsers::accepted(std::string_view user, const crypto::Secret& password,
                          const Fingerprint& fingerprint) {
  const Name name = name_of(user);
  const auto found = users_.find(name);
  if (found != users_.end() && found->second.fingerprint == fingerprint) {
    used(found->second);
    return false;
  }
  const Verifier verifier = verifier_of(user, password);
  const bool was_known = found != users_.end();
  User& entry = users_[name];
  const bool same = was_known && entry.verifier == verifier;
  entry.fingerprint = fingerprint;
  if (same) {
    used(entry);
    return false;
  }
  entry.verifier = verifier;
  entry.day = -1;
  used(entry);
  make_room(users_.find(name));
  return was_known;
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

void KnownUsers::load() {
  const KnownUsersFile::Read read = file_.read();
  if (read.content) return take_in(*read.content);
  if (read.problem.empty()) return;
  log::warn("uci", Error{codes::kStateDamaged,
                         fmt::format("{} cannot be read and is recreated: {}; while sign-ins are "
                                     "held back, users who were known from before the restart have "
                                     "to wait like others",
                                     setup_.file.string(), read.problem),
                         "nothing has to be done"});
  changed();
}

void KnownUsers::take_in(const KnownUsersFile::Content& content) {
  if (content.judge != judge_mark()) {
    log::info("uci", "who was known at another PBX is forgotten");
    return changed();
  }
  for (const KnownUsersFile::Entry& entry : content.users) {
    users_.emplace(entry.name, User{entry.verifier, entry.day, entry.misses});
    make_room(users_.end());
  }
  if (users_.empty()) return;
  if (days_.resume(content.days)) changed();
  forget_unused();
}

void KnownUsers::forget_unused() {
  std::erase_if(users_, [oldest = today() - setup_.limits.unused_days](const auto& entry) {
    return entry.second.day < oldest;
  });
}

KnownUsersFile::Content KnownUsers::content() {
  KnownUsersFile::Content content{judge_mark(),
                                  days_.marks(setup_.unix_now(), setup_.scheduler.now())};
  content.users.reserve(users_.size());
  for (const auto& [name, user] : users_)
    content.users.push_back({name, user.verifier, user.day, user.misses});
  return content;
}

void KnownUsers::changed() {
  if (setup_.file.empty()) return;
  dirty_ = true;
  write_later();
}

void KnownUsers::write_later() {
  if (later_ || file_.writing()) return;
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
  if (background == nullptr) return on_written(file_.write(content()));
  file_.write_beside(*background, content(), [this](const Result<void>& written) {
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
