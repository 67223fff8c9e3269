#pragma once

#include <utility>

#include <unistd.h>

namespace sfteams::keygen {

/// Closes what open() gave.
class FileDescriptor {
 public:
  explicit FileDescriptor(int number) : number_(number) {}
  ~FileDescriptor() { close_now(); }
  FileDescriptor(FileDescriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&&) = delete;
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;

  [[nodiscard]] bool valid() const { return number_ >= 0; }
  [[nodiscard]] int get() const { return number_; }
  /// False, with errno, when the system reports a failure as late as this (NFS, quotas).
  bool close_now() { return number_ < 0 || close(std::exchange(number_, -1)) == 0; }

 private:
  int number_;
};

}  // namespace sfteams::keygen
