#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock/unix_time.h"
#include "base/crypto/ed25519.h"
#include "base/error/error.h"
#include "connector/registry/database.h"
#include "transport/scheduler.h"
#include "tunnel/control.h"

namespace sfteams::connector {

using clock::UnixSeconds;

/// That the operator lets a name in no more, until it is enabled again.
struct Disabling {
  UnixSeconds at = 0;
  std::string reason;  ///< may be empty; checked by reason_of() (connector/name_switch.h)
};

/// Who may register a name.
struct Ownership {
  std::optional<crypto::Ed25519PublicKey> identity;  ///< none: enrolled, but nobody has come yet
  bool enrolled = false;
  std::optional<Disabling> disabled{};
};

/// One line of `list`.
struct NameRecord {
  std::string name;
  Ownership ownership;
  UnixSeconds first_seen = 0;  ///< 0: never
  UnixSeconds last_seen = 0;
  std::int64_t keys = 0;  ///< admission keys, expired ones included
};

/// Names, counted by the one state that each is in.
struct NameStates {
  std::int64_t enrolled = 0;  ///< nobody has come yet
  std::int64_t pinned = 0;    ///< an installation owns it
  std::int64_t disabled = 0;  ///< by the operator, owned or not
  [[nodiscard]] std::int64_t all() const { return enrolled + pinned + disabled; }
};

/// Names and who owns them, in SQLite. In a cluster they follow from its log (log_replica.h). It keeps the admission public keys too, so that a client
/// with the right key is told "offline" and not "wrong key" while the agent is away, also after a
/// restart.
///
/// A pin is on the disk before its agent is told (WAL, synchronous = FULL). Keys and times are
/// gathered in memory and written by flush(); the agents would bring them again. The file may be
/// used by several processes at once. A file that is damaged or not ours is refused and never
/// touched.
class Registry {
 public:
  /// Makes the file when it is not there, of mode 0600. A symbolic link in its place is refused.
  /// Root acts as the directory's owner beforehand (base/privileges/acting_as_owner.h). Waits
  /// `patience` for other processes, in each call.
  [[nodiscard]] static Result<std::unique_ptr<Registry>> open(const std::filesystem::path& file,
                                                              transport::Duration patience);

  /// nullopt: the name is unknown.
  [[nodiscard]] Result<std::optional<Ownership>> ownership(std::string_view name);
  /// Gives the name to this identity; false when it has an owner by now.
  [[nodiscard]] Result<bool> pin(std::string_view name, const crypto::Ed25519PublicKey& identity,
                                 UnixSeconds now);
  /// Whether the operator has disabled it; false for an unknown name.
  [[nodiscard]] Result<bool> disabled(std::string_view name);
  /// The keys that the owner registered last, expired ones included; none for an unknown name.
  [[nodiscard]] Result<std::vector<tunnel::AdmissionKey>> keys(std::string_view name);
  [[nodiscard]] Result<std::int64_t> size();
  /// Goes through all names: some milliseconds for 100,000. Census remembers it.
  [[nodiscard]] Result<NameStates> states();

  /// The owner was here with these keys. Only noted; flush() writes it.
  void seen(const std::string& name, const crypto::Ed25519PublicKey& identity,
            std::vector<tunnel::AdmissionKey> keys, UnixSeconds now);
  /// Writes up to 256 of those noted, in one transaction, so that a thousand agents who come back
  /// at once do not hold up the loop. After a failure they stay noted.
  [[nodiscard]] Result<void> flush();
  /// Owners that flush() still has to write.
  [[nodiscard]] std::size_t unwritten() const { return noted_.size(); }
  /// Transactions of this process, with those of pin().
  struct Counts {
    std::uint64_t writes = 0;
    std::uint64_t failures = 0;
    std::uint64_t pins = 0;  ///< names that were pinned
  };
  [[nodiscard]] const Counts& counts() const { return counts_; }
  /// The last of these transactions that could not be written.
  struct Failure {
    Error error;
    UnixSeconds at = 0;
  };
  [[nodiscard]] const std::optional<Failure>& last_failure() const { return last_failure_; }
  /// True once after another process has written.
  [[nodiscard]] Result<bool> changed_elsewhere();

  /// Who changes the registry by hand, and when. The change is written together with a note of it
  /// (notes()), for the log of the connector, which may run or not.
  struct By {
    std::string who = "unknown";  ///< as operator_name()
    UnixSeconds at = 0;
  };
  /// False when it was enrolled already, which is not noted. An owner stays.
  [[nodiscard]] Result<bool> enroll(std::string_view name, const By& by);
  /// The name is free again, its keys are gone. False when it is unknown, which is not noted.
  [[nodiscard]] Result<bool> forget(std::string_view name, const By& by);
  /// Its owner cannot register it, until enable(); owner and keys stay. Once more with another
  /// reason changes that. False when there is nothing to change, or the name is unknown, which is
  /// not noted.
  [[nodiscard]] Result<bool> disable(std::string_view name, std::string_view reason, const By& by);
  /// False when it is not disabled, or unknown, which is not noted.
  [[nodiscard]] Result<bool> enable(std::string_view name, const By& by);

  /// What was done by hand and is not in the log yet.
  struct Note {
    std::int64_t number = 0;  ///< counts up, and is never used again
    UnixSeconds at = 0;
    std::string action;  ///< "enrolled", "forgotten", "disabled" or "enabled"
    std::string name;
    std::string who;
    std::string reason{};  ///< of "disabled"; may be empty
  };
  /// The most that are kept; the oldest are dropped when no connector runs for so long.
  static constexpr std::int64_t kMostNotes = 1'000;
  /// Those with numbers above `after`, the oldest first; at most 100.
  [[nodiscard]] Result<std::vector<Note>> notes(std::int64_t after);
  /// Those up to this number are in the log.
  [[nodiscard]] Result<void> drop_notes(std::int64_t up_to);
  /// Sorted by name.
  [[nodiscard]] Result<std::vector<NameRecord>> list();

 private:
  friend class LogReplica;
  struct Sighting {
    crypto::Ed25519PublicKey identity{};
    std::vector<tunnel::AdmissionKey> keys;
    UnixSeconds at = 0;
  };

  explicit Registry(Database database) : database_(std::move(database)) {}
  [[nodiscard]] Result<void> check();
  [[nodiscard]] Result<void> migrate();
  [[nodiscard]] Result<void> prepare();
  [[nodiscard]] Result<void> write_noted();
  /// `change` has everything bound but its first parameter, the name.
  [[nodiscard]] Result<bool> change_by_hand(Statement& change, std::string_view name,
                                            const char* action, const By& by,
                                            std::string_view reason = {});
  [[nodiscard]] Result<void> write(const std::string& name, const Sighting& sighting);
  template <typename T>
  void count(const Result<T>& written) {
    ++(written ? counts_.writes : counts_.failures);
    if (!written) last_failure_ = Failure{written.error(), clock::unix_now()};
  }

  Database database_;
  Statement ownership_;
  Statement pin_;
  Statement keys_;
  Statement touch_;
  Statement drop_keys_;
  Statement add_key_;
  Statement size_;
  Statement states_;
  Statement version_;
  Statement enroll_;
  Statement forget_;
  Statement disable_;
  Statement enable_;
  Statement disabled_;
  Statement list_;
  Statement add_note_;
  Statement trim_notes_;
  Statement notes_;
  Statement drop_notes_;
  std::int64_t seen_version_ = 0;
  std::map<std::string, Sighting, std::less<>> noted_;
  Counts counts_;
  std::optional<Failure> last_failure_;
};

}  // namespace sfteams::connector
