#include "tunnel/message_assembly.h"

#include <string>

#include "tunnel/codes.h"

namespace sfteams::tunnel {
namespace {

constexpr std::string_view kHint = "the peer's software breaks the protocol";

}  // namespace

Result<MessageAssembly::Outcome> MessageAssembly::take(const MessageRecord& record) {
  release();
  if (in_parts_ && record.number != received_ + 1) {
    return fail(codes::kFragmentOrder,
                "a fragment of message " + std::to_string(record.number) + " came before message " +
                    std::to_string(received_ + 1) + " was whole",
                std::string(kHint));
  }
  if (record.number <= received_) return Outcome::duplicate;
  if (record.number != received_ + 1) {
    return fail(codes::kNumberGap,
                "message " + std::to_string(record.number) + " came after message " +
                    std::to_string(received_),
                std::string(kHint));
  }
  if (record.fragment.size() > limit_ - parts_.size()) {
    return fail(codes::kTooLarge,
                "a message of more than " + std::to_string(limit_) + " bytes came",
                "ask for less at once");
  }
  if (in_parts_ || record.more) parts_.append(record.fragment);
  in_parts_ = record.more;
  if (record.more) return Outcome::part;
  message_ = parts_.empty() ? record.fragment : parts_.bytes();
  ++received_;
  return Outcome::whole;
}

void MessageAssembly::release() {
  message_ = {};
  if (!in_parts_) parts_.release();
}

}  // namespace sfteams::tunnel
