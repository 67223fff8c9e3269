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
constexpr std::size_t kMostBookBytes = 16U << 20U;
/// As far as the clock goes, which counts nanoseconds.
constexpr UnixSeconds kLatestMoment = 9'223'372'036;

std::optional<UnixSeconds> moment_in(const Json::Value& entry, const char* name) {
  const Json::Value* const moment = json::member(entry, name);
  const bool good = moment != nullptr && moment->isInt64() && moment->asInt64() >= 0 &&
                    moment->asInt64() <= kLatestMoment;
  return good ? std::optional<UnixSeconds>(moment->asInt64()) : std::nullopt;
}

std::optional<TicketBook::Device> device_in(const Json::Value& entry) {
  const auto hex = json::string_member(entry, "series");
  const auto series = hex ? text::from_hex(*hex) : std::nullopt;
  const auto software = json::string_member(entry, "software");
  const auto since = moment_in(entry, "since");
  const auto used = moment_in(entry, "used");
  const auto ends = moment_in(entry, "ends");
  TicketBook::Device device;
  if (!series || series->size() != device.series.size() || !software || !since || !used || !ends)
    return std::nullopt;
  std::ranges::copy(*series, device.series.begin());
  device.software = *software;
  device.since = *since;
  device.used = *used;
  device.ends = *ends;
  return device;
}

}  // namespace

TicketBook::TicketBook(transport::Scheduler* scheduler, std::filesystem::path file,
                       std::size_t most_devices)
    : scheduler_(scheduler), file_(std::move(file)), most_devices_(most_devices) {
  load();
}

TicketBook::~TicketBook() {
  if ((dirty_ || used_) && scheduler_ != nullptr) write();
}

Result<Ticket::Series> TicketBook::add(const Asked& asked, UnixSeconds now, UnixSeconds ends) {
  Device* device = asked.after ? device_of(asked.user, *asked.after) : nullptr;
  // What has ended by the clock may be good again when the clock is set back: a series of its own.
  if (device == nullptr || device->ends <= now) {
    Device fresh;
    if (Result<void> filled = crypto::fill_random(fresh.series); !filled)
      return fail(filled.error());
    fresh.software = asked.software;
    fresh.since = now;
    make_room(asked.user, now);
    Devices& devices = users_[std::string(asked.user)];
    device = &devices.emplace_back(std::move(fresh));
    ++count_;
  }
  device->used = now;
  used_ = true;
  const Ticket::Series series = device->series;
  if (ends > device->ends) {
    device->ends = ends + kSlack - 1;
    dirty_ = true;
    write_soon();
  }
  return series;
}

bool TicketBook::is_good(std::string_view user, const Ticket::Series& series) const {
  const auto found = users_.find(user);
  return found != users_.end() && std::ranges::any_of(found->second, [&](const Device& device) {
           return crypto::equal_constant_time(device.series, series);
         });
}

void TicketBook::use(std::string_view user, const Ticket::Series& series, UnixSeconds now) {
  Device* const device = device_of(user, series);
  if (device == nullptr) return;
  device->used = now;
  used_ = true;
}

TicketBook::Device* TicketBook::device_of(std::string_view user, const Ticket::Series& series) {
  const auto found = users_.find(user);
  if (found == users_.end()) return nullptr;
  const auto device = std::ranges::find(found->second, series, &Device::series);
  return device == found->second.end() ? nullptr : &*device;
}

Result<bool> TicketBook::end(std::string_view user) {
  const auto found = users_.find(user);
  if (found == users_.end()) return ended(false);
  count_ -= found->second.size();
  users_.erase(found);
  return ended(true);
}

Result<bool> TicketBook::end(std::string_view user, std::string_view device) {
  const Device* const gone = find(user, device);
  if (gone == nullptr) return ended(false);
  const auto found = users_.find(user);
  found->second.erase(found->second.begin() + (gone - found->second.data()));
  --count_;
  if (found->second.empty()) users_.erase(found);
  return ended(true);
}

