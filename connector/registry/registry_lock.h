#pragma once

#include <filesystem>
#include <string>
#include <utility>

#include "base/error/error.h"
#include "base/files/process_lock.h"

namespace sfteams::connector {

/// The one connector that serves from a registry. Two would each know only their own agents, and
/// tell the clients of the other's that their PBX is offline. Commands beside it (enroll, list,
/// forget) need no lock.
class RegistryLock {
 public:
  /// Locks `file`.lock for as long as this lives. The directory may be reached by links or be
  /// written in several ways: it is the same lock. Fails with connector.already-running, naming the
  /// process that holds it, and with connector.registry-cannot-open, connector.registry-read-only
  /// or connector.registry-full.
  [[nodiscard]] static Result<RegistryLock> take(const std::filesystem::path& file);

 private:
  explicit RegistryLock(files::ProcessLock lock) : lock_(std::move(lock)) {}
  files::ProcessLock lock_;
};

}  // namespace sfteams::connector
