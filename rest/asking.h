#pragma once

namespace sfteams::rest {

/// Something that was asked for; destroyed, its callback does not come.
class Asking {
 public:
  Asking() = default;
  virtual ~Asking() = default;
  Asking(const Asking&) = delete;
  Asking& operator=(const Asking&) = delete;
};

}  // namespace sfteams::rest
