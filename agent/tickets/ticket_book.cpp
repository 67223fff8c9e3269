#include "agent/tickets/ticket_book.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "agent/state/codes.h"
#include "agent/state/state_file.h"
#include "agent/tickets/codes.h"
#include "base/crypto/random.h"
#include "base/crypto/secret.h"
#include "base/json/json.h"
#include "base/log/log.h"
#include "base/text/encoding.h"

namespace sfteams::agent {
namespace {

using clock::UnixSeconds;

constexpr std::string_view kBookType = "starface-teams-agent-tickets";
constexpr std::size_t kMostBookBytes = 4U << 20U;
/// As far as the clock goes, which counts nanoseconds.
constexpr UnixSeconds kLatestMoment = 9'223'372'036;

std::optional<UnixSeconds> moment_in(const Json::Value& entry, const char* name) {
  const Json::Value* const moment = json::member(entry, name);
  const bool good = moment != nullptr && moment->isInt64() && moment->asInt64() >= 0 &&
                    moment->asInt64() <= kLatestMoment;
  return good ? std::optional<UnixSeconds>(moment->asInt64()) : std::nullopt;
}

}  // namespace

TicketBook::TicketBook(transport::Scheduler* scheduler, std::filesystem::path file,
                       std::size_t most_users)
    : scheduler_(scheduler), file_(std::move(file)), most_users_(most_users) {
  load();
}

TicketBook::~TicketBook() {
  if (dirty_ && scheduler_ != nullptr) write();
}

Result<Ticket::Series> TicketBook::add(std::string_view user, UnixSeconds now, UnixSeconds ends) {
  auto found = users_.find(user);
  // What has ended by the clock may be good again when the clock is set back: a series of its own.
  if (found != users_.end() && found->second.ends <= now) {
    users_.erase(found);
    found = users_.end();
  }
  if (found == users_.end()) {
    User fresh;
    if (Result<void> filled = crypto::fill_random(fresh.series); !filled)
      return fail(filled.error());
    make_room(now);
    found = users_.emplace(std::string(user), fresh).first;
  }
  User& entry = found->second;
  entry.issued = now;
  if (ends > entry.ends) {
    entry.ends = ends + kSlack - 1;
    dirty_ = true;
    write_soon();
  }
  return entry.series;
}

bool TicketBook::is_good(std::string_view user, const Ticket::Series& series) const {
  const auto found = users_.find(user);
  return found != users_.end() && crypto::equal_constant_time(found->second.series, series);
}

Result<bool> TicketBook::end(std::string_view user) {
  const auto found = users_.find(user);
  const bool had_some = found != users_.end();
  // An end of before may not be on disk yet.
  if (!had_some && !dirty_) return false;
  if (had_some) users_.erase(found);
  if (Result<void> saved = save_end(); !saved) return fail(saved.error());
  return had_some;
}

Result<std::size_t> TicketBook::end_all() {
  const std::size_t count = std::exchange(users_, {}).size();
  if (count == 0 && !dirty_) return count;
  if (Result<void> saved = save_end(); !saved) return fail(saved.error());
  return count;
}

std::vector<TicketBook::Entry> TicketBook::entries(UnixSeconds now) const {
  std::vector<Entry> list;
  for (const auto& [name, user] : users_) {
    if (user.ends > now) list.push_back({name, user.series, user.issued, user.ends});
  }
  return list;
}

void TicketBook::load() {
  const Result<std::optional<Json::Value>> stored = load_state(file_, kBookType, kMostBookBytes);
  if (stored && !*stored) return;
  if (stored && take_in(**stored)) return;
  users_.clear();
  const std::string why = stored ? "it makes no sense" : stored.error().message;
  log::warn("tickets",
            Error{codes::kStateDamaged,
                  fmt::format("{} cannot be read and is recreated: {}; users who were signed in by "
                              "a ticket have to type their passwords",
                              file_.string(), why),
                  "nothing has to be done"});
}

bool TicketBook::take_in(const Json::Value& document) {
  const Json::Value* const list = json::member(document, "users");
  if (list == nullptr || !list->isArray() || list->size() > kMostUsers) return false;
  for (const Json::Value& entry : *list) {
    const auto name = json::string_member(entry, "user");
    const auto hex = json::string_member(entry, "series");
    const auto series = hex ? text::from_hex(*hex) : std::nullopt;
    const auto issued = moment_in(entry, "issued");
    const auto ends = moment_in(entry, "ends");
    User user;
    if (!name || name->empty() || !series || series->size() != user.series.size() || !issued ||
        !ends)
      return false;
    std::ranges::copy(*series, user.series.begin());
    user.issued = *issued;
    user.ends = *ends;
    if (!users_.emplace(std::string(*name), user).second) return false;
  }
  return true;
}

/// For one more.
void TicketBook::make_room(UnixSeconds now) {
  if (users_.size() < most_users_) return;
  std::erase_if(users_, [now](const auto& user) { return user.second.ends <= now; });
  while (users_.size() >= most_users_) {
    users_.erase(
        std::ranges::min_element(users_, {}, [](const auto& user) { return user.second.ends; }));
  }
}

void TicketBook::write_soon() {
  if (later_ || scheduler_ == nullptr) return;
  if (written_ && scheduler_->now() < *written_ + kSoon) return write_later(kSoon);
  write();
}

void TicketBook::write_later(Duration delay) {
  if (later_ || scheduler_ == nullptr) return;
  later_ = scheduler_->after(delay, [this] {
    later_.reset();
    write();
  });
}

void TicketBook::write() {
  if (scheduler_ != nullptr) written_ = scheduler_->now();
  const Result<void> saved = save(files::Outlives::process);
  if (saved) {
    if (std::exchange(told_, false)) log::info("tickets", "tickets can be written down again");
    return;
  }
  write_later(kAgain);
  if (std::exchange(told_, true)) return;
  log::error("tickets", Error{codes::kTicketsNotSaved,
                              fmt::format("which tickets are good cannot be written down: {}",
                                          describe(saved.error())),
                              "after a restart users may have to type their passwords"});
}

Result<void> TicketBook::save(files::Outlives outlives) {
  Json::Value document(Json::objectValue);
  document["type"] = std::string(kBookType);
  document["version"] = 1;
  Json::Value& list = document["users"] = Json::Value(Json::arrayValue);
  for (const auto& [name, user] : users_) {
    Json::Value entry(Json::objectValue);
    entry["user"] = name;
    entry["series"] = text::to_hex(user.series);
    entry["issued"] = Json::Int64(user.issued);
    entry["ends"] = Json::Int64(user.ends);
    list.append(std::move(entry));
  }
  Result<void> saved = save_state(file_, json::write(document), files::Existing::replace, outlives);
  dirty_ = !saved;
  return saved;
}

Result<void> TicketBook::save_end() {
  const Result<void> saved = save(files::Outlives::power_failure);
  if (saved) return {};
  write_later(kAgain);
  return fail(codes::kTicketsNotSaved,
              fmt::format("tickets were ended, but that could not be written down: {}",
                          describe(saved.error())),
              "make room on the disk of the state directory, and end them again before the agent "
              "is restarted");
}

}  // namespace sfteams::agent
