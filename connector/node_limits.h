#pragma once

#include <cstddef>

#include "transport/websocket.h"

/// Of one link between nodes, at either end.
namespace sfteams::connector {

/// Streams: as many clients of one node may be with agents of the other.
inline constexpr std::size_t kMaxNodeStreams = 65'536;
/// Bytes of answers and CLOSEs that the other node has not read yet.
inline constexpr std::size_t kMaxNodeControl = 65'536;
/// A dead one is found within 5 s.
inline constexpr transport::Keepalive kNodeKeepalive{transport::Duration(2'000),
                                                     transport::Duration(3'000)};

}  // namespace sfteams::connector
