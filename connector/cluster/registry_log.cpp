#include "connector/cluster/registry_log.h"

#include <utility>

#include "connector/cluster/keys_publisher.h"
#include "connector/cluster/log_follower.h"
#include "connector/cluster/log_memory.h"
#include "connector/cluster/log_writer.h"

namespace sfteams::connector {

using Kind = LogEntry::Kind;

const char* to_string(RegistryLogState::Phase phase) {
  using Phase = RegistryLogState::Phase;
  switch (phase) {
    case Phase::bus_down:
      return "bus down";
    case Phase::no_stream:
      return "no stream";
    case Phase::catching_up:
      return "catching up";
    case Phase::restoring:
      return "restoring";
    case Phase::settling:
      return "settling";
    case Phase::disk:
      return "disk";
    case Phase::in_step:
      return "in step";
  }
  return "";
}

class RegistryLog::Impl {
 public:
  Impl(transport::Scheduler& scheduler, bus::Bus& bus, Registry& registry, LogReplica& replica,
       const ClusterKeys& keys, const std::string& cluster, Hooks hooks,
       std::function<clock::UnixSeconds()> now)
      : registry_(registry),
        replica_(replica),
        seal_(keys, cluster),
        memory_(replica, seal_,
                {std::move(hooks.changed), std::move(hooks.noted),
                 [this](LogKeys known) { publisher_.outdated(std::move(known)); }},
                std::move(now)),
        publisher_(scheduler, bus, replica, seal_),
        follower_(scheduler, bus, replica, seal_, memory_, [this] { publisher_.restore(); }),
        writer_(scheduler, bus, seal_, memory_) {}

  void pin(const std::string& name, const crypto::Ed25519PublicKey& identity,
           clock::UnixSeconds now, Done<Pin> done);
  /// What a change by hand needs: an entry that has to be written, or nullopt when there is nothing
  /// to change.
  using Needed = std::function<Result<std::optional<LogEntry>>()>;
  void change(Needed needed, Done<bool> done, int tries = 0);
  void forget(const std::string& name, const By& by, Done<bool> done);
  [[nodiscard]] Needed enrolling(const std::string& name, const By& by);
  [[nodiscard]] Needed forgetting(const std::string& name, const By& by);
  [[nodiscard]] Needed switching(const std::string& name, std::optional<std::string> reason,
                                 const By& by);
  [[nodiscard]] RegistryLogState state() const;

  Registry& registry_;
  LogReplica& replica_;
  LogSeal seal_;
  LogMemory memory_;
  KeysPublisher publisher_;
  LogFollower follower_;
  LogWriter writer_;

