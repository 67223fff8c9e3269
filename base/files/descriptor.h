#pragma once

#include <utility>

#include <unistd.h>

namespace sfteams::files {

/// A file descriptor that closes itself.
class Descriptor {
 public:
  Descriptor() = default;
  /// What open(), socket() and their kin gave; negative: none.
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() { close_now(); }
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    if (this != &other) {
      close_now();
      number_ = std::exchange(other.number_, -1);
    }
    return *this;
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  /// Negative: none.
  [[nodiscard]] int get() const { return number_; }
  explicit operator bool() const { return number_ >= 0; }
  /// False, with errno, when the system reports a failure as late as this (NFS, quotas).
  bool close_now() { return number_ < 0 || ::close(std::exchange(number_, -1)) == 0; }

 private:
  int number_ = -1;
};

}  // namespace sfteams::files
