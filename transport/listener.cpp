#include "transport/listener.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <utility>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

#include "base/error/system_error.h"
#include "base/files/descriptor.h"
#include "base/log/log.h"
#include "transport/codes.h"
#include "transport/loop_impl.h"
#include "transport/server.h"

namespace sfteams::transport {
namespace {

/// With a short queue, a thousand agents that come back together wait for their SYNs to be
/// repeated.
constexpr int kBacklog = 4096;
/// Taken at once, before those who are already connected have their turn. TLS costs each of them
/// up to 5 ms there (a signature with RSA of 4,096 bits), and nobody else is served meanwhile.
constexpr int kPerTurn = 8;
/// Peers give up after ten seconds. Who has waited in the queue for so long would do so before all
/// is said, and what is done for it would be for nothing.
constexpr Duration kMostQueued{4'000};
constexpr Duration kPause{100};
/// Between two lines in the log that say the same.
constexpr Duration kQuiet{60'000};

struct Address {
  sockaddr_storage storage{};
  socklen_t length = 0;
};

bool parse(const std::string& text, std::uint16_t port, Address& out) {
  auto* v4 = reinterpret_cast<sockaddr_in*>(&out.storage);
  if (::inet_pton(AF_INET, text.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(port);
    out.length = sizeof *v4;
    return true;
  }
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&out.storage);
  if (::inet_pton(AF_INET6, text.c_str(), &v6->sin6_addr) != 1) return false;
  v6->sin6_family = AF_INET6;
  v6->sin6_port = htons(port);
  out.length = sizeof *v6;
  return true;
}

/// "192.0.2.7"; an IPv4 peer of an IPv6 socket too.
std::string to_text(const sockaddr_storage& storage) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (storage.ss_family == AF_INET) {
    const auto* v4 = reinterpret_cast<const sockaddr_in*>(&storage);
    ::inet_ntop(AF_INET, &v4->sin_addr, text.data(), text.size());
    return text.data();
  }
  const auto* v6 = reinterpret_cast<const sockaddr_in6*>(&storage);
  if (IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr)) {
    ::inet_ntop(AF_INET, &v6->sin6_addr.s6_addr[12], text.data(), text.size());
  } else {
    ::inet_ntop(AF_INET6, &v6->sin6_addr, text.data(), text.size());
  }
  return text.data();
}

Error listen_failed(const std::string& address, std::uint16_t port, int error) {
  const char* hint = "";
  if (error == EADDRINUSE) hint = "another program listens there: stop it, or choose another port";
  if (error == EACCES) hint = "ports below 1024 need the capability CAP_NET_BIND_SERVICE";
  if (error == EADDRNOTAVAIL) hint = "this machine does not have that address";
  return Error{
      codes::kListenFailed,
      fmt::format("cannot listen on {}, port {}: {}", address, port, system_message(error)), hint};
}

Error no_address(const std::string& address) {
  return {codes::kListenFailed, "cannot listen on \"" + address + "\": it is no IP address",
          "give an address of this machine, or 0.0.0.0 or :: for all of them"};
}

/// Whether it has given up while it was in the queue, or will before it is served.
bool is_late(int fd) {
  tcp_info info{};
  socklen_t length = sizeof info;
  if (::getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length) != 0) return false;
  if (info.tcpi_state == TCP_CLOSE_WAIT || info.tcpi_state == TCP_CLOSE) return true;
  // Since it said something for the last time or, when it has not, since it is connected.
  return Duration(info.tcpi_last_data_recv) >= kMostQueued;
}

int open_socket(const Address& at) {
  const int family = at.storage.ss_family;
  const int fd = ::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  const int on = 1;
  const int off = 0;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (family == AF_INET6) ::setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
  const bool done = ::bind(fd, reinterpret_cast<const sockaddr*>(&at.storage), at.length) == 0 &&
                    ::listen(fd, kBacklog) == 0;
  if (done) return fd;
  const int error = errno;
  ::close(fd);
  errno = error;
  return -1;
}

}  // namespace

Result<void> check_listen(const std::string& address, std::uint16_t port) {
  Address at;
  if (!parse(address, port, at)) return fail(no_address(address));
  const files::Descriptor socket(open_socket(at));
  if (!socket) return fail(listen_failed(address, port, errno));
  return {};
}

struct Listener::Watcher {
  uv_poll_t handle{};
  Listener* listener = nullptr;
  int fd = -1;

  void start() {
    uv_poll_start(&handle, UV_READABLE, [](uv_poll_t* poll, int /*status*/, int /*events*/) {
      auto* self = static_cast<Watcher*>(poll->data);
      if (self->listener != nullptr) self->listener->accept_some();
    });
  }
};

