#include "agent/admin/page.h"

#include <cctype>
#include <optional>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "agent/admin/assets.h"
#include "agent/admin/codes.h"
#include "agent/diagnosis/walk.h"
#include "agent/pbx/codes.h"
#include "base/json/json.h"
#include "base/log/log.h"
#include "tests/contains.h"

namespace sfteams::admin {
namespace {

using transport::HttpRequest;
using transport::HttpResponse;

struct PageFixture {
  std::vector<Json::Value> carried_out;
  std::optional<Error> refusal;
  SignIn::TimePoint now{std::chrono::hours(1'000)};
  Page page{{[this](const Json::Value& request, const Page::Answer& answer) {
               carried_out.push_back(request);
               if (refusal) return answer(fail(*refusal));
               Json::Value result(Json::objectValue);
               result["done"] = true;
               answer(result);
             },
             {"status", "key-new"},
             [this] { return now; },
             "0a1b"}};
  std::string cookie;
  std::string csrf;

  HttpResponse send(HttpRequest request) {
    std::optional<HttpResponse> response;
    page.handle(request, [&](HttpResponse given) { response = std::move(given); });
    REQUIRE(response);
    return *response;
  }
  /// As the page's own script sends it.
  [[nodiscard]] HttpRequest request(const std::string& command,
                                    const std::string& body = "{}") const {
    HttpRequest made{"POST", "/api/" + command, "",   "application/json",
                     "",     "127.0.0.1:9780",  body, "127.0.0.1"};
    made.headers = {{"origin", "http://127.0.0.1:9780"}};
    if (!cookie.empty()) made.headers.emplace_back("cookie", cookie);
    if (!csrf.empty()) made.headers.emplace_back("x-csrf-token", csrf);
    return made;
  }
  static void change(HttpRequest& request, const std::string& name, const std::string& value) {
    std::erase_if(request.headers, [&](const auto& header) { return header.first == name; });
    if (!value.empty()) request.headers.emplace_back(name, value);
  }
  void sign_in() {
    const std::string token = page.sign_in().new_link(now).value();
    const HttpResponse response = send(request("sign-in", R"({"token":")" + token + "\"}"));
    REQUIRE(response.status == 200);
    csrf = json::parse(response.body).value()["result"]["csrf"].asString();
    const std::string set = header(response, "set-cookie");
    cookie = set.substr(0, set.find(';'));
  }
  static std::string header(const HttpResponse& response, const std::string& name) {
    for (const auto& [known, value] : response.headers) {
      if (known == name) return value;
    }
    return {};
  }
  static std::string code(const HttpResponse& response) {
    return json::parse(response.body).value()["error"]["code"].asString();
  }
};

HttpRequest get(const std::string& path, const std::string& host = "127.0.0.1:9780") {
  return {"GET", path, "", "", "", host, "", "127.0.0.1"};
}

}  // namespace

TEST_CASE_METHOD(PageFixture, "the files of the page are there for everybody, and hold nothing") {
  for (const Asset& asset : assets()) {
    INFO(asset.path);
    const HttpResponse response = send(get(std::string(asset.path)));
    CHECK(response.status == 200);
    CHECK(response.content_type == asset.content_type);
    CHECK(response.body == asset.content);
    CHECK_FALSE(asset.content.empty());
  }
  CHECK(send(get("/index.html")).status == 404);
  CHECK(send(get("/../etc/passwd")).status == 404);
  HttpRequest post = get("/");
  post.method = "POST";
  CHECK(send(post).status == 405);
}

TEST_CASE_METHOD(PageFixture, "every answer forbids what the page does not need") {
  for (const HttpResponse& response :
       {send(get("/")), send(get("/nowhere")), send(request("status")), send(get("/api/status"))}) {
    const std::string policy = header(response, "content-security-policy");
    CHECK(contains(policy, "default-src 'none'"));
    CHECK_FALSE(contains(policy, "unsafe"));
    CHECK(contains(policy, "frame-ancestors 'none'"));
    CHECK(header(response, "x-content-type-options") == "nosniff");
    CHECK(header(response, "referrer-policy") == "no-referrer");
    CHECK(header(response, "cache-control") == "no-store");
  }
}

TEST_CASE("no file of the page takes anything from elsewhere") {
  for (const Asset& asset : assets()) {
    INFO(asset.path);
    if (asset.path == "/errors.md") continue;  // words, which are never run or followed
    std::string text(asset.content);
    // The name of SVG's vocabulary is no address.
    const std::string svg = "http://www.w3.org/2000/svg";
    if (const auto at = text.find(svg); at != std::string::npos) text.erase(at, svg.size());
    CHECK_FALSE(contains(text, "https://"));
    CHECK_FALSE(contains(text, "http://"));
    CHECK_FALSE(contains(text, "innerHTML"));
    CHECK_FALSE(contains(text, "eval("));
  }
}

TEST_CASE_METHOD(PageFixture, "under a name that is not this host's nothing is answered") {
  for (const char* host : {"evil.example.com", "127.0.0.1.evil.example.com:9780", "192.0.2.1:9780",
                           "", "127.0.0.1:9780/x", "user@127.0.0.1"}) {
    INFO(host);
    CHECK(send(get("/", host)).status == 403);
    HttpRequest asked = request("status");
    asked.host = host;
    CHECK(send(asked).status == 403);
  }
  for (const char* host : {"localhost:9780", "127.0.0.1:1234", "[::1]:9780", "LOCALHOST:9780"})
    CHECK(send(get("/", host)).status == 200);
}

TEST_CASE_METHOD(PageFixture, "a session carries out what the page may ask for") {
  sign_in();
  const HttpResponse response = send(request("key-new", R"({"revoke":true,"command":"stop"})"));
  CHECK(response.status == 200);
  CHECK(json::parse(response.body).value()["result"]["done"] == true);
  REQUIRE(carried_out.size() == 1);
  CHECK(carried_out.front()["command"] == "key-new");
  CHECK(carried_out.front()["revoke"] == true);
  CHECK(send(request("admin-link")).status == 400);
  CHECK(send(request("")).status == 400);
  CHECK(carried_out.size() == 1);
}

TEST_CASE_METHOD(PageFixture, "what the agent refuses is told with its code") {
  sign_in();
  refusal = Error{{"agent.no-key"}, "there is none", "make one"};
  const HttpResponse response = send(request("status"));
  CHECK(code(response) == "agent.no-key");
  CHECK(json::parse(response.body).value()["error"]["hint"] == "make one");
}

TEST_CASE_METHOD(PageFixture,
                 "the cookie is for this host's requests only, and no script sees it") {
  const std::string token = page.sign_in().new_link(now).value();
  const std::string set =
      header(send(request("sign-in", R"({"token":")" + token + "\"}")), "set-cookie");
  CHECK(contains(set, "; HttpOnly"));
  CHECK(contains(set, "; SameSite=Strict"));
  CHECK(contains(set, "; Path=/"));
}

TEST_CASE_METHOD(PageFixture, "two agents' pages in one browser do not take each other's cookie") {
  sign_in();
  CHECK(cookie.starts_with("starface-teams-admin-0a1b="));
  Page other{{[](const Json::Value&, const Page::Answer& answer) { answer(Json::Value()); },
              {"status"},
              [this] { return now; },
              "2c3d"}};
  const std::string token = other.sign_in().new_link(now).value();
  std::string set;
  other.handle(request("sign-in", R"({"token":")" + token + "\"}"),
               [&](const HttpResponse& given) { set = header(given, "set-cookie"); });
  // What the browser sends to both ports then.
  cookie += "; " + set.substr(0, set.find(';'));
  CHECK(send(request("status")).status == 200);
}

