#include <csignal>
#include <memory>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/integration/http.h"
#include "tests/integration/installation.h"
#include "tests/integration/loopback_port.h"
#include "tests/machine.h"

// The connector behind real proxies, with the very configurations that packaging/examples offers:
// only ports and the places of files are changed.

namespace sfteams::integration {
namespace {

/// An example's text in which each of `changes` was found and replaced.
std::string example(const std::string& name,
                    const std::vector<std::pair<std::string, std::string>>& changes) {
  std::string text = read_file(SFTEAMS_SOURCE_DIR "/packaging/examples/" + name);
  for (const auto& [from, to] : changes) {
    CAPTURE(name, from);
    REQUIRE(contains(text, from));
    for (std::size_t at = text.find(from); at != std::string::npos;
         at = text.find(from, at + to.size()))
      text.replace(at, from.size(), to);
  }
  return text;
}

/// Where the proxy listens, what it stands before, and where its files are.
struct Place {
  Installation& installation;
  std::string port;

  [[nodiscard]] std::string at(const std::string& name) const {
    return installation.file(name).string();
  }
  [[nodiscard]] std::string v6(const std::string& instead) const {
    return has_ipv6_loopback() ? "[::1]:" + port : instead;
  }
  [[nodiscard]] std::string connector() const {
    return "127.0.0.1:" + std::to_string(installation.connector_port());
  }
};

struct Proxy {
  const char* package;
  const char* program;
  /// Writes its configuration and gives the arguments by which it stays in the foreground.
  std::vector<std::string> (*configure)(const Place& place);
};

std::vector<std::string> configure_nginx(const Place& place) {
  write_file(
      place.at("site.conf"),
      example(
          "nginx-site.conf",
          {{"listen 443 ssl;", "listen 127.0.0.1:" + place.port + " ssl;"},
           {"listen [::]:443 ssl;",
            has_ipv6_loopback() ? "listen [::1]:" + place.port + " ssl;" : ""},
           {"/etc/letsencrypt/live/connector.example.com/fullchain.pem", place.at("server.pem")},
           {"/etc/letsencrypt/live/connector.example.com/privkey.pem", place.at("server.key")},
           {"127.0.0.1:8443", place.connector()}}));
  std::string main = "daemon off; master_process off; error_log stderr warn;\npid " +
                     place.at("nginx.pid") +
                     ";\nevents { worker_connections 128; }\nhttp { access_log off;\n";
  for (const char* kind : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"})
    main += kind + std::string("_temp_path ") + place.at(std::string("nginx-") + kind) + ";\n";
  write_file(place.at("nginx.conf"), main + "include " + place.at("site.conf") + ";\n}\n");
  return {"-c", place.at("nginx.conf")};
}

std::vector<std::string> configure_haproxy(const Place& place) {
  write_file(place.at("all.pem"),
             read_file(place.at("server.pem")) + read_file(place.at("server.key")));
  write_file(
      place.at("haproxy.cfg"),
      "global\n  maxconn 128\n" +
          example("haproxy.cfg",
                  {{"bind :443 ", "bind 127.0.0.1:" + place.port + " "},
                   {"bind [::]:443 v6only ", "bind " + place.v6("127.0.0.2:" + place.port) + " "},
                   {"/etc/haproxy/certs/connector.example.com.pem", place.at("all.pem")},
                   {"127.0.0.1:8443", place.connector()}}));
  return {"-db", "-f", place.at("haproxy.cfg")};
}

const Proxy kNginx{"nginx", "/usr/sbin/nginx", &configure_nginx};
const Proxy kHaproxy{"haproxy", "/usr/sbin/haproxy", &configure_haproxy};

/// An installation whose connector is plain and stands behind a proxy.
class Behind {
 public:
  explicit Behind(const Proxy& proxy) : installation_(plain()) {
    installation_.start_simulator();
    std::filesystem::create_directory(installation_.file("page"));
    write_file(installation_.file("page/index.html"), page());
    installation_.start_connector();
    const Place place{installation_, std::to_string(free_loopback_port())};
    const std::vector<std::string> arguments = proxy.configure(place);
    process_ = std::make_unique<ChildProcess>(
        proxy.program,
        ChildProcess::Options{arguments, installation_.file("reverse-proxy"), "", {}});
    url_ = "localhost:" + place.port;
    REQUIRE(eventually([&] { return get("/healthz").status == 200 || !process_->running(); }));
    INFO(process_->out() + process_->err());
    REQUIRE(process_->running());
    // By IPv6, so that the address of who dials is not that of the proxy.
    installation_.enter_by("wss://" + place.v6("localhost:" + place.port));
    installation_.start_agent();
    REQUIRE(installation_.agent_command({"key", "new"}).status == 0);
    REQUIRE(installation_.agent_command({"key", "export", installation_.key_file()}).status == 0);
  }

  [[nodiscard]] Installation& installation() { return installation_; }
  [[nodiscard]] static std::string page() { return "<!doctype html>" + std::string(3000, ' '); }
  [[nodiscard]] HttpAnswer get(const std::string& path,
                               const std::vector<std::string>& headers = {}) {
    return http("https://" + url_ + path, {}, installation_.file("ca.pem").string(), headers);
  }
  /// Asks for a client's websocket as a page of this origin does.
  [[nodiscard]] HttpAnswer open_websocket(const std::string& origin) {
    return get("/v1/client",
               {"Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
                "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
                "Sec-WebSocket-Protocol: starface-teams-client.v1", "Origin: " + origin});
  }
  [[nodiscard]] std::string origin() const { return "https://" + url_; }

 private:
  static Installation::Options plain() {
    Installation::Options options;
    options.connector_tls = false;
    options.connector_settings =
        "[app]\ndirectory = page\norigins = https://elsewhere.example.com\n";
    return options;
  }

  Installation installation_;
  std::unique_ptr<ChildProcess> process_;
  std::string url_;
};

bool installed(const Proxy& proxy) {
  return machine::has_installed(proxy.program, proxy.package);
}

TEST_CASE("the example configurations carry agent and clients through nginx and HAProxy") {
  const Proxy& proxy = GENERATE(std::cref(kNginx), std::cref(kHaproxy)).get();
  CAPTURE(proxy.package);
  if (!installed(proxy)) return;
  Behind behind(proxy);
  Installation& installation = behind.installation();
  const Finished login = installation.client(Installation::kAnna, {"login"});
  INFO(login.err);
  CHECK(login.status == 0);

  const auto watching =
      installation.client_in_background(Installation::kBen, {"--json", "watch", "--for", "60"});
  CHECK(eventually([&] { return installation.status()["sessions"]["users"] == 1; }));
  const auto dialling =
      installation.client_in_background(Installation::kAnna, {"dial", Installation::kBen.name});
  CHECK(eventually([&] { return contains(watching->out(), "CONNECTED"); }));
  dialling->signal(SIGTERM);
  CHECK(dialling->wait());

  CHECK(contains(behind.get("/healthz").body, "\"status\":\"ok\""));
  CHECK(behind.get("/").status == 404);
}

TEST_CASE("the example configurations carry the page, and say where scripts come from") {
  const Proxy& proxy = GENERATE(std::cref(kNginx), std::cref(kHaproxy)).get();
  CAPTURE(proxy.package);
  if (!installed(proxy)) return;
  Behind behind(proxy);
  for (const char* path : {"/app/", "/app/info", "/app/?dial=1"}) {
    const HttpAnswer answer = behind.get(path);
    CAPTURE(path, answer.head);
    CHECK(answer.status == 200);
    CHECK(answer.body == Behind::page());
    CHECK(contains(answer.head, "frame-ancestors 'self' https://*.cloud.microsoft"));
    CHECK_FALSE(contains(answer.head, "rame-options"));
  }
  const HttpAnswer redirect = behind.get("/app?dial=1");
  CHECK(redirect.status == 308);
  CHECK(contains(redirect.head, "ocation: app/?dial=1\r\n"));
  const HttpAnswer packed = behind.get("/app/", {"Accept-Encoding: gzip"});
  CHECK(contains(packed.head, "ncoding: gzip\r\n"));
  CHECK(packed.body.size() < 1000);
  const std::string mark = "tag: ";
  const std::size_t at = packed.head.find(mark);
  REQUIRE(at != std::string::npos);
  const std::string tag =
      packed.head.substr(at + mark.size(), packed.head.find("\r\n", at) - at - mark.size());
  CHECK(behind.get("/app/", {"Accept-Encoding: gzip", "If-None-Match: " + tag}).status == 304);
  CHECK(behind.get("/app/missing").status == 404);
  CHECK(behind.get("/application").status == 404);

  const std::string opened = "HTTP/1.1 101";
  CHECK(behind.open_websocket(behind.origin()).head.starts_with(opened));
  CHECK(behind.open_websocket("https://elsewhere.example.com").head.starts_with(opened));
  for (const char* origin : {"https://evil.example.com", "null", "http://localhost"}) {
    const HttpAnswer refused = behind.open_websocket(origin);
    CHECK(refused.status == 403);
    CHECK(contains(refused.body, "[connector.origin-refused]"));
  }
}

TEST_CASE("behind nginx and HAProxy the connector knows senders by their own addresses") {
  const Proxy& proxy = GENERATE(std::cref(kNginx), std::cref(kHaproxy)).get();
  CAPTURE(proxy.package);
  if (!installed(proxy)) return;
  if (!machine::has_ipv6()) return;
  Behind behind(proxy);
  const std::string log = behind.installation().connector().err();
  INFO(log);
  CHECK(contains(log, "pbx.example.com is online from ::1 "));
  CHECK_FALSE(contains(log, "all senders look like one"));
}

}  // namespace
}  // namespace sfteams::integration
