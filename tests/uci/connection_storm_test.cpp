#include <list>
#include <random>

#include <catch2/catch.hpp>

#include "tests/uci/fakes.h"
#include "uci/codes.h"

namespace codes = sfteams::uci::codes;
using namespace std::chrono_literals;  // NOLINT: only for the times
using sfteams::uci::RpcReply;
using sfteams::uci::Value;
using State = sfteams::uci::Connection::State;
using sfteams::uci::test::kGetPhones;
using sfteams::uci::test::kLogin;
using sfteams::uci::test::Outcome;
using sfteams::uci::test::Rig;

namespace {

/// A PBX at its worst, but one that never turns the token away: anything may come back to any
/// request.
sfteams::Result<RpcReply> any_reply(std::mt19937& random, bool to_login) {
  const auto xml = [](std::string body) { return RpcReply{200, "text/xml", std::move(body)}; };
  const auto choice = std::uniform_int_distribution<int>(0, 11)(random);
  switch (choice) {
    case 0:
      return sfteams::fail(codes::kUnreachable, "away");
    case 1:
      return sfteams::fail(codes::kTimeout, "slow");
    case 2:
      return sfteams::fail(codes::kBrokenReply, "cut off");
    case 3:
      return RpcReply{503, "text/html", "<html/>"};
    case 4:
      return xml("<methodResponse><par");
    case 5:
      if (!to_login)
        return xml(sfteams::uci::write_fault({.code = 1, .text = "UcpNotConnectedException"}));
      break;
    case 6:
      if (!to_login) return xml(sfteams::uci::write_fault({.code = 2, .text = "something else"}));
      break;
    case 7:
      if (!to_login) return xml(sfteams::uci::write_response(Value(false)).value());
      break;
    default:
      break;
  }
  return xml(sfteams::uci::write_response(Value(true)).value());
}

}  // namespace

TEST_CASE("whatever the PBX does, each call ends once and logins keep their distance") {
  const unsigned seed = GENERATE(range(1U, 41U));
  CAPTURE(seed);
  std::mt19937 random(seed);
  Rig rig;
  rig.log_in();
  std::list<Outcome<Value>> calls;
  for (int step = 0; step < 600; ++step) {
    const auto what = std::uniform_int_distribution<int>(0, 9)(random);
    if (what < 4 && rig.pbx.open() > 0) {
      const auto index = std::uniform_int_distribution<std::size_t>(0, rig.pbx.open() - 1)(random);
      const bool to_login = rig.pbx.at(index).call.method == kLogin;
      rig.pbx.take_at(index)(any_reply(random, to_login));
    } else if (what < 7) {
      rig.connection->call(kGetPhones, {}, calls.emplace_back().callback());
    } else if (what == 7) {
      rig.connection->deliver("ucp.v20.client.connection.reset", {});
    } else {
      rig.scheduler.advance(
          std::chrono::milliseconds(std::uniform_int_distribution<int>(0, 3'000)(random)));
    }
  }
  CHECK(rig.connection->state() != State::refused);
  rig.connection->logout([] {});
  rig.scheduler.advance(1h);
  for (const auto& call : calls)
    CHECK(call.times == 1);
  const auto& logins = rig.login_times;
  REQUIRE(logins.size() > 1);
  for (std::size_t i = 1; i < logins.size(); ++i)
    CHECK(logins[i] - logins[i - 1] >= 5s);
}
