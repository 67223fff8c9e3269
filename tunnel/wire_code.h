#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/error/error.h"

namespace sfteams::tunnel {

/// The number that REFUSED, CLOSE and the session's REFUSED and CLOSE carry (docs/protocol.md,
/// "Codes"). Any u16 may come off the wire: values outside the table are legal and mean "unknown".
enum class WireCode : std::uint16_t {
  normal = 0,
  protocol_error = 1,
  version_unsupported = 2,
  admission_refused = 3,
  pbx_offline = 4,
  name_taken = 5,
  name_not_enrolled = 6,
  try_again_later = 7,
  registration_refused = 8,
  too_many_streams = 9,
  key_revoked = 10,
  replaced = 11,
  timeout = 12,
  flow_control = 13,
  handshake_failed = 14,
  session_unknown = 15,
  session_ended = 16,
  too_slow = 17,
  too_large = 18,
  shutting_down = 19,
  internal = 20,
  name_disabled = 21,
};

/// One row of the table.
struct WireCodeInfo {
  WireCode wire;
  Code code;                 ///< "tunnel.pbx-offline": what users see
  std::string_view meaning;  ///< a sentence without a full stop: the message when no reason came
  std::string_view hint;     ///< what to do next; may be empty
};

/// The whole table, sorted by number without gaps.
[[nodiscard]] std::span<const WireCodeInfo> wire_codes();

/// The stable code of a number; codes::kUnknownCode for one that is not in the table.
[[nodiscard]] Code code_of(WireCode wire);

/// What came as REFUSED or CLOSE, as an error for the user: `by` says who told it ("the
/// connector"), `reason` is the peer's text and may be empty.
[[nodiscard]] Error told_error(WireCode wire, std::string_view reason, std::string_view by);

/// The number to tell the peer for a failure of this room (or of a reader above it): the table's
/// own codes as they are, details as what they belong to (tunnel.credit-overrun is flow_control),
/// `internal` for a failure of another room.
[[nodiscard]] WireCode wire_code_for(const Error& error);

}  // namespace sfteams::tunnel
