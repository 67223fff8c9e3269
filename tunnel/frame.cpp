#include "tunnel/frame.h"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>

#include "base/error/counted.h"
#include "tunnel/byte_order.h"
#include "tunnel/codes.h"
#include "tunnel/limits.h"

namespace sfteams::tunnel {
namespace {

constexpr std::uint8_t kFirstStreamType = 0x10;
constexpr std::uint8_t kFirstNodeType = 0x20;
constexpr std::size_t kCodeSize = 2;
/// What a frame of nodes may grow to in a later version.
constexpr std::size_t kMaxNodeGreeting = 512;
constexpr std::size_t kMaxEnter = 1'024;
constexpr std::size_t kMaxEntered = 256;

struct TypeRule {
  const char* name = nullptr;  ///< nullptr: there is no such type
  std::size_t shortest = 0;
  std::size_t longest = 0;
};

constexpr std::size_t kTypes = 0x26;

// Indexed by type. Lengths that follow from the type alone; REGISTER, KEYS, NUMBERED_KEYS and ADMIT
// hold parts of variable length, which their decoders check: here stands the shortest and longest
// that can be.
constexpr std::array<TypeRule, kTypes> kRules = [] {
  std::array<TypeRule, kTypes> rules{};
  const auto set = [&rules](FrameType type, const TypeRule& rule) {
    rules.at(static_cast<std::size_t>(type)) = rule;
  };
  set(FrameType::challenge, {"CHALLENGE", 33, 33});
  set(FrameType::register_name, {"REGISTER", 101, 609});
  set(FrameType::registered, {"REGISTERED", 4, 4});
  set(FrameType::keys, {"KEYS", 1, 193});
  set(FrameType::admit, {"ADMIT", 75, 327});
  set(FrameType::admitted, {"ADMITTED", 0, 0});
  set(FrameType::refused, {"REFUSED", 2 * kCodeSize, 2 * kCodeSize + kMaxReason});
  set(FrameType::numbered_keys, {"NUMBERED_KEYS", 5, 197});
  set(FrameType::keys_taken, {"KEYS_TAKEN", 4, 4});
  set(FrameType::open, {"OPEN", 8, 8});
  set(FrameType::data, {"DATA", 1, kMaxPacket});
  set(FrameType::window, {"WINDOW", 4, 4});
  set(FrameType::close, {"CLOSE", kCodeSize, kCodeSize + kMaxReason});
  set(FrameType::node_hello, {"NODE_HELLO", 76, kMaxNodeGreeting});
  set(FrameType::node_welcome, {"NODE_WELCOME", 42, kMaxNodeGreeting});
  set(FrameType::enter, {"ENTER", 125, kMaxEnter});
  set(FrameType::entered, {"ENTERED", 0, kMaxEntered});
  set(FrameType::turned_away, {"TURNED_AWAY", 2 * kCodeSize, 2 * kCodeSize + kMaxReason});
  set(FrameType::not_here, {"NOT_HERE", 0, 0});
  return rules;
}();

const TypeRule* rule_of(FrameType type) {
  const auto index = static_cast<std::size_t>(type);
  return index < kTypes && kRules[index].name != nullptr ? &kRules[index] : nullptr;
}

bool is_node_type(FrameType type) {
  return static_cast<std::uint8_t>(type) >= kFirstNodeType;
}

bool is_stream_type(FrameType type) {
  return static_cast<std::uint8_t>(type) >= kFirstStreamType && type != FrameType::node_hello &&
         type != FrameType::node_welcome;
}

// Cold: the texts of errors are made outside of the path that every frame takes.
[[gnu::cold, gnu::noinline]] tl::unexpected<Error> refuse_length(const TypeRule& rule,
                                                                 std::size_t length) {
  return fail(
      codes::kFrameLength,
      std::string("a frame ") + rule.name + " came with a payload of " + counted(length, "byte"),
      "the peer's software breaks the protocol");
}

[[gnu::cold, gnu::noinline]] tl::unexpected<Error> refuse(Code code, std::string what) {
  return fail(code, std::move(what), "the peer's software breaks the protocol");
}

}  // namespace

const char* name_of(FrameType type) {
  const TypeRule* const rule = rule_of(type);
  return rule == nullptr ? "unknown" : rule->name;
}

Result<std::optional<Frame>> FrameReader::next() {
  if (position_ == 0) {
    if (message_.empty()) return refuse(codes::kMessageEmpty, "an empty websocket message came");
    if (message_.size() > kMaxWebsocketMessage) {
      return refuse(codes::kMessageOversize,
                    "a websocket message of " + std::to_string(message_.size()) + " bytes came");
    }
  }
  const auto rest = message_.subspan(position_);
  if (rest.empty()) return std::optional<Frame>();
  if (rest.size() < kFrameHeader) {
    return refuse(codes::kFrameTruncated, "a websocket message ends within a frame's header");
  }
  const auto type = static_cast<FrameType>(rest[0]);
  const std::uint8_t flags = rest[1];
  const std::size_t length = load_u16(rest.subspan<2, 2>());
  const std::uint32_t stream = load_u32(rest.subspan<4, 4>());

  const TypeRule* const rule = rule_of(type);
  if (rule == nullptr || (is_node_type(type) && speaker_ != Speaker::node)) {
    return refuse(codes::kFrameType,
                  "a frame of unknown type " + std::to_string(rest[0]) + " came");
  }
  if (flags != 0) {
    return refuse(codes::kFrameFlags,
                  std::string("a frame ") + rule->name + " came with reserved flags");
  }
  if (is_stream_type(type) == (stream == 0)) {
    return refuse(codes::kFrameStream, std::string("a frame ") + rule->name + " came on stream " +
                                           std::to_string(stream));
  }
  if (length < rule->shortest || length > rule->longest) return refuse_length(*rule, length);
  if (length > rest.size() - kFrameHeader) {
    return refuse(codes::kFrameTruncated,
                  std::string("a websocket message ends within a frame ") + rule->name);
  }
  position_ += kFrameHeader + length;
  return std::optional<Frame>(Frame{type, stream, rest.subspan(kFrameHeader, length)});
}

FrameWriter::FrameWriter(std::span<std::uint8_t> out)
    : out_(out.first(std::min(out.size(), kMaxWebsocketMessage))) {}

bool FrameWriter::write(FrameType type, std::uint32_t stream,
                        std::span<const std::uint8_t> payload) {
  const auto room = out_.subspan(size_);
  if (room.size() < kFrameHeader || payload.size() > room.size() - kFrameHeader) return false;
  std::copy(payload.begin(), payload.end(), room.subspan(kFrameHeader).begin());
  commit(type, stream, payload.size());
  return true;
}

std::span<std::uint8_t> FrameWriter::payload_room() const {
  const auto room = out_.subspan(size_);
  return room.size() <= kFrameHeader ? std::span<std::uint8_t>() : room.subspan(kFrameHeader);
}

void FrameWriter::commit(FrameType type, std::uint32_t stream, std::size_t size) {
  const auto room = out_.subspan(size_);
  if (room.size() < kFrameHeader || size > room.size() - kFrameHeader) {
    throw std::length_error("FrameWriter::commit: more than there is room for");
  }
  room[0] = static_cast<std::uint8_t>(type);
  room[1] = 0;
  store(room.subspan<2, 2>(), size);
  store(room.subspan<4, 4>(), stream);
  size_ += kFrameHeader + size;
}

}  // namespace sfteams::tunnel
