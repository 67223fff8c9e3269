#include "agent/pbx/method_filter.h"

#include <catch2/catch.hpp>

#include "agent/pbx/codes.h"

namespace sfteams::agent {
namespace {

MethodFilter filter(std::vector<std::string> patterns) {
  Result<MethodFilter> made = MethodFilter::create(std::move(patterns));
  REQUIRE(made);
  return std::move(*made);
}

TEST_CASE("the default lets the requests of every version through") {
  const MethodFilter usual = filter({"ucp.v*.requests.*"});
  CHECK(usual.allows("ucp.v30.requests.call.placeCallWithPhone"));
  CHECK(usual.allows("ucp.v22.requests.phone.getPhoneIds"));
  CHECK(usual.allows("ucp.v20.requests.connection.probe"));
  CHECK(usual.allows("ucp.v30.requests.fax.sendFax.rpcFileUpload.initializeUpload"));
  CHECK_FALSE(usual.allows("ucp.v30.events.call.receiveCallState"));
  CHECK_FALSE(usual.allows("ucp.v20.server.communication.call.placeCall"));
}

TEST_CASE("entry points of modules never pass, whatever the patterns say") {
  const MethodFilter wide = filter({"ucp.v*"});
  const char* method =
      GENERATE("module.entrypoint", "instance.run", "ucp.requests", "ucp.v30.requests",
               "ucp.v30.requests.call", "ucp.v30.requests.", "ucp.v30.requests..",
               "ucp.v30.requests.call.", "ucp.v30.requests..call", "ucp.v30.entry.point.x",
               "ucp.v30.server.call.x", "ucp.v.requests.call.x", "ucp.vx.requests.call.x",
               "ucp.v3000.requests.call.x", "UCP.v30.requests.call.x", "ucp.V30.requests.call.x",
               "ucp.v30.Requests.call.x", " ucp.v30.requests.call.x", "ucp.v30.requests.call.x ",
               "ucp.v30.requests.call.x\n", "ucp.v30.requests.call.x/y", "ucp.v30.requests.[m].[e]",
               "ucp.v30.requests.call.\xc3\xa9", "system.listMethods", "system.multicall", "", ".");
  CAPTURE(method);
  CHECK_FALSE(is_uci_request(method));
  CHECK_FALSE(wide.allows(method));
}

TEST_CASE("a NUL and endless names do not pass") {
  const MethodFilter usual = filter({"ucp.v*.requests.*"});
  CHECK_FALSE(usual.allows(std::string_view("ucp.v30.requests.call.x\0y", 25)));
  CHECK_FALSE(usual.allows("ucp.v30.requests.call." + std::string(65, 'x')));
  std::string many = "ucp.v30.requests";
  for (int i = 0; i < 10; ++i)
    many += ".x";
  CHECK_FALSE(usual.allows(many));
}

TEST_CASE("a star stands for at least one character, and inside a pattern for no dot") {
  const MethodFilter reading = filter({"ucp.v30.requests.call.get*"});
  CHECK(reading.allows("ucp.v30.requests.call.getCallIds"));
  CHECK_FALSE(reading.allows("ucp.v30.requests.call.get"));
  CHECK_FALSE(reading.allows("ucp.v30.requests.call.hangupCall"));
  const MethodFilter middle = filter({"ucp.v30.requests.call*.getX"});
  CHECK(middle.allows("ucp.v30.requests.callList.getX"));
  CHECK_FALSE(middle.allows("ucp.v30.requests.call.getX"));
  CHECK_FALSE(middle.allows("ucp.v30.requests.callList.sub.getX"));
  CHECK_FALSE(middle.allows("ucp.v30.requests.callList.getXY"));
  CHECK_FALSE(middle.allows("ucp.v30.requests.callList.getX.more"));
}

TEST_CASE("a pattern without a star means one method") {
  const MethodFilter one = filter({"ucp.v30.requests.call.hold"});
  CHECK(one.allows("ucp.v30.requests.call.hold"));
  CHECK_FALSE(one.allows("ucp.v30.requests.call.holdX"));
  CHECK_FALSE(one.allows("ucp.v30.requests.call.hol"));
}

TEST_CASE("any of several patterns is enough, and none lets nothing through") {
  const MethodFilter two = filter({"ucp.v30.requests.call.*", "ucp.v20.server.*"});
  CHECK(two.allows("ucp.v30.requests.call.hold"));
  CHECK(two.allows("ucp.v20.server.communication.call.getPhoneIds"));
  CHECK_FALSE(two.allows("ucp.v30.requests.phone.getPhoneIds"));
  CHECK_FALSE(filter({}).allows("ucp.v30.requests.call.hold"));
}

TEST_CASE("a pattern that cannot be meant is refused") {
  const char* pattern = GENERATE("", "*", "*.requests.*", "module.*", "ucp.v30.requests.call.[a]",
                                 "ucp.v**.requests.*", "ucp.v*0.requests.*", "ucp.v30..call",
                                 "ucp.v30.", "ucp.v30 .requests.*", "ucp.v30.requests.get*B");
  CAPTURE(pattern);
  const Result<MethodFilter> made = MethodFilter::create({"ucp.v*.requests.*", pattern});
  REQUIRE_FALSE(made);
  CHECK(made.error().code == codes::kBadPattern);
}

}  // namespace
}  // namespace sfteams::agent
