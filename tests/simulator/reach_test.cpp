#include "simulator/reach.h"

#include <catch2/catch.hpp>

#include "simulator/codes.h"
#include "simulator/credentials.h"
#include "simulator/listening.h"

namespace sfteams::simulator {
namespace {

TEST_CASE("the simulator reaches loopback, and a network only when it is told to") {
  const Reach loopback;
  for (const char* host : {"127.0.0.1", "127.9.9.9", "::1", "localhost"})
    CHECK(loopback.contains(host));
  for (const char* host : {"192.0.2.7", "0.0.0.0", "::", "pbx.example.com", ""})
    CHECK_FALSE(loopback.contains(host));
  const Reach network = Reach::parse("192.0.2.0/25").value();
  CHECK(network.contains("127.0.0.1"));
  CHECK(network.contains("192.0.2.127"));
  CHECK_FALSE(network.contains("192.0.2.128"));
  CHECK_FALSE(network.contains("pbx.example.com"));
  CHECK(Reach::parse("192.0.2.7").value().contains("192.0.2.7"));
  CHECK_FALSE(Reach::parse("192.0.2.7").value().contains("192.0.2.6"));
  CHECK(Reach::parse("2001:db8::/64").value().contains("2001:db8::ffff"));
  CHECK_FALSE(Reach::parse("2001:db8::/64").value().contains("2001:db8:0:1::"));
}

TEST_CASE("what is no network is refused") {
  const char* wrong = GENERATE("pbx", "192.0.2.0/33", "192.0.2.0/", "192.0.2.0/x", "::/129", "/8");
  CAPTURE(wrong);
  const auto reach = Reach::parse(wrong);
  REQUIRE_FALSE(reach);
  CHECK(reach.error().code == codes::kBadReach);
}

TEST_CASE("callbacks and listening sockets are held to the reach") {
  const std::string query =
      "de.vertico.starface.callback.type=https&de.vertico.starface.callback.host=192.0.2.7"
      "&de.vertico.starface.callback.port=9785&de.vertico.starface.callback.path=/e";
  CHECK_FALSE(read_credentials(query).wrong_callback.empty());
  const Reach network = Reach::parse("192.0.2.0/24").value();
  const Credentials credentials = read_credentials(query, network);
  REQUIRE(credentials.callback);
  CHECK(credentials.callback->origin() == "https://192.0.2.7:9785");
  CHECK_FALSE(parse_listen("192.0.2.7:80"));
  CHECK(parse_listen("192.0.2.7:80", network));
  CHECK_FALSE(parse_listen("0.0.0.0:80", network));
}

}  // namespace
}  // namespace sfteams::simulator
