#include "transport/http_head.h"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/seed.h"

namespace sfteams::transport {
namespace {

int status_of(const std::string& bytes) {
  sfteams::test::keep_seed("http_head", bytes);
  HeadReader reader;
  reader.feed(bytes);
  return reader.state() == HeadReader::State::complete ? 0 : reader.status();
}

}  // namespace

TEST_CASE("a head is taken apart, and no byte behind it is taken", "[transport][head]") {
  const std::string text =
      "\r\nPOST /a%20b/%C3%A4?c=%2B&d HTTP/1.1\r\nHOST: x:1\r\nAccept:\t a \t\r\nEmpty:\r\n"
      "accept: b\r\nEmpty:\r\nTail: c\r\nTail:\r\nCookie: a=1\r\nCookie: b=2\r\n\r\n";
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{10'000}}) {
    HeadReader reader;
    std::string all = text + "body";
    std::size_t at = 0;
    while (reader.state() == HeadReader::State::reading)
      at += reader.feed(std::string_view(all).substr(at, piece));
    REQUIRE(reader.state() == HeadReader::State::complete);
    CHECK(at == text.size());
    const HttpHead head = reader.take();
    CHECK(head.method == "POST");
    CHECK(head.path == "/a b/\xc3\xa4");
    CHECK(head.query == "c=%2B&d");
    CHECK(head.minor_version == 1);
    CHECK(head.value("host") == "x:1");
    CHECK(head.value("accept") == "a, b");
    CHECK(head.value("cookie") == "a=1; b=2");
    REQUIRE(head.find("empty") != nullptr);
    CHECK(*head.find("empty") == ",");
    CHECK(head.value("tail") == "c,");
    CHECK(head.find("missing") == nullptr);
    CHECK_FALSE(reader.begun());
  }
}

TEST_CASE("a head that could be read in two ways is refused as soon as it is seen",
          "[transport][head]") {
  const std::string start = "GET / HTTP/1.1\r\n";
  for (const std::string& bytes : {std::string("\n"),
                                   std::string("GET / HTTP/1.1\n"),
                                   start + "A: b\rc",
                                   start + "A: b\n",
                                   start + std::string("A: \0", 4),
                                   start + "A: \x7f",
                                   start + " A: b\r\n",
                                   start + "A : b\r\n",
                                   start + "A\r\n",
                                   start + ":\r\n",
                                   start + "\x80: b\r\n",
                                   start + "Host: a\r\nhost: a\r\n",
                                   std::string("GET  / HTTP/1.1\r\n"),
                                   std::string("GET / x HTTP/1.1\r\n"),
                                   std::string("GET /\r\n"),
                                   std::string("GET\r\n"),
                                   std::string("G@T / HTTP/1.1\r\n"),
                                   std::string("GET / http/1.1\r\n"),
                                   std::string("GET / HTTP/1.1 \r\n"),
                                   std::string("GET a HTTP/1.1\r\n"),
                                   std::string("GET http://x/ HTTP/1.1\r\n"),
                                   std::string("GET /%0 HTTP/1.1\r\n"),
                                   std::string("GET /%zz HTTP/1.1\r\n"),
                                   std::string("GET /?%0a HTTP/1.1\r\n"),
                                   std::string("GET /# HTTP/1.1\r\n"),
                                   std::string("GET /\x80 HTTP/1.1\r\n"),
                                   std::string("\x16\x03\x01")}) {
    INFO(bytes);
    CHECK(status_of(bytes) == 400);
  }
  CHECK(status_of("GET / HTTP/2.0\r\n") == 505);
  CHECK(status_of("GET / HTTP/1.2\r\n") == 505);
}

TEST_CASE("the head of a request has a greatest size and number of lines", "[transport][head]") {
  const std::string start = "GET / HTTP/1.1\r\n";
  CHECK(status_of(start + "A: " + std::string(kMaxHeadBytes - start.size() - 7, 'a') +
                  "\r\n\r\n") == 0);
  CHECK(status_of(start + "A: " + std::string(kMaxHeadBytes - start.size() - 6, 'a') +
                  "\r\n\r\n") == 431);
  std::string many = start;
  for (std::size_t i = 0; i < kMaxHeaderLines; ++i)
    many += "A: b\r\n";
  CHECK(status_of(many + "\r\n") == 0);
  CHECK(status_of(many + "A: b\r\n\r\n") == 431);
  CHECK(status_of(std::string(2 * kMaxHeadBytes, 'a')) == 431);
  std::string breaks;
  while (breaks.size() <= kMaxHeadBytes)
    breaks += "\r\n";
  CHECK(status_of(breaks) == 431);
}

}  // namespace sfteams::transport
