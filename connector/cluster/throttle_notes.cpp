#include "connector/cluster/throttle_notes.h"

#include <string>

namespace sfteams::connector {
namespace {

NameHash hash_of_address(const ClusterKeys& keys, std::span<const std::uint8_t> address) {
  // No name has a zero byte: a sender's hash is never a name's.
  std::string text("throttle");
  text.push_back('\0');
  text.append(address.begin(), address.end());
  return keys.hash_of(text);
}

}  // namespace

ThrottleNotes::ThrottleNotes(ClusterContext& context, transport::Duration keep)
    : context_(context),
      keep_(keep),
      second_(context.scheduler.now()),
      subscription_(context.bus.subscribe(
          context.subjects.throttle(), [this](const bus::Message& message) { hear(message); })) {}

void ThrottleNotes::hear(const bus::Message& message) {
  const auto word = context_.reader.read(message.subject, message.body);
  if (!word || word->kind != WordKind::throttled) return;
  if (const auto hash = read_throttled(word->payload))
    noted_.put(hash_text(*hash), context_.scheduler.now());
}

void ThrottleNotes::tell(std::span<const std::uint8_t> address) {
  if (!has_turn()) return;
  const NameHash hash = hash_of_address(context_.keys, address);
  const auto now = context_.scheduler.now();
  if (const auto* const told = told_.use(hash); told != nullptr && now - *told < keep_ / 2) return;
  const auto bytes = hash_bytes(hash);
  if (!bytes) return;
  const std::string subject = context_.subjects.throttle();
  if (!context_.bus.publish(subject, context_.maker.make(subject, WordKind::throttled, *bytes)))
    return;
  ++in_second_;
  told_.put(hash, now);
}

bool ThrottleNotes::has_turn() {
  const auto now = context_.scheduler.now();
  if (now - second_ >= std::chrono::seconds(1)) {
    second_ = now;
    in_second_ = 0;
  }
  return in_second_ < kPerSecond;
}

bool ThrottleNotes::is_noted(std::span<const std::uint8_t> address) const {
  const auto* const noted = noted_.look(hash_of_address(context_.keys, address));
  return noted != nullptr && context_.scheduler.now() - *noted < keep_;
}

}  // namespace sfteams::connector
