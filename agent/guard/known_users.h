#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/guard/book_days.h"
#include "agent/guard/known_users_file.h"
#include "agent/guard/login_guard.h"
#include "base/clock/unix_time.h"
#include "base/crypto/secret.h"
#include "transport/background.h"
#include "transport/scheduler.h"

namespace sfteams::agent {

/// Whose password the PBX took, and which it was (by what the PBX takes of it,
/// PbxAccess::secret_of()): so that these users get in while somebody else uses up the budget of
/// wrong passwords (agent/guard/login_guard.h). A user who passes the check here is still judged by
/// the PBX.
///
/// It survives the agent in a file (agent/guard/known_users_file.h) that is sealed under a key of the
/// installation's identity. In it are no names and no passwords, but an HMAC of each name and a
/// scrypt key of each password under a salt of its own. Whoever has the identity and the file can
/// try passwords against it, each at the cost of kCost; nobody else learns anything.
///
/// **No way to guess.** A wrong password is not sent to the PBX because of what is found here, so
/// the PBX does not count it. Therefore a user is forgotten after Limits::misses different ones,
/// and all users together have so many checks a second. A check takes the same time whether the
/// name is known or not.
///
/// **Days** are the book's own (agent/guard/book_days.h): no clock that is wrong makes anybody much
/// older.
///
/// A file that cannot be read is logged, and then what it had is not known: nobody is kept out by
/// that. One that cannot be written is logged once, and written again after kLater.
class KnownUsers {
 public:
  using Duration = transport::Duration;
  using Fingerprint = LoginGuard::Fingerprint;
  using UnixNow = std::function<clock::UnixSeconds()>;
  /// Makes 32 bytes of a password and a salt; what a check costs.
  using Derive = std::function<crypto::Secret(std::span<const std::uint8_t> password,
                                              std::span<const std::uint8_t> salt)>;
  [[nodiscard]] static crypto::Secret scrypt_key(std::span<const std::uint8_t> password,
                                                 std::span<const std::uint8_t> salt);
  /// Replaces the file's text, on any thread.
  using Save = KnownUsersFile::Save;
  [[nodiscard]] static Result<void> save_text(const std::filesystem::path& file, std::string text);

  struct Limits {
    std::size_t most = 10'000;      ///< beyond it who came longest ago is forgotten; at most 10,000
    std::int64_t unused_days = 90;  ///< of the book; after them a user is forgotten
    std::size_t misses = 10;        ///< different wrong passwords since the last right one
    std::size_t checks_at_once = 20;  ///< beyond them one every kCheckPause
  };
  static constexpr Duration kCheckPause{50};
  /// From a change to its being on disk: users come in crowds.
  static constexpr Duration kSoon{1'000};
  static constexpr Duration kLater{10'000};  ///< when it was written so short a time before

  struct Setup {
    transport::Scheduler& scheduler;
    std::filesystem::path file;  ///< empty: only in memory
    crypto::Secret identity;     ///< 32 bytes; what is kept is sealed under a key of it
    std::string judge;           ///< who takes passwords: another one's are worth nothing
    transport::Background* background = nullptr;  ///< where it is written; nullptr: here
    UnixNow unix_now = clock::unix_now;
    Limits limits = {};
    Derive derive = scrypt_key;
    Save save = save_text;
  };

  /// Takes in what the file has, if it is of this judge.
  explicit KnownUsers(Setup setup);
  /// Writes what is left to be written, after what is being written beside the loop.
  ~KnownUsers();
  KnownUsers(const KnownUsers&) = delete;
  KnownUsers& operator=(const KnownUsers&) = delete;

  enum class Answer {
    yes,    ///< this is the password that the PBX took last
    no,     ///< the user is not known, or had another one
    later,  ///< too many checks lately: ask again after until_next_check()
  };
  /// `fingerprint`: of the same user and password, by one guard for as long as this lives. Takes
  /// about a millisecond, unless the password was right since the start.
  [[nodiscard]] Answer check(std::string_view user, const crypto::Secret& password,
                             const Fingerprint& fingerprint);
  [[nodiscard]] Duration until_next_check() const;

  /// The PBX has taken it. Whether the user had another one before, as far as that is known.
  bool accepted(std::string_view user, const crypto::Secret& password,
                const Fingerprint& fingerprint);
  /// Whether it is the password that the PBX took last, of one that the PBX has just refused: this
  /// is no guess. Takes as long for a name that nobody has.
  [[nodiscard]] bool is_last(std::string_view user, const crypto::Secret& password,
                             const Fingerprint& fingerprint) const;
  /// The PBX has refused it. Another password of the user stays known.
  void refused(std::string_view user, const crypto::Secret& password,
               const Fingerprint& fingerprint);
  /// The same of a password that was accepted since the start.
  void taken_no_longer(std::string_view user, const Fingerprint& fingerprint);
  /// From now on somebody else judges.
  void forget_all(std::string judge);

  [[nodiscard]] std::size_t size() const { return users_.size(); }

 private:
  using Name = KnownUsersFile::Name;
  using Verifier = KnownUsersFile::Verifier;
  struct User {
    Verifier verifier{};
    std::int64_t day = 0;  ///< of the last sign-in, by the book
    std::size_t misses = 0;
    // Not in the file.
    std::optional<Fingerprint> fingerprint{};  ///< of the right password, once that is known
    std::vector<Fingerprint> missed{};
  };
  using Users = std::map<Name, User>;

  [[nodiscard]] Name name_of(std::string_view user) const;
  [[nodiscard]] Verifier verifier_of(std::string_view user, const crypto::Secret& password) const;
  [[nodiscard]] Name judge_mark() const;
  [[nodiscard]] std::int64_t today() const { return days_.today(setup_.scheduler.now()); }
  [[nodiscard]] bool take_check();
  void miss(Users::iterator user, const Fingerprint& fingerprint);
  void used(User& user);
  void make_room(Users::iterator but_for);
  void forget_unused();

  void load();
  void take_in(const KnownUsersFile::Content& content);
  [[nodiscard]] KnownUsersFile::Content content();
  void changed();
  void write_later();
  void write(transport::Background* background);
  void on_written(const Result<void>& written);

  Setup setup_;
  KnownUsersFile file_;
  crypto::Secret index_key_;
  Users users_;
  std::size_t checks_ = 0;  ///< left at checked_
  transport::TimePoint checked_{};
  BookDays days_;
  bool dirty_ = false;
  bool told_ = false;
  std::optional<transport::TimePoint> written_;  ///< last begun
  std::unique_ptr<transport::Timer> later_;
};

}  // namespace sfteams::agent
