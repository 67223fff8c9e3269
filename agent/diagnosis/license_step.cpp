#include "agent/diagnosis/license_step.h"

#include <algorithm>

#include "agent/diagnosis/codes.h"
#include "agent/licensing/license_book.h"
#include "agent/licensing/license_end.h"
#include "base/clock/utc_time.h"

namespace sfteams::diagnosis {
namespace {

constexpr const char* kLicenseStep = "license";

using Entries = std::vector<agent::LicenseBook::Entry>;

Sentence who_may(std::size_t named, std::size_t seats) {
  if (seats > 0) {
    return said("named users: {0}; floating seats for everybody else: {1}",
                {std::to_string(named), std::to_string(seats)});
  }
  return said("named users: {0}; nobody else can sign in, as there is no floating seat",
              {std::to_string(named)});
}

/// Of those who are not named somebody needs a seat.
Finding judge_seats(std::size_t named, std::size_t seats, const Entries& entries) {
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
  if (broken == entries.end()) return well(kLicenseStep, who_may(named, seats));
  Finding finding = failure(kLicenseStep, *broken->problem);
  finding.verdict = Verdict::warn;
  finding.text = said("licence {0} gives no seats: ", {broken->license.id}) + finding.text +
                 verbatim("; ") + who_may(named, seats);
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
  return judge_seats(license.rules.named.size(), book->seats(now), book->entries(now));
}

}  // namespace

Step check_license() {
  return {{kLicenseStep}, [](Context& context, const Found& found, const Done& done) {
            found(look_at_licenses(context));
            done();
            return std::unique_ptr<Work>();
          }};
}

}  // namespace sfteams::diagnosis
