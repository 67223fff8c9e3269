#include "tests/integration/entrance.h"

#include <array>
#include <numeric>
#include <stdexcept>
#include <utility>

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>

#include "tests/integration/http.h"

namespace sfteams::integration {
namespace {

constexpr int kTick = 100;  // ms, after which a thread looks whether all is over

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

const sockaddr* plain(const sockaddr_in& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

files::Descriptor connected(std::uint16_t port) {
  files::Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const sockaddr_in address = loopback(port);
  if (::connect(socket.get(), plain(address), sizeof address) != 0) return {};
  return socket;
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

Entrance::Entrance(std::vector<std::uint16_t> nodes, std::filesystem::path ca_file)
    : ca_file_(std::move(ca_file)), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  for (const std::uint16_t port : nodes)
    nodes_.push_back({.port = port});
  order_.resize(nodes_.size());
  std::iota(order_.begin(), order_.end(), 0U);
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  if (::bind(listener_.get(), plain(address), size) != 0 || ::listen(listener_.get(), 512) != 0 ||
      ::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0)
    throw std::runtime_error("no port for the entrance");
  port_ = ntohs(address.sin_port);
  watchers_.emplace_back([this] { accept(); });
  for (std::size_t node = 0; node < nodes_.size(); ++node)
    watchers_.emplace_back([this, node] { look_after(node); });
}

Entrance::~Entrance() {
  over_ = true;
  for (std::size_t node = 0; node < nodes_.size(); ++node)
    cut(node);
  for (std::thread& thread : watchers_)
    thread.join();
  // Nobody adds another one any more.
  for (std::thread& thread : threads_)
    thread.join();
}

std::string Entrance::url() const {
  return "wss://localhost:" + std::to_string(port_);
}

void Entrance::prefer(const std::vector<std::size_t>& order) {
  const std::lock_guard lock(mutex_);
  order_ = order;
}

void Entrance::accept() {
  while (!over_) {
    pollfd watched{listener_.get(), POLLIN, 0};
    if (::poll(&watched, 1, kTick) <= 0) continue;
    files::Descriptor outer(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (outer) lead(std::move(outer));
  }
}

/// To the first node that takes it; a node that is dead is not waited for.
void Entrance::lead(files::Descriptor outer) {
  const std::lock_guard lock(mutex_);
  for (const std::size_t number : order_) {
    if (!nodes_[number].takes()) continue;
    files::Descriptor inner = connected(nodes_[number].port);
    if (!inner) continue;
    const auto pair =
        pairs_.emplace(next_++, Pair{number, std::move(outer), std::move(inner)}).first;
    threads_.emplace_back([this, pair] {
      carry(pair->second);
      const std::lock_guard over(mutex_);
      pairs_.erase(pair);
    });
    return;
  }
}

void Entrance::carry(Pair& pair) const {
  const int outer = pair.outer.get();
  const int inner = pair.inner.get();
  bool goes = true;
  while (goes && !over_) {
    std::array<pollfd, 2> watched{{{outer, POLLIN, 0}, {inner, POLLIN, 0}}};
    if (::poll(watched.data(), watched.size(), kTick) <= 0) continue;
    // What was sent before the end arrives, too.
    if (watched[0].revents != 0) goes = pass_on(outer, inner);
    if (goes && watched[1].revents != 0) goes = pass_on(inner, outer);
  }
}

void Entrance::cut(std::size_t node) {
  const std::lock_guard lock(mutex_);
  for (auto& [number, pair] : pairs_) {
    if (pair.node != node) continue;
    ::shutdown(pair.outer.get(), SHUT_RDWR);
    ::shutdown(pair.inner.get(), SHUT_RDWR);
  }
}

void Entrance::look_after(std::size_t node) {
  while (!over_) {
    const auto next = std::chrono::steady_clock::now() + kBetweenLooks;
    const HttpAnswer answer =
        http("https://localhost:" + std::to_string(nodes_[node].port) + "/healthz", {},
             ca_file_.string(), {}, {}, std::chrono::seconds(1));
    bool dead = false;
    {
      const std::lock_guard lock(mutex_);
      Node& seen = nodes_[node];
      seen.leaves = answer.status == 404;
      seen.failures = answer.status == 0 ? seen.failures + 1 : 0;
      dead = seen.failures == kMostFailures;
    }
    if (dead) cut(node);
    std::this_thread::sleep_until(next);
  }
}

}  // namespace sfteams::integration
