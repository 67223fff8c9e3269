#include "agent/licensing/license_end.h"

#include <algorithm>

#include "keygen/codes.h"

namespace sfteams::agent {
namespace {

using std::chrono::days;
using Day = std::optional<std::chrono::sys_days>;

bool has(const LicenseBook::Entry& entry, const Code& problem) {
  return entry.problem && entry.problem->code == problem;
}

}  // namespace

Day last_day_of_seats(const std::vector<LicenseBook::Entry>& entries) {
  Day last;
  Day over;
  for (const LicenseBook::Entry& entry : entries) {
    const Day until = entry.license.until;
    if (!entry.problem) last = std::max(last, until);
    if (has(entry, keygen::codes::kLicenseExpired)) over = std::max(over, until);
  }
  if (!last) return over;
  for (bool longer = true; longer;) {
    longer = false;
    for (const LicenseBook::Entry& entry : entries) {
      const bool follows =
          has(entry, keygen::codes::kLicenseNotYet) && entry.license.from <= *last + days(1);
      if (!follows || entry.license.until <= *last) continue;
      last = entry.license.until;
      longer = true;
    }
  }
  return last;
}

bool ends_soon(std::chrono::sys_days last_day, LicenseBook::Now now) {
  return now >= last_day + days(1) - kEndsSoon;
}

}  // namespace sfteams::agent