TEST_CASE_METHOD(PageFixture,
                 "a page that asks by itself does not keep a session that nobody uses") {
  sign_in();
  now += SignIn::kIdle / 2;
  HttpRequest by_itself = request("status");
  by_itself.headers.emplace_back("x-unattended", "yes");
  CHECK(send(by_itself).status == 200);
  now += SignIn::kIdle / 2;
  CHECK(code(send(request("status"))) == codes::kSignedOut.id);
}

TEST_CASE_METHOD(PageFixture,
                 "who comes, goes and is refused stands in the log, without the tokens") {
  log::start(log::Level::info);
  std::vector<std::string> lines;
  log::observe([&](log::Level level, std::string_view area, std::string_view message) {
    lines.push_back(fmt::format("{} {}: {}", log::to_string(level), area, message));
  });
  sign_in();
  const std::string wrong = "no-link-at-all";
  CHECK(send(request("sign-in", R"({"token":")" + wrong + "\"}")).status == 401);
  CHECK(send(request("sign-out")).status == 200);
  log::observe(nullptr);
  REQUIRE(lines.size() == 3);
  CHECK(lines[0] == "info admin: somebody has signed in to the administration page by a link");
  CHECK(
      lines[1].starts_with("warn admin: a link to the administration page was refused: "
                           "[admin.bad-link]"));
  CHECK(lines[2] == "info admin: somebody has signed out of the administration page");
  for (const std::string& line : lines) {
    CHECK_FALSE(contains(line, wrong));
    CHECK_FALSE(contains(line, csrf));
  }
}

