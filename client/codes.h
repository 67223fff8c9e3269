#pragma once

#include "base/error/error.h"

namespace sfteams::client::codes {

/// The connection ended under a session that was meant to go on.
inline constexpr Code kConnectionLost{"client.connection-lost", Exit::unavailable};
/// It could not be made again within the time for which the agent keeps a session.
inline constexpr Code kSessionLost{"client.session-lost", Exit::unavailable};
/// Nobody answered in time: the connector, the agent, or the agent to one call.
inline constexpr Code kTimeout{"client.timeout", Exit::unavailable};
/// The connector or the agent sent something that is against the protocol.
inline constexpr Code kProtocol{"client.protocol-error", Exit::protocol};
/// The connection was closed from this side while calls were under way.
inline constexpr Code kClosed{"client.closed", Exit::unavailable};

// The command line.
inline constexpr Code kUsage{"client.usage", Exit::usage};
inline constexpr Code kPasswordUnreadable{"client.password-unreadable", Exit::no_input};
inline constexpr Code kPasswordEmpty{"client.password-empty", Exit::data_error};
inline constexpr Code kPasswordEncoding{"client.password-encoding", Exit::data_error};
/// A warning: others can read the file that it comes from.
inline constexpr Code kPasswordFileOpen{"client.password-file-open", Exit::no_permission};
/// It has a character that nobody can have meant, because nobody sees it.
inline constexpr Code kPasswordInvisible{"client.password-invisible", Exit::data_error};
/// --ticket-file names something else; it stays as it is.
inline constexpr Code kTicketFileDamaged{"client.ticket-file-damaged", Exit::data_error};
/// It is of another user or system; it stays as it is.
inline constexpr Code kTicketFileForeign{"client.ticket-file-foreign", Exit::data_error};
/// A warning: others can read it.
inline constexpr Code kTicketFileOpen{"client.ticket-file-open", Exit::no_permission};
/// What was to be printed could not be written.
inline constexpr Code kOutput{"client.output", Exit::io_error};
/// The PBX answered that it does not place a call.
inline constexpr Code kCallRefused{"client.call-refused", Exit::unavailable};

}  // namespace sfteams::client::codes
