#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <tl/expected.hpp>

#include "base/files/descriptor.h"
#include "tests/integration/installation.h"

namespace sfteams::faults {

/// The Internet between a PBX and the connector: two network namespaces, and an IP link between
/// them that this process plays. It takes the packets of each side from a TUN device and hands them
/// to the other late, out of order, or not at all. Nothing of it is seen outside.
class Line {
 public:
  using Side = integration::Installation::Side;

  struct Quality {
    std::chrono::milliseconds delay{0};   ///< of each packet, one way
    std::chrono::milliseconds jitter{0};  ///< at most so much more: packets overtake each other
    int loss = 0;                         ///< percent of all packets
    bool cut = false;
    /// What this side sends does not arrive; what is sent to it does.
    std::optional<Side> cut_from{};
  };
  struct Tally {
    std::uint64_t carried = 0;
    std::uint64_t lost = 0;
    std::uint64_t overtaken = 0;  ///< handed on after one that came later
  };

  static constexpr const char* kPbxAddress = "10.73.0.1";
  static constexpr const char* kCloudAddress = "10.73.0.2";

  /// Why the machine does not let us, when it does not: it takes the rights CAP_SYS_ADMIN and
  /// CAP_NET_ADMIN, and /dev/net/tun.
  [[nodiscard]] static tl::expected<std::unique_ptr<Line>, std::string> create(std::uint64_t seed);
  ~Line();
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;

  void set(const Quality& quality);
  /// As a router that starts anew: nothing of the TCP connections there are comes through any more,
  /// not even that they are over. New ones do.
  void forget_connections();
  [[nodiscard]] Tally tally() const;

  /// While the visit lives, the calling thread and the processes that it starts are on that side.
  [[nodiscard]] std::shared_ptr<void> enter(Side side) const;
  /// An Installation whose PBX and agent stand on one side, and the connector and the clients on
  /// the other. The line has to outlive it.
  void span(integration::Installation::Options& options) const;

 private:
  class Pump;
  Line(files::Descriptor home, files::Descriptor pbx, files::Descriptor cloud,
       std::unique_ptr<Pump> pump);

  // The networks, which outlive what is carried between them.
  files::Descriptor home_;
  files::Descriptor pbx_;
  files::Descriptor cloud_;
  std::unique_ptr<Pump> pump_;
};

}  // namespace sfteams::faults
