#include "connector/address.h"

#include <vector>

#include <catch2/catch.hpp>

namespace sfteams::connector {
namespace {

Address address(std::string_view text) {
  return Address::parse(text).value();
}

AddressBlock block(std::string_view text) {
  return AddressBlock::parse(text).value();
}

TEST_CASE("addresses are read and written, and nothing else is taken for one") {
  for (const char* text : {"192.0.2.7", "0.0.0.0", "2001:db8::1", "::1", "fe80::1"})
    CHECK(address(text).to_string() == text);
  for (const char* text : {"", "localhost", "192.0.2", "192.0.2.256", "192.0.2.7:80", "[::1]",
                           "fe80::1%eth0", "1.2.3.4 ", "::1::", "0x7f.1"})
    CHECK_FALSE(Address::parse(text));
  CHECK_FALSE(Address::parse(std::string(1000, '1')));
}

TEST_CASE("a mapped IPv4 address is the IPv4 address") {
  CHECK(address("::ffff:192.0.2.7") == address("192.0.2.7"));
  CHECK(address("::ffff:127.0.0.1").is_loopback());
}

TEST_CASE("loopback is 127.0.0.0/8 and ::1") {
  for (const char* text : {"127.0.0.1", "127.255.255.254", "::1"})
    CHECK(address(text).is_loopback());
  for (const char* text : {"128.0.0.1", "0.0.0.0", "::", "::2", "1::1", "10.0.0.1"})
    CHECK_FALSE(address(text).is_loopback());
}

TEST_CASE("an IPv6 sender is its /64, an IPv4 sender its address") {
  CHECK(address("2001:db8:1:2:3:4:5:6").sender() == address("2001:db8:1:2::").sender());
  CHECK_FALSE(address("2001:db8:1:2::1").sender() == address("2001:db8:1:3::1").sender());
  CHECK_FALSE(address("192.0.2.7").sender() == address("192.0.2.8").sender());
}

TEST_CASE("a block holds what its prefix covers") {
  CHECK(block("10.0.0.0/8").contains(address("10.255.0.1")));
  CHECK_FALSE(block("10.0.0.0/8").contains(address("11.0.0.1")));
  CHECK(block("192.0.2.64/26").contains(address("192.0.2.127")));
  CHECK_FALSE(block("192.0.2.64/26").contains(address("192.0.2.128")));
  CHECK(block("192.0.2.7").contains(address("192.0.2.7")));
  CHECK_FALSE(block("192.0.2.7").contains(address("192.0.2.6")));
  CHECK(block("2001:db8::/33").contains(address("2001:db8:7fff::1")));
  CHECK_FALSE(block("2001:db8::/33").contains(address("2001:db8:8000::1")));
  CHECK(block("0.0.0.0/0").contains(address("203.0.113.9")));
  CHECK_FALSE(block("0.0.0.0/0").contains(address("2001:db8::1")));
  CHECK(block("::/0").contains(address("2001:db8::1")));
}

TEST_CASE("a block with a wrong prefix or with bits behind it is refused") {
  for (const char* text : {"10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/x", "10.0.0.0/-1",
                           "10.0.0.1/8", "2001:db8::1/32", "/8", "10.0.0.0/8/8", "ten/8", ""})
    CHECK_FALSE(AddressBlock::parse(text));
}

TEST_CASE("X-Forwarded-For is believed only from trusted proxies, from its right end") {
  const std::vector<AddressBlock> trusted{block("127.0.0.1"), block("10.0.0.0/8")};
  const auto sender = [&](std::string_view peer, std::string_view header) {
    return sender_behind(address(peer), header, trusted).value().to_string();
  };
  CHECK(sender("203.0.113.9", "198.51.100.1") == "203.0.113.9");
  CHECK(sender("203.0.113.9", "") == "203.0.113.9");
  CHECK(sender("203.0.113.9", "nonsense") == "203.0.113.9");
  CHECK(sender("127.0.0.1", "198.51.100.1") == "198.51.100.1");
  CHECK(sender("127.0.0.1", "1.1.1.1, 198.51.100.1") == "198.51.100.1");
  CHECK(sender("127.0.0.1", "1.1.1.1,198.51.100.1, 10.1.2.3") == "198.51.100.1");
  CHECK(sender("127.0.0.1", "10.0.0.2, 10.0.0.1") == "10.0.0.2");
  CHECK(sender("127.0.0.1", "198.51.100.1:5678") == "198.51.100.1");
  CHECK(sender("127.0.0.1", "[2001:db8::1]:5678") == "2001:db8::1");
  CHECK(sender("127.0.0.1", "2001:db8::1") == "2001:db8::1");
}

TEST_CASE("a trusted proxy that does not say for whom it asks names nobody") {
  const std::vector<AddressBlock> trusted{block("127.0.0.1")};
  for (const char* header : {"", " ", "unknown", "1.1.1.1, ", ",", "[::1", "\"", "1.1.1.1, x",
                             "1.1.1.1, x, 127.0.0.1", "127.0.0.1,", ", 127.0.0.1"})
    CHECK_FALSE(sender_behind(address("127.0.0.1"), header, trusted));
}

}  // namespace
}  // namespace sfteams::connector
