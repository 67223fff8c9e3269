// Any bytes as what a client sends over a websocket: how they are cut changes nothing, no control
// frame is long, and no message ends that has not begun.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>
#include <vector>

#include "transport/websocket_reader.h"

namespace {

namespace transport = sfteams::transport;
using transport::FrameReader;

void check(bool holds) {
  if (!holds) std::abort();
}

/// Writes down what it hears, so that it is the same however it came.
class Scribe final : public transport::FrameUser {
 public:
  bool on_piece(std::span<const std::uint8_t> payload,
                const transport::MessagePiece& piece) override {
    check(!piece.last || piece.remaining == 0);
    heard.append(payload.begin(), payload.end());
    bytes += payload.size();
    if (piece.last) heard += piece.binary ? "<binary>" : "<text>";
    return true;
  }

  bool on_control(transport::Opcode opcode, std::span<const std::uint8_t> payload) override {
    check(payload.size() <= 125);
    check(opcode != transport::Opcode::close || payload.size() != 1);
    // A control frame may stand within a message, but not within a piece of it.
    heard += "<" + std::to_string(static_cast<int>(opcode)) + ">";
    heard.append(payload.begin(), payload.end());
    bytes += payload.size();
    return opcode != transport::Opcode::close;
  }

  std::string heard;
  std::size_t bytes = 0;
};

struct Read {
  FrameReader::Outcome outcome = FrameReader::Outcome::going_on;
  std::string heard{};

  bool operator==(const Read&) const = default;
};

Read read(std::span<const std::uint8_t> bytes, std::size_t piece) {
  FrameReader reader;
  Scribe scribe;
  Read result;
  while (!bytes.empty() && result.outcome == FrameReader::Outcome::going_on) {
    const auto part = bytes.first(std::min(piece, bytes.size()));
    std::vector<std::uint8_t> own(part.begin(), part.end());  // it is unmasked in place
    bytes = bytes.subspan(part.size());
    result.outcome = reader.feed(own, scribe);
  }
  result.heard = std::move(scribe.heard);
  return result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span<const std::uint8_t> bytes(data, size);
  const Read whole = read(bytes, std::max<std::size_t>(size, 1));
  check(read(bytes, 1) == whole);
  check(read(bytes, 7) == whole);
  return 0;
}
