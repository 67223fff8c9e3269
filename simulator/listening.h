#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/error/error.h"
#include "simulator/reach.h"
#include "transport/endpoint.h"

namespace sfteams::simulator {

/// Where to listen: an address within reach.
using Listen = transport::Endpoint;

/// "127.0.0.1:8080", "[::1]:0", "localhost:0". Fails with simulator.bad-listen, or with
/// simulator.not-loopback: a stand-in with passwords that everybody may read listens nowhere else
/// than within `reach`.
[[nodiscard]] Result<Listen> parse_listen(std::string_view text, const Reach& reach = {});

/// The ports that were bound; nullopt for what does not listen.
struct Ports {
  std::optional<std::uint16_t> http;
  std::optional<std::uint16_t> https;
  std::uint16_t control = 0;
};

/// Writes {"http":…,"https":…,"control":…,"pid":…} so that whoever sees the file sees all of it.
/// Fails with simulator.port-file.
[[nodiscard]] Result<void> write_port_file(const std::filesystem::path& file, const Ports& ports);

}  // namespace sfteams::simulator
