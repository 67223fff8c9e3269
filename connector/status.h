#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <json/value.h>

#include "base/error/error.h"
#include "connector/configuration.h"
#include "connector/metrics.h"
#include "connector/problem.h"
#include "connector/registry/registry.h"

namespace sfteams::connector {

/// Everything that `status` tells, taken at one moment.
struct Status {
  const Measured& measured;
  int pid = 0;
  std::chrono::seconds uptime{0};
  std::string address;  ///< "[::]:443", the port that is really open
  bool tls = false;
  RegistrationMode registration = RegistrationMode::enrolled;
  Result<NameStates> names;
  std::filesystem::path registry_file;
  std::uint64_t registry_bytes = 0;  ///< with what SQLite has beside it
  /// Why it could not be written the last time; nothing: it could.
  std::optional<Error> registry_error{};
  std::optional<Registry::Failure> registry_last_failure{};
  std::string page_version;           ///< "" without a page
  std::optional<Error> page_error{};  ///< why its files could not be read the last time
  std::optional<std::string> monitoring_url{};
  std::optional<Error> monitoring_error{};
  std::optional<Error> control_error{};
  /// What was found at the start and stays.
  std::vector<Error> standing{};
};

/// The worst ones first. Critical: /readyz says no, because it is being stopped, its registry cannot
/// be written, or nobody takes its certificate; and what connector/cluster_status.h says of a node.
[[nodiscard]] std::vector<Problem> problems(const Status& status);

/// The JSON form of docs/connector-status.md.
[[nodiscard]] Json::Value to_json(const Status& status);

/// The lines for people, from the JSON form, which may come from another version: what is missing is
/// left out.
[[nodiscard]] std::string to_text(const Json::Value& status);

/// 0, 1 or 2 by "health"; 2 where there is none.
[[nodiscard]] int exit_status(const Json::Value& status);

}  // namespace sfteams::connector
