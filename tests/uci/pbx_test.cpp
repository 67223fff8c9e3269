#include "uci/pbx.h"

#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "base/text/percent.h"
#include "tests/contains.h"
#include "tests/uci/fakes.h"
#include "transport/loop.h"
#include "transport/server.h"
#include "uci/codes.h"

namespace codes = sfteams::uci::codes;
namespace transport = sfteams::transport;
using sfteams::crypto::Secret;
using sfteams::text::percent_decode;
using sfteams::text::percent_encode;
using sfteams::text::query_value;
using sfteams::uci::Array;
using sfteams::uci::Connection;
using sfteams::uci::parse_call;
using sfteams::uci::Pbx;
using sfteams::uci::Struct;
using sfteams::uci::UserConnection;
using sfteams::uci::Value;
using sfteams::uci::write_call;
using sfteams::uci::write_fault;
using sfteams::uci::write_response;
using sfteams::uci::test::kGetPhones;
using sfteams::uci::test::kLogin;
using sfteams::uci::test::kLogout;
using sfteams::uci::test::Outcome;

namespace {

const std::string kExampleToken =
    "123:81d8af78c98b153485f7d48e3437eb735ba37f0f013c5e06ba74536776c5945694e7cde71e2effbed7b5a1d1a4"
    "566fadcd847ef4098c234052fdfd288e8b6ced";

std::string parameter(const std::string& query, const std::string& name) {
  return percent_decode(query_value(query, "de.vertico.starface." + name), false);
}

/// A loop with a small PBX on it that takes one user and remembers what it was asked.
struct World {
  std::unique_ptr<transport::Loop> loop = transport::Loop::create().value();
  std::unique_ptr<transport::Network> network = transport::Network::create(*loop).value();
  std::vector<std::string> methods;
  std::string query;
  std::string content_type;
  bool break_off = false;
  bool repeats_query = false;  ///< in a fault
  std::unique_ptr<transport::Server> server = listen();
  std::unique_ptr<transport::HttpClient> event_client =
      transport::HttpClient::create(*network).value();
  std::unique_ptr<transport::HttpPending> event_pending;
  int event_status = 0;
  std::vector<std::string> events;
  int losses = 0;
  bool events_lost_stop = false;
  std::vector<std::string> refused;
  std::unique_ptr<Pbx> pbx = Pbx::create(*network, options()).value();

  std::unique_ptr<transport::Server> listen() {
    transport::ServerOptions options;
    options.http = [this](transport::HttpRequest request, transport::HttpResponder responder) {
      answer(std::move(request), std::move(responder));
    };
    return transport::Server::listen(*network, std::move(options)).value();
  }

  Pbx::Options options() {
    Pbx::Options options;
    options.url = {"http", "127.0.0.1", server->port(), "/"};
    options.refused = [this](const sfteams::Error& error) { refused.emplace_back(error.code.id); };
    return options;
  }

  void answer(transport::HttpRequest request, transport::HttpResponder responder) {
    const auto call = parse_call(request.body);
    if (request.path != "/xml-rpc" || !call) return responder.respond({.status = 404});
    methods.push_back(call->method);
    query = request.query;
    content_type = request.content_type;
    transport::HttpResponse response;
    response.content_type = "text/xml";
    response.body = write_response(Value(true)).value();
    if (parameter(query, "auth") != kExampleToken)
      response = {.status = 302, .headers = {{"location", "/login"}}};
    if (repeats_query) {
      response.headers.clear();
      response.status = 200;
      response.body = write_fault(
          {.code = 1, .text = "no such user: " + query + " or " + percent_decode(query, false)});
    }
    if (break_off) {
      const std::string text = std::exchange(response.body, {});
      responder.begin(std::move(response), text.size()).write(text.substr(0, 20));
      return;
    }
    responder.respond(std::move(response));
  }