/// An end of before may not be on disk yet.
Result<bool> TicketBook::ended(bool had_some) {
  if (!had_some && !dirty_) return false;
  if (Result<void> saved = save_end(); !saved) return fail(saved.error());
  return had_some;
}

Result<std::size_t> TicketBook::end_all() {
  const std::size_t count = std::exchange(users_, {}).size();
  count_ = 0;
  if (const Result<bool> saved = ended(count != 0); !saved) return fail(saved.error());
  return count;
}

const TicketBook::Device* TicketBook::find(std::string_view user, std::string_view device) const {
  const auto found = users_.find(user);
  if (found == users_.end()) return nullptr;
  const auto named = std::ranges::find_if(
      found->second, [&](const Device& each) { return device_name(each.series) == device; });
  return named == found->second.end() ? nullptr : &*named;
}

std::vector<TicketBook::Entry> TicketBook::entries(UnixSeconds now) const {
  std::vector<Entry> list;
  for (const auto& [name, devices] : users_) {
    for (const Device& device : devices)
      if (device.ends > now) list.push_back({name, device});
  }
  return list;
}

void TicketBook::load() {
  const Result<std::optional<Json::Value>> stored = load_state(file_, kBookType, kMostBookBytes);
  if (stored && !*stored) return;
  if (stored && take_in(**stored)) return;
  users_.clear();
  count_ = 0;
  const std::string why = stored ? "it makes no sense" : stored.error().message;
  log::warn("tickets",
            Error{codes::kStateDamaged,
                  fmt::format("{} cannot be read and is recreated: {}; users who were signed in by "
                              "a ticket have to type their passwords",
                              file_.string(), why),
                  "nothing has to be done"});
}

bool TicketBook::take_in(const Json::Value& document) {
  const Json::Value* const list = json::member(document, "devices");
  if (list == nullptr || !list->isArray() || list->size() > kMostDevices) return false;
  for (const Json::Value& entry : *list) {
    const auto name = json::string_member(entry, "user");
    std::optional<Device> device = device_in(entry);
    if (!name || name->empty() || !device) return false;
    if (device_of(*name, device->series) != nullptr) return false;
    users_[std::string(*name)].push_back(std::move(*device));
    ++count_;
  }
  return true;
}

/// For one more of this user.
void TicketBook::make_room(std::string_view user, UnixSeconds now) {
  if (const auto own = users_.find(user); own != users_.end()) {
    drop_over(own->second, now);
    if (own->second.size() >= kMostOfUser) drop_first_to_end(own->second);
    if (own->second.empty()) users_.erase(own);
  }
  if (count_ < most_devices_) return;
  for (auto& [name, devices] : users_)
    drop_over(devices, now);
  std::erase_if(users_, [](const auto& each) { return each.second.empty(); });
  while (count_ >= most_devices_) {
    const auto first = std::ranges::min_element(users_, {}, [](const auto& each) {
      return std::ranges::min(each.second, {}, &Device::ends).ends;
    });
    drop_first_to_end(first->second);
    if (first->second.empty()) users_.erase(first);
  }
}

void TicketBook::drop_over(Devices& devices, UnixSeconds now) {
  count_ -= std::erase_if(devices, [now](const Device& device) { return device.ends <= now; });
}

void TicketBook::drop_first_to_end(Devices& devices) {
  devices.erase(std::ranges::min_element(devices, {}, &Device::ends));
  --count_;
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
  Json::Value& list = document["devices"] = Json::Value(Json::arrayValue);
  for (const auto& [name, devices] : users_) {
    for (const Device& device : devices) {
      Json::Value entry(Json::objectValue);
      entry["user"] = name;
      entry["series"] = text::to_hex(device.series);
      entry["software"] = device.software;
      entry["since"] = Json::Int64(device.since);
      entry["used"] = Json::Int64(device.used);
      entry["ends"] = Json::Int64(device.ends);
      list.append(std::move(entry));
    }
  }
  Result<void> saved = save_state(file_, json::write(document), files::Existing::replace, outlives);
  dirty_ = !saved;
  if (saved) used_ = false;
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
