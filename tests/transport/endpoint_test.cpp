#include "transport/endpoint.h"

#include <string>

#include <catch2/catch.hpp>

namespace sfteams::transport {
namespace {

TEST_CASE("an address with a port is read, and written as it was") {
  CHECK(Endpoint::parse("127.0.0.1:9781") == Endpoint{"127.0.0.1", 9781});
  CHECK(Endpoint::parse("0.0.0.0:0") == Endpoint{"0.0.0.0", 0});
  CHECK(Endpoint::parse("[::1]:65535") == Endpoint{"::1", 65535});
  CHECK(Endpoint::parse("[::]:443") == Endpoint{"::", 443});
  for (const char* text : {"127.0.0.1:9781", "[::1]:80", "[2001:db8::7]:0"})
    CHECK(Endpoint::parse(text).value().to_string() == text);
}

TEST_CASE("what is no address with a port is none") {
  const std::string text =
      GENERATE("", ":", ":80", "80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1",
               "127.0.0.1:+1", "127.0.0.1:8x", "127.0.0.1: 80", " 127.0.0.1:80", "localhost:80",
               "example.com:80", "127.0.0:80", "[127.0.0.1]:80", "[]:80", "[::1]", "[::1]80",
               "[::1", "::1]:80", "[[::1]]:80", "[fe80::1%lo]:80");
  CAPTURE(text);
  CHECK_FALSE(Endpoint::parse(text));
}

TEST_CASE("an IPv6 address needs its brackets, without which its end could be the port") {
  CHECK_FALSE(Endpoint::parse("::1:9780"));
  CHECK_FALSE(Endpoint::parse("2001:db8::1:443"));
  CHECK_FALSE(Endpoint::parse(":::443"));
}

TEST_CASE("nothing can be hidden behind a zero byte") {
  CHECK_FALSE(Endpoint::parse(std::string("127.0.0.1\0.example.com:80", 25)));
}

}  // namespace
}  // namespace sfteams::transport
