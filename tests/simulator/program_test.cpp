// The program itself, over real sockets on loopback.

#include <csignal>
#include <filesystem>
#include <memory>
#include <set>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "base/json/json.h"
#include "base/settings/ini.h"
#include "simulator/listening.h"
#include "simulator/switches.h"
#include "tests/integration/child_process.h"
#include "transport/http_client.h"
#include "transport/loop.h"
#include "transport/network.h"
#include "transport/server.h"
#include "uci/token.h"
#include "uci/xmlrpc.h"

namespace sfteams::simulator::test {
namespace {

using integration::ChildProcess;
using integration::ScratchDirectory;

const std::filesystem::path kProgram = SFTEAMS_BIN_DIR "/starface-uci-simulator";
constexpr const char* kSampleUsers = SFTEAMS_SOURCE_DIR "/simulator/sample-users.ini";

integration::Finished run(std::vector<std::string> arguments) {
  const ScratchDirectory scratch;
  return integration::run(kProgram, {std::move(arguments), scratch.path() / "program", "", {}});
}

/// This process's own loop and client; there may be only one network in a process.
class OwnNetwork {
 public:
  OwnNetwork()
      : loop(std::move(*transport::Loop::create())),
        network(std::move(*transport::Network::create(*loop))),
        http(std::move(*transport::HttpClient::create(*network))) {}

  Result<transport::HttpReply> send(transport::HttpCall call) {
    Result<transport::HttpReply> outcome = transport::HttpReply{};
    const auto pending = http->send(std::move(call), [&](Result<transport::HttpReply> reply) {
      outcome = std::move(reply);
      loop->stop();
    });
    loop->run();
    return outcome;
  }

  /// Turns the loop until `happened`, or the patience is over.
  bool wait_until(const std::function<bool()>& happened) {
    bool late = false;
    const auto patience = loop->after(integration::kPatience, [&] {
      late = true;
      loop->stop();
    });
    std::unique_ptr<transport::Timer> poll;
    const std::function<void()> look = [&] {
      if (happened()) {
        loop->stop();
      } else {
        poll = loop->after(transport::Duration(5), look);
      }
    };
    poll = loop->after(transport::Duration(0), look);
    loop->run();
    return !late;
  }

