#pragma once

#include "base/error/error.h"

namespace sfteams::agent::codes {

/// One code for all reasons, so that a thief of a ticket learns nothing by trying it.
inline constexpr Code kTicketRefused{"session.ticket-refused", Exit::no_permission};
inline constexpr Code kTicketsOff{"session.tickets-off", Exit::unavailable};
inline constexpr Code kTicketNotMade{"session.ticket-not-made", Exit::unavailable};
/// Tickets were ended, but a restart would bring them back.
inline constexpr Code kTicketsNotSaved{"session.tickets-not-saved", Exit::io_error};
inline constexpr Code kNoTickets{"session.no-tickets", Exit::no_input};

}  // namespace sfteams::agent::codes