TEST_CASE_METHOD(PageFixture, "another page's request is refused whatever it brings") {
  sign_in();
  for (const char* origin : {"", "null", "http://evil.example.com", "https://127.0.0.1:9780",
                             "http://127.0.0.1:9781", "http://localhost:9780"}) {
    INFO(origin);
    HttpRequest asked = request("status");
    change(asked, "origin", origin);
    const HttpResponse response = send(asked);
    CHECK(response.status == 403);
    CHECK(code(response) == codes::kForeignRequest.id);
  }
  // A form can send this without asking the browser's leave.
  HttpRequest form = request("status");
  form.content_type = "text/plain";
  CHECK(send(form).status == 400);
  HttpRequest got = request("status");
  got.method = "GET";
  CHECK(send(got).status == 405);
  CHECK(carried_out.empty());
}

TEST_CASE_METHOD(PageFixture, "without a session, or with half of one, nothing is carried out") {
  CHECK(send(request("status")).status == 401);
  sign_in();
  for (const char* name : {"cookie", "x-csrf-token"}) {
    HttpRequest asked = request("status");
    change(asked, name, "");
    CHECK(code(send(asked)) == codes::kSignedOut.id);
    change(asked, name, "starface-teams-admin-0a1b=wrong");
    CHECK(send(asked).status == 401);
  }
  HttpRequest among = request("status");
  change(among, "cookie", "a=b; " + cookie + "; c=d");
  CHECK(send(among).status == 200);
  CHECK(send(request("sign-out")).status == 200);
  CHECK(send(request("status")).status == 401);
  CHECK(carried_out.size() == 1);
}

TEST_CASE_METHOD(PageFixture, "a session that is over is told so") {
  sign_in();
  now += SignIn::kIdle;
  CHECK(code(send(request("status"))) == codes::kSignedOut.id);
}

TEST_CASE_METHOD(PageFixture, "a body that is no object is refused") {
  sign_in();
  for (const char* body : {"", "[]", "null", "{", "\xff", R"({"a":1,"a":2})"})
    CHECK(code(send(request("status", body))) == codes::kBadRequest.id);
}

namespace {

std::string asset(std::string_view path) {
  for (const Asset& asset : assets()) {
    if (asset.path == path) return std::string(asset.content);
  }
  return {};
}

/// The keys of one language's texts: each begins a line or follows a comma.
std::set<std::string> keys(const std::string& block) {
  std::set<std::string> found;
  static const std::regex kKey(R"re((?:\n    |", )(\w+): ")re");
  for (std::sregex_iterator match(block.begin(), block.end(), kKey), end; match != end; ++match)
    found.insert((*match)[1]);
  return found;
}

