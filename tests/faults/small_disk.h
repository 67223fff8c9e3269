#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>

#include <tl/expected.hpp>

namespace sfteams::faults {

/// A disk of a few pages on a directory, which only the calling thread and the processes that it
/// starts see: a tmpfs in a mount namespace.
class SmallDisk {
 public:
  /// Why the machine does not let us, when it does not: it takes CAP_SYS_ADMIN. `directory` exists,
  /// and what is in it is hidden.
  [[nodiscard]] static tl::expected<std::unique_ptr<SmallDisk>, std::string> create(
      const std::filesystem::path& directory, std::size_t bytes);
  ~SmallDisk();
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  /// Leaves room for nothing.
  void fill() const;
  void clear() const;

 private:
  explicit SmallDisk(std::filesystem::path directory) : directory_(std::move(directory)) {}
  [[nodiscard]] std::filesystem::path ballast() const { return directory_ / "ballast"; }

  std::filesystem::path directory_;
};

}  // namespace sfteams::faults
