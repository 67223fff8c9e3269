#pragma once

namespace sfteams::transport {

/// What every TCP connection of ours has: no waiting for more to send together (TCP_NODELAY), and
/// little that lies unsent in the kernel (TCP_NOTSENT_LOWAT), so that a ping is not stuck behind a
/// megabyte on a slow line.
void prepare_socket(int fd);

}  // namespace sfteams::transport
