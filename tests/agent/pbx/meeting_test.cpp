#include "agent/pbx/meeting.h"

#include <catch2/catch.hpp>

#include "tests/contains.h"

// What is said of a PBX and a callback that may not meet.

namespace sfteams::agent {
namespace {

/// This host has 192.0.2.10 and is agent.example.com; the PBX is elsewhere.
HostFacts facts() {
  HostFacts hosts;
  hosts.is_own_address = [](std::string_view address) {
    return std::optional(transport::is_loopback(address) || address == "192.0.2.10" ||
                         address == "0.0.0.0");
  };
  hosts.is_this_host = [](const std::string& host) -> std::optional<bool> {
    if (host == "unknown.example.com") return std::nullopt;
    return transport::is_loopback(host) || host == "agent.example.com" || host == "192.0.2.10";
  };
  return hosts;
}

PbxSettings settings(const std::string& url, const std::string& listen,
                     const std::string& host = {}) {
  PbxSettings uci;
  uci.url = transport::parse_url(url).value();
  uci.callback_address = listen;
  uci.callback_host = host;
  return uci;
}

std::string codes_of(const PbxSettings& uci) {
  std::string codes;
  for (const Error& error : meeting_warnings(uci, facts()))
    codes.append(codes.empty() ? "" : " ").append(error.code.id);
  return codes;
}

TEST_CASE("a PBX on this host meets its callback at every address") {
  CHECK(codes_of(settings("http://127.0.0.1", "127.0.0.1")).empty());
  CHECK(codes_of(settings("http://127.0.0.1", "192.0.2.10")).empty());
  CHECK(codes_of(settings("http://agent.example.com", "127.0.0.1")).empty());
}

TEST_CASE("a PBX on another host does not meet a callback on loopback") {
  const std::string both = "uci.not-encrypted uci.callback-not-loopback";
  CHECK(codes_of(settings("http://pbx.example.com", "127.0.0.1")) == both);
  CHECK(codes_of(settings("http://pbx.example.com", "0.0.0.0", "localhost")) == both);
  CHECK(codes_of(settings("https://pbx.example.com", "::1")) == "uci.callback-not-loopback");
  PbxSettings off = settings("http://pbx.example.com", "127.0.0.1");
  off.enabled = false;
  CHECK(codes_of(off).empty());
}

TEST_CASE("tokens in clear text are warned of in both directions") {
  CHECK(codes_of(settings("http://pbx.example.com", "192.0.2.10")) ==
        "uci.not-encrypted uci.not-encrypted");
  PbxSettings uci = settings("https://pbx.example.com", "192.0.2.10");
  CHECK(codes_of(uci) == "uci.not-encrypted");
  uci.callback_tls = transport::ServerTls{"/c.pem", "/c.key"};
  CHECK(codes_of(uci).empty());
}

TEST_CASE("an address that this host does not have, and a callback's host that is another one") {
  CHECK(codes_of(settings("http://127.0.0.1", "192.0.2.11")) == "uci.callback-no-address");
  CHECK(codes_of(settings("http://127.0.0.1", "0.0.0.0", "agent.example.com")).empty());
  CHECK(codes_of(settings("http://127.0.0.1", "0.0.0.0", "192.0.2.11")) == "uci.callback-host");
  CHECK(codes_of(settings("http://127.0.0.1", "192.0.2.10", "unknown.example.com")) ==
        "uci.callback-host");
}

}  // namespace
}  // namespace sfteams::agent
