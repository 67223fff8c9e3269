#include "agent/pbx/pbx_probe.h"

#include <algorithm>
#include <deque>

#include <catch2/catch.hpp>

#include "tests/contains.h"
#include "tests/fake_scheduler.h"
#include "tests/log_lines.h"
#include "tests/transport/world.h"
#include "transport/codes.h"
#include "transport/server.h"
#include "uci/codes.h"
#include "uci/xmlrpc.h"

namespace sfteams::agent {
namespace {

using namespace std::chrono_literals;
using transport::HttpCall;
using transport::HttpReply;

/// An HTTP client that gives what the test says, one answer a request, in the request itself.
class FakeHttp final : public transport::HttpClient {
 public:
  std::unique_ptr<transport::HttpPending> send(
      HttpCall call, std::function<void(Result<HttpReply>)> callback) override {
    sent.push_back(call.method + " " + std::string(call.url.text()));
    bodies.push_back(call.body);
    REQUIRE_FALSE(replies.empty());
    waiting.push_back(
        [callback = std::move(callback), reply = replies.front()] { callback(reply); });
    replies.pop_front();
    return std::make_unique<Pending>();
  }
  /// Gives the answers, and those to the requests that come of them.
  void answer() {
    while (!waiting.empty()) {
      const auto next = std::move(waiting.front());
      waiting.pop_front();
      next();
    }
  }

  std::vector<std::string> sent;
  std::vector<std::string> bodies;
  std::deque<Result<HttpReply>> replies;
  std::deque<std::function<void()>> waiting;

 private:
  struct Pending final : transport::HttpPending {};
};

HttpReply reply(int status, std::string type = "text/html", std::string body = "<html></html>",
                std::string redirect = {}) {
  return {status, std::move(type), std::move(body), std::move(redirect), "127.0.0.1"};
}

HttpReply fault() {
  return reply(200, "text/xml", uci::write_fault({0, "UciIllegalAccessException"}));
}

HttpReply redirect(std::string to) {
  return reply(302, "text/html", "", std::move(to));
}

struct PbxProbeFixture {
  explicit PbxProbeFixture(const std::string& url = "http://pbx.example.com",
                           bool on_loopback = true)
      : url_(url), callback_on_loopback(on_loopback) {}

  /// The code that the probe answers with; "" when all is well.
  std::string ask(bool proven = false) {
    std::string code = "none";
    probe.ask(proven, [&](const std::optional<Error>& problem) {
      told = problem;
      code = problem ? std::string(problem->code.id) : "";
    });
    http.answer();
    return code;
  }
  std::string ask_once(HttpReply answer, bool proven = false) {
    http.replies.push_back(std::move(answer));
    return ask(proven);
  }

