#pragma once

#include <memory>

#include "transport/bus/nats_line.h"
#include "transport/bus/nats_options.h"
#include "transport/bus/worker_queue.h"

namespace sfteams::bus {

/// Connects to one server. Waits for it, and, when name servers or a TLS handshake hang, without end:
/// for a thread of its own.
[[nodiscard]] Dialled dial(const NatsAddress& address, const NatsOptions& options,
                           std::uint64_t attempt, const std::shared_ptr<LineEnds>& ends);

}  // namespace sfteams::bus
