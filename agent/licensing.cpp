#include "agent/licensing.h"

#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "agent/codes.h"
#include "agent/key_ring.h"
#include "agent/license_end.h"
#include "json/json.h"
#include "keygen/utc_time.h"
#include "log/line.h"
#include "log/log.h"

namespace sfteams::agent {
namespace {

using transport::Duration;

/// Licences begin and end at midnight, and clocks are set.
constexpr Duration kRefresh{60'000};
/// Sign-ins come in crowds; who holds seats is written once for all of them.
constexpr Duration kWriteDelay{1'000};

LicenseBook::Now now() {
  return std::chrono::system_clock::now();
}

std::string text(const Json::Value& object, const char* name) {
  return log::one_line(json::string_member(object, name).value_or(""));
}

std::uint64_t number(const Json::Value& object, const char* name) {
  const Json::Value* const value = json::member(object, name);
  return value != nullptr && value->isUInt64() ? value->asUInt64() : 0;
}

const Json::Value& part(const Json::Value& object, const char* name) {
  const Json::Value* const value = json::member(object, name);
  return value == nullptr ? Json::Value::nullSingleton() : *value;
}

std::string systems_text(const Json::Value& license) {
  std::string all;
  for (const Json::Value& system : part(license, "systems"))
    all += (all.empty() ? "" : ", ") + log::one_line(json::text_of(system).value_or(""));
  return all;
}

}  // namespace

Result<std::unique_ptr<Licensing>> Licensing::create(Setup setup) {
  Result<LicenseBook> book =
      LicenseBook::load(setup.licenses_file, setup.system, setup.rules.issuers);
  if (!book) return fail(book.error());
  std::unique_ptr<Licensing> licensing(new Licensing(std::move(setup), std::move(*book)));
  licensing->restore();
  licensing->refresh();
  return licensing;
}

Licensing::Licensing(Setup setup, LicenseBook book)
    : setup_(std::move(setup)),
      book_(std::move(book)),
      seats_(setup_.rules.rules, [this] { seats_changed(); }) {}

void Licensing::restore() {
  const Result<std::vector<Seats::Holder>> holders = load_holders(setup_.seats_file);
  if (!holders) return log::warn("license", "all seats are free: {}", describe(holders.error()));
  seats_.keep(*holders);
  release_ = setup_.scheduler.after(setup_.keep, [this] { seats_.release_kept(); });
}

void Licensing::refresh() {
  const std::size_t before = seats_.capacity();
  seats_.set_capacity(book_.seats(now()));
  if (seats_.capacity() != before) {
    log::info("license", "there are {} floating seats now", seats_.capacity());
    for (const LicenseBook::Entry& entry : book_.entries(now())) {
      if (entry.problem) log::warn("license", "{}", describe(*entry.problem));
    }
  }
  refresh_ = setup_.scheduler.after(kRefresh, [this] { refresh(); });
}

void Licensing::use(const Configuration::License& rules, const std::string& system) {
  setup_.rules = rules;
  book_.trust(rules.issuers, system);
  seats_.set_rules(rules.rules);
  refresh();
}

void Licensing::stop() {
  write_holders();
  stopped_ = true;
  write_.reset();
}

void Licensing::seats_changed() {
  if (stopped_ || write_) return;
  write_ = setup_.scheduler.after(kWriteDelay, [this] {
    write_.reset();
    write_holders();
  });
}

void Licensing::write_holders() {
  const Result<void> written = save_holders(setup_.seats_file, seats_.holders());
  if (std::exchange(write_failed_, !written) == !written) return;
  if (written) return log::info("license", "who holds seats can be written down again");
  log::error("license", "who holds seats cannot be written down: {}", describe(written.error()));
}

Result<Json::Value> Licensing::add(std::string_view text) {
  const Result<keygen::License> license = book_.add(text, now());
  if (!license) {
    log::warn("license", "a licence key was refused: {}", describe(license.error()));
    return fail(license.error());
  }
  log::info("license", "the licence {} with {} seats was entered", license->id, license->seats);
  refresh();
  for (const LicenseBook::Entry& entry : book_.entries(now())) {
    if (entry.license.id == license->id) return license_json(entry);
  }
  return Json::Value(Json::objectValue);
}

Result<Json::Value> Licensing::remove(std::string_view id) {
  if (const Result<void> removed = book_.remove(id); !removed) return fail(removed.error());
  log::info("license", "the licence {} was removed", id);
  refresh();
  return Json::Value(Json::objectValue);
}

Result<Json::Value> Licensing::withdraw(const std::string& user) {
  if (!seats_.withdraw(user, seat_withdrawn())) {
    return fail(codes::kNoSuchHolder, "that user holds no seat", "license list shows who does");
  }
  log::info("license", "the seat of {} was withdrawn", user);
  return Json::Value(Json::objectValue);
}

Json::Value Licensing::list() const {
  return license_list_json(book_, seats_);
}

Licensing::Summary Licensing::summary() const {
  Summary summary;
  summary.everybody_named = seats_.rules().everybody_named;
  summary.named = seats_.rules().named.size();
  const std::vector<LicenseBook::Entry> entries = book_.entries(now());
  summary.licenses = entries.size();
  for (const LicenseBook::Entry& entry : entries) {
    if (!summary.problem) summary.problem = entry.problem;
  }
  summary.seats = seats_.capacity();
  summary.taken = seats_.taken();
  if (!summary.everybody_named) summary.last_day = last_day_of_seats(entries);
  summary.ends_soon = summary.last_day && ends_soon(*summary.last_day, now());
  return summary;
}

Json::Value license_json(const LicenseBook::Entry& entry) {
  Json::Value json(Json::objectValue);
  json["id"] = entry.license.id;
  json["holder"] = entry.license.holder;
  json["systems"] = Json::Value(Json::arrayValue);
  for (const std::string& system : entry.license.systems)
    json["systems"].append(system);
  json["seats"] = entry.license.seats;
  json["from"] = keygen::day_text(entry.license.from);
  json["until"] = keygen::day_text(entry.license.until);
  json["issued"] = entry.license.issued;
  json["problem"] = Json::Value();
  if (entry.problem) {
    json["problem"]["code"] = std::string(entry.problem->code.id);
    json["problem"]["message"] = entry.problem->message;
    json["problem"]["hint"] = entry.problem->hint;
  }
  return json;
}

Json::Value license_list_json(const LicenseBook& book, const Seats& seats) {
  Json::Value json = seats_json(seats);
  json["named"] = Json::Value(Json::arrayValue);
  json["everybodyNamed"] = seats.rules().everybody_named;
  for (const std::string& user : seats.rules().named)
    json["named"].append(user);
  json["licenses"] = Json::Value(Json::arrayValue);
  for (const LicenseBook::Entry& entry : book.entries(now()))
    json["licenses"].append(license_json(entry));
  return json;
}

std::string license_line(const Json::Value& license) {
  std::string lines =
      fmt::format("licence {}: {} seats, {} to {} (UTC), for {}; holder {}\n", text(license, "id"),
                  number(license, "seats"), text(license, "from"), text(license, "until"),
                  systems_text(license), text(license, "holder"));
  const Json::Value& problem = part(license, "problem");
  if (problem.isObject()) {
    lines +=
        fmt::format("  gives no seats: [{}] {}", text(problem, "code"), text(problem, "message"));
    if (const std::string hint = text(problem, "hint"); !hint.empty()) lines += " — " + hint;
    lines += '\n';
  }
  return lines;
}

std::string license_list_text(const Json::Value& list) {
  std::string lines;
  const Json::Value& everybody = part(list, "everybodyNamed");
  if (everybody.isBool() && everybody.asBool()) {
    lines += "named users: everybody whom the PBX lets in; no seat is needed\n";
  } else {
    lines += fmt::format("named users: {}\n", part(list, "named").size());
  }
  for (const Json::Value& license : part(list, "licenses"))
    lines += license_line(license);
  lines += fmt::format("seats: {} of {} taken\n", number(list, "taken"), number(list, "seats"));
  for (const Json::Value& holder : part(list, "holders")) {
    lines += fmt::format("  {} since {}, {} sessions\n", text(holder, "user"),
                         text(holder, "since"), number(holder, "sessions"));
  }
  return lines;
}

}  // namespace sfteams::agent
