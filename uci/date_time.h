#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sfteams::uci {

/// A date and time as it stood on the wire. XML-RPC gives no zone; `offset_minutes` is set only
/// when the text named one. Always a date that exists (Gregorian, years 1..9999, seconds 0..59).
struct DateTime {
  int year = 1970;
  int month = 1;
  int day = 1;
  int hour = 0;
  int minute = 0;
  int second = 0;
  std::optional<int> offset_minutes{};  ///< east of UTC, -1439..1439

  friend bool operator==(const DateTime&, const DateTime&) = default;
};

/// Reads YYYYMMDDTHH:MM:SS (XML-RPC), and the variants seen elsewhere: dashes in the date, no
/// colons in the time, a fraction of a second (dropped), and Z, +HH, +HHMM or +HH:MM at the end.
/// nullopt for anything else.
[[nodiscard]] std::optional<DateTime> parse_date_time(std::string_view text);

/// YYYYMMDDTHH:MM:SS. A date with an offset is written in UTC, because clients of UCI read a date
/// without a zone as UTC (reference: ProjektZeit).
[[nodiscard]] std::string to_xmlrpc(const DateTime& value);

/// 2026-11-23T10:00:00, followed by Z or +HH:MM only when the offset is known (RFC 3339).
[[nodiscard]] std::string to_iso8601(const DateTime& value);

}  // namespace sfteams::uci
