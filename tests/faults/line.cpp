#include "tests/faults/line.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <optional>
#include <queue>
#include <random>
#include <set>
#include <span>
#include <stdexcept>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/files/descriptor.h"
#include "tests/faults/system_failure.h"

namespace sfteams::faults {
namespace {

using files::Descriptor;
using std::chrono::steady_clock;

Descriptor this_namespace() {
  return Descriptor(::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC));
}

bool bring_up(int socket, ifreq request) {
  request.ifr_flags = IFF_UP | IFF_RUNNING;
  return ::ioctl(socket, SIOCSIFFLAGS, &request) == 0;
}

bool set_address(int socket, ifreq request, unsigned long what, const char* text) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  ::inet_pton(AF_INET, text, &address.sin_addr);
  std::memcpy(&request.ifr_addr, &address, sizeof address);
  return ::ioctl(socket, what, &request) == 0;
}

struct Place {
  Descriptor network;
  Descriptor tun;
};

/// A new namespace with a loopback and a TUN device of that address; the thread is in it
/// afterwards.
tl::expected<Place, std::string> make_place(const char* address) {
  if (::unshare(CLONE_NEWNET) != 0) return system_failure("no new network namespace");
  Descriptor network = this_namespace();
  if (!network) return system_failure("/proc/thread-self/ns/net");
  const Descriptor socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ifreq loopback{};
  std::strcpy(loopback.ifr_name, "lo");
  if (!bring_up(socket.get(), loopback)) return system_failure("the loopback cannot be brought up");

  Descriptor tun(::open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC));
  if (!tun) return system_failure("/dev/net/tun");
  ifreq device{};
  std::strcpy(device.ifr_name, "line");
  device.ifr_flags = IFF_TUN | IFF_NO_PI;
  if (::ioctl(tun.get(), TUNSETIFF, &device) != 0) return system_failure("no TUN device");
  if (!set_address(socket.get(), device, SIOCSIFADDR, address) ||
      !set_address(socket.get(), device, SIOCSIFNETMASK, "255.255.255.0") ||
      !bring_up(socket.get(), device)) {
    return system_failure("the TUN device cannot be set up");
  }
  return Place{std::move(network), std::move(tun)};
}

}  // namespace

/// Carries the packets, in a thread of its own.
class Line::Pump {
 public:
  Pump(Descriptor pbx, Descriptor cloud, std::uint64_t seed)
      : ends_{std::move(pbx), std::move(cloud)},
        stop_(::eventfd(0, EFD_CLOEXEC)),
        random_(seed),
        thread_([this] { run(); }) {}
  ~Pump() {
    const std::uint64_t one = 1;
    if (::write(stop_.get(), &one, sizeof one) != sizeof one) std::terminate();
    thread_.join();
  }
  Pump(const Pump&) = delete;
  Pump& operator=(const Pump&) = delete;

  void set(const Quality& quality) {
    const std::lock_guard lock(mutex_);
    quality_ = quality;
    // Nothing of before may arrive afterwards, as if the cable had been dug out.
    if (quality.cut || quality.cut_from) under_way_ = {};
  }
  void forget_connections() {
    const std::lock_guard lock(mutex_);
    forgotten_.merge(connections_);
    connections_.clear();
    under_way_ = {};
  }
  Tally tally() const {
    const std::lock_guard lock(mutex_);
    return tally_;
  }

 private:
  struct Packet {
    steady_clock::time_point due;
    std::uint64_t number = 0;  ///< in the order of their coming
    std::size_t to = 0;
    std::vector<std::uint8_t> bytes;
    bool operator>(const Packet& other) const {
      return std::tie(due, number) > std::tie(other.due, other.number);
    }
  };

  using Connection = std::pair<std::uint16_t, std::uint16_t>;

  void run() {
    for (;;) {
      std::array<pollfd, 3> watched{
          {{ends_[0].get(), POLLIN, 0}, {ends_[1].get(), POLLIN, 0}, {stop_.get(), POLLIN, 0}}};
      ::poll(watched.data(), watched.size(), patience());
      if (watched[2].revents != 0) return;
      const std::lock_guard lock(mutex_);
      for (std::size_t from = 0; from < ends_.size(); ++from)
        take(from);
      hand_on();
    }
  }

  /// Milliseconds until the next packet is due.
  int patience() const {
    const std::lock_guard lock(mutex_);
    if (under_way_.empty()) return -1;
    const auto wait =
        std::chrono::ceil<std::chrono::milliseconds>(under_way_.top().due - steady_clock::now());
    return static_cast<int>(std::max<std::int64_t>(wait.count(), 0));
  }

  /// For what this end sends.
  bool is_cut(std::size_t from) const {
    const std::size_t unheard = quality_.cut_from == Side::pbx ? 0 : 1;
    return quality_.cut || (quality_.cut_from && unheard == from);
  }

