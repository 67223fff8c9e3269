#include <chrono>
#include <system_error>

#include <fmt/format.h>
#include <unistd.h>

#include "connector/service.h"
#include "connector/status.h"
#include "transport/endpoint.h"

// What the running connector tells of itself over its control socket. The rest of the class is in
// service.cpp.

namespace sfteams::connector {
namespace {

/// With the write-ahead log, which may be larger than the file itself.
std::uint64_t bytes_of(const std::filesystem::path& registry_file) {
  std::uint64_t bytes = 0;
  for (const char* beside : {"", "-wal"}) {
    std::error_code missing;
    const auto size = std::filesystem::file_size(registry_file.string() + beside, missing);
    if (!missing) bytes += size;
  }
  return bytes;
}

}  // namespace

Json::Value Service::status() const {
  const Measured measured = measure();
  std::optional<std::string> monitoring;
  if (monitoring_) {
    monitoring =
        "http://" +
        transport::Endpoint{configuration_.watch->address, monitoring_->port()}.to_string();
  }
  return to_json(Status{
      .measured = measured,
      .pid = ::getpid(),
      .uptime =
          std::chrono::duration_cast<std::chrono::seconds>(transport::Clock::now() - started_),
      .address = place(),
      .tls = configuration_.listen.tls.has_value(),
      .registration = configuration_.registration,
      .names = exchange_->name_states(),
      .registry_file = configuration_.registry_file,
      .registry_bytes = bytes_of(configuration_.registry_file),
      .registry_error = exchange_->registry_problem(),
      .registry_last_failure = registry_->last_failure(),
      .page_version = page_.version(),
      .page_error = page_error_,
      .monitoring_url = monitoring,
      .monitoring_error = monitoring_opening_->error(),
      .control_error = control_->error(),
      .standing = standing_,
  });
}

}  // namespace sfteams::connector
