#include "connector/registry/log_replica.h"

#include <algorithm>
#include <array>
#include <utility>

namespace sfteams::connector {
namespace {

using Kind = LogEntry::Kind;

std::string_view text_of(const Kind& kind) {
  switch (kind) {
    case Kind::enrolled:
      return "e";
    case Kind::pinned:
      return "p";
    case Kind::forgotten:
      return "f";
    case Kind::switched:
      return "s";
  }
  return "";
}

Kind kind_of(std::string_view text) {
  return text == "p"   ? Kind::pinned
         : text == "f" ? Kind::forgotten
         : text == "s" ? Kind::switched
                       : Kind::enrolled;
}

std::int64_t number_of(LogReplica::Stream stream) {
  return stream == LogReplica::Stream::names ? 0 : 1;
}

crypto::Ed25519PublicKey identity_at(const Statement& row, int column) {
  crypto::Ed25519PublicKey identity{};
  if (const auto bytes = row.bytes(column); bytes.size() == identity.size())
    std::ranges::copy(bytes, identity.begin());
  return identity;
}

constexpr const char* kEntryColumns =
    "subject, name, generation, kind, number, identity, disabled, reason, at, who, value, sequence,"
    " incarnation";

/// From the columns of kEntryColumns.
LogReplica::Stored read_entry(const Statement& row) {
  LogReplica::Stored stored;
  stored.subject = row.text(0);
  LogEntry& entry = stored.entry;
  entry.name = row.text(1);
  entry.generation = static_cast<std::uint32_t>(row.number(2));
  entry.kind = kind_of(row.text(3));
  entry.number = static_cast<std::uint32_t>(row.number(4));
  entry.identity = identity_at(row, 5);
  entry.disabled = row.number(6) != 0;
  entry.reason = row.text(7);
  entry.by = {std::string(row.text(9)), row.number(8)};
  const auto value = row.bytes(10);
  stored.value.assign(value.begin(), value.end());
  stored.sequence = static_cast<std::uint64_t>(row.number(11));
  return stored;
}

constexpr int kIncarnationColumn = 12;

}  // namespace

bool LogEntry::agrees(const LogEntry& other) const {
  return kind == other.kind && name == other.name && generation == other.generation &&
         number == other.number && identity == other.identity && disabled == other.disabled &&
         reason == other.reason;
}

Result<std::unique_ptr<LogReplica>> LogReplica::open(Registry& registry) {
  std::unique_ptr<LogReplica> replica(new LogReplica(registry.database_));
  if (const Result<void> ready = replica->prepare(); !ready) return fail(ready.error());
  return replica;
}

Result<void> LogReplica::prepare() {
  const std::string columns = kEntryColumns;
  const std::array<std::pair<Statement*, std::string>, 26> statements{{
      {&position_, "SELECT created, sequence, incarnation FROM log_streams WHERE stream = ?1"},
      {&restart_,
       "UPDATE log_streams SET created = ?2, sequence = 0, incarnation = incarnation + 1"
       " WHERE stream = ?1"},
      {&advance_, "UPDATE log_streams SET sequence = max(sequence, ?2) WHERE stream = ?1"},
      {&last_read_,
       "SELECT log_entries.sequence, subject, value FROM log_entries, log_streams"
       " WHERE stream = 0 AND log_entries.sequence BETWEEN 1 AND log_streams.sequence"
       " AND log_entries.incarnation = log_streams.incarnation"
       " ORDER BY log_entries.sequence DESC LIMIT 1"},
      {&find_, "SELECT " + columns + " FROM log_entries WHERE subject = ?1"},
      {&write_, "INSERT OR REPLACE INTO log_entries (" + columns +
                    ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)"},
      {&settle_, "UPDATE log_entries SET incarnation = ?2, sequence = 0 WHERE subject = ?1"},
      {&contradict_,
       "INSERT OR IGNORE INTO log_contradictions (subject, name, generation, at)"
       " VALUES (?1, ?2, ?3, ?4)"},
      {&contradictions_,
       "SELECT name, subject, at FROM log_contradictions ORDER BY subject LIMIT 100"},
      {&drop_contradictions_, "DELETE FROM log_contradictions WHERE name = ?1 AND generation < ?2"},
      {&drop_all_contradictions_, "DELETE FROM log_contradictions"},
      {&generation_,
       "SELECT generation, max(kind = 'f') FROM log_entries WHERE name = ?1 AND generation ="
       " (SELECT max(generation) FROM log_entries WHERE name = ?1)"},
      {&last_switch_,
       "SELECT max(number) FROM log_entries WHERE name = ?1 AND generation = ?2 AND kind = 's'"},
      {&of_generation_, "SELECT " + columns +
                            " FROM log_entries WHERE name = ?1 AND generation = ?2"
                            " ORDER BY number"},
      {&entries_, "SELECT count(*) FROM log_entries"},
      {&drop_other_row_,
       "DELETE FROM names WHERE name = ?1 AND generation <> ?2 AND generation <> 0"},
      {&write_row_,
       "INSERT INTO names (name, identity, enrolled, disabled_at, disabled_reason, first_seen,"
       " last_seen, generation) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, ?7)"
       " ON CONFLICT (name) DO UPDATE SET identity = ?2, enrolled = ?3, disabled_at = ?4,"
       " disabled_reason = ?5, generation = ?7, last_seen = max(last_seen, ?6),"
       " first_seen = CASE WHEN first_seen = 0 THEN ?6 ELSE first_seen END"},
      {&keys_row_,
       "SELECT identity, generation, keys_epoch, keys_seen, keys_in_log, keys_incarnation FROM "
       "names"
       " WHERE name = ?1"},
      {&write_keys_row_,
       "UPDATE names SET keys_epoch = ?2, keys_seen = ?3, keys_in_log = ?4,"
       " keys_incarnation = ?5, last_seen = max(last_seen, ?3) WHERE name = ?1"},
      {&drop_keys_, "DELETE FROM admission_keys WHERE name = ?1"},
      {&add_key_,
       "INSERT OR REPLACE INTO admission_keys (name, id, key, expires) VALUES (?1, ?2, ?3, ?4)"},
      {&outside_,
       "SELECT name, identity, enrolled, disabled_at, disabled_reason, first_seen FROM names"
       " WHERE generation = 0 LIMIT ?1"},
      {&unconfirmed_,
       "SELECT " + columns + " FROM log_entries WHERE subject > ?1 ORDER BY subject LIMIT ?2"},
      {&unconfirmed_keys_,
       "SELECT name, identity, generation, keys_epoch, keys_seen, keys_in_log, keys_incarnation"
       " FROM names WHERE name > ?1 ORDER BY name LIMIT ?2"},
      {&add_note_, "INSERT INTO notes (at, action, name, who, reason) VALUES (?1, ?2, ?3, ?4, ?5)"},
      {&trim_notes_, "DELETE FROM notes WHERE number <= (SELECT max(number) FROM notes) - ?1"},
  }};
  for (const auto& [statement, sql] : statements) {
    Result<Statement> prepared = database_.prepare(sql);
    if (!prepared) return fail(prepared.error());
    *statement = std::move(*prepared);
  }
  return {};
}

Result<LogReplica::Position> LogReplica::position(Stream stream) {
  const Result<bool> row = position_.bind(1, number_of(stream)).step();
  if (!row) return fail(row.error());
  if (!*row) return Position{};
  Position position{std::string(position_.text(0)), static_cast<std::uint64_t>(position_.number(1)),
                    position_.number(2)};
  position_.reset();
  return position;
}

Result<void> LogReplica::restart(Stream stream, std::string_view created) {
  Result<Transaction> transaction = Transaction::begin(database_);
  if (!transaction) return fail(transaction.error());
  if (const Result<int> done = restart_.bind(1, number_of(stream)).bind(2, created).run(); !done)
    return fail(done.error());
  if (stream == Stream::names) {
    // Those that are still there are found again.
    if (const Result<int> done = drop_all_contradictions_.run(); !done) return fail(done.error());
  }
  return transaction->commit();
}

Result<std::optional<LogReplica::Message>> LogReplica::last_read() {
  const Result<bool> row = last_read_.step();
  if (!row) return fail(row.error());
  if (!*row) return std::nullopt;
  const auto value = last_read_.bytes(2);
  Message message{static_cast<std::uint64_t>(last_read_.number(0)),
                  std::string(last_read_.text(1)),
                  {value.begin(), value.end()}};
  last_read_.reset();
  return message;
}

Result<void> LogReplica::advance(Stream stream, std::uint64_t read_up_to) {
  if (read_up_to == 0) return {};
  const Result<int> done =
      advance_.bind(1, number_of(stream)).bind(2, static_cast<std::int64_t>(read_up_to)).run();
  if (!done) return fail(done.error());
  return {};
}

Result<std::vector<LogReplica::Outcome>> LogReplica::apply(std::span<const Stored> entries,
                                                           std::uint64_t read_up_to,
                                                           clock::UnixSeconds now) {
  const Result<Position> position = this->position(Stream::names);
  if (!position) return fail(position.error());
  Result<Transaction> transaction = Transaction::begin(database_);
  if (!transaction) return fail(transaction.error());
  std::vector<Outcome> outcomes;
  outcomes.reserve(entries.size());
  for (const Stored& stored : entries) {
    const Result<Outcome> outcome = take(stored, position->incarnation, now);
    if (!outcome) return fail(outcome.error());
    outcomes.push_back(*outcome);
    if (*outcome != Outcome::added) continue;
    if (const Result<void> noted = note(stored.entry); !noted) return fail(noted.error());
    if (const Result<void> done = derive(stored.entry.name); !done) return fail(done.error());
  }
  if (const Result<void> done = advance(Stream::names, read_up_to); !done)
    return fail(done.error());
  if (const Result<void> done = transaction->commit(); !done) return fail(done.error());
  count(outcomes);
  return outcomes;
}

Result<std::vector<LogReplica::Outcome>> LogReplica::adopt(std::span<const Stored> entries,
                                                           clock::UnixSeconds now) {
  Result<Transaction> transaction = Transaction::begin(database_);
  if (!transaction) return fail(transaction.error());
  std::vector<Outcome> outcomes;
  for (const Stored& stored : entries) {
    const Result<Outcome> outcome = take(stored, 0, now);
    if (!outcome) return fail(outcome.error());
    outcomes.push_back(*outcome);
  }
  // Only now: half of a name's entries would make another name of it.
  for (const Stored& stored : entries)
    if (const Result<void> done = derive(stored.entry.name); !done) return fail(done.error());
  if (const Result<void> done = transaction->commit(); !done) return fail(done.error());
  count(outcomes);
  return outcomes;
}

Result<LogReplica::Outcome> LogReplica::take(const Stored& stored, std::int64_t incarnation,
                                             clock::UnixSeconds now) {
  const Result<bool> row = find_.bind(1, stored.subject).step();
  if (!row) return fail(row.error());
  Outcome outcome = Outcome::added;
  bool same = false;
  if (*row) {
    const Stored before = read_entry(find_);
    outcome = before.entry.agrees(stored.entry) ? Outcome::known : Outcome::contradicts;
    same = stored.sequence == 0 ||
           (before.sequence == stored.sequence && find_.number(kIncarnationColumn) == incarnation);
    find_.reset();
  }
  if (outcome == Outcome::contradicts) {
    if (const Result<void> done = contradict(stored, incarnation, now); !done)
      return fail(done.error());
  } else if (outcome == Outcome::added || !same) {
    // The value that the log has is the one that may be published again.
    if (const Result<void> done = write(stored, incarnation); !done) return fail(done.error());
  }
  return outcome;
}

Result<void> LogReplica::write(const Stored& stored, std::int64_t incarnation) {
  const LogEntry& entry = stored.entry;
  const std::string_view kind = text_of(entry.kind);
  write_.bind(1, stored.subject)
      .bind(2, entry.name)
      .bind(3, std::int64_t{entry.generation})
      .bind(4, kind)
      .bind(5, std::int64_t{entry.number})
      .bind(7, std::int64_t{entry.disabled ? 1 : 0})
      .bind(8, entry.reason)
      .bind(9, entry.by.at)
      .bind(10, entry.by.who)
      .bind(11, stored.value)
      .bind(12, static_cast<std::int64_t>(stored.sequence))
      .bind(13, incarnation);
  if (entry.kind == Kind::pinned) write_.bind(6, entry.identity);
  const Result<int> written = write_.run();
  if (!written) return fail(written.error());
  return {};
}

/// Ours stays as it is and is not published again: the log has something else there.
Result<void> LogReplica::contradict(const Stored& stored, std::int64_t incarnation,
                                    clock::UnixSeconds now) {
  const Result<int> noted = contradict_.bind(1, stored.subject)
                                .bind(2, stored.entry.name)
                                .bind(3, std::int64_t{stored.entry.generation})
                                .bind(4, now)
                                .run();
  if (!noted) return fail(noted.error());
  if (incarnation == 0) return {};
  const Result<int> settled = settle_.bind(1, stored.subject).bind(2, incarnation).run();
  if (!settled) return fail(settled.error());
  return {};
}

/// For the log of this node. Pins are not noted: no operator has done them.
Result<void> LogReplica::note(const LogEntry& entry) {
  std::string_view action;
  switch (entry.kind) {
    case Kind::pinned:
      return {};
    case Kind::enrolled:
      action = "enrolled";
      break;
    case Kind::forgotten:
      action = "forgotten";
      break;
    case Kind::switched:
      action = entry.disabled ? "disabled" : "enabled";
      break;
  }
  const Result<int> added = add_note_.bind(1, entry.by.at)
                                .bind(2, action)
                                .bind(3, entry.name)
                                .bind(4, entry.by.who)
                                .bind(5, entry.reason)
                                .run();
  if (!added) return fail(added.error());
  const Result<int> trimmed = trim_notes_.bind(1, Registry::kMostNotes).run();
  if (!trimmed) return fail(trimmed.error());
  return {};
}

/// Makes the registry's row of the name what its entries say.
Result<void> LogReplica::derive(std::string_view name) {
  const Result<std::uint32_t> generation = this->generation(name);
  if (!generation) return fail(generation.error());
  const std::int64_t current = *generation;
  Ownership ownership;
  bool any = false;
  clock::UnixSeconds pinned_at = 0;
  of_generation_.bind(1, name).bind(2, current);
  for (;;) {
    const Result<bool> row = of_generation_.step();
    if (!row) return fail(row.error());
    if (!*row) break;
    const LogEntry entry = read_entry(of_generation_).entry;
    any = true;
    if (entry.kind == Kind::enrolled) ownership.enrolled = true;
    if (entry.kind == Kind::pinned) {
      ownership.identity = entry.identity;
      pinned_at = entry.by.at;
    }
    if (entry.kind != Kind::switched) continue;
    // 0 would say that it is not disabled.
    ownership.disabled = std::nullopt;
    if (entry.disabled)
      ownership.disabled = Disabling{std::max<UnixSeconds>(entry.by.at, 1), entry.reason};
  }
  // With what was of an earlier generation its keys go, too.
  if (const Result<int> gone = drop_other_row_.bind(1, name).bind(2, current).run(); !gone)
    return fail(gone.error());
  if (const Result<int> gone = drop_contradictions_.bind(1, name).bind(2, current).run(); !gone)
    return fail(gone.error());
  if (!any) return {};
  const Disabling disabling = ownership.disabled.value_or(Disabling{});
  write_row_.bind(1, name)
      .bind(3, std::int64_t{ownership.enrolled ? 1 : 0})
      .bind(4, disabling.at)
      .bind(5, disabling.reason)
      .bind(6, pinned_at)
      .bind(7, current);
  if (ownership.identity) write_row_.bind(2, *ownership.identity);
  const Result<int> written = write_row_.run();
  if (!written) return fail(written.error());
  return {};
}

Result<bool> LogReplica::occupied(std::string_view subject, clock::UnixSeconds now) {
  const Result<Position> position = this->position(Stream::names);
  if (!position) return fail(position.error());
  Result<bool> row = find_.bind(1, subject).step();
  if (!row || !*row) return row;
  const Stored ours = read_entry(find_);
  find_.reset();
  Result<Transaction> transaction = Transaction::begin(database_);
  if (!transaction) return fail(transaction.error());
  if (const Result<void> done = contradict(ours, position->incarnation, now); !done)
    return fail(done.error());
  if (const Result<void> done = transaction->commit(); !done) return fail(done.error());
  return true;
}

Result<std::uint32_t> LogReplica::generation(std::string_view name) {
  const Result<bool> row = generation_.bind(1, name).step();
  if (!row) return fail(row.error());
  std::int64_t generation = 1;
  if (*row && !generation_.is_null(0))
    generation = generation_.number(0) + (generation_.number(1) != 0 ? 1 : 0);
  if (*row) generation_.reset();
  return static_cast<std::uint32_t>(generation);
}

Result<std::uint32_t> LogReplica::last_switch(std::string_view name, std::uint32_t generation) {
  const Result<bool> row = last_switch_.bind(1, name).bind(2, std::int64_t{generation}).step();
  if (!row) return fail(row.error());
  if (!*row) return 0U;
  const auto number = static_cast<std::uint32_t>(last_switch_.number(0));
  last_switch_.reset();
  return number;
}

Result<void> LogReplica::apply_keys(std::span<const StoredKeys> keys, std::uint64_t read_up_to) {
  const Result<Position> position = this->position(Stream::keys);
  if (!position) return fail(position.error());
  Result<Transaction> transaction = Transaction::begin(database_);
  if (!transaction) return fail(transaction.error());
  for (const StoredKeys& stored : keys) {
    if (const Result<void> done = take_keys(stored, position->incarnation); !done)
      return fail(done.error());
  }
  if (const Result<void> done = advance(Stream::keys, read_up_to); !done) return fail(done.error());
  return transaction->commit();
}

Result<void> LogReplica::take_keys(const StoredKeys& stored, std::int64_t incarnation) {
  const LogKeys& brought = stored.keys;
  const Result<bool> row = keys_row_.bind(1, brought.name).step();
  if (!row) return fail(row.error());
  if (!*row) return {};
  const bool owner = !keys_row_.is_null(0) && identity_at(keys_row_, 0) == brought.identity &&
                     keys_row_.number(1) == std::int64_t{brought.generation};
  const bool older = static_cast<std::uint64_t>(keys_row_.number(2)) > brought.epoch;
  keys_row_.reset();
  if (!owner || older) return {};
  const auto encoded = tunnel::encode_keys(brought.keys);
  const Result<int> written = write_keys_row_.bind(1, brought.name)
                                  .bind(2, static_cast<std::int64_t>(brought.epoch))
                                  .bind(3, brought.seen)
                                  .bind(4, encoded)
                                  .bind(5, incarnation)
                                  .run();
  if (!written) return fail(written.error());
  if (const Result<int> gone = drop_keys_.bind(1, brought.name).run(); !gone)
    return fail(gone.error());
  for (const tunnel::AdmissionKey& key : brought.keys) {
    const Result<int> added = add_key_.bind(1, brought.name)
                                  .bind(2, key.id)
                                  .bind(3, key.key)
                                  .bind(4, static_cast<std::int64_t>(key.expires))
                                  .run();
    if (!added) return fail(added.error());
  }
  return {};
}

Result<std::optional<LogReplica::KnownKeys>> LogReplica::keys(std::string_view name) {
  const Result<Position> position = this->position(Stream::keys);
  if (!position) return fail(position.error());
  const Result<bool> row = keys_row_.bind(1, name).step();
  if (!row) return fail(row.error());
  if (!*row) return std::nullopt;
  std::optional<KnownKeys> keys;
  if (!keys_row_.is_null(4)) {
    auto decoded = tunnel::decode_keys(keys_row_.bytes(4));
    keys = KnownKeys{
        {std::string(name), static_cast<std::uint32_t>(keys_row_.number(1)),
         static_cast<std::uint64_t>(keys_row_.number(2)), identity_at(keys_row_, 0),
         decoded ? std::move(*decoded) : std::vector<tunnel::AdmissionKey>(), keys_row_.number(3)},
        keys_row_.number(5) == position->incarnation};
  }
  keys_row_.reset();
  return keys;
}

Result<std::vector<LogEntry>> LogReplica::outside_log(std::size_t most) {
  std::vector<LogEntry> entries;
  outside_.bind(1, static_cast<std::int64_t>(most));
  for (;;) {
    const Result<bool> row = outside_.step();
    if (!row) return fail(row.error());
    if (!*row) break;
    LogEntry entry;
    entry.name = outside_.text(0);
    entry.by.at = outside_.number(5);
    const bool owned = !outside_.is_null(1);
    if (outside_.number(2) != 0 || !owned) entries.push_back(entry);
    if (owned) {
      entry.kind = Kind::pinned;
      entry.identity = identity_at(outside_, 1);
      entries.push_back(entry);
      entry.identity = {};
    }
    if (outside_.number(3) == 0) continue;
    entry.kind = Kind::switched;
    entry.disabled = true;
    entry.by.at = outside_.number(3);
    entry.reason = outside_.text(4);
    entries.push_back(std::move(entry));
  }
  for (LogEntry& entry : entries) {
    const Result<std::uint32_t> generation = this->generation(entry.name);
    if (!generation) return fail(generation.error());
    entry.generation = *generation;
    if (entry.kind != Kind::switched) continue;
    const Result<std::uint32_t> number = last_switch(entry.name, *generation);
    if (!number) return fail(number.error());
    entry.number = *number + 1;
  }
  return entries;
}

Result<LogReplica::Page> LogReplica::unconfirmed(std::string_view after, std::size_t most) {
  const Result<Position> position = this->position(Stream::names);
  if (!position) return fail(position.error());
  Page page;
  std::size_t rows = 0;
  unconfirmed_.bind(1, after).bind(2, static_cast<std::int64_t>(most));
  for (;; ++rows) {
    const Result<bool> row = unconfirmed_.step();
    if (!row) return fail(row.error());
    if (!*row) break;
    page.next = unconfirmed_.text(0);
    if (unconfirmed_.number(kIncarnationColumn) != position->incarnation)
      page.entries.push_back(read_entry(unconfirmed_));
  }
  if (rows < most) page.next.clear();
  return page;
}

Result<LogReplica::KeysPage> LogReplica::unconfirmed_keys(std::string_view after,
                                                          std::size_t most) {
  const Result<Position> position = this->position(Stream::keys);
  if (!position) return fail(position.error());
  KeysPage page;
  std::size_t rows = 0;
  unconfirmed_keys_.bind(1, after).bind(2, static_cast<std::int64_t>(most));
  for (;; ++rows) {
    const Result<bool> row = unconfirmed_keys_.step();
    if (!row) return fail(row.error());
    if (!*row) break;
    page.next = unconfirmed_keys_.text(0);
    if (unconfirmed_keys_.is_null(5) || unconfirmed_keys_.number(6) == position->incarnation)
      continue;
    auto decoded = tunnel::decode_keys(unconfirmed_keys_.bytes(5));
    if (!decoded) continue;
    page.keys.push_back({page.next, static_cast<std::uint32_t>(unconfirmed_keys_.number(2)),
                         static_cast<std::uint64_t>(unconfirmed_keys_.number(3)),
                         identity_at(unconfirmed_keys_, 1), std::move(*decoded),
                         unconfirmed_keys_.number(4)});
  }
  if (rows < most) page.next.clear();
  return page;
}

Result<std::vector<LogReplica::Contradiction>> LogReplica::contradictions() {
  std::vector<Contradiction> found;
  for (;;) {
    const Result<bool> row = contradictions_.step();
    if (!row) return fail(row.error());
    if (!*row) return found;
    found.push_back({std::string(contradictions_.text(0)), std::string(contradictions_.text(1)),
                     contradictions_.number(2)});
  }
}

void LogReplica::count(std::span<const Outcome> outcomes) {
  if (counted_) *counted_ += std::ranges::count(outcomes, Outcome::added);
}

Result<std::int64_t> LogReplica::entries() {
  if (counted_) return *counted_;
  const Result<bool> row = entries_.step();
  if (!row) return fail(row.error());
  const std::int64_t count = entries_.number(0);
  entries_.reset();
  counted_ = count;
  return count;
}

}  // namespace sfteams::connector
