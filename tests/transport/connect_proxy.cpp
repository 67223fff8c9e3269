#include "tests/transport/connect_proxy.h"

#include <array>
#include <cerrno>
#include <stdexcept>
#include <utility>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace sfteams::transport::test {
namespace {

constexpr int kLookAgainMs = 50;

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

std::string read_head(int socket) {
  std::string head;
  char c = 0;
  while (head.find("\r\n\r\n") == std::string::npos && ::recv(socket, &c, 1, 0) == 1)
    head += c;
  return head;
}

/// The port of "CONNECT host:port HTTP/1.1".
std::uint16_t target_port(const std::string& head) {
  const std::string line = head.substr(0, head.find(" HTTP/"));
  const std::size_t colon = line.rfind(':');
  return colon == std::string::npos
             ? std::uint16_t{0}
             : static_cast<std::uint16_t>(std::stoul(line.substr(colon + 1)));
}

bool carry(int from, int to) {
  std::array<char, 16'384> piece{};
  const ssize_t got = ::recv(from, piece.data(), piece.size(), 0);
  if (got <= 0) return false;
  for (ssize_t done = 0; done < got;) {
    const ssize_t sent =
        ::send(to, piece.data() + done, static_cast<std::size_t>(got - done), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    done += sent;
  }
  return true;
}

void bridge(int a, int b, const std::atomic<bool>& over) {
  while (!over) {
    std::array<pollfd, 2> ends{pollfd{a, POLLIN, 0}, pollfd{b, POLLIN, 0}};
    if (::poll(ends.data(), ends.size(), kLookAgainMs) < 0 && errno != EINTR) return;
    if (ends[0].revents != 0 && !carry(a, b)) return;
    if (ends[1].revents != 0 && !carry(b, a)) return;
  }
}

}  // namespace

ConnectProxy::ConnectProxy(std::vector<std::string> answer)
    : answer_(std::move(answer)), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address = loopback(0);
  socklen_t length = sizeof address;
  auto* any = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener_, any, length) != 0 || ::listen(listener_, 16) != 0 ||
      ::getsockname(listener_, any, &length) != 0) {
    throw std::runtime_error("no port to listen on");
  }
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { serve(); });
}

ConnectProxy::~ConnectProxy() {
  over_ = true;
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  for (std::thread& thread : threads_)
    thread.join();
  ::close(listener_);
}

std::vector<std::string> ConnectProxy::requests() {
  const std::lock_guard guard(mutex_);
  return requests_;
}

void ConnectProxy::serve() {
  while (!over_) {
    const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) return;
    threads_.emplace_back([this, client] {
      serve_one(client);
      ::close(client);
    });
  }
}

void ConnectProxy::serve_one(int client) {
  const std::string head = read_head(client);
  {
    const std::lock_guard guard(mutex_);
    requests_.push_back(head);
  }
  const int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in target = loopback(target_port(head));
  if (::connect(server, reinterpret_cast<const sockaddr*>(&target), sizeof target) == 0) {
    const int on = 1;
    ::setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    for (const std::string& piece : answer_) {
      ::send(client, piece.data(), piece.size(), MSG_NOSIGNAL);
      ::poll(nullptr, 0, 1);  // so that the pieces arrive one by one
    }
    bridge(client, server, over_);
  }
  ::close(server);
}

}  // namespace sfteams::transport::test