  std::unique_ptr<UserConnection> user(const std::string& password) {
    Connection::Handlers handlers;
    handlers.on_event = [this](const std::string& method, const Array&) {
      events.push_back(method);
      loop->stop();
    };
    handlers.on_events_lost = [this] {
      ++losses;
      if (events_lost_stop) loop->stop();
    };
    return pbx
        ->user_connection("123", pbx->token("123", Secret::from_text(password)),
                          std::move(handlers))
        .value();
  }

  /// Runs the loop until somebody stops it; a test that takes longer than this fails.
  void run() {
    bool late = false;
    const auto deadline = loop->after(std::chrono::seconds(10), [this, &late] {
      late = true;
      loop->stop();
    });
    loop->run();
    REQUIRE_FALSE(late);
  }

  template <typename T>
  std::function<void(sfteams::Result<T>)> into(Outcome<T>& outcome) {
    return [this, &outcome](sfteams::Result<T> result) {
      outcome.callback()(std::move(result));
      loop->stop();
    };
  }

  void log_in(UserConnection& user) {
    Outcome<void> login;
    user.connection().login(into(login));
    run();
    REQUIRE(login.code().empty());
  }

  /// Posts an event to where the last request asked for it.
  void post_event(const std::string& auth) {
    post_event(
        auth,
        write_call("ucp.v30.events.call.receiveCallState", Array{Struct{{"id", "7"}}}).value());
  }
  void post_event(const std::string& auth, std::string body) {
    transport::HttpCall call;
    call.url = Secret::from_text(
        "http://" + parameter(query, "callback.host") + ":" + parameter(query, "callback.port") +
        parameter(query, "callback.path") + "?de.vertico.starface.auth=" + auth);
    call.content_type = "text/xml";
    call.body = std::move(body);
    event_pending =
        event_client->send(std::move(call), [this](sfteams::Result<transport::HttpReply> reply) {
          event_status = reply ? reply->status : -1;
          loop->stop();
        });
  }
};

}  // namespace

TEST_CASE("a user logs in, calls and logs out over HTTP") {
  World world;
  const auto user = world.user("Pass123");
  world.log_in(*user);
  CHECK(parameter(world.query, "auth") == kExampleToken);
  CHECK(parameter(world.query, "user") == "123");
  CHECK(parameter(world.query, "callback.type") == "http");
  CHECK(parameter(world.query, "callback.host") == "127.0.0.1");
  CHECK(parameter(world.query, "callback.port") == std::to_string(world.pbx->callback_port()));
  CHECK(world.content_type == "text/xml; charset=UTF-8");
  Outcome<Value> call;
  user->connection().call(kGetPhones, {}, world.into(call));
  world.run();
  REQUIRE(call.code().empty());
  CHECK(*call.result == Value(true));
  user->connection().logout([&world] { world.loop->stop(); });
  world.run();
  CHECK(world.methods.front() == kLogin);
  CHECK(world.methods.back() == kLogout);
}

TEST_CASE("an event that the callback refuses is told with its code, and as lost to the user") {
  World world;
  const auto user = world.user("Pass123");
  world.log_in(*user);
  const auto lose = [&world](std::string body) {
    world.losses = 0;
    world.refused.clear();
    world.events_lost_stop = true;
    world.post_event(percent_encode(kExampleToken), std::move(body));
    while (world.losses == 0)
      world.run();
    REQUIRE(world.refused.size() == 1);
    return world.refused.front();
  };
  CHECK(lose("<methodCall><methodName>") == codes::kXmlSyntax.id);
  CHECK(lose(std::string(sfteams::uci::EventCallback::kLimits.bytes + 1, ' ')) ==
        codes::kCallbackBadRequest.id);
  CHECK(world.events.empty());
}

TEST_CASE("an event posted to the callback arrives at the user") {
  World world;
  const auto user = world.user("Pass123");
  world.log_in(*user);
  world.post_event(kExampleToken);
  world.run();
  CHECK(world.events == std::vector<std::string>{"ucp.v30.events.call.receiveCallState"});
  world.run();
  CHECK(world.event_status == 200);
}

