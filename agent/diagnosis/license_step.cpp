#include "agent/diagnosis/license_step.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "agent/diagnosis/codes.h"
#include "agent/diagnosis/ends_once.h"
#include "agent/licensing/license_book.h"
#include "agent/licensing/license_end.h"
#include "base/clock/utc_time.h"
#include "base/json/printable.h"
#include "base/json/view.h"

namespace sfteams::diagnosis {
namespace {

constexpr const char* kLicenseStep = "license";

using Entries = std::vector<agent::LicenseBook::Entry>;

Sentence who_may(const agent::Seats::Rules& rules, std::size_t seats) {
  const std::size_t named = rules.named.size();
  if (!rules.pbx_rights.empty()) {
    return said(
        "named users: {0}, and those with the right {1} at the PBX; floating seats for "
        "everybody else: {2}",
        {std::to_string(named), rules.pbx_rights.front(), std::to_string(seats)});
  }
  if (seats > 0) {
    return said("named users: {0}; floating seats for everybody else: {1}",
                {std::to_string(named), std::to_string(seats)});
  }
  return said("named users: {0}; nobody else can sign in, as there is no floating seat",
              {std::to_string(named)});
}

/// Of those who are not named somebody needs a seat.
Finding judge_seats(const agent::Seats::Rules& rules, std::size_t seats, const Entries& entries) {
  const auto now = std::chrono::system_clock::now();
  const auto last_day = agent::last_day_of_seats(entries);
  if (seats > 0 && last_day && agent::ends_soon(*last_day, now)) {
    return warning(kLicenseStep, codes::kSeatsEndSoon,
                   said("the floating licences give seats until the end of {0} (UTC), no longer",
                        {clock::day_text(*last_day)}),
                   said("enter a new one in time: starface-teams-agent license add FILE"));
  }
  const auto broken =
      std::ranges::find_if(entries, [](const auto& entry) { return entry.problem.has_value(); });
  if (broken == entries.end()) return well(kLicenseStep, who_may(rules, seats));
  Finding finding = failure(kLicenseStep, *broken->problem);
  finding.verdict = Verdict::warn;
  finding.text = said("licence {0} gives no seats: ", {broken->license.id}) + finding.text +
                 verbatim("; ") + who_may(rules, seats);
  return finding;
}

Finding look_at_licenses(Context& context) {
  if (!context.configuration)
    return skipped(kLicenseStep, said("there is no configuration to go by"));
  const agent::LicenseSettings& license = context.configuration->license;
  if (license.rules.everybody_named)
    return well(kLicenseStep, said("whoever the PBX lets in may sign in; no licence is needed"));
  if (!context.state)
    return skipped(kLicenseStep, said("the state directory cannot be looked into"));
  const auto book = agent::LicenseBook::load(context.state->licenses_file(),
                                             context.configuration->name, license.issuers);
  if (!book) return skipped(kLicenseStep, said("the licences cannot be read; see state"));
  const auto now = std::chrono::system_clock::now();
  return judge_seats(license.rules, book->seats(now), book->entries(now));
}

/// Whether the PBX shows rights is known to the running agent only.
class RightsWork final : public EndsOnce {
 public:
  RightsWork(Context& context, Found found, Done done)
      : EndsOnce(context, std::move(found), std::move(done)) {}

  void start() {
    context_.ask_status([this, alive = std::weak_ptr<const int>(alive_)](const auto& status) {
      if (alive.expired()) return;
      end(judge_rights(look_at_licenses(context_), status ? *status : Json::Value()));
    });
  }

 private:
  std::shared_ptr<const int> alive_ = std::make_shared<const int>(0);
};

}  // namespace

Finding judge_rights(Finding found, const Json::Value& status) {
  const Json::Value& license = json::part(status, "license");
  const Json::Value& unknown = json::part(license, "warning");
  if (!unknown.isObject()) return found;
  Finding finding = failure(kLicenseStep, unknown);
  finding.verdict = Verdict::warn;
  finding.text = said("who may sign in cannot be asked of the PBX, last at {0}: ",
                      {json::printable_member(license, "warningAt")}) +
                 finding.text + verbatim("; ") + found.text;
  return finding;
}

Step check_license() {
  return {{kLicenseStep},
          [](Context& context, const Found& found, const Done& done) -> std::unique_ptr<Work> {
            const bool by_pbx =
                context.configuration && !context.configuration->license.rules.pbx_rights.empty();
            if (by_pbx && context.ask_status) {
              auto work = std::make_unique<RightsWork>(context, found, done);
              work->start();
              return work;
            }
            found(look_at_licenses(context));
            done();
            return nullptr;
          }};
}

}  // namespace sfteams::diagnosis
