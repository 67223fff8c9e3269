#include "agent/licensing/seats.h"

#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "agent/licensing/codes.h"
#include "base/clock/utc_time.h"
#include "base/error/counted.h"

namespace sfteams::agent {

Seats::Permit::Permit(Seats& seats, std::string user, Withdrawn withdrawn)
    : seats_(&seats), user_(std::move(user)), withdrawn_(std::move(withdrawn)) {}

Seats::Permit::~Permit() {
  if (seats_ != nullptr) seats_->give_back(*this);
}

Seats::Seats(Rules rules, std::function<void()> changed)
    : rules_(std::move(rules)), changed_(std::move(changed)) {}

bool Seats::is_named(const std::string& user) const {
  return rules_.everybody_named || rules_.named.contains(user);
}

Error Seats::no_seat(const std::optional<HasRight>& right) const {
  const bool full = capacity_ > 0;
  const std::string all_taken =
      fmt::format("all seats of the floating licences are taken ({})", counted(capacity_, "seat"));
  if (right && !*right) {
    return {codes::kRightUnknown,
            fmt::format("it cannot be known whether the PBX gives this user the right \"{}\": {}{}",
                        rules_.pbx_rights.front(), right->error().message,
                        full ? "; and " + all_taken : ""),
            "ask the administrator to name the user ([license] named), or to let users see their "
            "rights at the PBX"};
  }
  if (full) {
    return {codes::kNoSeat, all_taken,
            "try again when somebody has signed out, or ask the administrator to free a seat"};
  }
  if (!why_none_.empty()) {
    return {codes::kNotNamed, "there is no seat for this user: " + why_none_,
            "ask the administrator, who sees more by: starface-teams-agent license list"};
  }
  if (right) {
    return {codes::kNotNamed,
            fmt::format("there is no licence for this user, and the right \"{}\" is missing at the "
                        "PBX",
                        rules_.pbx_rights.front()),
            "ask the administrator to give the user that right, to name the user ([license] named) "
            "or to enter a floating licence"};
  }
  return {codes::kNotNamed, "there is no licence for this user",
          "ask the administrator to name the user ([license] named) or to enter a "
          "floating licence"};
}

template <typename Which>
bool Seats::free_seats(Which which) {
  return std::erase_if(holders_, [&](const auto& entry) {
           const auto& [user, seat] = entry;
           if (!which(user)) return false;
           for (Permit* permit : seat.permits)
             permit->seats_ = nullptr;
           return true;
         }) > 0;
}

Result<std::unique_ptr<Seats::Permit>> Seats::admit(const std::string& user, UnixSeconds now,
                                                    Withdrawn withdrawn,
                                                    const std::optional<HasRight>& right) {
  std::unique_ptr<Permit> permit(new Permit(*this, user, std::move(withdrawn)));
  // The rules may have changed since the PBX was asked.
  const std::optional<HasRight> counts = asks_pbx(user) ? right : std::nullopt;
  if (is_named(user) || (counts && *counts && **counts)) {
    permit->seats_ = nullptr;
    if (free_seats([&](const std::string& holder) { return holder == user; })) changed_();
    return permit;
  }
  bring_up_to_date();
  const auto found = holders_.find(user);
  if (found == holders_.end() && holders_.size() >= capacity_) {
    permit->seats_ = nullptr;
    return fail(no_seat(counts));
  }
  Seat& seat = found == holders_.end() ? holders_[user] : found->second;
  if (found == holders_.end()) seat.since = now;
  seat.permits.insert(permit.get());
  changed_();
  return permit;
}

void Seats::set_rules(Rules rules) {
  rules_ = std::move(rules);
  if (free_seats([this](const std::string& user) { return is_named(user); })) changed_();
}

void Seats::give_back(Permit& permit) {
  const auto found = holders_.find(permit.user_);
  if (found == holders_.end()) return;
  found->second.permits.erase(&permit);
  if (found->second.permits.empty()) holders_.erase(found);
  changed_();
}

std::vector<Seats::Holder> Seats::holders() const {
  std::vector<Holder> list;
  for (const auto& [user, seat] : holders_)
    list.push_back({user, seat.since, seat.permits.size()});
  return list;
}

std::optional<std::size_t> Seats::withdraw(const std::string& user, const Error& why) {
  const auto found = holders_.find(user);
  if (found == holders_.end()) return std::nullopt;
  // Out of the map first: those who are told may sign in again at once.
  std::set<Permit*> permits = std::move(found->second.permits);
  holders_.erase(found);
  std::vector<Withdrawn> to_tell;
  for (Permit* permit : permits) {
    permit->seats_ = nullptr;
    to_tell.push_back(std::move(permit->withdrawn_));
  }
  changed_();
  for (const Withdrawn& withdrawn : to_tell)
    withdrawn(why);
  return to_tell.size();
}

void Seats::keep(const std::vector<Holder>& holders) {
  for (const Holder& holder : holders) {
    if (!is_named(holder.user)) holders_[holder.user].since = holder.since;
  }
}

void Seats::release_kept() {
  if (std::erase_if(holders_, [](const auto& entry) { return entry.second.permits.empty(); }) > 0)
    changed_();
}

Error seat_withdrawn() {
  return {codes::kSeatWithdrawn, "an administrator has withdrawn your seat",
          "sign in again, or ask the administrator"};
}

Json::Value seats_json(const Seats& seats) {
  Json::Value json(Json::objectValue);
  json["seats"] = static_cast<Json::Int64>(seats.capacity());
  json["taken"] = static_cast<Json::Int64>(seats.taken());
  json["holders"] = Json::Value(Json::arrayValue);
  for (const Seats::Holder& holder : seats.holders()) {
    Json::Value entry(Json::objectValue);
    entry["user"] = holder.user;
    entry["since"] = clock::utc_text(holder.since);
    entry["sessions"] = static_cast<Json::Int64>(holder.sessions);
    json["holders"].append(std::move(entry));
  }
  return json;
}

}  // namespace sfteams::agent
