#include "tunnel/wiped_bytes.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/crypto/secret.h"

namespace sfteams::tunnel {

std::span<std::uint8_t> WipedBytes::extend(std::size_t count) {
  const std::size_t needed = size_ + count;
  if (needed > capacity_) {
    // The first time exactly: most of these hold one message or packet and go.
    const std::size_t capacity = capacity_ == 0 ? needed : std::max(needed, 2 * capacity_);
    auto larger = std::make_unique_for_overwrite<std::uint8_t[]>(capacity);
    if (size_ > 0) std::memcpy(larger.get(), data_.get(), size_);
    crypto::wipe({data_.get(), touched_});
    data_ = std::move(larger);
    capacity_ = capacity;
    touched_ = size_;
  }
  const std::span<std::uint8_t> added(data_.get() + size_, count);
  size_ = needed;
  touched_ = std::max(touched_, size_);
  return added;
}

void WipedBytes::append(std::span<const std::uint8_t> bytes) {
  const auto added = extend(bytes.size());
  if (!bytes.empty()) std::memcpy(added.data(), bytes.data(), bytes.size());
}

void WipedBytes::drop_front(std::size_t count) {
  size_ -= std::min(count, size_);
  if (size_ > 0) std::memmove(data_.get(), data_.get() + count, size_);
}

void WipedBytes::release() {
  if (data_ == nullptr) return;
  crypto::wipe({data_.get(), touched_});
  data_.reset();
  size_ = touched_ = capacity_ = 0;
}

}  // namespace sfteams::tunnel
