#include "transport/proxy.h"

#include <map>
#include <string>

#include <catch2/catch.hpp>

#include "tests/contains.h"
#include "transport/challenges.h"
#include "transport/codes.h"
#include "transport/no_proxy.h"
#include "transport/proxy_handshake.h"

namespace sfteams::transport {
namespace {

Url url(const std::string& text) {
  return parse_url(text).value();
}

std::string credentials(const Proxy& proxy) {
  return proxy.credentials == nullptr ? "none" : std::string(proxy.credentials->text());
}

std::string fault_of(const std::string& text) {
  const Result<Proxy> proxy = parse_proxy(text);
  REQUIRE_FALSE(proxy);
  CHECK(proxy.error().code.id == codes::kBadProxy.id);
  CHECK_FALSE(proxy.error().hint.empty());
  return describe(proxy.error());
}

/// What the environment's variables choose for a URL; "direct" when none.
std::string chosen(const std::map<std::string, std::string>& variables, const std::string& target) {
  const auto proxy = proxy_from_environment(url(target), [&](const char* name) -> const char* {
    const auto found = variables.find(name);
    return found == variables.end() ? nullptr : found->second.c_str();
  });
  if (!proxy) return std::string(proxy.error().code.id);
  return *proxy ? (*proxy)->to_string() : "direct";
}

ProxyHandshake handshake(const std::string& proxy = "proxy.example.com:3128",
                         const std::string& target = "wss://connector.example.com") {
  return ProxyHandshake(parse_proxy(proxy).value(), url(target), "agent/1");
}

const Error& fault(const Result<bool>& result) {
  REQUIRE_FALSE(result);
  UNSCOPED_INFO(describe(result.error()));
  return result.error();
}

}  // namespace

TEST_CASE("a proxy is written as a URL, with or without credentials", "[transport][proxy]") {
  const Proxy plain = parse_proxy("http://Proxy.Example.com:3128").value();
  CHECK(plain.host == "proxy.example.com");
  CHECK(plain.port == 3128);
  CHECK(credentials(plain) == "none");
  CHECK(parse_proxy("proxy.example.com:8080/").value().port == 8080);
  CHECK(parse_proxy("http://[2001:DB8::1]:3128").value().to_string() == "[2001:db8::1]:3128");
  const Proxy named = parse_proxy("http://jane:p%40ss:%25w@10.0.0.1:3128").value();
  CHECK(named.to_string() == "10.0.0.1:3128");
  CHECK(credentials(named) == "jane:p@ss:%w");
  CHECK(credentials(parse_proxy("http://jane:a@b@10.0.0.1:3128").value()) == "jane:a@b");
  CHECK(credentials(parse_proxy("http://jane@10.0.0.1:3128").value()) == "jane:");
}

TEST_CASE("two proxies are the same only with the same credentials", "[transport][proxy]") {
  const auto same = [](const char* a, const char* b) {
    return parse_proxy(a).value() == parse_proxy(b).value();
  };
  CHECK(same("http://a:b@h:1", "a:b@h:1"));
  CHECK_FALSE(same("http://a:b@h:1", "http://a:c@h:1"));
  CHECK_FALSE(same("http://a:b@h:1", "http://h:1"));
  CHECK(same("h:1", "h:1"));
  CHECK_FALSE(same("h:1", "h:2"));
  CHECK_FALSE(same("h:1", "i:1"));
}

TEST_CASE("a wrong proxy is refused without a word of its password", "[transport][proxy]") {
  for (const std::string wrong :
       {"https://jane:s3cret@h:1", "socks5://jane:s3cret@h:1", "http://jane:s3cret@h",
        "http://jane:s3cret%@h:1", "http://jane:s3cret%0a@h:1", "http://:s3cret@h:1",
        "http://a%3ab:s3cret@h:1", "http://jane:s3cret@h:0", "http://jane:s3cret@h:99999",
        "http://jane:s3cret@h:1/path", "http://jane:s3cret@h h:1", "http://jane:s3cret@:1",
        "jane:s3cret@[::1]"}) {
    INFO(wrong);
    CHECK_FALSE(contains(fault_of(wrong), "s3cret"));
  }
  CHECK(contains(fault_of("https://h:1"), "another scheme"));
  CHECK(contains(fault_of("http://h"), "no port"));
  CHECK(contains(fault_of("[::1]"), "no port"));
  CHECK(contains(fault_of(""), "no port"));
  CHECK(contains(fault_of(std::string(600, 'x') + "@h:1"), "512 bytes"));
}

TEST_CASE("the environment's proxy is for TLS to other hosts only", "[transport][proxy]") {
  const std::map<std::string, std::string> both = {{"https_proxy", "http://lower:1"},
                                                   {"HTTPS_PROXY", "http://upper:1"}};
  CHECK(chosen(both, "wss://c.example.com") == "lower:1");
  CHECK(chosen({{"HTTPS_PROXY", "upper:1"}}, "wss://c.example.com") == "upper:1");
  CHECK(chosen({{"https_proxy", ""}, {"HTTPS_PROXY", "upper:1"}}, "wss://c.example.com") ==
        "upper:1");
  CHECK(chosen({}, "wss://c.example.com") == "direct");
  CHECK(chosen(both, "ws://c.example.com") == "direct");
  CHECK(chosen(both, "wss://127.0.0.1:8443") == "direct");
  CHECK(chosen(both, "wss://localhost") == "direct");
  CHECK(chosen({{"HTTPS_PROXY", "socks5://h:1"}}, "wss://c.example.com") == "transport.bad-proxy");
}

TEST_CASE("no_proxy exempts hosts and whole domains", "[transport][proxy]") {
  const auto with = [](const std::string& list, const std::string& target) {
    return chosen({{"HTTPS_PROXY", "proxy:1"}, {"NO_PROXY", list}}, target);
  };
  CHECK(with("c.example.com", "wss://c.example.com") == "direct");
  CHECK(with("other, .Example.com ", "wss://c.example.com") == "direct");
  CHECK(with("example.com", "wss://c.example.com") == "direct");
  CHECK(with("c.example.com:443", "wss://c.example.com") == "direct");
  CHECK(with("*", "wss://c.example.com") == "direct");
  CHECK(with("10.1.2.3", "wss://10.1.2.3") == "direct");
  CHECK(with("[2001:db8::1]", "wss://[2001:db8::1]") == "direct");
  CHECK(with("ample.com", "wss://c.example.com") == "proxy:1");
  CHECK(with("c.example.com:8443", "wss://c.example.com") == "proxy:1");
  CHECK(with(",,", "wss://c.example.com") == "proxy:1");
}

TEST_CASE("no_proxy exempts by wildcards, ports and trailing dots", "[transport][proxy]") {
  const auto exempt = [](const char* list, const char* target) {
    return NoProxy::parse(list).exempts(url(target));
  };
  CHECK(exempt("*.corp.example", "wss://c.corp.example"));
  CHECK(exempt("x, *.Corp.Example", "wss://a.b.corp.example"));
  CHECK_FALSE(exempt("*.corp.example", "wss://corp.example"));
  CHECK_FALSE(exempt("*.corp.example", "wss://xcorp.example"));
  CHECK(exempt(".corp.example", "wss://corp.example"));
  CHECK(exempt("*.corp.example:8443", "wss://c.corp.example:8443"));
  CHECK_FALSE(exempt("*.corp.example:8443", "wss://c.corp.example"));
  CHECK(exempt("corp.example.", "wss://c.corp.example"));
  CHECK(exempt("*:8443", "wss://c.example:8443"));
  CHECK_FALSE(exempt("*:8443", "wss://c.example"));
  CHECK(exempt("a.example b.example\tc.example", "wss://c.example"));
}

TEST_CASE("no_proxy exempts networks of both kinds of address", "[transport][proxy]") {
  const auto exempt = [](const char* list, const char* target) {
    return NoProxy::parse(list).exempts(url(target));
  };
  CHECK(exempt("10.0.0.0/8", "wss://10.255.0.1"));
  CHECK_FALSE(exempt("10.0.0.0/8", "wss://11.0.0.1"));
  CHECK(exempt("172.16.0.0/12", "wss://172.31.255.255"));
  CHECK_FALSE(exempt("172.16.0.0/12", "wss://172.32.0.0"));
  CHECK(exempt("192.0.2.7/32", "wss://192.0.2.7"));
  CHECK_FALSE(exempt("192.0.2.7/32", "wss://192.0.2.6"));
  CHECK(exempt("0.0.0.0/0", "wss://192.0.2.7"));
  CHECK_FALSE(exempt("0.0.0.0/0", "wss://[2001:db8::1]"));
  CHECK_FALSE(exempt("10.0.0.0/8", "wss://ten.example"));
  CHECK(exempt("2001:db8::/32", "wss://[2001:db8:1::1]"));
  CHECK(exempt("[2001:db8::]/33", "wss://[2001:db8:7fff::1]"));
  CHECK_FALSE(exempt("2001:db8::/33", "wss://[2001:db8:8000::1]"));
  CHECK(exempt("2001:DB8:0::1", "wss://[2001:db8::1]"));
  CHECK(exempt("[2001:db8::1]:8443", "wss://[2001:db8::1]:8443"));
  CHECK_FALSE(exempt("[2001:db8::1]:8443", "wss://[2001:db8::1]"));
  CHECK(exempt("10.1.2.3:443", "wss://10.1.2.3"));
}

TEST_CASE("an entry of no_proxy that is not understood is warned of and exempts nothing",
          "[transport][proxy]") {
  const auto* const entry =
      GENERATE("10.0.0.0/33", "10.0.0/8", "10.*", "192.168.1.", "2001:db8::/129", "a..example",
               "*corp.example", "a*.example", "https://c.example.com", "c.example.com:https",
               ":443", "c.example.com:0", ".", "*.", "10.0.0.1/255.0.0.0", "10.0.0.0/");
  CAPTURE(entry);
  const NoProxy list = NoProxy::parse(std::string("a.example,") + entry + ",b.example");
  REQUIRE(list.warnings().size() == 1);
  CHECK(list.warnings()[0].code == codes::kNoProxyEntry);
  CHECK(contains(list.warnings()[0].message, std::string("\"") + entry + "\" in NO_PROXY"));
  CHECK(contains(list.warnings()[0].hint, "10.0.0.0/8"));
  CHECK_FALSE(list.exempts(url("wss://c.example.com")));
  CHECK(list.exempts(url("wss://b.example")));
}

TEST_CASE("a warning of no_proxy repeats nothing that could be a password", "[transport][proxy]") {
  const NoProxy list = NoProxy::parse("a.example jane:s3cret@c.example.com");
  REQUIRE(list.warnings().size() == 1);
  CHECK_FALSE(contains(describe(list.warnings()[0]), "s3cret"));
  CHECK(contains(list.warnings()[0].message, "entry 2"));
}

TEST_CASE("no_proxy is warned of only where a proxy would be used", "[transport][proxy]") {
  const auto warnings = [](const std::map<std::string, std::string>& variables,
                           const std::string& target) {
    return no_proxy_warnings(url(target),
                             [&](const char* name) -> const char* {
                               const auto found = variables.find(name);
                               return found == variables.end() ? nullptr : found->second.c_str();
                             })
        .size();
  };
  CHECK(warnings({{"HTTPS_PROXY", "p:1"}, {"NO_PROXY", "10.*"}}, "wss://c.example.com") == 1);
  CHECK(warnings({{"NO_PROXY", "10.*"}}, "wss://c.example.com") == 0);
  CHECK(warnings({{"HTTPS_PROXY", "p:1"}, {"NO_PROXY", "10.*"}}, "ws://127.0.0.1") == 0);
}

TEST_CASE("the schemes of a challenge are told from its parameters", "[transport][proxy]") {
  const auto offered = [](const std::string& headers) {
    std::string joined;
    for (const std::string& scheme :
         offered_schemes("HTTP/1.1 407 x\r\n" + headers + "\r\n", "proxy-authenticate"))
      joined += scheme + " ";
    return joined;
  };
  const std::string name = "Proxy-Authenticate: ";
  CHECK(offered(name + "Negotiate, Basic realm=\"x\"\r\n") == "negotiate basic ");
  CHECK(offered(name + "Negotiate,Basic\r\n") == "negotiate basic ");
  CHECK(offered(name + "Digest realm=\"a, Basic b\", nonce=\"\\\", NTLM\", qop=\"auth,auth-int\", "
                       "Basic realm=\"c\"\r\n") == "digest basic ");
  CHECK(offered(name + "Basic realm = \"x\" , charset = \"UTF-8\"\r\n") == "basic ");
  CHECK(offered(name + "Negotiate a87421000492aa874209af8bc028==, NTLM TlRMTVNT\r\n") ==
        "negotiate ntlm ");
  CHECK(offered(name + ", ,Basic realm=x,,\r\n") == "basic ");
  CHECK(offered(name + "NTLM\r\n" + name + "Negotiate, Basic\r\n") == "ntlm negotiate basic ");
  CHECK(offered("proxy-AUTHENTICATE:Negotiate,\r\n Basic realm=\"x\"\r\n") == "negotiate basic ");
  CHECK(offered("X-Proxy-Authenticate: Basic\r\n") == "");
  CHECK(offered("Via: Proxy-Authenticate: Basic\r\n") == "");
  CHECK(offered(name + "\"Basic\", (NTLM)\r\n") == "");
  CHECK(offered(name + "Basic realm=\"never closed, NTLM\r\n") == "basic ");
}

TEST_CASE("Basic is taken from among several challenges in one header", "[transport][proxy]") {
  ProxyHandshake talk = handshake();
  const Error error = fault(
      talk.take("HTTP/1.1 407 x\r\nProxy-Authenticate: Negotiate, Basic realm=\"x\"\r\n\r\n"));
  CHECK(contains(error.message, "wants a user"));
}

TEST_CASE("the request names the target and says who asks", "[transport][proxy]") {
  CHECK(handshake().request().text() ==
        "CONNECT connector.example.com:443 HTTP/1.1\r\nHost: connector.example.com:443\r\n"
        "User-Agent: agent/1\r\n\r\n");
  // RFC 7617 section 2's example.
  CHECK(contains(std::string(handshake("Aladdin:open%20sesame@h:1").request().text()),
                 "\r\nProxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n"));
  CHECK(contains(std::string(handshake("h:1", "wss://[2001:db8::1]:8443").request().text()),
                 "CONNECT [2001:db8::1]:8443 HTTP/1.1\r\nHost: [2001:db8::1]:8443\r\n"));
}

TEST_CASE("any answer of success opens the way, in pieces of any size", "[transport][proxy]") {
  for (const std::string answer :
       {"HTTP/1.1 200 Connection established\r\nVia: x\r\n\r\n", "HTTP/1.0 200 OK\r\n\r\n",
        "HTTP/1.1 204\r\n\r\n", "HTTP/1.1 200 OK\nServer: x\n\n"}) {
    INFO(answer);
    ProxyHandshake talk = handshake();
    for (std::size_t i = 0; i + 1 < answer.size(); ++i)
      REQUIRE_FALSE(talk.take(answer.substr(i, 1)).value());
    CHECK(talk.take(answer.substr(answer.size() - 1)).value());
  }
}

TEST_CASE("a refusal names the proxy, the target and the status", "[transport][proxy]") {
  ProxyHandshake forbidden = handshake();
  const Error error = fault(forbidden.take("HTTP/1.1 403 Filtered\r\n\r\nno"));
  CHECK(error.code.id == codes::kProxyDenied.id);
  CHECK(contains(error.message, "proxy.example.com:3128"));
  CHECK(contains(error.message, "connector.example.com:443"));
  CHECK(contains(error.message, "403"));
  CHECK(contains(error.hint, "CONNECT"));
  ProxyHandshake broken = handshake();
  CHECK(contains(fault(broken.take("HTTP/1.1 502 x\r\n\r\n")).hint, "resolve"));
}

TEST_CASE("a 407 tells missing, wrong and unknown authentication apart", "[transport][proxy]") {
  const std::string basic = "HTTP/1.1 407 x\r\nProxy-Authenticate: Basic realm=\"x\"\r\n\r\n";
  ProxyHandshake without = handshake();
  Error error = fault(without.take(basic));
  CHECK(error.code.id == codes::kProxyAuthentication.id);
  CHECK(contains(error.message, "wants a user"));
  ProxyHandshake with = handshake("jane:s3cret@h:1");
  error = fault(with.take(basic));
  CHECK(contains(error.message, "does not accept"));
  CHECK_FALSE(contains(describe(error), "s3cret"));
  ProxyHandshake tinyproxy = handshake("jane:s3cret@h:1");
  error = fault(tinyproxy.take("HTTP/1.0 401 x\r\nWWW-Authenticate: Basic realm=\"x\"\r\n\r\n"));
  CHECK(error.code.id == codes::kProxyAuthentication.id);
  ProxyHandshake other = handshake();
  error = fault(other.take(
      "HTTP/1.1 407 x\r\nproxy-authenticate: NTLM\r\nProxy-Authenticate:Negotiate\r\n\r\n"));
  CHECK(contains(error.message, "ntlm, negotiate"));
}

TEST_CASE("what is no HTTP proxy is told so", "[transport][proxy]") {
  for (const std::string answer :
       {"SSH-2.0-OpenSSH\r\n\r\n", "HTTP/2 200\r\n\r\n", "HTTP/1.1 2x0 OK\r\n\r\n", "\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\r\nmore"}) {
    INFO(answer);
    ProxyHandshake talk = handshake();
    CHECK(fault(talk.take(answer)).code.id == codes::kProxyFailed.id);
  }
  ProxyHandshake endless = handshake();
  CHECK(
      fault(endless.take("HTTP/1.1 200 " + std::string(ProxyHandshake::kMaxAnswer, 'x'))).code.id ==
      codes::kProxyFailed.id);
}

}  // namespace sfteams::transport