  std::string url_;
  bool callback_on_loopback;
  FakeHttp http;
  sfteams::test::FakeScheduler scheduler;
  std::optional<bool> own = true;
  std::optional<Error> told;
  PbxProbe probe{{http, scheduler, transport::parse_url(url_).value(), std::nullopt,
                  [this](std::string_view) { return own; }, callback_on_loopback}};
};

struct Loopback : PbxProbeFixture {
  Loopback() : PbxProbeFixture("http://127.0.0.1:8080") {}
};

TEST_CASE_METHOD(PbxProbeFixture,
                 "UCI is asked by its own path, and nobody is named who could fail") {
  CHECK(ask_once(fault()).empty());
  CHECK(http.sent == std::vector<std::string>{"POST http://pbx.example.com/xml-rpc"});
  const auto call = uci::parse_call(http.bodies.front());
  REQUIRE(call);
  CHECK(call->method == "ucp.v30.requests.system.getServerVersion");
  CHECK(call->params.empty());
}

TEST_CASE_METHOD(PbxProbeFixture,
                 "every shape in which a PBX may refuse a request without a token passes") {
  CHECK(ask_once(fault()).empty());
  SECTION("false") {
    PbxProbeFixture other;
    CHECK(other.ask_once(reply(200, "text/xml", uci::write_response(uci::Value(false)).value()))
              .empty());
  }
  SECTION("an HTTP status") {
    for (const int status : {401, 403}) {
      PbxProbeFixture other;
      CHECK(other.ask_once(reply(status)).empty());
    }
  }
  SECTION("a fault with an HTTP status") {
    PbxProbeFixture other;
    HttpReply failed = fault();
    failed.status = 500;
    CHECK(other.ask_once(failed).empty());
  }
}

TEST_CASE_METHOD(PbxProbeFixture,
                 "a page, and a redirect to one, may be a PBX's login or anything else") {
  const HttpReply login = redirect("http://pbx.example.com/login?next=%2Fxml-rpc");
  for (const HttpReply& answer : {reply(200), login, reply(400), reply(204, "", "")}) {
    CAPTURE(answer.status);
    PbxProbeFixture other;
    CHECK(other.ask_once(answer) == "uci.web-page");
    CHECK(is_doubt(*other.told));
    CHECK_FALSE(is_wrong_address(*other.told));
    CHECK_FALSE(other.told->hint.empty());
    // Once a user has been signed in over this URL it is the PBX's way of saying so.
    PbxProbeFixture proven;
    CHECK(proven.ask_once(answer, true).empty());
  }
}

TEST_CASE_METHOD(PbxProbeFixture, "a redirect to https names the URL to write") {
  CHECK(ask_once(redirect("https://pbx.example.com/xml-rpc")) == "uci.redirected-to-https");
  CHECK(is_wrong_address(*told));
  CHECK(contains(told->hint, "url = https://pbx.example.com in [uci]"));
  PbxProbeFixture other;
  CHECK(other.ask_once(redirect("https://pbx.example.com:8443/xml-rpc?a=b")) ==
        "uci.redirected-to-https");
  CHECK(contains(other.told->hint, "url = https://pbx.example.com:8443 in [uci]"));
  // Proven or not: no password can be right there now.
  PbxProbeFixture proven;
  CHECK(proven.ask_once(redirect("https://pbx.example.com/"), true) == "uci.redirected-to-https");
}

TEST_CASE_METHOD(Loopback, "a redirect to another place names it") {
  CHECK(ask_once(redirect("https://pbx.example.com/xml-rpc")) == "uci.redirected-elsewhere");
  CHECK(contains(told->message, "https://pbx.example.com"));
  CHECK(contains(told->hint, "url = https://pbx.example.com in [uci]"));
  CHECK(is_wrong_address(*told));
  for (const char* other : {"http://127.0.0.1:8081/", "http://127.0.0.1/login"}) {
    CAPTURE(other);
    Loopback again;
    CHECK(again.ask_once(redirect(other)) == "uci.redirected-elsewhere");
  }
  Loopback by_name;
  CHECK(by_name.ask_once(redirect("https://localhost/xml-rpc")) == "uci.redirected-to-https");
}

TEST_CASE_METHOD(PbxProbeFixture, "a redirect that leads nowhere is no statement") {
  for (const char* target : {"", "ftp://pbx.example.com/", "https://"}) {
    CAPTURE(target);
    PbxProbeFixture other;
    CHECK(other.ask_once(redirect(target)) == "uci.web-page");
  }
}

TEST_CASE_METHOD(PbxProbeFixture, "a web server that knows no such path, or no POST, is no PBX") {
  for (const int status : {404, 405, 410}) {
    CAPTURE(status);
    PbxProbeFixture other;
    CHECK(other.ask_once(reply(status)) == "uci.no-uci-at-url");
    CHECK(is_wrong_address(*other.told));
    CHECK(contains(other.told->message, "/xml-rpc"));
  }
}

TEST_CASE_METHOD(PbxProbeFixture,
                 "a web server that only fails is told of as the failures that users meet") {
  for (const int status : {500, 503}) {
    CAPTURE(status);
    PbxProbeFixture other;
    CHECK(other.ask_once(reply(status)) == "uci.pbx-error");
    CHECK(contains(other.told->message, "HTTP " + std::to_string(status)));
    CHECK_FALSE(is_doubt(*other.told));
  }
}

TEST_CASE_METHOD(PbxProbeFixture,
                 "a PBX on another host works for calls, but its events go nowhere") {
  own = false;
  CHECK(ask_once(fault()) == "uci.callback-not-loopback");
  CHECK(is_doubt(*told));
  CHECK(is_elsewhere(*told));
  // A page is the graver doubt, unless it is none.
  PbxProbeFixture page;
  page.own = false;
  CHECK(page.ask_once(reply(200)) == "uci.web-page");
  PbxProbeFixture proven;
  proven.own = false;
  CHECK(proven.ask_once(reply(200), true) == "uci.callback-not-loopback");
  // Where the system does not tell, nothing is said.
  PbxProbeFixture unknown;
  unknown.own = std::nullopt;
  CHECK(unknown.ask_once(fault()).empty());
}

TEST_CASE("a PBX on another host is well where its callback is not on loopback") {
  const sfteams::test::LogLines log(log::Level::warn);
  PbxProbeFixture beside("http://pbx.example.com", false);
  beside.own = false;
  CHECK(beside.ask_once(fault()).empty());
  CHECK(beside.ask_once(fault()).empty());
  REQUIRE(log.messages.size() == 1);  // once, not every ten seconds
  CHECK(contains(log.messages.at(0), "uci.not-encrypted"));
  PbxProbeFixture secure("https://pbx.example.com", false);
  secure.own = false;
  CHECK(secure.ask_once(fault()).empty());
  CHECK(log.messages.size() == 1);
}

TEST_CASE_METHOD(PbxProbeFixture,
                 "a PBX that may count such requests is asked for its front page instead") {
  for (const HttpReply& answer : {fault(), reply(401), reply(200)}) {
    CAPTURE(answer.status);
    PbxProbeFixture other;
    const std::string first = other.ask_once(answer);
    other.http.sent.clear();
    for (int i = 0; i < 29; ++i) {
      other.scheduler.advance(10s);
      CHECK(other.ask_once(reply(200)) == first);
    }
    CHECK(std::ranges::count(other.http.sent, "GET http://pbx.example.com/") == 29);
    CHECK(other.http.sent.size() == 29);
    other.scheduler.advance(10s);
    CHECK(other.ask_once(answer) == first);
    CHECK(other.http.sent.back() == "POST http://pbx.example.com/xml-rpc");
  }
}

TEST_CASE_METHOD(PbxProbeFixture, "what certainly is no PBX is asked each time") {
  for (int i = 0; i < 3; ++i) {
    CHECK(ask_once(reply(404)) == "uci.no-uci-at-url");
    scheduler.advance(10s);
  }
  CHECK(ask_once(fault()).empty());
  CHECK(std::ranges::count(http.sent, "POST http://pbx.example.com/xml-rpc") == 4);
}

TEST_CASE_METHOD(PbxProbeFixture, "a PBX that fails meanwhile, or is not there, is asked again") {
  REQUIRE(ask_once(fault()).empty());
  CHECK(ask_once(reply(503)) == "uci.pbx-error");
  CHECK(ask_once(fault()).empty());
  http.replies.emplace_back(fail(transport::codes::kConnectFailed, "refused"));
  CHECK(ask() == "transport.connect-failed");
  CHECK(ask_once(fault()).empty());
  CHECK(http.sent.back() == "POST http://pbx.example.com/xml-rpc");
}

TEST_CASE_METHOD(PbxProbeFixture, "a front page that leads elsewhere has UCI asked again at once") {
  REQUIRE(ask_once(fault()).empty());
  REQUIRE(ask_once(reply(200)).empty());
  http.replies.emplace_back(redirect("https://pbx.example.com/"));
  CHECK(ask_once(redirect("https://pbx.example.com/xml-rpc")) == "uci.redirected-to-https");
}

TEST_CASE_METHOD(PbxProbeFixture,
                 "a front page whose redirect names a new session each time is the same") {
  REQUIRE(ask_once(fault()).empty());
  for (int i = 0; i < 29; ++i) {
    scheduler.advance(10s);
    const std::string session = std::to_string(i);
    CHECK(ask_once(redirect("http://pbx.example.com/login;jsessionid=" + session)).empty());
  }
  CHECK(std::ranges::count(http.sent, "POST http://pbx.example.com/xml-rpc") == 1);
}

TEST_CASE_METHOD(PbxProbeFixture,
                 "a front page that changes all the time has UCI asked twice in a while") {
  REQUIRE(ask_once(fault()).empty());
  for (int i = 0; i < 29; ++i) {
    scheduler.advance(10s);
    // The second is for UCI, which mostly is not asked.
    http.replies.assign({reply(i % 2 == 0 ? 200 : 204), fault()});
    CHECK(ask().empty());
  }
  CHECK(std::ranges::count(http.sent, "POST http://pbx.example.com/xml-rpc") == 2);
}

TEST_CASE_METHOD(PbxProbeFixture,
                 "HTTP 500 and a redirect to another host may be a PBX's refusal, too") {
  const auto [answer, code] = GENERATE(
      std::pair{reply(500), std::string("uci.pbx-error")},
      std::pair{redirect("https://sso.example.com/"), std::string("uci.redirected-elsewhere")});
  REQUIRE(ask_once(answer) == code);
  for (int i = 0; i < 29; ++i) {
    scheduler.advance(10s);
    CHECK(ask_once(reply(200)) == code);
  }
  CHECK(std::ranges::count(http.sent, "POST http://pbx.example.com/xml-rpc") == 1);
}

TEST_CASE_METHOD(PbxProbeFixture,
                 "HTTP 500 from UCI alone is no failure where users have signed in") {
  CHECK(ask_once(reply(500), true).empty());
  scheduler.advance(10s);
  CHECK(ask_once(reply(200), true).empty());
  // The web server itself is in trouble, or a gateway finds no PBX behind it.
  CHECK(ask_once(reply(500), true) == "uci.pbx-error");
  CHECK(ask_once(reply(503), true) == "uci.pbx-error");
}

TEST_CASE_METHOD(PbxProbeFixture, "who still waits when the probe goes is told why, and once") {
  http.replies.emplace_back(fault());
  int answers = 0;
  probe.ask(false, [&](const std::optional<Error>& problem) {
    ++answers;
    CHECK(problem->code == uci::codes::kUnreachable);
  });
  probe.give_up({uci::codes::kUnreachable, "over", ""});
  CHECK(answers == 1);
}

TEST_CASE("a real web server's redirect is read, and where it is") {
  transport::test::World world;
  transport::ServerOptions options;
  std::string asked;
  options.http = [&](const transport::HttpRequest& request, transport::HttpResponder responder) {
    asked = request.method + " " + request.path + "?" + request.query;
    transport::HttpResponse response;
    response.status = 301;
    response.headers.emplace_back("location", "https://localhost:8443/xml-rpc?x=1");
    responder.respond(std::move(response));
  };
  const auto server = transport::Server::listen(world.network(), std::move(options)).value();
  const auto http = transport::HttpClient::create(world.network(), 1).value();
  PbxSettings uci;
  uci.url.port = server->port();
  PbxProbe probe(*http, world.loop(), uci);
  bool answered = false;
  std::optional<Error> told;
  probe.ask(false, [&](const std::optional<Error>& problem) {
    answered = true;
    told = problem;
  });
  world.until([&] { return answered; });
  CHECK(asked == "POST /xml-rpc?");
  REQUIRE(told);
  CHECK(told->code == uci::codes::kRedirectedToHttps);
  CHECK(contains(told->hint, "https://localhost:8443 "));
}

}  // namespace
}  // namespace sfteams::agent
