#include "agent/guard_book.h"

#include <algorithm>
#include <utility>

#include "agent/state_file.h"
#include "json/json.h"
#include "log/log.h"

namespace sfteams::agent {
namespace {

constexpr std::string_view kGuardType = "starface-teams-agent-failed-logins";
constexpr std::size_t kMostBytes = 65'536;
constexpr std::size_t kMostFailures = 2'000;

std::optional<LoginGuard::Memory> memory_in(const Json::Value& document, clock::UnixSeconds now) {
  const Json::Value* const failed = json::member(document, "failed");
  const Json::Value* const under_way = json::member(document, "underWay");
  if (failed == nullptr || !failed->isArray() || failed->size() > kMostFailures ||
      under_way == nullptr || !under_way->isUInt() || under_way->asUInt() > kMostFailures)
    return std::nullopt;
  LoginGuard::Memory memory;
  memory.under_way = under_way->asUInt();
  for (const Json::Value& moment : *failed) {
    if (!moment.isInt64()) return std::nullopt;
    // A clock that was set back makes nothing older or younger than now.
    const std::int64_t age = std::clamp<std::int64_t>(now - moment.asInt64(), 0, 864'000);
    memory.ages.emplace_back(std::chrono::seconds(age));
  }
  std::ranges::sort(memory.ages, std::greater<>());
  return memory;
}

}  // namespace

GuardBook::GuardBook(transport::Scheduler& scheduler, std::filesystem::path file, LoginGuard& guard,
                     UnixNow unix_now)
    : scheduler_(scheduler), file_(std::move(file)), guard_(guard), unix_now_(std::move(unix_now)) {
  load();
  guard_.on_change([this] { on_change(); });
}

GuardBook::~GuardBook() {
  guard_.on_change(nullptr);
  if (later_) write(guard_.memory(scheduler_.now()));
}

void GuardBook::load() {
  const Result<std::optional<Json::Value>> stored = load_state(file_, kGuardType, kMostBytes);
  if (stored && !*stored) return;
  std::optional<LoginGuard::Memory> memory;
  if (stored) memory = memory_in(**stored, unix_now_());
  if (!memory) {
    log::warn("uci",
              "{} cannot be read, so half of the logins that may fail are taken for used up: {}",
              file_.string(), stored ? "its content makes no sense" : describe(stored.error()));
    memory.emplace();
    memory->ages.assign(guard_.most() / 2, LoginGuard::Duration(0));
  }
  guard_.restore(*memory, scheduler_.now());
  write(guard_.memory(scheduler_.now()));
}

void GuardBook::on_change() {
  const LoginGuard::Memory memory = guard_.memory(scheduler_.now());
  // One that was under way and has failed is in the file already, as either.
  const bool more = memory.under_way > under_way_ || memory.ages.size() > failed_;
  if (more) return write(memory);
  if (memory.under_way == under_way_ && memory.ages.size() == failed_) return;
  // With nothing under way at once: an agent that is killed again and again just after a login must
  // not count logins that were taken. In a storm of logins their number is in the file anyway.
  const bool idle = memory.under_way == 0;
  if (idle || !later_) {
    later_ = scheduler_.after(idle ? transport::Duration(0) : kLater, [this] {
      later_.reset();
      write(guard_.memory(scheduler_.now()));
    });
  }
}

void GuardBook::write(const LoginGuard::Memory& memory) {
  Json::Value document(Json::objectValue);
  document["type"] = std::string(kGuardType);
  document["version"] = 1;
  document["failed"] = Json::Value(Json::arrayValue);
  const clock::UnixSeconds now = unix_now_();
  for (const LoginGuard::Duration age : memory.ages) {
    document["failed"].append(
        Json::Int64(now - std::chrono::floor<std::chrono::seconds>(age).count()));
  }
  document["underWay"] = static_cast<Json::UInt>(memory.under_way);
  const Result<void> saved = save_state(file_, json::write(document), files::Existing::replace);
  if (saved) {
    failed_ = memory.ages.size();
    under_way_ = memory.under_way;
    if (std::exchange(told_, false)) log::info("uci", "failed logins can be written down again");
    return;
  }
  if (std::exchange(told_, true)) return;
  log::error("uci", "failed logins cannot be written down, and are forgotten with a restart: {}",
             describe(saved.error()));
}

}  // namespace sfteams::agent
