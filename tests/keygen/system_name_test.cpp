#include "keygen/system_name.h"

#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "base/text/encoding.h"
#include "keygen/codes.h"
#include "tests/keygen/sample.h"

namespace sfteams::keygen {
namespace {

TEST_CASE("every name that the vectors accept is made canonical, and is then") {
  const Json::Value list = vectors()["names"]["accepted"];
  REQUIRE(list.size() >= 9);
  for (const auto& vector : list) {
    INFO(member(vector, "text"));
    const auto name = canonical_system_name(member(vector, "text"));
    REQUIRE(name);
    CHECK(*name == member(vector, "canonical"));
    CHECK(is_canonical_system_name(*name));
    CHECK(is_canonical_system_name(member(vector, "text")) == (*name == member(vector, "text")));
  }
}

TEST_CASE("every name that the vectors refuse is refused with a reason and advice") {
  const Json::Value list = vectors()["names"]["refused"];
  REQUIRE(list.size() >= 30);
  for (const auto& vector : list) {
    INFO(text(vector));
    const auto name = canonical_system_name(text(vector));
    REQUIRE_FALSE(name);
    CHECK(name.error().code == codes::kBadName);
    CHECK_FALSE(name.error().hint.empty());
    CHECK_FALSE(is_canonical_system_name(text(vector)));
  }
}

TEST_CASE("the reason names the mistake and the advice mends it") {
  struct Mistake {
    std::string text;
    std::string reason;
    std::string advice;
  };
  const std::vector<Mistake> mistakes{
      {"wss://PBX.example.com/", "is a URL", "remove wss:// and write only pbx.example.com"},
      {"https://pbx.example.com:8443/x?y#z", "is a URL", "write only pbx.example.com"},
      {"://", "is a URL", "remove"},
      {"pbx.example.com/tunnel", "has a path", "write only pbx.example.com"},
      {"pbx.example.com:443", "has a port", "write only pbx.example.com"},
      {"admin@pbx.example.com", "has an @", "write only pbx.example.com"},
      {"pbx .example.com", "has a space", "remove the spaces"},
      {"m\xc3\xbcnchen.example", "umlauts", "xn--"},
      {"192.168.1.1", "is an IP address", "host name"},
      {"[2001:db8::1]", "is an IP address", "host name"},
      {"1.2.3", "ends with a number", "host name"},
      {"pbx..example", "empty part", "host name"},
      {"pbx.-x.example", "part 2 of it begins or ends with '-'", "host name"},
      {"pbx.a_b.example", "character 2 of part 2", "letters, digits"},
  };
  for (const auto& mistake : mistakes) {
    INFO(mistake.text);
    const auto name = canonical_system_name(mistake.text);
    REQUIRE_FALSE(name);
    CHECK_THAT(name.error().message, Catch::Contains(mistake.reason));
    CHECK_THAT(name.error().hint, Catch::Contains(mistake.advice));
  }
}

TEST_CASE("a label may have 63 characters and a name 253") {
  const std::string label(63, 'a');
  CHECK(canonical_system_name(label));
  CHECK_FALSE(canonical_system_name(label + "a"));
  const std::string three = label + "." + label + "." + label + ".";
  CHECK(canonical_system_name(three + std::string(61, 'b')));
  CHECK(canonical_system_name(three + std::string(61, 'b') + "."));
  CHECK_FALSE(canonical_system_name(three + std::string(62, 'b')));
}

TEST_CASE("every byte that no host name has is refused, and none reaches the message") {
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    const bool allowed = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                         (c >= '0' && c <= '9') || c == '-' || c == '.';
    const auto name = canonical_system_name(std::string("pb") + c + "x.example");
    INFO(byte);
    REQUIRE(name.has_value() == allowed);
    if (allowed) continue;
    const std::string said = describe(name.error());
    for (const char printed : said)
      REQUIRE(static_cast<unsigned char>(printed) >= ' ');
    REQUIRE(text::is_utf8(said));
  }
}

TEST_CASE("a huge name is refused and not repeated") {
  const auto name = canonical_system_name(std::string(1'000'000, 'a'));
  REQUIRE_FALSE(name);
  CHECK(describe(name.error()).size() < 300);
}

}  // namespace
}  // namespace sfteams::keygen