  int up_to(std::int64_t most) {
    return static_cast<int>(std::uniform_int_distribution<std::int64_t>(0, most)(random_));
  }

  /// The ports of the near and the far end of a TCP packet (RFC 791, RFC 9293).
  static std::optional<Connection> connection_of(std::span<const std::uint8_t> packet,
                                                 std::size_t from) {
    constexpr std::uint8_t kTcp = 6;
    if (packet.size() < 20 || packet[0] >> 4U != 4 || packet[9] != kTcp) return std::nullopt;
    const std::size_t header = (packet[0] & 0x0fU) * std::size_t{4};
    if (packet.size() < header + 4) return std::nullopt;
    const auto port = [&](std::size_t at) {
      return static_cast<std::uint16_t>(packet[header + at] << 8U | packet[header + at + 1]);
    };
    return from == 0 ? Connection{port(0), port(2)} : Connection{port(2), port(0)};
  }

  void take(std::size_t from) {
    std::array<std::uint8_t, 2048> buffer{};
    for (;;) {
      const ssize_t size = ::read(ends_.at(from).get(), buffer.data(), buffer.size());
      if (size <= 0) return;
      const auto connection = connection_of({buffer.data(), static_cast<std::size_t>(size)}, from);
      if (connection) connections_.insert(*connection);
      const bool forgotten = connection && forgotten_.contains(*connection);
      if (is_cut(from) || forgotten || up_to(99) < quality_.loss) {
        ++tally_.lost;
        continue;
      }
      const auto late = quality_.delay + std::chrono::milliseconds(up_to(quality_.jitter.count()));
      under_way_.push(Packet{steady_clock::now() + late,
                             ++numbers_,
                             1 - from,
                             {buffer.begin(), buffer.begin() + size}});
    }
  }

  void hand_on() {
    const auto now = steady_clock::now();
    while (!under_way_.empty() && under_way_.top().due <= now) {
      const Packet& packet = under_way_.top();
      std::uint64_t& newest = newest_.at(packet.to);
      if (packet.number < newest) ++tally_.overtaken;
      newest = std::max(newest, packet.number);
      // A full device drops it, as any router would.
      const ssize_t written =
          ::write(ends_.at(packet.to).get(), packet.bytes.data(), packet.bytes.size());
      ++(written > 0 ? tally_.carried : tally_.lost);
      under_way_.pop();
    }
  }

  std::array<Descriptor, 2> ends_;
  Descriptor stop_;
  mutable std::mutex mutex_;
  Quality quality_;
  Tally tally_;
  std::mt19937_64 random_;
  std::priority_queue<Packet, std::vector<Packet>, std::greater<>> under_way_;
  std::set<Connection> connections_;
  std::set<Connection> forgotten_;
  std::uint64_t numbers_ = 0;
  std::array<std::uint64_t, 2> newest_{};
  std::thread thread_;  ///< last: it uses all of the above
};

tl::expected<std::unique_ptr<Line>, std::string> Line::create(std::uint64_t seed) {
  Descriptor home = this_namespace();
  if (!home) return system_failure("/proc/thread-self/ns/net");
  auto pbx = make_place(kPbxAddress);
  auto cloud = pbx ? make_place(kCloudAddress) : tl::unexpected(pbx.error());
  if (::setns(home.get(), CLONE_NEWNET) != 0 && cloud) return system_failure("no way back home");
  if (!cloud) return tl::unexpected(cloud.error());
  auto pump = std::make_unique<Pump>(std::move(pbx->tun), std::move(cloud->tun), seed);
  return std::unique_ptr<Line>(new Line(std::move(home), std::move(pbx->network),
                                        std::move(cloud->network), std::move(pump)));
}

Line::Line(Descriptor home, Descriptor pbx, Descriptor cloud, std::unique_ptr<Pump> pump)
    : home_(std::move(home)),
      pbx_(std::move(pbx)),
      cloud_(std::move(cloud)),
      pump_(std::move(pump)) {}

Line::~Line() = default;

void Line::set(const Quality& quality) {
  pump_->set(quality);
}

void Line::forget_connections() {
  pump_->forget_connections();
}

Line::Tally Line::tally() const {
  return pump_->tally();
}

std::shared_ptr<void> Line::enter(Side side) const {
  // Where the thread comes from: visits may lie inside one another.
  auto before = std::make_shared<Descriptor>(this_namespace());
  if (::setns((side == Side::pbx ? pbx_ : cloud_).get(), CLONE_NEWNET) != 0)
    throw std::runtime_error(std::string("setns: ") + std::strerror(errno));
  return {before.get(), [before](void*) {
            if (::setns(before->get(), CLONE_NEWNET) != 0) std::terminate();
          }};
}

void Line::span(integration::Installation::Options& options) const {
  options.connector_address = kCloudAddress;
  options.enter = [this](Side side) { return enter(side); };
}

}  // namespace sfteams::faults