TEST_CASE("an event with a wrong token is refused by the callback and never arrives") {
  World world;
  const auto user = world.user("Pass123");
  world.log_in(*user);
  world.post_event("123:wrong");
  world.run();
  CHECK(world.event_status == 403);
  CHECK(world.events.empty());
}

TEST_CASE("a redirect to the page to log in is a refused login, and the PBX is asked once") {
  World world;
  const auto user = world.user("wrong");
  Outcome<void> login;
  user->connection().login(world.into(login));
  world.run();
  CHECK(login.code() == codes::kLoginRefused.id);
  CHECK(world.methods == std::vector<std::string>{kLogin});
}

TEST_CASE("a PBX that repeats the token in a fault brings it into no error") {
  World world;
  const auto user = world.user("Pass123");
  world.log_in(*user);
  world.repeats_query = true;
  Outcome<Value> call;
  user->connection().call(kGetPhones, {}, world.into(call));
  world.run();
  CHECK(call.code() == codes::kFault.id);
  const std::string told = sfteams::describe(call.result.error());
  CHECK(sfteams::contains(told, "no such user: "));
  CHECK(sfteams::contains(told, "123%3A****"));
  CHECK_FALSE(sfteams::contains(told, kExampleToken.substr(4, 16)));
}

TEST_CASE("a PBX that closes in the middle of a reply ends only that call") {
  World world;
  const auto user = world.user("Pass123");
  world.log_in(*user);
  world.break_off = true;
  Outcome<Value> call;
  user->connection().call(kGetPhones, {}, world.into(call));
  world.run();
  CHECK(call.code() == codes::kBrokenReply.id);
  world.break_off = false;
  Outcome<Value> next;
  user->connection().call(kGetPhones, {}, world.into(next));
  world.run();
  CHECK(next.code().empty());
}

TEST_CASE("a PBX that does not listen is unreachable, which is no refusal") {
  World world;
  auto options = world.options();
  world.server.reset();
  const auto pbx = Pbx::create(*world.network, options).value();
  const auto user =
      pbx->user_connection("123", pbx->token("123", Secret::from_text("Pass123")), {}).value();
  Outcome<void> login;
  user->connection().login(world.into(login));
  world.run();
  CHECK(login.code() == codes::kUnreachable.id);
  CHECK_FALSE(sfteams::contains(login.result.error().message, "81d8af78"));
  CHECK(user->connection().state() == Connection::State::idle);
}

TEST_CASE("a PBX is told another host than the callback listens at, and https where it has TLS") {
  World world;
  auto options = world.options();
  options.callback.address = "0.0.0.0";
  options.callback_host = "agent.example.com";
  world.pbx = Pbx::create(*world.network, std::move(options)).value();
  const auto user = world.user("Pass123");
  world.log_in(*user);
  CHECK(parameter(world.query, "callback.host") == "agent.example.com");
  CHECK(parameter(world.query, "callback.type") == "http");
  // The PBX of this test is on this host, so that its events are taken at every address.
  world.query.replace(world.query.find("agent.example.com"), 17, "127.0.0.1");
  world.post_event(kExampleToken);
  world.run();
  CHECK(world.events.size() == 1);
}

TEST_CASE("an event of somebody who is not the PBX is refused before it is read") {
  World world;
  auto options = world.options();
  options.callback_from = {"192.0.2.7"};
  world.pbx = Pbx::create(*world.network, std::move(options)).value();
  const auto user = world.user("Pass123");
  world.log_in(*user);
  world.post_event(kExampleToken);
  world.run();
  CHECK(world.event_status == -1);
  CHECK(world.events.empty());
  CHECK(world.refused == std::vector<std::string>{"uci.callback-stranger"});
}

TEST_CASE("the PBX is spoken to over HTTP only") {
  World world;
  auto options = world.options();
  options.url.scheme = "wss";
  auto odd = Pbx::create(*world.network, options);
  REQUIRE_FALSE(odd.has_value());
  CHECK(odd.error().code == codes::kBadUrl);
}