Result<std::unique_ptr<Listener>> Listener::open(Loop& loop, const std::string& address,
                                                 std::uint16_t port, Accept accept) {
  Address at;
  if (!parse(address, port, at)) {
    return fail(no_address(address));
  }
  const int fd = open_socket(at);
  if (fd < 0) return fail(listen_failed(address, port, errno));
  std::unique_ptr<Listener> listener(new Listener(loop, std::move(accept)));
  listener->fd_ = fd;
  Address bound;
  bound.length = sizeof bound.storage;
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&bound.storage), &bound.length);
  // The port stands at the same place in both families.
  listener->port_ = ntohs(reinterpret_cast<const sockaddr_in*>(&bound.storage)->sin_port);
  if (auto watched = listener->watch(fd); !watched) return fail(watched.error());
  return listener;
}

Result<void> Listener::watch(int fd) {
  auto watcher = std::make_unique<Watcher>();
  if (const int status = uv_poll_init(uv_of(loop_), &watcher->handle, fd); status != 0) {
    return fail(codes::kListenFailed,
                std::string("cannot watch a listening socket: ") + uv_strerror(status));
  }
  watcher->handle.data = watcher.get();
  watcher->listener = this;
  watcher->fd = fd;
  watcher->start();
  watcher_ = watcher.release();
  return {};
}

Listener::~Listener() {
  if (watcher_ == nullptr) {
    if (fd_ >= 0) ::close(fd_);
    return;
  }
  watcher_->listener = nullptr;
  uv_poll_stop(&watcher_->handle);
  // The number must not be used again before libuv has forgotten it; but nobody is to be queued
  // from now on.
  ::shutdown(fd_, SHUT_RDWR);
  uv_close(reinterpret_cast<uv_handle_t*>(&watcher_->handle), [](uv_handle_t* handle) {
    const std::unique_ptr<Watcher> gone(static_cast<Watcher*>(handle->data));
    ::close(gone->fd);
  });
}

void Listener::accept_some() {
  Watcher* watcher = watcher_;
  for (int i = 0; i < kPerTurn; ++i) {
    sockaddr_storage peer{};
    socklen_t length = sizeof peer;
    const int fd =
        ::accept4(fd_, reinterpret_cast<sockaddr*>(&peer), &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) {
      const int problem = errno;
      if (problem == EAGAIN) crowded_ = false;
      if (problem == ECONNABORTED || problem == EINTR) continue;
      if (problem == EMFILE || problem == ENFILE || problem == ENOBUFS || problem == ENOMEM)
        pause(problem);
      if (problem == EAGAIN || problem == EWOULDBLOCK) on_queue_empty();
      return;
    }
    if (full_since_) ++waited_;
    if (crowded_ && is_late(fd)) {
      drop(fd);
      continue;
    }
    accept_(fd, to_text(peer));
    if (watcher->listener == nullptr) return;  // closed by what was just accepted
  }
  crowded_ = true;
}

// Without a bound on what is waited, a queue that is longer than peers have patience would be
// served in vain for ever: each would have given up just before its turn, and have come again.
void Listener::drop(int fd) {
  ::close(fd);
  ++dropped_;
  if (told_late_ && loop_.now() - *told_late_ < kQuiet) return;
  told_late_ = loop_.now();
  log::warn("transport",
            Error{codes::kAcceptLate,
                  fmt::format("connections come to port {} faster than they can be served: those "
                              "that have waited for {} s are closed, and come again",
                              port_, kMostQueued / Duration(1'000)),
                  "after an outage it passes by itself; an ECDSA certificate costs a tenth of what "
                  "an RSA one does"});
}

// The connection stays in the queue and would be announced again and again. Said once, however long
// it lasts.
void Listener::pause(int problem) {
  if (!full_since_) {
    full_since_ = loop_.now();
    const bool too_many_files = problem == EMFILE || problem == ENFILE;
    log::warn("transport", Error{codes::kAcceptFailed,
                                 fmt::format("no further connection can be accepted on port {}: {}",
                                             port_, system_message(problem)),
                                 too_many_files ? "raise LimitNOFILE= of the service" : ""});
  }
  uv_poll_stop(&watcher_->handle);
  pause_ = loop_.after(kPause, [this] { watcher_->start(); });
}

// Only now it is over: one descriptor that was given back lets one in, and the next has to wait.
void Listener::on_queue_empty() {
  if (!full_since_) return;
  const auto lasted = std::chrono::duration_cast<std::chrono::seconds>(
      loop_.now() - *std::exchange(full_since_, std::nullopt));
  log::info("transport",
            "connections are accepted on port {} again, after {} s in which {} had to wait", port_,
            lasted.count(), std::exchange(waited_, 0));
}

}  // namespace sfteams::transport