struct Words {
  std::set<std::string> english;
  std::set<std::string> german;
};

Words words() {
  const std::string texts = asset("/texts.js");
  const std::size_t german = texts.find("\n  de: {");
  const std::size_t end = texts.find("\n};", german);
  REQUIRE(end != std::string::npos);
  return {keys(texts.substr(0, german)), keys(texts.substr(german, end - german))};
}

}  // namespace

TEST_CASE("both languages have the same words") {
  const Words found = words();
  CHECK(found.english == found.german);
  CHECK(found.english.size() > 100);
}

namespace {

/// The key of the word for a step: "round-trip" is "stepRoundTrip", as diagnosis.js makes it.
std::string key_of_step(const std::string& step) {
  std::string key = "step";
  bool upper = true;
  for (const char c : step) {
    if (c != '-') key += upper ? static_cast<char>(std::toupper(c)) : c;
    upper = c == '-';
  }
  return key;
}

bool is_step_key(const std::string& key) {
  return key.size() > 4 && key.starts_with("step") && std::isupper(key[4]) != 0;
}

std::set<std::string> step_keys(const std::set<std::string>& keys) {
  std::set<std::string> found;
  for (const std::string& key : keys) {
    if (is_step_key(key)) found.insert(key);
  }
  return found;
}

}  // namespace

TEST_CASE("each step of the diagnosis has a title in both languages, and each title a step") {
  std::set<std::string> expected;
  for (const std::string& step : diagnosis::step_names(true))
    expected.insert(key_of_step(step));
  const Words found = words();
  CHECK(step_keys(found.english) == expected);
  CHECK(step_keys(found.german) == expected);
}

namespace {

/// All German that the page can show: its own words, the agent's sentences, and what codes mean.
std::string all_german() {
  const std::string texts = asset("/texts.js");
  std::string german = texts.substr(texts.find("\n  de: {"));
  const std::string sentences = asset("/german.js");
  static const std::regex kSentence(R"re(\n  "(?:[^"\\]|\\.)*": ("(?:[^"\\]|\\.)*"))re");
  for (std::sregex_iterator match(sentences.begin(), sentences.end(), kSentence), end; match != end;
       ++match)
    german += "\n" + (*match)[1].str();
  const std::string errors = asset("/errors.md");
  static const std::regex kRow(R"re(\n\| `[^|]*\|[^|]*\|[^|]*\|([^|]*)\|)re");
  for (std::sregex_iterator match(errors.begin(), errors.end(), kRow), end; match != end; ++match)
    german += "\n" + (*match)[1].str();
  return german;
}

}  // namespace

TEST_CASE("in German each thing has one name") {
  const std::string german = all_german();
  CHECK(contains(german, "der Cloud-Connector spricht das Tunnelprotokoll"));
  CHECK(contains(german, "Link zur Administrationsseite"));
  for (const char* other : {"Verwaltungsseite", "Systemschlüssel", "Schlüssel zur Anlage"}) {
    INFO(other);
    CHECK_FALSE(contains(german, other));
  }
  static const std::regex kBare(R"re((^|[^-])\bConnectors?\b)re");
  for (std::sregex_iterator match(german.begin(), german.end(), kBare), end; match != end; ++match)
    FAIL_CHECK("…" + german.substr(static_cast<std::size_t>(match->position()), 80));
}

TEST_CASE("every word of the page is used") {
  std::string scripts;
  for (const Asset& file : assets()) {
    if (file.path.ends_with(".js") && file.path != "/texts.js" && file.path != "/german.js")
      scripts += file.content;
  }
  // What the agent calls a state or a step is the key of its word.
  const std::set<std::string> named_by_the_agent{"connected", "connecting", "waiting", "stopped",
                                                 "well",      "warning",    "critical"};
  for (const std::string& key : words().english) {
    INFO(key);
    CHECK((is_step_key(key) || named_by_the_agent.contains(key) ||
           scripts.find('"' + key + '"') != std::string::npos));
  }
}

}  // namespace sfteams::admin
