#include "tests/integration/carrier.h"

#include <array>
#include <chrono>
#include <stdexcept>
#include <utility>

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>

namespace sfteams::integration {
namespace {

constexpr int kTick = 100;  // ms, after which a thread looks whether all is over
constexpr std::chrono::milliseconds kWhileHeld{10};
constexpr int kMostWaiting = 512;

sockaddr_in address_of(const Target& target) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(target.port);
  ::inet_pton(AF_INET, target.address.c_str(), &address.sin_addr);
  return address;
}

const sockaddr* plain(const sockaddr_in& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

files::Descriptor new_socket() {
  return files::Descriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

/// False when one of the two is over.
bool pass_on(int from, int to) {
  std::array<char, 65'536> buffer{};
  const ssize_t size = ::recv(from, buffer.data(), buffer.size(), 0);
  if (size <= 0) return false;
  for (ssize_t sent = 0; sent < size;) {
    const ssize_t more =
        ::send(to, buffer.data() + sent, static_cast<std::size_t>(size - sent), MSG_NOSIGNAL);
    if (more <= 0) return false;
    sent += more;
  }
  return true;
}

}  // namespace

files::Descriptor connected_to(const Target& target) {
  files::Descriptor socket = new_socket();
  // Nobody waits for one that does not answer as long as the system does.
  timeval patience{.tv_sec = 1, .tv_usec = 0};
  ::setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  const sockaddr_in address = address_of(target);
  if (::connect(socket.get(), plain(address), sizeof address) != 0) return {};
  patience = {};
  ::setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  return socket;
}

Carrier::~Carrier() {
  over_ = true;
  std::unique_lock lock(mutex_);
  for (const auto& [number, pair] : pairs_)
    shut(pair);
  ended_.wait(lock, [this] { return pairs_.empty(); });
}

void Carrier::carry(std::size_t group, files::Descriptor outer, files::Descriptor inner) {
  const std::lock_guard lock(mutex_);
  const auto pair = pairs_.emplace(next_++, Pair{group, std::move(outer), std::move(inner)}).first;
  // Nobody waits for it by name; the destructor waits until there is none.
  std::thread([this, pair] {
    move(pair->second);
    const std::lock_guard ending(mutex_);
    pairs_.erase(pair);
    ended_.notify_all();
  }).detach();
}

void Carrier::move(const Pair& pair) const {
  const int outer = pair.outer.get();
  const int inner = pair.inner.get();
  bool goes = true;
  while (goes && !over_) {
    if (held_) {
      std::this_thread::sleep_for(kWhileHeld);
      continue;
    }
    std::array<pollfd, 2> watched{{{outer, POLLIN, 0}, {inner, POLLIN, 0}}};
    if (::poll(watched.data(), watched.size(), kTick) <= 0 || held_) continue;
    // What was sent before the end arrives, too.
    if (watched[0].revents != 0) goes = pass_on(outer, inner);
    if (goes && watched[1].revents != 0) goes = pass_on(inner, outer);
  }
}

void Carrier::shut(const Pair& pair) {
  ::shutdown(pair.outer.get(), SHUT_RDWR);
  ::shutdown(pair.inner.get(), SHUT_RDWR);
}

void Carrier::cut(std::size_t group) {
  const std::lock_guard lock(mutex_);
  for (const auto& [number, pair] : pairs_)
    if (pair.group == group) shut(pair);
}

Door::Door(std::function<void(files::Descriptor)> came)
    : came_(std::move(came)), listener_(new_socket()) {
  sockaddr_in address = address_of({});
  socklen_t size = sizeof address;
  if (::bind(listener_.get(), plain(address), size) != 0 ||
      ::listen(listener_.get(), kMostWaiting) != 0 ||
      ::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0)
    throw std::runtime_error("there is no free port");
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { accept(); });
}

Door::~Door() {
  over_ = true;
  thread_.join();
}

void Door::accept() {
  while (!over_) {
    pollfd watched{listener_.get(), POLLIN, 0};
    if (::poll(&watched, 1, kTick) <= 0) continue;
    files::Descriptor outer(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (outer) came_(std::move(outer));
  }
}

}  // namespace sfteams::integration