  std::unique_ptr<transport::Loop> loop;
  std::unique_ptr<transport::Network> network;
  std::unique_ptr<transport::HttpClient> http;
};

/// A simulator in a process of its own.
class Running {
 public:
  explicit Running(std::vector<std::string> more = {}) {
    std::vector<std::string> arguments{"--users", kSampleUsers, "--port-file",
                                       port_file().string()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    process = std::make_unique<ChildProcess>(
        kProgram, ChildProcess::Options{arguments, scratch.path() / "program", "", {}});
    const bool ready =
        integration::eventually([&] { return std::filesystem::exists(port_file()); });
    CAPTURE(process->err());
    REQUIRE(ready);
    const auto content = json::parse(integration::read_file(port_file()));
    REQUIRE(content);
    ports = *content;
  }

  [[nodiscard]] std::filesystem::path port_file() const { return scratch.path() / "ports.json"; }
  [[nodiscard]] std::string uci(const std::string& query) const {
    return fmt::format("http://127.0.0.1:{}/xml-rpc?{}", ports["http"].asInt(), query);
  }
  [[nodiscard]] std::string control(const std::string& path) const {
    return fmt::format("http://127.0.0.1:{}/control/{}", ports["control"].asInt(), path);
  }

  ScratchDirectory scratch;
  std::unique_ptr<ChildProcess> process;
  Json::Value ports;
};

transport::HttpCall post(const std::string& url, const std::string& body) {
  transport::HttpCall call;
  call.url = crypto::Secret::from_text(url);
  call.content_type = "text/xml";
  call.body = body;
  call.timeout = transport::Duration(30'000);
  return call;
}

std::string auth(const std::string& user, std::string_view password) {
  const auto token =
      uci::make_token(uci::TokenKind::sha512, user, crypto::Secret::from_text(password));
  return "de.vertico.starface.auth=" + std::string(token.text());
}

std::string method_call(const std::string& method, const uci::Array& params = {}) {
  return *uci::write_call("ucp.v30.requests." + method, params);
}

Json::Value journal(OwnNetwork& desk, const Running& simulator) {
  transport::HttpCall call = post(simulator.control("journal"), "");
  call.method = "GET";
  const auto reply = desk.send(std::move(call));
  REQUIRE(reply);
  REQUIRE(reply->status == 200);
  return *json::parse(reply->body);
}

TEST_CASE("the program says what it is before anything else") {
  const auto help = run({"--help"});
  CHECK(help.status == 0);
  CHECK(contains(help.out, "stand-in"));
  CHECK(contains(help.out, "NOT a STARFACE"));
  const auto version = run({"--version"});
  CHECK(version.out.find("starface-uci-simulator") == 0);
}

TEST_CASE("the program lists every switch, and so does its documentation") {
  const auto listed = run({"--list-switches"});
  CHECK(listed.status == 0);
  const std::string document = integration::read_file(SFTEAMS_SOURCE_DIR "/docs/simulator.md");
  for (const Switch& one : switches()) {
    CAPTURE(one.name);
    CHECK(contains(listed.out, std::string(one.name) + " = "));
    CHECK(contains(document, "`" + std::string(one.name) + "`"));
  }
}

TEST_CASE("a wrong command line or file ends the program with its reason") {
  CHECK(run({}).status == 64);
  CHECK(run({"--colour", "red"}).status == 64);
  CHECK(run({"--users", kSampleUsers, "--listen-tls", "127.0.0.1:0"}).status == 64);
  CHECK(run({"--users", "/nonexistent/users.ini"}).status == 78);
  const auto unknown = run({"--users", kSampleUsers, "--set", "refused-login=teapot"});
  CHECK(unknown.status == 78);
  CHECK(contains(unknown.err, "simulator.bad-switch"));
  CHECK(run({"--users", kSampleUsers, "--listen", "nowhere"}).status == 78);
  CHECK(run({"--users", kSampleUsers, "--port-file", "/nonexistent/ports.json"}).status == 73);
}

TEST_CASE("the program listens on loopback and nowhere else") {
  for (const char* address : {"0.0.0.0:0", "[::]:0", "192.0.2.1:0"}) {
    for (const char* option : {"--listen", "--control"}) {
      CAPTURE(address, option);
      const auto refused = run({"--users", kSampleUsers, option, address});
      CHECK(refused.status == 78);
      CHECK(contains(refused.err, "simulator.not-loopback"));
    }
  }
}

TEST_CASE("the program listens on an address and a port, IPv6 in brackets, and on localhost") {
  for (const char* address :
       {"::1:0", "127.0.0.1", "pbx.example.com:80", "localhost", "localhost:x"}) {
    CAPTURE(address);
    const auto refused = run({"--users", kSampleUsers, "--listen", address});
    CHECK(refused.status == 78);
    CHECK(contains(refused.err, "simulator.bad-listen"));
  }
  CHECK(parse_listen("localhost:8080").value() == Listen{"127.0.0.1", 8080});
  CHECK(parse_listen("[::1]:0").value() == Listen{"::1", 0});
}

TEST_CASE("a user signs in over HTTP and the server says that it is a stand-in") {
  OwnNetwork desk;
  const Running simulator;
  const auto reply =
      desk.send(post(simulator.uci(auth("0011", "Geheim.0011")), method_call("connection.login")));
  REQUIRE(reply);
  CHECK(reply->status == 200);
  const auto response = uci::parse_response(reply->body);
  REQUIRE(response);
  CHECK(std::get<uci::Value>(*response) == uci::Value(true));
  CHECK(contains(simulator.process->err(), "not a STARFACE"));

  const Json::Value entries = journal(desk, simulator)["entries"];
  REQUIRE(entries.size() == 1);
  CHECK(entries[0]["outcome"].asString() == "accepted");
  CHECK(entries[0]["address"].asString() == "127.0.0.1");
}

TEST_CASE("a call rung from the command line arrives at the callback, in order") {
  OwnNetwork desk;
  const std::string way = GENERATE("length", "chunked", "http-1.0", "mixed");
  const std::string framing = way == "http-1.0" ? "trailers" : way;
  const Running simulator({"--set", "answer-time=20", "--set", "talk-time=20", "--set",
                           "event-posting=" + way, "--set", "reply-framing=" + framing});
  std::vector<std::string> states;
  std::set<std::string> seen;
  transport::ServerOptions options;
  options.chunked_bodies = true;
  options.headers = {"transfer-encoding", "connection", "content-length"};
  options.http = [&](const transport::HttpRequest& request, transport::HttpResponder responder) {
    if (!request.header("transfer-encoding").empty()) {
      seen.insert("chunked");
    } else {
      seen.insert(request.header("connection") == "keep-alive" ? "http-1.0" : "length");
    }
    if (const auto call = uci::parse_call(request.body)) {
      const uci::Value* state = call->params.at(0).find("state");
      states.push_back(state == nullptr ? "" : *state->as_string());
    }
    responder.respond({200, "text/xml", "", {}});
  };
  const auto callback = transport::Server::listen(*desk.network, std::move(options));
  REQUIRE(callback);
  const std::string query =
      auth("0011", "Geheim.0011") +
      fmt::format(
          "&de.vertico.starface.callback.host=127.0.0.1&de.vertico.starface.callback.port={}"
          "&de.vertico.starface.callback.path=/events",
          (*callback)->port());
  for (const std::string& body :
       {method_call("connection.login"),
        method_call("service.subscribeEvents", {"ucp.v30.events.call"})}) {
    const auto reply = desk.send(post(simulator.uci(query), body));
    REQUIRE(reply);
    CHECK(std::get<uci::Value>(*uci::parse_response(reply->body)) == uci::Value(true));
  }
  const std::string control = simulator.control("");
  const auto rung = run({"ring", "--control", control.substr(0, control.find("/control")), "--to",
                         "0011", "--from", "072155501"});
  CHECK(rung.status == 0);
  CHECK(rung.out.size() == 37);  // a UUID and the end of the line
  REQUIRE(desk.wait_until([&] { return states.size() >= 4; }));
  CHECK(states == std::vector<std::string>{"INCOMING", "RINGING", "CONNECTED", "HANGUP"});
  CHECK(seen == (way == "mixed" ? std::set<std::string>{"length", "chunked", "http-1.0"}
                                : std::set<std::string>{way}));
}

TEST_CASE("ringing fails with a reason when nobody has the number, or nobody is there") {
  const Running simulator;
  const std::string control =
      fmt::format("http://127.0.0.1:{}", simulator.ports["control"].asInt());
  const auto nobody = run({"ring", "--control", control, "--to", "4711", "--from", "0721"});
  CHECK(nobody.status == 1);
  CHECK(contains(nobody.err, "4711"));
  const auto closed =
      run({"ring", "--control", "http://127.0.0.1:1", "--to", "0011", "--from", "0721"});
  CHECK(closed.status == 69);
}

TEST_CASE("a blacklisted address is cut off without an answer") {
  OwnNetwork desk;
  const Running simulator({"--set", "blacklist-after=2", "--set", "success-whitelists=no"});
  const std::string wrong = simulator.uci(auth("0011", "Falsch"));
  for (int i = 0; i < 2; ++i)
    REQUIRE(desk.send(post(wrong, method_call("connection.login"))));
  const std::string right = simulator.uci(auth("0011", "Geheim.0011"));
  CHECK_FALSE(desk.send(post(right, method_call("connection.login"))));
}

TEST_CASE("spoilt answers look spoilt on the wire") {
  OwnNetwork desk;
  const Running simulator({"--set", "drip-time=1"});
  const std::string url = simulator.uci(auth("0011", "Geheim.0011"));
  const auto spoilt = [&](const std::string& kind) {
    const std::string rule = R"({"times":1,"method":"*.login","kind":")" + kind + R"("})";
    REQUIRE(desk.send(post(simulator.control("misbehave"), rule)));
    transport::HttpCall call = post(url, method_call("connection.login"));
    call.timeout = transport::Duration(kind == "no-answer" ? 200 : 30'000);
    return desk.send(std::move(call));
  };
  CHECK_FALSE(spoilt("close"));
  CHECK_FALSE(spoilt("close-mid-reply"));
  CHECK_FALSE(spoilt("no-answer"));
  CHECK(spoilt("html")->content_type.find("text/html") == 0);
  CHECK(spoilt("http-500")->status == 500);
  CHECK_FALSE(spoilt("huge-array"));  // 27 MB are more than the client takes
  const auto dripped = spoilt("slow-drip");
  REQUIRE(dripped);
  CHECK(uci::parse_response(dripped->body));
}

TEST_CASE("latency delays the answer and nothing else") {
  OwnNetwork desk;
  const Running simulator({"--set", "latency=150"});
  const auto before = desk.loop->now();
  REQUIRE(desk.send(
      post(simulator.uci(auth("0011", "Geheim.0011")), method_call("system.getServerVersion"))));
  CHECK(desk.loop->now() - before >= transport::Duration(149));
}

TEST_CASE("other paths and methods get a web page, as at a PBX") {
  OwnNetwork desk;
  const Running simulator;
  const auto ask = [&](const std::string& method, const std::string& path) {
    transport::HttpCall call =
        post(fmt::format("http://127.0.0.1:{}{}", simulator.ports["http"].asInt(), path), "");
    call.method = method;
    const auto reply = desk.send(std::move(call));
    REQUIRE(reply);
    CHECK(reply->content_type.find("text/html") == 0);
    return reply->status;
  };
  CHECK(ask("GET", "/login") == 200);
  CHECK(ask("GET", "/xml-rpc") == 405);
  CHECK(ask("GET", "/control/state") == 404);  // not on this port
}

TEST_CASE("a client of OAuth finds the token endpoint and signs in over HTTP") {
  OwnNetwork desk;
  const Running simulator({"--set", "preset=10", "--set", "login-config=yes"});
  const std::string origin = fmt::format("http://127.0.0.1:{}", simulator.ports["http"].asInt());
  const auto get = [&](const std::string& url) {
    transport::HttpCall call = post(url, "");
    call.method = "GET";
    call.read_redirect = true;
    const auto reply = desk.send(std::move(call));
    REQUIRE(reply);
    return *reply;
  };
  const Json::Value config = *json::parse(get(origin + "/rpc/oauth/login-config").body);
  const transport::HttpReply moved = get(config["oauthConfigUrl"].asString());
  REQUIRE(moved.status == 302);
  const Json::Value document = *json::parse(get(moved.redirect).body);
  const std::string endpoint = document["token_endpoint"].asString();
  CHECK(endpoint == origin + "/auth/realms/pbx/oauth2/token");

  transport::HttpCall call = post(endpoint,
                                  "grant_type=password&username=0011&password=Geheim.0011&scope="
                                  "login&client_id=rest-client-headless&client_secret="
                                  "simulator-client-secret");
  call.content_type = "application/x-www-form-urlencoded";
  const auto granted = desk.send(std::move(call));
  REQUIRE(granted);
  CHECK(granted->status == 200);
  const std::string access = (*json::parse(granted->body))["access_token"].asString();
  const auto reply = desk.send(
      post(simulator.uci("de.vertico.starface.jwt=" + access), method_call("connection.login")));
  REQUIRE(reply);
  CHECK(std::get<uci::Value>(*uci::parse_response(reply->body)) == uci::Value(true));
  const Json::Value entries = journal(desk, simulator)["entries"];
  CHECK(entries[0]["kind"] == "token");
  CHECK(entries[1]["outcome"] == "accepted");
  CHECK_FALSE(contains(simulator.process->err(), access));
}

TEST_CASE("something else may answer in front of the PBX") {
  OwnNetwork desk;
  struct Case {
    const char* front_end;
    int status;
    const char* location;
  };
  for (const Case& one :
       {Case{"https-redirect", 302, "https://127.0.0.1/xml-rpc"},
        Case{"other-redirect", 302, "https://pbx.example.com/xml-rpc"},
        Case{"login-redirect", 302, "/login"}, Case{"page", 200, ""}, Case{"http-404", 404, ""},
        Case{"http-403", 403, ""}, Case{"http-503", 503, ""}}) {
    CAPTURE(one.front_end);
    const Running simulator({"--set", std::string("front-end=") + one.front_end});
    const std::string origin = fmt::format("http://127.0.0.1:{}", simulator.ports["http"].asInt());
    transport::HttpCall call = post(origin + "/xml-rpc", "");
    call.read_redirect = true;
    const auto reply = desk.send(std::move(call));
    REQUIRE(reply);
    CHECK(reply->status == one.status);
    CHECK(reply->content_type.find("text/html") == 0);
    const std::string location = one.location;
    CHECK(reply->redirect == (location.starts_with('/') ? origin + location : location));
    CHECK(reply->peer == "127.0.0.1");
  }
}

TEST_CASE("UCI is served over TLS with the certificate given") {
  OwnNetwork desk;
  const ScratchDirectory scratch;
  const auto made = integration::run(
      "/usr/bin/openssl",
      {{"req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days",
        "1", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout",
        (scratch.path() / "key.pem").string(), "-out", (scratch.path() / "cert.pem").string()},
       scratch.path() / "openssl",
       "",
       {}});
  REQUIRE(made.status == 0);
  const Running simulator({"--listen", "", "--listen-tls", "127.0.0.1:0", "--tls-certificate",
                           (scratch.path() / "cert.pem").string(), "--tls-key",
                           (scratch.path() / "key.pem").string(), "--set", "oauth=yes"});
  CHECK_FALSE(simulator.ports.isMember("http"));
  transport::HttpCall call =
      post(fmt::format("https://127.0.0.1:{}/xml-rpc?{}", simulator.ports["https"].asInt(),
                       auth("0011", "Geheim.0011")),
           method_call("system.getServerVersion"));
  call.ca_file = scratch.path() / "cert.pem";
  const auto reply = desk.send(std::move(call));
  REQUIRE(reply);
  CHECK(contains(reply->body, "simulator"));

  const std::string origin =
      fmt::format("https://127.0.0.1:{}/auth/realms/pbx", simulator.ports["https"].asInt());
  call = post(origin + "/.well-known/openid-configuration", "");
  call.method = "GET";
  call.ca_file = scratch.path() / "cert.pem";
  const auto document = desk.send(std::move(call));
  REQUIRE(document);
  CHECK(contains(document->body, origin + "/oauth2/token"));
}

TEST_CASE("the program ends when it is told to") {
  const Running simulator;
  simulator.process->signal(SIGTERM);
  CHECK(simulator.process->wait() == 0);
}

}  // namespace
}  // namespace sfteams::simulator::test
