#pragma once

#include <memory>
#include <utility>

namespace sfteams::transport {

/// A member by which callbacks can tell whether their object is still there:
///
///     ask([this, self = alive_.watch()](Answer answer) {
///       if (self.gone()) return;
///
/// It is also asked after a call into foreign code, which may have destroyed the object. For one
/// thread: between gone() and the use of the object nothing else may run.
class Alive {
 public:
  class Watch {
   public:
    /// True once the Alive has been destroyed.
    [[nodiscard]] bool gone() const { return token_.expired(); }

   private:
    friend class Alive;
    explicit Watch(std::weak_ptr<const char> token) : token_(std::move(token)) {}
    std::weak_ptr<const char> token_;
  };

  Alive() = default;
  ~Alive() = default;
  // A copy of the object is another object.
  Alive(const Alive&) = delete;
  Alive& operator=(const Alive&) = delete;

  /// May outlive the Alive.
  [[nodiscard]] Watch watch() const { return Watch(token_); }

 private:
  std::shared_ptr<const char> token_ = std::make_shared<const char>('\0');
};

}  // namespace sfteams::transport
