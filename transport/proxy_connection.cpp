#include "transport/proxy_connection.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "transport/loop_impl.h"

namespace sfteams::transport {
namespace {

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t length = 0;
};

std::optional<SocketAddress> socket_address(const std::string& address, std::uint16_t port) {
  SocketAddress result;
  sockaddr_in v4{};
  sockaddr_in6 v6{};
  if (::inet_pton(AF_INET, address.c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    std::memcpy(&result.storage, &v4, sizeof v4);
    result.length = sizeof v4;
  } else if (::inet_pton(AF_INET6, address.c_str(), &v6.sin6_addr) == 1) {
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    std::memcpy(&result.storage, &v6, sizeof v6);
    result.length = sizeof v6;
  } else {
    return std::nullopt;
  }
  return result;
}

bool would_block(int number) {
  return number == EAGAIN || number == EWOULDBLOCK || number == EINTR;
}

}  // namespace

ProxyConnection::ProxyConnection(Loop& loop, const std::string& address, const Proxy& proxy,
                                 ProxyHandshake handshake, Events events)
    : loop_(loop), handshake_(std::move(handshake)), events_(std::move(events)) {
  if (start(address, proxy.port)) {
    watch(UV_WRITABLE);
  } else {
    soon_ = loop_.after(Duration(0), [this] { end(std::nullopt); });
  }
}

ProxyConnection::~ProxyConnection() {
  unwatch();
}

bool ProxyConnection::start(const std::string& address, std::uint16_t port) {
  const auto target = socket_address(address, port);
  if (!target) return false;
  socket_ = files::Descriptor(
      ::socket(target->storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket_) return false;
  const auto* where = reinterpret_cast<const sockaddr*>(&target->storage);
  return ::connect(socket_.get(), where, target->length) == 0 || errno == EINPROGRESS;
}

void ProxyConnection::watch(int events) {
  if (poll_ == nullptr) {
    poll_ = new uv_poll_t{};
    uv_poll_init(uv_of(loop_), poll_, socket_.get());
    poll_->data = this;
  }
  uv_poll_start(poll_, events, [](uv_poll_t* poll, int /*status*/, int /*events*/) noexcept {
    static_cast<ProxyConnection*>(poll->data)->on_ready();
  });
}

void ProxyConnection::unwatch() {
  if (poll_ == nullptr) return;
  // It leaves epoll at once, so the socket can be given away.
  uv_close(reinterpret_cast<uv_handle_t*>(std::exchange(poll_, nullptr)),
           [](uv_handle_t* handle) noexcept { delete reinterpret_cast<uv_poll_t*>(handle); });
}

void ProxyConnection::on_ready() {
  if (stage_ == Stage::connecting) return on_connected();
  if (stage_ == Stage::asking) return ask();
  hear();
}

void ProxyConnection::on_connected() {
  int error = 0;
  socklen_t length = sizeof error;
  if (::getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &error, &length) != 0 || error != 0)
    return end(std::nullopt);
  stage_ = Stage::asking;
  events_.connected();
  ask();
}

void ProxyConnection::ask() {
  const std::string_view rest = handshake_.request().text().substr(sent_);
  const ssize_t sent = ::send(socket_.get(), rest.data(), rest.size(), MSG_NOSIGNAL);
  if (sent < 0) {
    if (!would_block(errno)) end(handshake_.closed());
    return;
  }
  sent_ += static_cast<std::size_t>(sent);
  if (static_cast<std::size_t>(sent) < rest.size()) return;
  stage_ = Stage::waiting;
  watch(UV_READABLE);
}

void ProxyConnection::hear() {
  std::array<char, 4096> piece{};
  const ssize_t got = ::recv(socket_.get(), piece.data(), piece.size(), 0);
  if (got < 0 && would_block(errno)) return;
  if (got <= 0) return end(handshake_.closed());
  const Result<bool> open =
      handshake_.take(std::string_view(piece.data(), static_cast<std::size_t>(got)));
  if (!open) return end(open.error());
  if (!*open) return;
  unwatch();
  // The listener may destroy this object.
  const auto opened = std::move(events_.opened);
  opened(std::move(socket_));
}

void ProxyConnection::end(std::optional<Error> error) {
  unwatch();
  const auto failed = std::move(events_.failed);
  failed(std::move(error));
}

}  // namespace sfteams::transport
