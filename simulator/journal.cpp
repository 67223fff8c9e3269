#include "simulator/journal.h"

#include <utility>

namespace sfteams::simulator {
namespace {

/// Names of methods that clients make up must not fill the memory.
constexpr std::size_t kMostMethods = 1'000;

const char* to_text(JournalEntry::Kind kind) {
  switch (kind) {
    case JournalEntry::Kind::login:
      return "login";
    case JournalEntry::Kind::request:
      return "request";
    case JournalEntry::Kind::event:
      return "event";
    case JournalEntry::Kind::ended:
      return "ended";
    case JournalEntry::Kind::token:
      return "token";
    case JournalEntry::Kind::rest:
      return "rest";
  }
  return "";
}

void add_text(Json::Value& object, const char* name, const std::string& text) {
  if (!text.empty()) object[name] = text;
}

Json::Value to_json(const JournalEntry& entry) {
  Json::Value object(Json::objectValue);
  object["number"] = Json::UInt64(entry.number);
  object["atMs"] = Json::Int64(entry.at_ms);
  object["kind"] = to_text(entry.kind);
  add_text(object, "address", entry.address);
  add_text(object, "user", entry.user);
  add_text(object, "method", entry.method);
  add_text(object, "params", entry.params);
  add_text(object, "outcome", entry.outcome);
  add_text(object, "misbehaviour", entry.misbehaviour);
  if (entry.attempts > 0) object["attempts"] = entry.attempts;
  if (entry.status > 0) object["status"] = entry.status;
  return object;
}

void add_to(std::map<std::string, std::uint64_t, std::less<>>& counts, std::string_view name,
            std::uint64_t more) {
  const auto found = counts.find(name);
  if (found != counts.end()) {
    found->second += more;
  } else {
    counts.emplace(name, more);
  }
}

Json::Value to_json(const std::map<std::string, std::uint64_t, std::less<>>& counts) {
  Json::Value object(Json::objectValue);
  for (const auto& [name, count] : counts)
    object[name] = Json::UInt64(count);
  return object;
}

}  // namespace

Journal::Journal(const Options& options, const transport::Scheduler& scheduler)
    : options_(options), scheduler_(scheduler), start_(scheduler.now()) {}

std::uint64_t Journal::add(JournalEntry entry) {
  entry.number = ++last_;
  entry.at_ms =
      std::chrono::duration_cast<std::chrono::milliseconds>(scheduler_.now() - start_).count();
  entries_.push_back(std::move(entry));
  while (static_cast<std::int64_t>(entries_.size()) > options_.journal_size) {
    entries_.pop_front();
    ++dropped_;
  }
  return last_;
}

JournalEntry* Journal::find(std::uint64_t number) {
  if (entries_.empty() || number < entries_.front().number || number > last_) return nullptr;
  return &entries_[number - entries_.front().number];
}

void Journal::count(std::string_view counter, std::uint64_t more) {
  add_to(counters_, counter, more);
}

void Journal::count_method(std::string_view method) {
  const bool room = methods_.size() < kMostMethods || methods_.contains(method);
  add_to(methods_, room ? method : "(others)", 1);
}

Json::Value Journal::report(std::uint64_t since, std::size_t limit) const {
  Json::Value entries(Json::arrayValue);
  std::uint64_t next = since;
  for (const JournalEntry& entry : entries_) {
    if (entry.number <= since) continue;
    if (entries.size() >= limit) break;
    entries.append(to_json(entry));
    next = entry.number;
  }
  Json::Value report(Json::objectValue);
  report["entries"] = std::move(entries);
  report["next"] = Json::UInt64(next);
  report["dropped"] = Json::UInt64(dropped_);
  report["counters"] = counters();
  return report;
}

Json::Value Journal::counters() const {
  Json::Value all = to_json(counters_);
  // Those by which a test sees that nothing happened: one that is missing would say the same.
  for (const char* counter : {"ignored", "wrongTokens", "tokenRequests", "tokenRefusals",
                              "restRequests", "restRefusals"}) {
    if (!all.isMember(counter)) all[counter] = 0U;
  }
  all["methods"] = to_json(methods_);
  return all;
}

void Journal::clear() {
  entries_.clear();
  counters_.clear();
  methods_.clear();
  dropped_ = 0;
}

}  // namespace sfteams::simulator
