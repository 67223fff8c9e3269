#pragma once

#include <string>
#include <string_view>

namespace sfteams::connector {

// The two streams of a cluster's log at the NATS servers. `cluster` is [cluster] name, so that several
// clusters may share servers.

/// Write-once: one message a subject, for ever. Subjects "sft1.<cluster>.reg.>".
[[nodiscard]] inline std::string names_stream(std::string_view cluster) {
  return "sft1-" + std::string(cluster) + "-names";
}
/// The last message a subject. Subjects "sft1.<cluster>.keys.*".
[[nodiscard]] inline std::string keys_stream(std::string_view cluster) {
  return "sft1-" + std::string(cluster) + "-keys";
}

/// The largest value that the streams take, in bytes: more than any that a node makes, and so small
/// that its base64 fits into an answer on the bus.
inline constexpr int kMostLogValue = 2'048;

}  // namespace sfteams::connector
