#include "oauth/provider.h"

#include <catch2/catch.hpp>

#include "oauth/codes.h"
#include "tests/contains.h"
#include "tests/seed.h"

namespace sfteams::oauth {
namespace {

Hosts hosts_of(const std::string& pbx, std::vector<std::string> named = {}) {
  return {transport::parse_url(pbx).value(), std::move(named)};
}

const std::string kTypical =
    R"({"issuer":"https://pbx.example/auth/realms/pbx",)"
    R"("authorization_endpoint":"https://pbx.example/auth/realms/pbx/oauth2/auth",)"
    R"("token_endpoint":"https://pbx.example/auth/realms/pbx/oauth2/token",)"
    R"("revocation_endpoint":"https://pbx.example/auth/realms/pbx/oauth2/revoke",)"
    R"("grant_types_supported":["password","authorization_code","refresh_token"],)"
    R"("token_endpoint_auth_methods_supported":["none","client_secret_basic","client_secret_post"]})";

Result<Provider> parse(const std::string& text, const Hosts& hosts) {
  sfteams::test::keep_seed("oauth", text);
  return parse_discovery(text, hosts);
}
Provider read(const std::string& text, const Hosts& hosts = hosts_of("https://pbx.example")) {
  const auto provider = parse(text, hosts);
  if (!provider) FAIL(describe(provider.error()));
  return *provider;
}
std::string code_of(const std::string& text, const Hosts& hosts = hosts_of("https://pbx.example")) {
  const auto provider = parse(text, hosts);
  return provider ? "" : std::string(provider.error().code.id);
}
std::string with_token_url(const std::string& url) {
  return R"({"token_endpoint":")" + url + R"("})";
}

TEST_CASE("a discovery document of a PBX says where tokens are given out and how") {
  const Provider provider = read(kTypical);
  CHECK(provider.token_url == "https://pbx.example/auth/realms/pbx/oauth2/token");
  CHECK(provider.revocation_url == "https://pbx.example/auth/realms/pbx/oauth2/revoke");
  CHECK(provider.password_grant);
  CHECK(provider.secret_in_body);
  CHECK(provider.named_host.empty());
}

TEST_CASE("a document that names nothing but the token endpoint is enough") {
  const Provider provider = read(with_token_url("https://pbx.example/token"));
  CHECK(provider.token_url == "https://pbx.example/token");
  CHECK(provider.revocation_url.empty());
  CHECK(provider.password_grant);
  CHECK(provider.secret_in_body);
}

TEST_CASE("the list of grants decides on passwords where it is a list") {
  const auto grants = [](const std::string& value) {
    return read(R"({"token_endpoint":"/t","grant_types_supported":)" + value + "}").password_grant;
  };
  CHECK(grants(R"(["refresh_token","password"])"));
  CHECK_FALSE(grants(R"(["authorization_code"])"));
  CHECK_FALSE(grants("[]"));
  CHECK_FALSE(grants(R"(["PASSWORD","passwords",7,null,{},["password"]])"));
  for (const char* odd : {"null", "7", R"("password")", R"({"password":1})", "true"})
    CHECK(grants(odd));
}

TEST_CASE("the client's secret goes into a header only where nothing else is taken") {
  const auto in_body = [](const std::string& value) {
    return read(R"({"token_endpoint":"/t","token_endpoint_auth_methods_supported":)" + value + "}")
        .secret_in_body;
  };
  CHECK_FALSE(in_body(R"(["client_secret_basic"])"));
  CHECK_FALSE(in_body(R"(["none","client_secret_basic"])"));
  CHECK(in_body(R"(["client_secret_basic","client_secret_post"])"));
  CHECK(in_body(R"(["client_secret_post"])"));
  CHECK(in_body(R"(["none"])"));
  CHECK(in_body(R"(["private_key_jwt"])"));
  CHECK(in_body("[]"));
  CHECK(in_body(R"("client_secret_basic")"));
}

TEST_CASE("what is no JSON object is no OAuth at all") {
  for (const char* text : {"", "   ", "<html><body>Sign in</body></html>", "[]", "null", "7",
                           "\"x\"", "{", R"({"token_endpoint":"/t"}x)",
                           R"({"token_endpoint":"/t",})", "{\"token_endpoint\":\"/\xff\"}"}) {
    CAPTURE(text);
    CHECK(code_of(text) == codes::kNotOffered.id);
  }
}

TEST_CASE("a document beyond 64 KiB or 16 levels is not read") {
  std::string large = kTypical;
  large.insert(1, R"("x":")" + std::string(kMostDocument, 'x') + R"(",)");
  CHECK(code_of(large) == codes::kNotOffered.id);
  const std::string megabytes(8U << 20U, '[');
  CHECK(parse_discovery(megabytes, hosts_of("https://pbx.example")).error().code ==
        codes::kNotOffered);
  const auto nested = [](std::size_t levels) {
    return R"({"token_endpoint":"/t","x":)" + std::string(levels, '[') + std::string(levels, ']') +
           "}";
  };
  CHECK(code_of(nested(15)).empty());
  CHECK(code_of(nested(16)) == codes::kNotOffered.id);
}

TEST_CASE("a document without a usable token endpoint is a bad one") {
  for (const char* text :
       {"{}", R"({"token_endpoint":null})", R"({"token_endpoint":7})",
        R"({"token_endpoint":["https://pbx.example/t"]})", R"({"token_endpoint":""})",
        R"({"token_endpoint":"token"})", R"({"token_endpoint":"//pbx.example/t"})",
        R"({"token_endpoint":"ftp://pbx.example/t"})",
        R"({"token_endpoint":"wss://pbx.example/t"})", R"({"token_endpoint":"https://"})",
        R"({"token_endpoint":"https://u:p@pbx.example/t"})",
        R"({"token_endpoint":"https://pbx.example:0/t"})",
        R"({"token_endpoint":"https://pbx.example/a b"})",
        R"({"token_endpoint":"https://pbx.example/t\u0000"})",
        R"({"token_endpoint":"https://pbx.example\r\nX: 1/t"})",
        R"({"token_endpoint":"/t?next=https://other.example"})",
        R"({"token_endpoint":"javascript:alert"})"}) {
    CAPTURE(text);
    CHECK(code_of(text) == codes::kBadDocument.id);
  }
  CHECK(code_of(with_token_url("https://pbx.example/" + std::string(3'000, 'x'))) ==
        codes::kBadDocument.id);
}

TEST_CASE("a path alone is one of the PBX, at its port") {
  CHECK(read(with_token_url("/auth/token"), hosts_of("https://pbx.example:8443")).token_url ==
        "https://pbx.example:8443/auth/token");
  CHECK(read(with_token_url("/t"), hosts_of("http://[::1]:8080")).token_url ==
        "http://[::1]:8080/t");
}

TEST_CASE("the PBX's own host may be asked at any port, though never with less encryption") {
  CHECK(read(with_token_url("https://PBX.example:9443/t")).token_url ==
        "https://pbx.example:9443/t");
  CHECK(read(with_token_url("http://pbx.example/t"), hosts_of("http://pbx.example")).token_url ==
        "http://pbx.example/t");
  CHECK(read(with_token_url("https://pbx.example/t"), hosts_of("http://pbx.example")).token_url ==
        "https://pbx.example/t");
  const Provider down = read(with_token_url("http://pbx.example/t"));
  CHECK(down.token_url == "https://pbx.example/t");
  CHECK(down.named_host == "pbx.example");
}

TEST_CASE("a host that may not see passwords is never asked: the path is, at the PBX") {
  for (const char* url :
       {"https://other.example/a/token", "https://pbx.example.evil.example/a/token",
        "https://127.0.0.1/a/token", "http://localhost/a/token", "https://192.0.2.7:9/a/token",
        "https://xpbx.example/a/token"}) {
    CAPTURE(url);
    const Provider provider = read(with_token_url(url));
    CHECK(provider.token_url == "https://pbx.example/a/token");
    CHECK(provider.named_host == transport::parse_url(url)->host);
  }
  const Provider local =
      read(with_token_url("https://pbx.example/a/token"), hosts_of("http://127.0.0.1:8080"));
  CHECK(local.token_url == "http://127.0.0.1:8080/a/token");
  CHECK(local.named_host == "pbx.example");
}

TEST_CASE("a host that was allowed by name is asked by https, and on this machine by http") {
  const Hosts hosts = hosts_of("https://pbx.example", {"login.example", "127.0.0.1"});
  CHECK(read(with_token_url("https://login.example/t"), hosts).token_url ==
        "https://login.example/t");
  CHECK(read(with_token_url("http://login.example/t"), hosts).token_url == "https://pbx.example/t");
  CHECK(read(with_token_url("http://127.0.0.1:99/t"), hosts).token_url == "http://127.0.0.1:99/t");
  CHECK(read(with_token_url("http://127.0.0.2/t"), hosts).token_url == "https://pbx.example/t");
}

TEST_CASE("a revocation endpoint that cannot be used is none, and never another host's") {
  const auto revocation = [](const std::string& value) {
    return read(R"({"token_endpoint":"/t","revocation_endpoint":)" + value + "}");
  };
  CHECK(revocation("7").revocation_url.empty());
  CHECK(revocation("\"nowhere\"").revocation_url.empty());
  CHECK(revocation("\"/r\"").revocation_url == "https://pbx.example/r");
  const Provider elsewhere = revocation(R"("https://other.example/r")");
  CHECK(elsewhere.revocation_url == "https://pbx.example/r");
  CHECK(elsewhere.named_host.empty());
}

TEST_CASE("whatever byte of a document is another, no stranger is ever asked") {
  const Hosts hosts = hosts_of("https://pbx.example");
  for (std::size_t at = 0; at < kTypical.size(); ++at) {
    for (const char other : {'\0', '"', '\\', '{', '/', '@', ':', 'x', '\x80'}) {
      std::string text = kTypical;
      text[at] = other;
      const auto provider = parse_discovery(text, hosts);
      if (!provider) continue;
      CHECK(provider->token_url.starts_with("https://pbx.example"));
      const auto url = transport::parse_url(provider->token_url);
      REQUIRE(url);
      CHECK(hosts.allow(*url));
    }
    CHECK_FALSE(parse_discovery(kTypical.substr(0, at), hosts));
  }
}

TEST_CASE("who is refused is told how to allow the host, or that https is missing") {
  const Hosts hosts = hosts_of("https://pbx.example");
  const Error other =
      hosts.refuse("the document", *transport::parse_url("https://login.example/x"));
  CHECK(other.code == codes::kElsewhere);
  CHECK(contains(other.message, "the document leads from pbx.example to login.example"));
  CHECK(contains(other.hint, "oauth-hosts = login.example"));
  const Error down = hosts.refuse("the document", *transport::parse_url("http://pbx.example/x"));
  CHECK(contains(down.hint, "https"));
  CHECK_FALSE(contains(down.hint, "oauth-hosts"));
}

TEST_CASE("a login-config names the login service and the node, or neither") {
  const auto full = parse_login_config(
      R"({"oauthConfigUrl":"https://login.example/.well-known/openid-configuration","edgeNodeId":"n-1"})");
  REQUIRE(full);
  CHECK(full->discovery_url == "https://login.example/.well-known/openid-configuration");
  CHECK(full->edge_node == "n-1");
  for (const char* text : {"{}", R"({"oauthConfigUrl":null,"edgeNodeId":7})",
                           R"({"oauthConfigUrl":[],"edgeNodeId":{}})"}) {
    const auto empty = parse_login_config(text);
    REQUIRE(empty);
    CHECK(empty->discovery_url.empty());
    CHECK(empty->edge_node.empty());
  }
  for (const char* text : {"", "[]", "<html></html>", "null", "{"})
    CHECK_FALSE(parse_login_config(text));
  CHECK_FALSE(parse_login_config(std::string(kMostDocument + 1, ' ')));
}

TEST_CASE("a node that is no identifier is none") {
  const auto node = [](const std::string& id) {
    return parse_login_config(R"({"edgeNodeId":")" + id + "\"}")->edge_node;
  };
  CHECK(node(std::string(200, 'n')) == std::string(200, 'n'));
  CHECK(node(std::string(201, 'n')).empty());
  CHECK(node("a b").empty());
  CHECK(node("a\\u000ab").empty());
  CHECK(node("\xc3\xa4").empty());
}

}  // namespace
}  // namespace sfteams::oauth
