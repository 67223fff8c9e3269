#include "transport/socket_options.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace sfteams::transport {
namespace {

constexpr int kMaxUnsent = 128 * 1024;

}  // namespace

void prepare_socket(int fd) {
  // Neither is needed for working, only for working well, so nobody asks whether it went right.
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  ::setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &kMaxUnsent, sizeof kMaxUnsent);
}

}  // namespace sfteams::transport
