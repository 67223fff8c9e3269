#include "base/hosts/loopback.h"

#include <string>

#include <catch2/catch.hpp>

namespace sfteams::hosts {
namespace {

TEST_CASE("loopback is 127.0.0.0/8, ::1 and localhost, and nothing that only looks like it") {
  for (const char* host : {"127.0.0.1", "127.255.255.254", "::1", "0:0:0:0:0:0:0:1",
                           "0000:0000:0000:0000:0000:0000:0000:0001", "localhost", "LocalHost"}) {
    INFO(host);
    CHECK(is_loopback(host));
  }
  for (const char* host :
       {"", "128.0.0.1", "126.255.255.255", "::", "::2", "::ffff:127.0.0.1", "localhost.example",
        "localhost.", "127.0.0.1.example", "127.0.0.1.", "127.1", "0x7f000001", "2130706433",
        "0.0.0.0", "10.0.0.1", "[::1]", "::1%lo", " 127.0.0.1"}) {
    INFO(host);
    CHECK_FALSE(is_loopback(host));
  }
}

TEST_CASE("what stands behind a zero byte counts") {
  CHECK_FALSE(is_loopback(std::string("127.0.0.1\0.example", 18)));
  CHECK_FALSE(is_loopback(std::string("localhost\0", 10)));
  CHECK_FALSE(is_loopback(std::string("::1\0x", 5)));
}

}  // namespace
}  // namespace sfteams::hosts
