#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock/unix_time.h"
#include "base/crypto/ed25519.h"
#include "base/error/error.h"
#include "connector/registry/database.h"
#include "connector/registry/registry.h"
#include "tunnel/control.h"

namespace sfteams::connector {

/// One change of a name, as the log of a cluster has it. A name's generation counts up from 1 with
/// each `forgotten`; what holds for a name is what its highest generation has, in whatever order
/// the entries came.
struct LogEntry {
  enum class Kind : char {
    enrolled = 'e',
    pinned = 'p',
    forgotten = 'f',
    switched = 's',  ///< disabled or enabled; the one with the highest `number` holds
  };
  Kind kind = Kind::enrolled;
  std::string name;
  std::uint32_t generation = 1;
  std::uint32_t number = 0;             ///< of switched, from 1; otherwise 0
  crypto::Ed25519PublicKey identity{};  ///< of pinned
  bool disabled = false;                ///< of switched
  std::string reason{};                 ///< of switched and disabled
  Registry::By by{};

  /// Whether both say the same of the name; who and when may differ.
  [[nodiscard]] bool agrees(const LogEntry& other) const;
};

/// The admission keys of a name's owner, as the cluster has them.
struct LogKeys {
  std::string name;
  std::uint32_t generation = 1;
  std::uint64_t epoch = 0;  ///< of the agent's link that brought them; the highest holds
  crypto::Ed25519PublicKey identity{};
  std::vector<tunnel::AdmissionKey> keys;
  clock::UnixSeconds seen = 0;

  friend bool operator==(const LogKeys&, const LogKeys&) = default;
};

/// What a node of a cluster keeps of the cluster's log, in the registry's file: the entries with
/// the values that they have in the log, and how far the log was read. The registry's names follow
/// from it. Nothing of it is used by a connector alone. Failures are those of the registry.
class LogReplica {
 public:
  /// The two streams of the log (connector/cluster/log_streams.h).
  enum class Stream { names, keys };

  /// Which stream was read, and up to where.
  struct Position {
    std::string created;  ///< when the stream was made, as its server writes it; empty: none yet
    std::uint64_t sequence = 0;    ///< everything up to here was read
    std::int64_t incarnation = 0;  ///< counts up with each restart()
  };

  /// An entry with what the log has of it.
  struct Stored {
    LogEntry entry;
    std::string subject;
    std::vector<std::uint8_t> value;  ///< sealed
    std::uint64_t sequence = 0;       ///< 0: it is not in the log yet
  };
  struct StoredKeys {
    LogKeys keys;
    std::uint64_t sequence = 0;
  };

  enum class Outcome {
    added,        ///< it is new here
    known,        ///< it was there
    contradicts,  ///< another one is there under this subject, and stays
  };

  /// A name of which the log and this node do not say the same.
  struct Contradiction {
    std::string name;
    std::string subject;
    clock::UnixSeconds at = 0;
  };

  /// `registry` outlives it.
  [[nodiscard]] static Result<std::unique_ptr<LogReplica>> open(Registry& registry);

  [[nodiscard]] Result<Position> position(Stream stream);
  /// The stream is another one, or lost what it had: it is read from its beginning, and what is not
  /// found there is unconfirmed() until it is.
  [[nodiscard]] Result<void> restart(Stream stream, std::string_view created);
  /// The last message up to position() of the stream in force that is of this cluster; nullopt: none.
  struct Message {
    std::uint64_t sequence = 0;
    std::string subject;
    std::vector<std::uint8_t> value;

    friend bool operator==(const Message&, const Message&) = default;
  };
  [[nodiscard]] Result<std::optional<Message>> last_read();

  /// In one transaction: these entries, the names as they follow from them, notes for the log of
  /// what an operator did (Registry::notes()), and that the stream was read up to `read_up_to` (0:
  /// as far as before). Entries may come again and in any order. One outcome for each.
  [[nodiscard]] Result<std::vector<Outcome>> apply(std::span<const Stored> entries,
                                                   std::uint64_t read_up_to,
                                                   clock::UnixSeconds now);
  /// In one transaction: the keys of those names that this identity owns in this generation, where
  /// no higher epoch is known.
  [[nodiscard]] Result<void> apply_keys(std::span<const StoredKeys> keys, std::uint64_t read_up_to);

