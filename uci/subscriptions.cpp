#include "uci/subscriptions.h"

#include <algorithm>

#include "base/text/ascii.h"

namespace sfteams::uci {

Subscriptions::Subscriptions(const std::vector<Subscription>& permanent) {
  for (const Subscription& subscription : permanent)
    entries_.push_back({.what = subscription, .permanent = true});
}

Subscriptions::Entry* Subscriptions::find(const Subscription& subscription) {
  const auto found =
      std::find_if(entries_.begin(), entries_.end(),
                   [&subscription](const Entry& entry) { return entry.what == subscription; });
  return found == entries_.end() ? nullptr : &*found;
}

Subscriptions::Entry* Subscriptions::find_service(std::string_view service) {
  const auto found = std::find_if(entries_.begin(), entries_.end(), [service](const Entry& entry) {
    return entry.what.service == service;
  });
  return found == entries_.end() ? nullptr : &*found;
}

bool Subscriptions::is_name(std::string_view service) {
  return !service.empty() && service.size() <= kMaxName && text::is_visible(service);
}

bool Subscriptions::has_room_for(const Subscription& wanted) const {
  return entries_.size() < kMost ||
         std::any_of(entries_.begin(), entries_.end(),
                     [&wanted](const Entry& entry) { return entry.what == wanted; });
}

void Subscriptions::add(const Subscription& granted) {
  Entry* entry = find(granted);
  if (entry == nullptr) {
    if (entries_.size() >= kMost) return;
    entry = &entries_.emplace_back(Entry{.what = granted});
  }
  ++entry->wishes;
  entry->standing = Standing::granted;
}

Subscriptions::GivingUp Subscriptions::give_up(std::string_view service) {
  Entry* entry = find_service(service);
  if (entry == nullptr) return GivingUp::unknown;
  if (!entry->permanent && entry->wishes <= 1) return GivingUp::last;
  entry->wishes = std::max(0, entry->wishes - 1);
  return GivingUp::kept;
}

void Subscriptions::remove(std::string_view service) {
  std::erase_if(entries_, [service](const Entry& entry) {
    return entry.what.service == service && !entry.permanent;
  });
}

void Subscriptions::forget_granted() {
  for (Entry& entry : entries_)
    entry.standing = Standing::open;
}

void Subscriptions::granted(const Subscription& subscription) {
  if (Entry* entry = find(subscription)) entry->standing = Standing::granted;
}

void Subscriptions::refused(const Subscription& subscription) {
  if (Entry* entry = find(subscription)) entry->standing = Standing::refused;
}

std::optional<Subscription> Subscriptions::next() const {
  for (const Entry& entry : entries_) {
    if (entry.standing == Standing::open) return entry.what;
  }
  return std::nullopt;
}

std::vector<std::string> Subscriptions::services_by(std::string_view method) const {
  std::vector<std::string> services;
  for (const Entry& entry : entries_) {
    if (entry.what.method == method) services.push_back(entry.what.service);
  }
  return services;
}

std::vector<std::string> Subscriptions::active() const {
  std::vector<std::string> services;
  for (const Entry& entry : entries_) {
    if (entry.standing == Standing::granted) services.push_back(entry.what.service);
  }
  return services;
}

}  // namespace sfteams::uci
