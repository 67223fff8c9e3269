#include <csignal>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <zlib.h>

#include "tests/connector/http_answer.h"
#include "tests/connector/program.h"
#include "tests/contains.h"

// The Teams app's page, asked of the real program by whoever writes requests by hand.

namespace sfteams::connector::test {
namespace {

using integration::contains;
using integration::eventually;
using integration::Finished;
using integration::write_file;

const std::string kHtml = "<!doctype html><title>page</title>" + std::string(500, ' ') + "\n";
const std::string kScript = "console.log(1);" + std::string(500, ' ') + "\n";

/// A connector whose [app] directory is "page" beside its configuration, with an index.html in it.
struct Paged {
  explicit Paged(const std::string& settings = "")
      : connector("[app]\ndirectory = page\n" + settings, "open", false) {
    std::filesystem::create_directories(connector.file("page/assets"));
    put("index.html", kHtml);
  }

  void put(const std::string& name, const std::string& content) const {
    write_file(connector.file("page") / name, content);
  }
  void start() { connector.start(); }
  [[nodiscard]] HttpAnswer get(const std::string& target, const std::string& headers = "") const {
    return http_get(connector.port(), target, headers);
  }

  Running connector;
};

std::string gunzipped(const std::string& bytes) {
  std::string out(1'000'000, '\0');
  z_stream stream{};
  REQUIRE(inflateInit2(&stream, 15 + 16) == Z_OK);
  std::string in = bytes;
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  CHECK(inflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  inflateEnd(&stream);
  return out;
}

/// Bytes that gzip makes no smaller.
std::string noise(std::size_t size) {
  std::string bytes;
  for (std::uint32_t state = 1; bytes.size() < size;) {
    state = state * 1'664'525U + 1'013'904'223U;
    bytes += static_cast<char>(state >> 24U);
  }
  return bytes;
}

TEST_CASE("the page is index.html, also at the paths that it tells apart by itself") {
  Paged paged;
  paged.start();
  CHECK(paged.connector.logged("the page: 1 file of "));
  for (const char* path : {"/app/", "/app/info", "/app/privacy", "/app/terms", "/app/index.html",
                           "/app/?dial=1234", "/app/%69nfo"}) {
    CAPTURE(path);
    const HttpAnswer answer = paged.get(path);
    CHECK(answer.status == 200);
    CHECK(answer.body == kHtml);
    CHECK(answer.header("content-type") == "text/html; charset=utf-8");
    CHECK(answer.header("cache-control") == "no-store");
  }
  for (const char* path : {"/app/other", "/app/info/", "/app/info/x", "/app/Info", "/app/assets",
                           "/app/assets/", "/app//", "/application", "/app.html", "/"}) {
    CAPTURE(path);
    CHECK(paged.get(path).status == 404);
  }
}

TEST_CASE("/app leads to /app/ with its query, also below a path of a proxy's own") {
  Paged paged;
  paged.start();
  const HttpAnswer answer = paged.get("/app");
  CHECK(answer.status == 308);
  CHECK(answer.header("location") == "app/");
  CHECK(paged.get("/app?dial=%2B49").header("location") == "app/?dial=%2B49");
}

TEST_CASE("every answer below /app says what a browser may do with it, and others do not") {
  Paged paged;
  paged.put("assets/main-ABCDEF27.js", kScript);
  paged.start();
  const std::string policy =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
      "font-src 'self'; manifest-src 'self'; connect-src 'self'; base-uri 'none'; form-action "
      "'none'; "
      "require-trusted-types-for 'script'; frame-ancestors 'self' https://*.cloud.microsoft "
      "https://teams.microsoft.com https://*.teams.microsoft.com https://*.microsoft365.com "
      "https://*.office.com https://outlook.office.com https://outlook.office365.com";
  for (const char* path : {"/app/", "/app", "/app/assets/main-ABCDEF27.js", "/app/missing"}) {
    CAPTURE(path);
    const HttpAnswer answer = paged.get(path);
    CHECK(answer.header("content-security-policy") == policy);
    CHECK(answer.header("referrer-policy") == "no-referrer");
    CHECK(answer.header("x-content-type-options") == "nosniff");
    CHECK(answer.header("cross-origin-resource-policy") == "same-origin");
    CHECK(contains(answer.header("permissions-policy"), "microphone=()"));
    CHECK(answer.header("x-frame-options").empty());
    CHECK(answer.header("cross-origin-embedder-policy").empty());
  }
  const HttpAnswer other = paged.get("/healthz");
  CHECK(other.status == 200);
  CHECK(other.header("content-security-policy").empty());
}

TEST_CASE("where the connector knows its name, the page may connect to it by that name") {
  Paged paged("url = https://connector.example.com:8443\n");
  paged.start();
  CHECK(contains(paged.get("/app/").header("content-security-policy"),
                 "connect-src 'self' wss://connector.example.com:8443;"));
}

TEST_CASE("each kind of file has its type, and only names with a hash are kept for good") {
  Paged paged;
  struct Row {
    std::string name;
    std::string type;
    bool kept;
  };
  const std::vector<Row> rows{{"assets/main-ABCDEF27.js", "text/javascript; charset=utf-8", true},
                              {"main-ZZZZZZZZ.css", "text/css; charset=utf-8", true},
                              {"main-ABCDEF18.js", "text/javascript; charset=utf-8", false},
                              {"main-abcdefgh.js", "text/javascript; charset=utf-8", false},
                              {"mainABCDEF27.js", "text/javascript; charset=utf-8", false},
                              {"-ABCDEF27.js", "text/javascript; charset=utf-8", false},
                              {"icon.svg", "image/svg+xml", false},
                              {"manifest.webmanifest", "application/manifest+json", false},
                              {"icon.png", "image/png", false},
                              {"licences.txt", "text/plain; charset=utf-8", false},
                              {"version.json", "application/json", false},
                              {"font-ABCDEF27.woff2", "font/woff2", true},
                              {"other.html", "text/html; charset=utf-8", false}};
  for (const Row& row : rows)
    paged.put(row.name, "content of " + row.name);
  paged.start();
  for (const Row& row : rows) {
    CAPTURE(row.name);
    const HttpAnswer answer = paged.get("/app/" + row.name);
    CHECK(answer.status == 200);
    CHECK(answer.body == "content of " + row.name);
    CHECK(answer.header("content-type") == row.type);
    CHECK(answer.header("cache-control") ==
          (row.kept ? "public, max-age=31536000, immutable" : "no-cache"));
  }
}

TEST_CASE("whoever takes gzip gets it, with a tag of its own, where it saves something") {
  Paged paged;
  paged.put("short.js", "1");
  paged.put("icon.png", std::string(5000, 'p'));
  paged.start();
  const HttpAnswer plain = paged.get("/app/");
  const HttpAnswer packed = paged.get("/app/", "Accept-Encoding: gzip, deflate, br\r\n");
  CHECK(plain.header("content-encoding").empty());
  CHECK(packed.header("content-encoding") == "gzip");
  CHECK(packed.body.size() < kHtml.size() / 2);
  CHECK(packed.header("content-length") == std::to_string(packed.body.size()));
  CHECK(gunzipped(packed.body) == kHtml);
  CHECK(plain.header("vary") == "Accept-Encoding");
  CHECK(packed.header("vary") == "Accept-Encoding");
  CHECK(plain.header("etag") != packed.header("etag"));
  CHECK(paged.get("/app/", "Accept-Encoding: gzip;q=0, *\r\n").body == kHtml);
  for (const char* path : {"/app/short.js", "/app/icon.png"}) {
    const HttpAnswer answer = paged.get(path, "Accept-Encoding: gzip\r\n");
    CHECK(answer.status == 200);
    CHECK(answer.header("content-encoding").empty());
    CHECK(answer.header("vary").empty());
  }
}

TEST_CASE("whoever has it already is told so, in every way to ask") {
  Paged paged;
  paged.put("main-ABCDEF27.js", kScript);
  paged.start();
  const HttpAnswer first = paged.get("/app/main-ABCDEF27.js");
  const std::string tag = first.header("etag");
  REQUIRE(tag.size() > 20);
  CHECK(tag.starts_with("\""));
  CHECK(tag.ends_with("\""));
  for (const std::string& list : {tag, "W/" + tag, "\"other\", " + tag, std::string("*")}) {
    CAPTURE(list);
    const HttpAnswer answer = paged.get("/app/main-ABCDEF27.js", "If-None-Match: " + list + "\r\n");
    CHECK(answer.status == 304);
    CHECK(answer.body.empty());
    CHECK(answer.header("content-length").empty());
    CHECK(answer.header("etag") == tag);
    CHECK(answer.header("cache-control") == first.header("cache-control"));
    CHECK(answer.header("vary") == "Accept-Encoding");
  }
  for (const std::string& list : {std::string("\"other\""), tag.substr(1), std::string(",,")}) {
    CAPTURE(list);
    CHECK(paged.get("/app/main-ABCDEF27.js", "If-None-Match: " + list + "\r\n").status == 200);
  }
  // The other representation is another one.
  CHECK(
      paged.get("/app/main-ABCDEF27.js", "Accept-Encoding: gzip\r\nIf-None-Match: " + tag + "\r\n")
          .status == 200);
}

TEST_CASE("HEAD is answered as GET, but for the body") {
  Paged paged;
  paged.start();
  for (const char* headers : {"", "Accept-Encoding: gzip\r\n"}) {
    const HttpAnswer got = paged.get("/app/", headers);
    const HttpAnswer head = http_request(paged.connector.port(), "HEAD", "/app/", headers);
    CHECK(head.status == 200);
    CHECK(head.body.empty());
    CHECK(head.headers == got.headers);
  }
  CHECK(http_request(paged.connector.port(), "HEAD", "/app/missing").status == 404);
}

TEST_CASE("other methods are refused, and told which there are") {
  Paged paged;
  paged.start();
  const HttpAnswer post =
      http_request(paged.connector.port(), "POST", "/app/", "Content-Length: 0\r\n");
  CHECK(post.status == 405);
  CHECK(post.header("allow") == "GET, HEAD");
  for (const char* method : {"PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"}) {
    const HttpAnswer answer = http_request(paged.connector.port(), method, "/app/");
    CHECK(answer.status == 405);
    CHECK(contains(answer.header("allow"), "GET, HEAD"));
  }
}

TEST_CASE("no path leads out of the page's directory, and none lists it") {
  Paged paged;
  paged.put("assets/a.js", "a");
  write_file(paged.connector.file("secret.txt"), "nobody's business");
  paged.start();
  for (const std::string& path : std::vector<std::string>{"/app/../secret.txt",
                                                          "/app/assets/../../secret.txt",
                                                          "/app/%2e%2e/secret.txt",
                                                          "/app/%2E%2E%2Fsecret.txt",
                                                          "/app/..%2fsecret.txt",
                                                          "/app/..%5csecret.txt",
                                                          "/app/..\\secret.txt",
                                                          "/app//secret.txt",
                                                          "/app/./secret.txt",
                                                          "/app/....//secret.txt",
                                                          "//app/",
                                                          "/app/%2e/index.html",
                                                          "/app/./index.html",
                                                          "/app//index.html",
                                                          "/app/assets/../index.html",
                                                          "/app/assets/..%2findex.html",
                                                          "/app/index.html/",
                                                          "/app/index.html%00",
                                                          "/app/%00",
                                                          "/app/a%0d%0aset-cookie:x",
                                                          "/app/..;/secret.txt",
                                                          "/app/%252e%252e/secret.txt",
                                                          "/app/.",
                                                          "/app/..",
                                                          "/app/%c0%ae%c0%ae/secret.txt",
                                                          "/app/file:/etc/passwd",
                                                          "/app/~root",
                                                          "/app/*",
                                                          "/app/" + std::string(7000, 'a'),
                                                          "/app/" + std::string(9000, 'a'),
                                                          "/app/assets",
                                                          "/app/assets/"}) {
    CAPTURE(path);
    const HttpAnswer answer = paged.get(path);
    CHECK((answer.status == 404 || answer.status == 400 || answer.status == 431));
    CHECK_FALSE(contains(answer.body, "nobody's business"));
    CHECK_FALSE(contains(answer.body, "a.js"));
    CHECK(answer.header("set-cookie").empty());
  }
  RawSocket raw(paged.connector.port());
  raw.send(std::string("GET /app/\0index.html HTTP/1.1\r\nHost: x\r\n\r\n", 42));
  CHECK(parse_answer(raw.rest()).status == 400);
  CHECK(paged.get("/healthz").status == 200);
}

TEST_CASE("links, hidden files, other kinds and other directories are not served, but named") {
  Paged paged;
  write_file(paged.connector.file("secret.txt"), "nobody's business");
  const auto page = paged.connector.file("page");
  std::filesystem::create_symlink("../secret.txt", page / "link.txt");
  std::filesystem::create_symlink("index.html", page / "inner.html");
  std::filesystem::create_directory(page / "more");
  std::filesystem::create_directory_symlink("..", page / "up");
  for (const char* name : {".hidden.txt", "main.js.map", "noending", "with space.js", "more/in.js"})
    paged.put(name, "nobody's business");
  paged.start();
  CHECK(paged.connector.logged(
      "the page: 1 file of " + page.string() +
      ", without these: .hidden.txt, inner.html, link.txt, main.js.map, more, …"));
  for (const char* name : {"link.txt", "inner.html", ".hidden.txt", "main.js.map", "noending",
                           "with%20space.js", "more/in.js", "up/secret.txt"}) {
    CAPTURE(name);
    CHECK(paged.get("/app/" + std::string(name)).status == 404);
  }
}

TEST_CASE("a link in place of the assets is not followed") {
  Paged paged;
  std::filesystem::remove_all(paged.connector.file("page/assets"));
  std::filesystem::create_directory(paged.connector.file("elsewhere"));
  write_file(paged.connector.file("elsewhere/secret.js"), "nobody's business");
  std::filesystem::create_directory_symlink("../elsewhere", paged.connector.file("page/assets"));
  paged.start();
  CHECK(paged.get("/app/assets/secret.js").status == 404);
}

TEST_CASE("without its directory nothing is served, and the log says where it was looked for") {
  Running connector("[app]\ndirectory = nowhere\n");
  CHECK(
      connector.logged("the page: none (there is no " + connector.file("nowhere").string() + ")"));
  for (const char* path : {"/app", "/app/", "/app/info"})
    CHECK(http_get(connector.port(), path).status == 404);
  const Finished check = connector.command({"config", "check"});
  CHECK(check.status == 0);
  CHECK(contains(check.out, "the Teams app's page: none (there is no "));
  CHECK(check.err.empty());
}

TEST_CASE("a page that has to be there and is not ends the start and the check") {
  Running connector("[app]\nserve = yes\ndirectory = page\n", "open", false);
  std::string told = "page cannot be read: No such file or directory";
  SECTION("its directory is missing") {}
  SECTION("its index.html is missing") {
    std::filesystem::create_directory(connector.file("page"));
    write_file(connector.file("page/main.js"), "1");
    told = "page has no index.html";
  }
  SECTION("its index.html is a link") {
    std::filesystem::create_directory(connector.file("page"));
    std::filesystem::create_symlink("/etc/passwd", connector.file("page/index.html"));
    told = "page has no index.html";
  }
  SECTION("it is a file") {
    write_file(connector.file("page"), "1");
    told = "page cannot be read: Not a directory";
  }
  for (const std::vector<std::string>& arguments :
       std::vector<std::vector<std::string>>{{"config", "check"}, {"run"}}) {
    const Finished finished = connector.command(arguments);
    CHECK(finished.status == 78);
    CHECK(contains(finished.err, "[connector.app-unreadable] [app] directory: "));
    CHECK(contains(finished.err, told));
    CHECK(contains(finished.err, "[app] serve = no"));
  }
}

TEST_CASE("a page that is too large is left out, and agents and clients are served") {
  Paged paged;
  SECTION("one file") {
    paged.put("big.png", std::string((4U << 20U) + 1, 'x'));
  }
  SECTION("all files together") {
    for (char c = 'a'; c < 'f'; ++c)
      paged.put(std::string(1, c) + ".png", std::string(3'800'000, 'x'));
  }
  SECTION("their number") {
    for (int i = 0; i < 200; ++i)
      paged.put("f" + std::to_string(i) + ".txt", "x");
  }
  SECTION("the number of others") {
    for (int i = 0; i < 1000; ++i)
      paged.put("f" + std::to_string(i), "x");
  }
  paged.start();
  CHECK(paged.connector.logged("[connector.app-too-large] [app] directory: "));
  CHECK(paged.get("/app/").status == 404);
  CHECK(paged.get("/healthz").status == 200);
  const Finished check = paged.connector.command({"config", "check"});
  CHECK(check.status == 0);
  CHECK(contains(check.err, "warning: [connector.app-too-large]"));
}

TEST_CASE("a page of the greatest size is served whole") {
  Paged paged;
  const std::string big = noise(4U << 20U);
  paged.put("big.png", big);
  paged.start();
  CHECK(paged.get("/app/big.png").body == big);
}

TEST_CASE("[app] serve = no serves nothing that is there") {
  Paged paged("serve = no\n");
  paged.start();
  CHECK(paged.connector.logged("the page: none ([app] serve = no)"));
  CHECK(paged.get("/app/").status == 404);
}

TEST_CASE("SIGHUP reads the files again, and goes on with the old ones where they are unusable") {
  Paged paged("[watch]\nlisten = 127.0.0.1:0\n");
  paged.put("old.js", "old");
  paged.start();
  const std::string tag = paged.get("/app/").header("etag");
  std::filesystem::remove(paged.connector.file("page/old.js"));
  paged.put("new.js", "new");
  paged.put("index.html", "another page");
  CHECK(paged.get("/app/").body == kHtml);
  paged.connector.process().signal(SIGHUP);
  REQUIRE(eventually([&] { return paged.get("/app/").body == "another page"; }));
  CHECK(paged.get("/app/").header("etag") != tag);
  CHECK(paged.get("/app/old.js").status == 404);
  CHECK(paged.get("/app/new.js").body == "new");

  std::filesystem::remove(paged.connector.file("page/index.html"));
  paged.connector.process().signal(SIGHUP);
  CHECK(paged.connector.logged("the page that was there is served on"));
  CHECK(contains(paged.connector.process().err(), "[connector.app-unreadable]"));
  CHECK(paged.get("/app/").body == "another page");

  const std::string mark = "/metrics are at http://127.0.0.1:";
  const std::string log = paged.connector.process().err();
  const auto watch =
      static_cast<std::uint16_t>(std::stoi(log.substr(log.find(mark) + mark.size())));
  const std::string metrics = http_get(watch, "/metrics").body;
  CHECK(contains(metrics, "starface_teams_connector_app_files 2\n"));
  CHECK(contains(metrics, "starface_teams_connector_app_readings_total{result=\"ok\"} 2\n"));
  CHECK(contains(metrics, "app_readings_total{result=\"connector.app-unreadable\"} 1\n"));
  CHECK(contains(metrics, "starface_teams_connector_app_answers_total{status=\"404\"} 1\n"));
}

TEST_CASE("who takes no answers has a bounded number of them, and others are served meanwhile") {
  Paged paged("[limits]\nwaiting-per-address = 2\n");
  paged.put("big.png", noise(4U << 20U));
  paged.start();
  const std::string get_big = "GET /app/big.png HTTP/1.1\r\nHost: x\r\n\r\n";
  std::vector<std::unique_ptr<RawSocket>> lazy;
  for (int i = 0; i < 2; ++i) {
    lazy.push_back(std::make_unique<RawSocket>(paged.connector.port(), "127.0.0.2"));
    lazy.back()->send(get_big);
  }
  const auto ask_as_lazy = [&] {
    RawSocket socket(paged.connector.port(), "127.0.0.2");
    socket.send("GET /app/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    return parse_answer(socket.rest());
  };
  REQUIRE(eventually([&] { return ask_as_lazy().status == 503; }));
  CHECK(ask_as_lazy().header("retry-after") == "5");
  CHECK(paged.get("/app/").status == 200);
  lazy.clear();
  CHECK(eventually([&] { return ask_as_lazy().status == 200; }));
}

}  // namespace
}  // namespace sfteams::connector::test
