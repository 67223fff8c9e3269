#include "transport/placeholder.h"

#include <cstddef>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>

namespace sfteams::transport {

Placeholder::Placeholder()
    : socket_(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
  if (!socket_) return;
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  auto* any = reinterpret_cast<sockaddr*>(&name);
  // Without a name, the kernel makes up one that is free.
  if (::bind(socket_.get(), any, sizeof name.sun_family) != 0 || ::listen(socket_.get(), 1) != 0)
    return;
  socklen_t length = sizeof name;
  if (::getsockname(socket_.get(), any, &length) != 0) return;
  constexpr std::size_t kNameAt = offsetof(sockaddr_un, sun_path) + 1;
  if (length <= kNameAt) return;
  address_ = "+@" + std::string(name.sun_path + 1, length - kNameAt);
}

bool put_in_place_of(int fd, files::Descriptor replacement) {
  return ::dup3(replacement.get(), fd, O_CLOEXEC) == fd;
}

}  // namespace sfteams::transport
