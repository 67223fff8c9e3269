#pragma once

#include <memory>

#include "base/error/error.h"
#include "transport/background.h"
#include "transport/loop.h"

namespace sfteams::transport {

/// The process's one libwebsockets context, on the Loop (libcurl's multi handle lives in
/// HttpClient). Make one per process (two contexts at once leak, see docs/transport.md); it
/// outlives every listener, websocket and HTTP client made with it, and is destroyed while the Loop
/// is not running.
class Network {
 public:
  /// Fails with transport.network-failed, also when the package libwebsockets-evlib-uv is missing.
  [[nodiscard]] static Result<std::unique_ptr<Network>> create(Loop& loop);
  ~Network();
  Network(const Network&) = delete;
  Network& operator=(const Network&) = delete;

  [[nodiscard]] Loop& loop();
  /// Beside the loop; for everybody who has this network.
  [[nodiscard]] Background& background();

  struct Impl;  ///< for this room only
  [[nodiscard]] Impl& impl() { return *impl_; }

 private:
  explicit Network(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace sfteams::transport