  /// Something that no node has written stands on this subject. Whether this node has an entry
  /// there, which is then a contradiction and not published again.
  [[nodiscard]] Result<bool> occupied(std::string_view subject, clock::UnixSeconds now);

  /// The generation in which something can be said of the name now: 1 for one that was never heard
  /// of.
  [[nodiscard]] Result<std::uint32_t> generation(std::string_view name);
  /// The highest number of a switched entry in that generation; 0: none.
  [[nodiscard]] Result<std::uint32_t> last_switch(std::string_view name, std::uint32_t generation);
  struct KnownKeys {
    LogKeys keys;
    bool confirmed = false;  ///< the stream in force has them, or had them
  };
  /// The last keys that went through the log; nullopt: none in this generation.
  [[nodiscard]] Result<std::optional<KnownKeys>> keys(std::string_view name);

  /// Names that came into the registry while it was used without a cluster, at most `most`, with the
  /// entries that say the same, of generation generation(). Their subjects and values are empty.
  [[nodiscard]] Result<std::vector<LogEntry>> outside_log(std::size_t most);
  /// These are the entries of names from outside_log(), sealed. Where the replica already has
  /// something else for such a name, that is what holds from now on, and it is a contradiction.
  [[nodiscard]] Result<std::vector<Outcome>> adopt(std::span<const Stored> entries,
                                                   clock::UnixSeconds now);

  /// Entries that the stream in force is not known to have, in order of their subjects from behind
  /// `after`; looks at `most` rows of all. `next` is where to go on, empty at the end.
  struct Page {
    std::vector<Stored> entries;
    std::string next;
  };
  [[nodiscard]] Result<Page> unconfirmed(std::string_view after, std::size_t most);
  /// The same of keys, by names.
  struct KeysPage {
    std::vector<LogKeys> keys;
    std::string next;
  };
  [[nodiscard]] Result<KeysPage> unconfirmed_keys(std::string_view after, std::size_t most);

  /// The first 100, by subject. One goes when its name is forgotten, or the stream restarts.
  [[nodiscard]] Result<std::vector<Contradiction>> contradictions();
  /// How many there are; counted once, and then as they come.
  [[nodiscard]] Result<std::int64_t> entries();

 private:
  explicit LogReplica(Database& database) : database_(database) {}
  [[nodiscard]] Result<void> prepare();
  [[nodiscard]] Result<void> advance(Stream stream, std::uint64_t read_up_to);
  [[nodiscard]] Result<Outcome> take(const Stored& stored, std::int64_t incarnation,
                                     clock::UnixSeconds now);
  void count(std::span<const Outcome> outcomes);
  [[nodiscard]] Result<void> write(const Stored& stored, std::int64_t incarnation);
  [[nodiscard]] Result<void> contradict(const Stored& stored, std::int64_t incarnation,
                                        clock::UnixSeconds now);
  [[nodiscard]] Result<void> note(const LogEntry& entry);
  [[nodiscard]] Result<void> derive(std::string_view name);
  [[nodiscard]] Result<void> take_keys(const StoredKeys& stored, std::int64_t incarnation);

  Database& database_;
  std::optional<std::int64_t> counted_;
  Statement position_;
  Statement restart_;
  Statement advance_;
  Statement last_read_;
  Statement find_;
  Statement write_;
  Statement settle_;
  Statement contradict_;
  Statement contradictions_;
  Statement drop_contradictions_;
  Statement drop_all_contradictions_;
  Statement generation_;
  Statement last_switch_;
  Statement of_generation_;
  Statement entries_;
  Statement drop_other_row_;
  Statement write_row_;
  Statement keys_row_;
  Statement write_keys_row_;
  Statement drop_keys_;
  Statement add_key_;
  Statement outside_;
  Statement unconfirmed_;
  Statement unconfirmed_keys_;
  Statement add_note_;
  Statement trim_notes_;
};

}  // namespace sfteams::connector
