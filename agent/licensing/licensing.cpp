#include "agent/licensing/licensing.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "agent/keys/key_ring.h"
#include "agent/licensing/codes.h"
#include "agent/licensing/license_end.h"
#include "agent/licensing/license_view.h"
#include "base/clock/utc_time.h"
#include "base/error/counted.h"
#include "base/json/json.h"
#include "base/json/printable.h"
#include "base/json/view.h"
#include "base/log/log.h"
#include "base/text/line.h"
#include "keygen/codes.h"

namespace sfteams::agent {
namespace {

using transport::Duration;

/// Licences begin and end at midnight, and clocks are set.
constexpr Duration kRefresh{60'000};
/// Sign-ins come in crowds; who holds seats is written once for all of them.
constexpr Duration kWriteDelay{1'000};

/// A full disk is emptied some time.
constexpr Duration kWriteRetry{10'000};

/// What users are told when licences were entered and none of them gives a seat; empty: one does,
/// or there is none.
std::string why_no_seats(const std::vector<LicenseBook::Entry>& entries) {
  std::optional<std::chrono::sys_days> ended;
  std::optional<std::chrono::sys_days> begins;
  for (const LicenseBook::Entry& entry : entries) {
    if (!entry.problem) return {};
    if (entry.problem->code == keygen::codes::kLicenseExpired)
      ended = std::max(ended.value_or(entry.license.until), entry.license.until);
    if (entry.problem->code == keygen::codes::kLicenseNotYet)
      begins = std::min(begins.value_or(entry.license.from), entry.license.from);
  }
  if (begins) return "the floating licence begins on " + clock::day_text(*begins);
  if (ended) return "the floating licence ended on " + clock::day_text(*ended);
  return entries.empty() ? "" : "the floating licence does not count at present";
}

LicenseBook load_book(const Licensing::Setup& setup) {
  Result<LicenseBook> book =
      LicenseBook::load(setup.licenses_file, setup.system, setup.rules.issuers);
  if (book) return std::move(*book);
  return LicenseBook::unreadable(setup.licenses_file, setup.system, setup.rules.issuers,
                                 book.error());
}

}  // namespace

std::unique_ptr<Licensing> Licensing::create(Setup setup) {
  LicenseBook book = load_book(setup);
  if (book.problem())
    log::error("license", "the floating licences give no seats: {}", describe(*book.problem()));
  std::unique_ptr<Licensing> licensing(new Licensing(std::move(setup), std::move(book)));
  licensing->restore();
  licensing->refresh();
  return licensing;
}

Licensing::Licensing(Setup setup, LicenseBook book)
    : setup_(std::move(setup)),
      book_(std::move(book)),
      seats_(setup_.rules.rules, [this] { seats_changed(); }) {
  seats_.renew_by([this] { refresh_on_new_day(); });
}

void Licensing::restore() {
  const Result<std::vector<Seats::Holder>> holders = load_holders(setup_.seats_file);
  if (!holders) return log::warn("license", "all seats are free: {}", describe(holders.error()));
  seats_.keep(*holders);
  release_ = setup_.scheduler.after(setup_.keep, [this] { seats_.release_kept(); });
}

void Licensing::refresh() {
  if (book_.problem()) {
    book_ = load_book(setup_);
    if (!book_.problem()) log::info("license", "the floating licences can be read again");
  }
  const std::size_t before = seats_.capacity();
  const LicenseBook::Now now = setup_.clock();
  refreshed_ = std::chrono::floor<std::chrono::days>(now);
  const std::vector<LicenseBook::Entry> entries = book_.entries(now);
  seats_.set_capacity(book_.seats(now), book_.problem()
                                            ? "the floating licences cannot be read at present"
                                            : why_no_seats(entries));
  tell_problems(entries);
  if (seats_.capacity() != before)
    log::info("license", "floating seats now: {}", seats_.capacity());
  refresh_ = setup_.scheduler.after(kRefresh, [this] { refresh(); });
}

void Licensing::refresh_on_new_day() {
  if (std::chrono::floor<std::chrono::days>(setup_.clock()) != refreshed_) refresh();
}

void Licensing::tell_problems(const std::vector<LicenseBook::Entry>& entries) {
  std::map<std::string, std::string> problems;
  for (const LicenseBook::Entry& entry : entries) {
    const std::string& id = entry.license.id;
    const auto before = problems_.find(id);
    if (!entry.problem) {
      if (before != problems_.end()) log::info("license", "the licence {} gives its seats now", id);
      continue;
    }
    std::string problem = describe(*entry.problem);
    if (before == problems_.end() || before->second != problem)
      log::warn("license", "the licence {} gives no seats: {}", id, describe(*entry.problem));
    problems.emplace(id, std::move(problem));
  }
  problems_ = std::move(problems);
}

void Licensing::use(const LicenseSettings& rules, const std::string& system) {
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
  write_holders_after(kWriteDelay);
}

void Licensing::write_holders_after(Duration delay) {
  write_ = setup_.scheduler.after(delay, [this] {
    write_.reset();
    write_holders();
  });
}

void Licensing::write_holders() {
  const Result<void> written = save_holders(setup_.seats_file, seats_.holders());
  if (!written) write_holders_after(kWriteRetry);
  if (std::exchange(write_failed_, !written) == !written) return;
  if (written) return log::info("license", "who holds seats can be written down again");
  log::error("license", "who holds seats cannot be written down: {}", describe(written.error()));
}

Result<Json::Value> Licensing::add(std::string_view text) {
  const Result<keygen::License> license = book_.add(text, setup_.clock());
  if (!license) {
    log::warn("license", "a licence key was refused: {}", describe(license.error()));
    return fail(license.error());
  }
  log::info("license", "the licence {} with {} was entered", license->id,
            counted(license->seats, "seat"));
  refresh();
  for (const LicenseBook::Entry& entry : book_.entries(setup_.clock())) {
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
  const auto sessions = seats_.withdraw(user, seat_withdrawn());
  if (!sessions)
    return fail(codes::kNoSuchHolder, "that user holds no seat", "license list shows who does");
  log::info("license", "the seat of {} was withdrawn", user);
  Json::Value json(Json::objectValue);
  json["sessions"] = static_cast<Json::Int64>(*sessions);
  return json;
}

Json::Value Licensing::list() {
  refresh_on_new_day();
  return license_list_json(book_, seats_, setup_.clock());
}

Licensing::Summary Licensing::summary() {
  refresh_on_new_day();
  Summary summary;
  summary.everybody_named = seats_.rules().everybody_named;
  summary.by_pbx = !seats_.rules().pbx_rights.empty();
  summary.named = seats_.rules().named.size();
  const LicenseBook::Now now = setup_.clock();
  const std::vector<LicenseBook::Entry> entries = book_.entries(now);
  summary.licenses = entries.size();
  summary.problem = book_.problem();
  for (const LicenseBook::Entry& entry : entries) {
    if (!summary.problem) summary.problem = entry.problem;
  }
  summary.seats = seats_.capacity();
  summary.taken = seats_.taken();
  if (!summary.everybody_named) summary.last_day = last_day_of_seats(entries);
  summary.ends_soon = summary.last_day && ends_soon(*summary.last_day, now);
  return summary;
}

}  // namespace sfteams::agent