 private:
  /// Of the name as it is now.
  [[nodiscard]] Result<LogEntry> entry_for(Kind kind, const std::string& name, const By& by);
  [[nodiscard]] Result<bool> still_counts(const Result<LogWriter::Standing>& stands);
  template <typename T>
  void answer_later(Done<T> done, Result<T> result) {
    writer_.soon([done = std::move(done), result = std::move(result)] { done(result); });
  }
};

Result<LogEntry> RegistryLog::Impl::entry_for(Kind kind, const std::string& name, const By& by) {
  const auto generation = replica_.generation(name);
  if (!generation) return fail(generation.error());
  LogEntry entry;
  entry.kind = kind;
  entry.name = name;
  entry.generation = *generation;
  entry.by = by;
  return entry;
}

void RegistryLog::Impl::pin(const std::string& name, const crypto::Ed25519PublicKey& identity,
                            clock::UnixSeconds now, Done<Pin> done) {
  const auto answer = [this, &done](Result<Pin> result) {
    answer_later(std::move(done), std::move(result));
  };
  const auto known = registry_.ownership(name);
  if (!known) {
    answer(fail(known.error()));
    return;
  }
  if (*known && (*known)->identity) {
    answer(*(*known)->identity == identity ? Pin::pinned : Pin::taken);
    return;
  }
  if (!follower_.in_step()) {
    answer(fail(log_away(to_string(follower_.phase()))));
    return;
  }
  Result<LogEntry> entry = entry_for(Kind::pinned, name, {"", now});
  if (!entry) {
    answer(fail(entry.error()));
    return;
  }
  entry->identity = identity;
  writer_.write(*entry, [this, done = std::move(done), identity,
                         name](const Result<LogWriter::Standing>& stands) {
    const Result<bool> counts = still_counts(stands);
    if (!counts) {
      done(fail(counts.error()));
    } else if (!*counts) {
      done(fail(log_away(name + " was forgotten meanwhile")));
    } else {
      done(stands->entry.identity == identity ? Pin::pinned : Pin::taken);
    }
  });
}

/// Whether what stands in the log still counts. The name may have been forgotten while it was
/// written: then it stands in a generation that is over.
Result<bool> RegistryLog::Impl::still_counts(const Result<LogWriter::Standing>& stands) {
  if (!stands) return fail(stands.error());
  const LogEntry& entry = stands->entry;
  if (entry.kind == Kind::forgotten) return true;
  const auto generation = replica_.generation(entry.name);
  if (!generation) return fail(generation.error());
  return *generation == entry.generation;
}

RegistryLog::Impl::Needed RegistryLog::Impl::enrolling(const std::string& name, const By& by) {
  return [this, name, by]() -> Result<std::optional<LogEntry>> {
    const auto known = registry_.ownership(name);
    if (!known) return fail(known.error());
    if (*known && (*known)->enrolled) return std::nullopt;
    Result<LogEntry> entry = entry_for(Kind::enrolled, name, by);
    if (!entry) return fail(entry.error());
    return std::move(*entry);
  };
}

RegistryLog::Impl::Needed RegistryLog::Impl::forgetting(const std::string& name, const By& by) {
  return [this, name, by]() -> Result<std::optional<LogEntry>> {
    const auto known = registry_.ownership(name);
    if (!known) return fail(known.error());
    Result<LogEntry> entry = entry_for(Kind::forgotten, name, by);
    if (!entry) return fail(entry.error());
    // Where a stranger has put something in the place of a pin, the next generation is the way out.
    LogEntry pinned = *entry;
    pinned.kind = Kind::pinned;
    if (!*known && !memory_.is_foreign(seal_.subject(pinned))) return std::nullopt;
    return std::move(*entry);
  };
}

/// `reason`: of disabling; nullopt: to enable it.
RegistryLog::Impl::Needed RegistryLog::Impl::switching(const std::string& name,
                                                       std::optional<std::string> reason,
                                                       const By& by) {
  return [this, name, by, reason = std::move(reason)]() -> Result<std::optional<LogEntry>> {
    const auto known = registry_.ownership(name);
    if (!known) return fail(known.error());
    if (!*known) return std::nullopt;
    const auto& disabled = (*known)->disabled;
    const bool as_wanted = reason ? disabled && disabled->reason == *reason : !disabled;
    if (as_wanted) return std::nullopt;
    Result<LogEntry> entry = entry_for(Kind::switched, name, by);
    if (!entry) return fail(entry.error());
    const auto last = replica_.last_switch(name, entry->generation);
    if (!last) return fail(last.error());
    entry->number = *last + 1;
    entry->disabled = reason.has_value();
    entry->reason = reason.value_or("");
    return std::move(*entry);
  };
}

/// When another node was faster, what it has written is in the registry by now: whether there is
/// something left to change is asked again.
void RegistryLog::Impl::change(Needed needed, Done<bool> done, int tries) {
  constexpr int kMostTries = 5;
  const auto answer = [this, &done](Result<bool> result) {
    answer_later(std::move(done), std::move(result));
  };
  if (!follower_.in_step()) {
    answer(fail(log_away(to_string(follower_.phase()))));
    return;
  }
  const auto entry = needed();
  if (!entry) {
    answer(fail(entry.error()));
    return;
  }
  if (!*entry || tries == kMostTries) {
    answer(*entry ? Result<bool>(fail(log_away("other nodes change the same name"))) : false);
    return;
  }
  writer_.write(**entry, [this, needed = std::move(needed), done = std::move(done),
                          tries](const Result<LogWriter::Standing>& stands) {
    const Result<bool> counts = still_counts(stands);
    if (!counts) {
      done(fail(counts.error()));
    } else if (stands->ours && *counts) {
      done(true);
    } else {
      change(needed, done, tries + 1);
    }
  });
}

/// A name that nobody has may have a stranger's entry in the place of its pin, which this node may
/// have read past before its start.
void RegistryLog::Impl::forget(const std::string& name, const By& by, Done<bool> done) {
  const auto known = registry_.ownership(name);
  const auto pinned = entry_for(Kind::pinned, name, by);
  if (!follower_.in_step() || !known || *known || !pinned) {
    change(forgetting(name, by), std::move(done));
    return;
  }
  writer_.look(*pinned,
               [this, name, by, done = std::move(done)] { change(forgetting(name, by), done); });
}

RegistryLogState RegistryLog::Impl::state() const {
  RegistryLogState state;
  state.phase = follower_.phase();
  state.behind = follower_.behind();
  state.foreign = memory_.foreign();
  state.restored = follower_.restored();
  state.problem = memory_.problem();
  // What cannot be read is left as it is: `problem` says so, or the next look will.
  if (const auto position = replica_.position(LogReplica::Stream::names))
    state.last_sequence = position->sequence;
  if (const auto entries = replica_.entries()) state.entries = *entries;
  if (auto contradictions = replica_.contradictions())
    state.contradictions = std::move(*contradictions);
  return state;
}

RegistryLog::RegistryLog(transport::Scheduler& scheduler, bus::Bus& bus, Registry& registry,
                         LogReplica& replica, const ClusterKeys& keys, const std::string& cluster,
                         Hooks hooks, std::function<clock::UnixSeconds()> now)
    : impl_(std::make_unique<Impl>(scheduler, bus, registry, replica, keys, cluster,
                                   std::move(hooks), std::move(now))) {}

RegistryLog::~RegistryLog() = default;

void RegistryLog::pin(const std::string& name, const crypto::Ed25519PublicKey& identity,
                      clock::UnixSeconds now, Done<Pin> done) {
  impl_->pin(name, identity, now, std::move(done));
}

void RegistryLog::enroll(const std::string& name, const By& by, Done<bool> done) {
  impl_->change(impl_->enrolling(name, by), std::move(done));
}

void RegistryLog::forget(const std::string& name, const By& by, Done<bool> done) {
  impl_->forget(name, by, std::move(done));
}

void RegistryLog::disable(const std::string& name, const std::string& reason, const By& by,
                          Done<bool> done) {
  impl_->change(impl_->switching(name, reason, by), std::move(done));
}

void RegistryLog::enable(const std::string& name, const By& by, Done<bool> done) {
  impl_->change(impl_->switching(name, std::nullopt, by), std::move(done));
}

void RegistryLog::keys_changed(const std::string& name, const crypto::Ed25519PublicKey& identity,
                               std::vector<tunnel::AdmissionKey> keys, clock::UnixSeconds now,
                               std::uint64_t epoch) {
  impl_->publisher_.sighted({name, 1, epoch, identity, std::move(keys), now});
}

bool RegistryLog::in_step() const {
  return impl_->follower_.in_step();
}

RegistryLogState RegistryLog::state() const {
  return impl_->state();
}

}  // namespace sfteams::connector
