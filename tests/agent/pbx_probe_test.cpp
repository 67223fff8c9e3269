#include "agent/pbx_probe.h"

#include <catch2/catch.hpp>

#include "tests/transport/world.h"
#include "transport/server.h"
#include "uci/codes.h"

namespace sfteams::agent {
namespace {

/// What the probe says of a web server that answers everything with that status.
std::optional<Error> told_of(int status) {
  transport::test::World world;
  transport::ServerOptions options;
  options.http = [status](const transport::HttpRequest&, transport::HttpResponder responder) {
    transport::HttpResponse response;
    response.status = status;
    responder.respond(std::move(response));
  };
  const auto server = transport::Server::listen(world.network(), std::move(options)).value();
  const auto http = transport::HttpClient::create(world.network(), 1).value();
  PbxProbe probe(*http,
                 transport::parse_url("http://127.0.0.1:" + std::to_string(server->port())).value(),
                 std::nullopt);
  bool answered = false;
  std::optional<Error> told;
  probe.ask([&](const std::optional<Error>& problem) {
    answered = true;
    told = problem;
  });
  world.until([&] { return answered; });
  return told;
}

TEST_CASE("a web server that only fails is told of as the failures that users meet") {
  for (const int status : {500, 503}) {
    CAPTURE(status);
    const std::optional<Error> told = told_of(status);
    REQUIRE(told);
    CHECK(told->code == uci::codes::kPbxError);
    CHECK(told->message.find("HTTP " + std::to_string(status)) != std::string::npos);
    CHECK_FALSE(told->hint.empty());
  }
}

TEST_CASE("any other answer is one, whatever the front page of a PBX may be") {
  for (const int status : {200, 302, 401, 404, 405}) {
    CAPTURE(status);
    CHECK_FALSE(told_of(status));
  }
}

}  // namespace
}  // namespace sfteams::agent
