#pragma once

#include <cstddef>

namespace sfteams::connector {

// The two streams of a cluster's log at the NATS server.

/// Write-once: one message a subject, for ever. Subjects "sft1.<cluster>.reg.>".
inline constexpr const char* kNamesStream = "REG";
/// The last message a subject. Subjects "sft1.<cluster>.keys.*".
inline constexpr const char* kKeysStream = "KEYS";

/// The largest value that the streams take, in bytes: more than any that a node makes, and so small
/// that its base64 fits into an answer on the bus.
inline constexpr int kMostLogValue = 2'048;

}  // namespace sfteams::connector
