#include "connector/cluster/log_memory.h"

#include <fmt/format.h>

#include "base/log/log.h"
#include "connector/cluster/codes.h"

namespace sfteams::connector {
namespace {

constexpr std::size_t kAdoptedAtOnce = 16;

void log_contradiction(const std::string& name, const std::string& subject) {
  log::error("cluster",
             Error{codes::kRegistryContradiction,
                   fmt::format("the log and this node do not agree about {} ({}); this node keeps "
                               "what it has",
                               name, subject),
                   "find out whose name it is, compare `list` on all nodes, then forget the name "
                   "and let its agent register again"});
}

}  // namespace

bool LogMemory::take_names(std::span<const StreamMessage> messages, std::uint64_t read_up_to) {
  std::vector<LogReplica::Stored> entries;
  for (const StreamMessage& message : messages) {
    std::optional<LogEntry> entry = seal_.open(message.subject, message.value);
    if (entry) {
      entries.push_back({std::move(*entry), message.subject, message.value, message.sequence});
    } else if (!skip_foreign(message, true)) {
      return false;
    }
  }
  const auto outcomes = replica_.apply(entries, read_up_to, now_());
  if (!checked(outcomes)) return false;
  tell(entries, *outcomes);
  return true;
}

bool LogMemory::take_keys(std::span<const StreamMessage> messages, std::uint64_t read_up_to) {
  std::vector<LogReplica::StoredKeys> all;
  for (const StreamMessage& message : messages) {
    std::optional<LogKeys> keys = seal_.open_keys(message.subject, message.value);
    if (!keys) {
      if (!skip_foreign(message, false)) return false;
      continue;
    }
    const auto known = replica_.keys(keys->name);
    if (!checked(known)) return false;
    if (*known && (*known)->keys.epoch > keys->epoch && hooks_.outdated)
      hooks_.outdated((*known)->keys);
    all.push_back({std::move(*keys), message.sequence});
  }
  return checked(replica_.apply_keys(all, read_up_to)).has_value();
}

bool LogMemory::skip_foreign(const StreamMessage& message, bool names) {
  if (foreign_++ == 0) {
    log::warn("cluster",
              Error{codes::kRegistryLogForeign,
                    fmt::format("the log has something at sequence {} that no node of this cluster "
                                "has written; it is skipped, and further ones only counted",
                                message.sequence),
                    "check that all nodes have the same log-secret, and who else has credentials "
                    "for the NATS servers"});
  }
  if (!names) return true;
  foreign_subjects_.put(message.subject, true);
  const auto ours = replica_.occupied(message.subject, now_());
  if (!checked(ours)) return false;
  if (*ours) log_contradiction("a name of this node", message.subject);
  return true;
}

void LogMemory::tell(std::span<const LogReplica::Stored> entries,
                     std::span<const LogReplica::Outcome> outcomes) {
  bool noted = false;
  for (std::size_t number = 0; number < outcomes.size(); ++number) {
    const LogEntry& entry = entries[number].entry;
    if (outcomes[number] == LogReplica::Outcome::contradicts)
      log_contradiction(entry.name, entries[number].subject);
    if (outcomes[number] != LogReplica::Outcome::added) continue;
    noted = noted || entry.kind != LogEntry::Kind::pinned;
    if (hooks_.changed) hooks_.changed(entry.name);
  }
  if (noted && hooks_.noted) hooks_.noted();
}

bool LogMemory::adopt_some() {
  const auto outside = replica_.outside_log(kAdoptedAtOnce);
  if (!checked(outside) || outside->empty()) return false;
  std::vector<LogReplica::Stored> entries;
  for (const LogEntry& entry : *outside) {
    Result<LogReplica::Stored> sealed = seal_.seal(entry);
    if (!checked(sealed)) return false;
    entries.push_back(std::move(*sealed));
  }
  const auto outcomes = replica_.adopt(entries, now_());
  if (!checked(outcomes)) return false;
  for (std::size_t number = 0; number < outcomes->size(); ++number) {
    if ((*outcomes)[number] == LogReplica::Outcome::contradicts)
      log_contradiction(entries[number].entry.name, entries[number].subject);
  }
  return true;
}

}  // namespace sfteams::connector
