#include "transport/websocket_reader.h"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/seed.h"

namespace sfteams::transport {
namespace {

std::string frame(std::uint8_t first, std::string payload) {
  const MaskingKey key{0x12, 0x34, 0x56, 0x78};
  std::string out(1, static_cast<char>(first));
  if (payload.size() < 126) {
    out += static_cast<char>(0x80 | payload.size());
  } else {
    out += static_cast<char>(0x80 | 126);
    out += static_cast<char>(payload.size() >> 8);
    out += static_cast<char>(payload.size() & 0xff);
  }
  for (const std::uint8_t byte : key)
    out += static_cast<char>(byte);
  for (std::size_t i = 0; i < payload.size(); ++i)
    out += static_cast<char>(static_cast<std::uint8_t>(payload[i]) ^ key[i % 4]);
  return out;
}

struct Listener final : FrameUser {
  bool on_piece(std::span<const std::uint8_t> payload, const MessagePiece& piece) override {
    text.append(payload.begin(), payload.end());
    if (piece.last) text += piece.binary ? "|" : "|text|";
    return text.find("stop") == std::string::npos;
  }
  bool on_control(Opcode opcode, std::span<const std::uint8_t> payload) override {
    text += '<' + std::to_string(static_cast<int>(opcode)) +
            std::string(payload.begin(), payload.end()) + '>';
    return true;
  }
  std::string text;
};

FrameReader::Outcome feed(const std::string& bytes, std::size_t piece, Listener& listener) {
  sfteams::test::keep_seed("websocket", bytes);
  FrameReader reader;
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    const std::string_view part = std::string_view(bytes).substr(at, piece);
    std::vector<std::uint8_t> copy(part.begin(), part.end());
    const FrameReader::Outcome outcome = reader.feed(copy, listener);
    if (outcome != FrameReader::Outcome::going_on) return outcome;
  }
  return FrameReader::Outcome::going_on;
}

}  // namespace

TEST_CASE("frames are taken apart, however they come", "[transport][frame]") {
  const std::string long_one(300, 'l');
  const std::string bytes = frame(0x82, "one") + frame(0x02, "two, ") + frame(0x89, "ping") +
                            frame(0x00, "") + frame(0x80, "end") + frame(0x82, "") +
                            frame(0x82, long_one) + frame(0x8a, "") + frame(0x81, "t") +
                            frame(0x88, std::string("\x03\xe8", 2));
  for (std::size_t piece = 1; piece < 70; ++piece) {
    Listener listener;
    CHECK(feed(bytes, piece, listener) == FrameReader::Outcome::going_on);
    CHECK(listener.text ==
          "one|two, <9ping>end||" + long_one + "|<10>t|text|<8" + std::string("\x03\xe8", 2) + ">");
  }
}

TEST_CASE("what RFC 6455 forbids a client is found in the header", "[transport][frame]") {
  std::string unmasked = frame(0x82, "a");
  unmasked[1] = 1;
  for (const std::string& bytes :
       {unmasked, frame(0xc2, "rsv1"), frame(0xa2, "rsv2"), frame(0x92, "rsv3"),
        frame(0x83, "opcode"), frame(0x8b, "opcode"), frame(0x80, "continues nothing"),
        frame(0x02, "a") + frame(0x82, "b"), frame(0x09, "in pieces"),
        frame(0x89, std::string(126, 'p')), std::string("\x82\xff\x80\0\0\0\0\0\0\0\0\0\0\0", 14),
        std::string("\x82\xfe\0\x7d\0\0\0\0", 8), std::string("\x82\xfe\0\0\0\0\0\0", 8),
        std::string("\x82\xff\0\0\0\0\0\0\xff\xff\0\0\0\0", 14)}) {
    Listener listener;
    CHECK(feed(bytes, 1, listener) == FrameReader::Outcome::broken);
    Listener at_once;
    CHECK(feed(bytes, bytes.size(), at_once) == FrameReader::Outcome::broken);
  }
}

TEST_CASE("what RFC 6455 forbids a client is found with the second byte", "[transport][frame]") {
  for (const std::string bytes :
       {"\x82\x01", "\x89\x01", "\xc2\x81", "\x83\x81", "\x80\x81", "\x09\x81", "\x89\xfe"}) {
    Listener listener;
    CHECK(feed(bytes, 1, listener) == FrameReader::Outcome::broken);
  }
}

TEST_CASE("the shortest form of a length is the one that is taken", "[transport][frame]") {
  for (const std::size_t length : {125U, 126U, 0xffffU}) {
    Listener listener;
    CHECK(feed(frame(0x82, std::string(length, 'l')), 1000, listener) ==
          FrameReader::Outcome::going_on);
    CHECK(listener.text == std::string(length, 'l') + "|");
  }
  Listener listener;
  const std::string least("\x82\xff\0\0\0\0\0\1\0\0\0\0\0\0", 14);
  CHECK(feed(least, 1, listener) == FrameReader::Outcome::going_on);
}

TEST_CASE("a close has a status that may be sent and a reason in UTF-8, or nothing",
          "[transport][frame]") {
  const auto close = [](unsigned status, const std::string& reason) {
    return frame(0x88,
                 std::string{static_cast<char>(status >> 8), static_cast<char>(status)} + reason);
  };
  for (const std::string& bytes :
       {frame(0x88, ""), close(1000, ""), close(1001, "gr\xc3\xbc\xc3\x9f"), close(1003, ""),
        close(1007, ""), close(1014, ""), close(3000, ""), close(4999, "x")}) {
    Listener listener;
    CHECK(feed(bytes, 3, listener) == FrameReader::Outcome::going_on);
    CHECK(listener.text.starts_with("<8"));
  }
  for (const std::string& bytes :
       {frame(0x88, "\x03"), close(0, ""), close(999, ""), close(1004, ""), close(1005, ""),
        close(1006, ""), close(1015, ""), close(2999, ""), close(5000, ""), close(0xffff, ""),
        close(1000, "\xff"), close(1000, "\xc3"), close(1000, "\xed\xa0\x80")}) {
    Listener listener;
    CHECK(feed(bytes, 3, listener) == FrameReader::Outcome::broken);
    CHECK(listener.text.empty());
  }
}

TEST_CASE("nothing is read behind the piece at which the user stops", "[transport][frame]") {
  Listener listener;
  CHECK(feed(frame(0x82, "stop") + frame(0x82, "never"), 1000, listener) ==
        FrameReader::Outcome::stopped);
  CHECK(listener.text == "stop|");
}

}  // namespace sfteams::transport
