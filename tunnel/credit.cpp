#include "tunnel/credit.h"

#include <stdexcept>
#include <string>

#include "base/error/counted.h"
#include "tunnel/codes.h"

namespace sfteams::tunnel {

void SendCredit::spend(std::size_t bytes) {
  if (bytes > available_) throw std::logic_error("SendCredit::spend: more than available");
  available_ -= static_cast<std::uint32_t>(bytes);
}

Result<void> SendCredit::add(std::uint32_t bytes) {
  if (bytes == 0) {
    return fail(codes::kCreditZero, "a WINDOW of 0 came",
                "the peer's software breaks the protocol");
  }
  if (bytes > kMaxCredit - available_) {
    return fail(codes::kCreditOverflow,
                "a WINDOW of " + std::to_string(bytes) + " came with " +
                    counted(available_, "byte") + " outstanding",
                "the peer's software breaks the protocol");
  }
  available_ += bytes;
  return {};
}

Result<void> ReceiveCredit::arrived(std::size_t bytes) {
  if (bytes > available_) {
    return fail(codes::kCreditOverrun,
                "a packet of " + counted(bytes, "byte") + " came on a credit of " +
                    std::to_string(available_),
                "the peer's software breaks the protocol");
  }
  available_ -= static_cast<std::uint32_t>(bytes);
  held_ += static_cast<std::uint32_t>(bytes);
  return {};
}

void ReceiveCredit::consumed(std::size_t bytes) {
  if (bytes > held_) throw std::logic_error("ReceiveCredit::consumed: more than arrived");
  held_ -= static_cast<std::uint32_t>(bytes);
  returnable_ += static_cast<std::uint32_t>(bytes);
}

std::uint32_t ReceiveCredit::take_update() {
  if (returnable_ < kCreditBatch) return 0;
  const std::uint32_t update = returnable_;
  returnable_ = 0;
  available_ += update;
  return update;
}

}  // namespace sfteams::tunnel
