#include "tests/transport/raw_client.h"

#include <array>
#include <cerrno>
#include <stdexcept>

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace sfteams::transport::test {

RawClient::RawClient(std::uint16_t port) : RawClient(port, 0) {}

RawClient::RawClient(std::uint16_t port, int receive_buffer)
    : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  if (receive_buffer > 0) {
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  }
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) {
    throw std::runtime_error("cannot connect to the server under test");
  }
  ::fcntl(fd_, F_SETFL, O_NONBLOCK);
}

RawClient::~RawClient() {
  ::close(fd_);
}

void RawClient::send(std::string_view bytes) {
  to_send_ += bytes;
  pump();
}

const std::string& RawClient::received() {
  pump();
  return received_;
}

bool RawClient::ended() {
  pump();
  return ended_;
}

void RawClient::pump() {
  while (!to_send_.empty()) {
    const ssize_t sent = ::send(fd_, to_send_.data(), to_send_.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN && errno != EWOULDBLOCK) broken_ = true;
    if (sent <= 0) break;
    to_send_.erase(0, static_cast<std::size_t>(sent));
  }
  while (reading_ && !ended_) {
    std::array<char, 16384> buffer{};
    const ssize_t got = ::recv(fd_, buffer.data(), buffer.size(), 0);
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
    if (got <= 0) {
      ended_ = true;
    } else {
      received_.append(buffer.data(), static_cast<std::size_t>(got));
    }
  }
}

}  // namespace sfteams::transport::test
