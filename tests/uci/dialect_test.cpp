#include "uci/dialect.h"

#include <catch2/catch.hpp>

#include "uci/codes.h"
#include "uci/http_binding.h"
#include "uci/method_kind.h"

namespace codes = sfteams::uci::codes;
using sfteams::crypto::Secret;
using sfteams::uci::CallbackAddress;
using sfteams::uci::dialect_of;
using sfteams::uci::event_service;
using sfteams::uci::kind_of;
using sfteams::uci::MethodKind;
using sfteams::uci::NilHabit;
using sfteams::uci::request_url;
using sfteams::uci::Version;

TEST_CASE("each version has the names that the reference gives") {
  const auto v20 = dialect_of(Version::v20);
  CHECK(v20.login == "ucp.v20.server.connection.login");
  CHECK(v20.keep_alive == "ucp.v20.server.connection.probe");
  CHECK(v20.subscribe == "ucp.v20.server.connection.setProvidedServices");
  CHECK(v20.nil == NilHabit::empty_string);
  const auto v22 = dialect_of(Version::v22);
  CHECK(v22.login == "ucp.v22.requests.connection.login");
  CHECK(v22.keep_alive == "ucp.v22.requests.connection.keepAlive");
  CHECK(v22.services == std::vector<std::string>{"ucp.v22.events.call"});
  const auto v30 = dialect_of(Version::v30);
  CHECK(v30.logout == "ucp.v30.requests.connection.logout");
  CHECK(v30.subscribe == "ucp.v30.requests.service.subscribeEvents");
  CHECK(v30.server_version == "ucp.v30.requests.system.getServerVersion");
}

TEST_CASE("a short name of an event service becomes the full one of the version") {
  CHECK(event_service(Version::v30, "fax") == "ucp.v30.events.fax");
  CHECK(event_service(Version::v22, "call") == "ucp.v22.events.call");
  CHECK(event_service(Version::v20, "call") == "ucp.v20.client.communication.call");
  CHECK(event_service(Version::v30, "ucp.v22.events.call") == "ucp.v22.events.call");
}

TEST_CASE("methods that touch the shared connection are known in every version") {
  CHECK(kind_of("ucp.v20.server.connection.login") == MethodKind::reserved);
  CHECK(kind_of("ucp.v30.requests.connection.logout") == MethodKind::reserved);
  CHECK(kind_of("ucp.v22.requests.service.subscribeEvents") == MethodKind::subscribe);
  CHECK(kind_of("ucp.v30.requests.service.unsubscribeEvents") == MethodKind::unsubscribe);
  CHECK(kind_of("ucp.v20.server.connection.setProvidedServices") == MethodKind::subscribe_list);
  CHECK(kind_of("ucp.v30.requests.connection.keepAlive") == MethodKind::ordinary);
  CHECK(kind_of("ucp.v30.requests.call.placeCallWithPhone") == MethodKind::ordinary);
}

TEST_CASE("a request names account and callback in its query, percent-encoded") {
  const sfteams::transport::Url pbx{"http", "127.0.0.1", 80, "/"};
  const CallbackAddress callback{"127.0.0.1", 4711, "/events/a_b-c"};
  auto dialect = dialect_of(Version::v30);
  const Secret token = Secret::from_text("1 2+3&4:ab");
  CHECK(request_url(pbx, dialect, "1 2+3&4", token, callback).text() ==
        "http://127.0.0.1/xml-rpc?de.vertico.starface.auth=1%202%2B3%264%3Aab"
        "&de.vertico.starface.user=1%202%2B3%264"
        "&de.vertico.starface.callback.type=http"
        "&de.vertico.starface.callback.host=127.0.0.1"
        "&de.vertico.starface.callback.port=4711"
        "&de.vertico.starface.callback.path=%2Fevents%2Fa_b-c");
  dialect.send_user = false;
  dialect.send_callback_type = false;
  CHECK(request_url({"https", "pbx.example.com", 8443, "/proxy"}, dialect, "1", token, callback)
            .text() ==
        "https://pbx.example.com:8443/proxy/xml-rpc?de.vertico.starface.auth=1%202%2B3%264%3Aab"
        "&de.vertico.starface.callback.host=127.0.0.1"
        "&de.vertico.starface.callback.port=4711"
        "&de.vertico.starface.callback.path=%2Fevents%2Fa_b-c");
  CHECK(request_url(pbx, dialect, "1", token, std::nullopt).text() ==
        "http://127.0.0.1/xml-rpc?de.vertico.starface.auth=1%202%2B3%264%3Aab");
}

TEST_CASE("errors of the HTTP client keep to three codes of this room") {
  using sfteams::Code;
  using sfteams::Error;
  using sfteams::uci::from_http;
  const auto mapped = [](std::string_view id) {
    return from_http(Error{Code{id}, "what happened", "a hint"}).code;
  };
  CHECK(mapped("transport.timeout") == codes::kTimeout);
  CHECK(mapped("transport.broken-reply") == codes::kBrokenReply);
  CHECK(mapped("transport.reply-too-large") == codes::kBrokenReply);
  CHECK(mapped("transport.connect-failed") == codes::kUnreachable);
  CHECK(mapped("transport.resolve-failed") == codes::kUnreachable);
  CHECK(mapped("transport.tls-untrusted") == codes::kUnreachable);
  CHECK(from_http(Error{Code{"transport.timeout"}, "x", "a hint"}).hint == "a hint");
}
