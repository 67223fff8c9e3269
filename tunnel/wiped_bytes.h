#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "crypto/secret.h"

namespace sfteams::tunnel {

/// Wipes what it gives back, so that no copy of a password stays behind when a vector grows or
/// goes; and leaves new bytes as they are instead of zeroing them first.
template <typename T>
class WipingAllocator {
 public:
  using value_type = T;

  WipingAllocator() = default;
  template <typename U>
  explicit WipingAllocator(const WipingAllocator<U>& /*other*/) {}

  [[nodiscard]] T* allocate(std::size_t count) { return std::allocator<T>().allocate(count); }
  void deallocate(T* data, std::size_t count) noexcept {
    // Any object may be looked at as bytes ([basic.lval]).
    crypto::wipe({reinterpret_cast<std::uint8_t*>(data), count * sizeof(T)});
    std::allocator<T>().deallocate(data, count);
  }

  template <typename U>
  void construct(U* place) {
    ::new (static_cast<void*>(place)) U;
  }
  template <typename U, typename... Arguments>
  void construct(U* place, Arguments&&... arguments) {
    ::new (static_cast<void*>(place)) U(std::forward<Arguments>(arguments)...);
  }

  friend bool operator==(const WipingAllocator&, const WipingAllocator&) { return true; }
};

/// Bytes for plaintexts on their way. `bytes = {}` keeps the memory; assign a WipedBytes() to free
/// it.
using WipedBytes = std::vector<std::uint8_t, WipingAllocator<std::uint8_t>>;

}  // namespace sfteams::tunnel
