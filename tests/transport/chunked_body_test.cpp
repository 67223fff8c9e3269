#include "transport/chunked_body.h"

#include <string>

#include <catch2/catch.hpp>

#include "tests/seed.h"

namespace sfteams::transport {
namespace {

using State = ChunkedBody::State;

struct Read {
  State state;
  std::string body;
  std::size_t taken;
};

Read read(const std::string& bytes, std::size_t piece, std::size_t max_body = 100) {
  sfteams::test::keep_seed("chunked_body", bytes);
  ChunkedBody chunks(max_body);
  Read result{State::reading, {}, 0};
  while (chunks.state() == State::reading && result.taken < bytes.size())
    result.taken += chunks.feed(std::string_view(bytes).substr(result.taken, piece), result.body);
  result.state = chunks.state();
  return result;
}

}  // namespace

TEST_CASE("chunks are put together, however they come", "[transport][chunked]") {
  const std::string whole =
      "5\r\nhello\r\n00A;ext=\"1\"; b\r\n, chunks\r\n\r\n0 \r\nA: b\r\nodd name: c\r\n\r\n";
  for (std::size_t piece = 1; piece <= whole.size(); ++piece) {
    const Read got = read(whole + "NEXT", piece);
    CHECK(got.state == State::complete);
    CHECK(got.body == "hello, chunks\r\n");
    CHECK(got.taken == whole.size());
  }
}

TEST_CASE("chunks that could be read in two ways are refused", "[transport][chunked]") {
  for (const std::string& bytes :
       {std::string("\r\n"), std::string("x\r\n"), std::string("-1\r\n"), std::string("0x1\r\n"),
        std::string("+1\r\n"), std::string(" 1\r\n"), std::string("1 1\r\n"), std::string("1\n"),
        std::string("1\ra"), std::string("1\r\nab"), std::string("1\r\na\n"), std::string("1;\x01"),
        std::string("0000000000000001\r\n"), std::string("ffffffffffffffff\r\n"),
        std::string("0\r\nno colon\r\n"), std::string("0\r\nA: b\n"),
        "1;" + std::string(ChunkedBody::kMaxLine, 'e')}) {
    INFO(bytes);
    CHECK(read(bytes, 1).state == State::broken);
    CHECK(read(bytes, bytes.size()).state == State::broken);
  }
}

TEST_CASE("a body in chunks has a greatest size, and so has what stands beside it",
          "[transport][chunked]") {
  CHECK(read("64\r\n" + std::string(100, 'b') + "\r\n0\r\n\r\n", 7).state == State::complete);
  CHECK(read("65\r\n", 1).state == State::too_large);
  CHECK(read("64\r\n" + std::string(100, 'b') + "\r\n1\r\n", 1).state == State::too_large);
  CHECK(read("fffffffffffffff\r\n", 1).state == State::too_large);
  std::string aside = "0\r\n";
  while (aside.size() < 2 * ChunkedBody::kMaxAside)
    aside += "A: " + std::string(500, 'b') + "\r\n";
  CHECK(read(aside, 1).state == State::broken);
  std::string extensions;
  for (int i = 0; i < 50; ++i)
    extensions += "1;" + std::string(500, 'e') + "\r\na\r\n";
  CHECK(read(extensions, 1).state == State::broken);
}

}  // namespace sfteams::transport
