#include <cstdlib>
#include <memory>
#include <string>

#include <catch2/catch.hpp>
#include <openssl/ssl.h>

#include "tests/machine.h"
#include "tests/transport/certificates.h"
#include "tests/transport/raw_server.h"
#include "tests/transport/world.h"
#include "transport/codes.h"
#include "transport/tls.h"
#include "transport/tls_files.h"

namespace sfteams::transport {
namespace {

/// A server with a certificate, and what a client needs to trust its authority.
struct TlsWorld {
  explicit TlsWorld(const CertificateWish& wish = {}, const std::string& address = "127.0.0.1") {
    const Certificate issued = authority.issue(wish);
    certificate = std::make_unique<TemporaryFile>(issued.certificate);
    key = std::make_unique<TemporaryFile>(issued.key);
    ServerOptions options;
    options.address = address;
    options.tls = ServerTls{certificate->path(), key->path()};
    server.listen(world, options);
  }

  /// Dials, and waits until it is open or refused.
  void dial(const std::string& host, const TemporaryFile& trusted) {
    DialOptions options = test::dial_options("wss", host, server.port());
    options.ca_file = trusted.path();
    test::dial(world, options, client);
    world.until([this] { return client.opened || client.closed; });
  }

  [[nodiscard]] const Error& refusal() const {
    REQUIRE(client.closed);
    CHECK(client.closed->cause == CloseInfo::Cause::refused);
    REQUIRE(client.closed->error);
    return *client.closed->error;
  }

  Authority authority;
  TemporaryFile ca{authority.certificate()};
  std::unique_ptr<TemporaryFile> certificate;
  std::unique_ptr<TemporaryFile> key;
  test::World world;
  test::Accepting server;
  test::Recorder client;
};

bool says(const Error& error, const std::string& what) {
  INFO(describe(error));
  return error.message.find(what) != std::string::npos;
}

}  // namespace

TEST_CASE("a certificate of the named authority for the name is trusted", "[transport][tls]") {
  TlsWorld tls;
  tls.dial("localhost", tls.ca);
  CHECK(tls.client.opened);
}

TEST_CASE("a certificate for an IPv4 address is trusted", "[transport][tls]") {
  TlsWorld tls;
  tls.dial("127.0.0.1", tls.ca);
  CHECK(tls.client.opened);
}

TEST_CASE("a certificate for an IPv6 address is trusted", "[transport][tls]") {
  if (!machine::has_ipv6()) return;
  TlsWorld tls({"IP:::1"}, "::1");
  tls.dial("::1", tls.ca);
  CHECK(tls.client.opened);
}

TEST_CASE("a certificate for another IPv6 address is refused", "[transport][tls]") {
  if (!machine::has_ipv6()) return;
  TlsWorld tls({"DNS:localhost,IP:::2"}, "::1");
  tls.dial("::1", tls.ca);
  CHECK(tls.refusal().code == codes::kTlsUntrusted);
}

TEST_CASE("a certificate for another host is refused as a hostname mismatch", "[transport][tls]") {
  TlsWorld tls({"DNS:other.example"});
  tls.dial("localhost", tls.ca);
  CHECK(tls.refusal().code == codes::kTlsUntrusted);
  CHECK(says(tls.refusal(), "hostname mismatch"));
  CHECK(tls.server.accepted.empty());
}

TEST_CASE("a wildcard stands for a whole label only", "[transport][tls]") {
  TlsWorld tls({"DNS:local*"});
  tls.dial("localhost", tls.ca);
  CHECK(tls.refusal().code == codes::kTlsUntrusted);
}

TEST_CASE("an expired certificate is refused with its date", "[transport][tls]") {
  CertificateWish wish;
  wish.valid_from = -7200;
  wish.valid_until = -3600;
  TlsWorld tls(wish);
  tls.dial("localhost", tls.ca);
  CHECK(tls.refusal().code == codes::kTlsUntrusted);
  CHECK(says(tls.refusal(), "expired on 20"));
}

TEST_CASE("a certificate that is not valid yet is refused", "[transport][tls]") {
  CertificateWish wish;
  wish.valid_from = 3600;
  wish.valid_until = 7200;
  TlsWorld tls(wish);
  tls.dial("localhost", tls.ca);
  CHECK(tls.refusal().code == codes::kTlsUntrusted);
  CHECK(says(tls.refusal(), "not valid before"));
}

TEST_CASE("a certificate of an unknown authority is refused", "[transport][tls]") {
  TlsWorld tls;
  const TemporaryFile another{Authority().certificate()};
  tls.dial("localhost", another);
  CHECK(tls.refusal().code == codes::kTlsUntrusted);
  CHECK(says(tls.refusal(), "unknown authority"));
}

TEST_CASE("a self-signed certificate is refused", "[transport][tls]") {
  TlsWorld tls;
  const Certificate own = self_signed();
  const TemporaryFile certificate(own.certificate);
  const TemporaryFile key(own.key);
  test::Accepting server;
  ServerOptions options;
  options.tls = ServerTls{certificate.path(), key.path()};
  server.listen(tls.world, options);
  tls.server.server = std::move(server.server);
  tls.dial("localhost", tls.ca);
  CHECK(tls.refusal().code == codes::kTlsUntrusted);
  CHECK(says(tls.refusal(), "self-signed"));
}

TEST_CASE("the system's authorities do not vouch for a throw-away one", "[transport][tls]") {
  TlsWorld tls;
  test::dial(tls.world, test::dial_options("wss", "localhost", tls.server.port()), tls.client);
  tls.world.until([&] { return tls.client.opened || tls.client.closed; });
  CHECK(tls.refusal().code == codes::kTlsUntrusted);
}

TEST_CASE("a server that only speaks TLS 1.1 is refused", "[transport][tls]") {
  const Authority authority;
  const Certificate issued = authority.issue();
  const TemporaryFile ca(authority.certificate());
  RawServer server([](RawConnection& connection) { connection.wait_for_close(); },
                   {issued.certificate, issued.key, TLS1_1_VERSION});
  test::World world;
  test::Recorder client;
  DialOptions options = test::dial_options("wss", "localhost", server.port());
  options.ca_file = ca.path();
  test::dial(world, options, client);
  world.until([&] { return client.opened || client.closed; });
  REQUIRE(client.closed);
  CHECK(client.closed->error->code == codes::kTlsFailed);
}

TEST_CASE("a server that speaks no TLS at all is refused", "[transport][tls]") {
  TlsWorld tls;
  test::Accepting plain;
  plain.listen(tls.world);
  tls.server.server = std::move(plain.server);
  tls.dial("localhost", tls.ca);
  CHECK(tls.refusal().code == codes::kTlsFailed);
}

TEST_CASE("a web server without TLS at the port is told as that", "[transport][tls]") {
  const Authority authority;
  const TemporaryFile ca(authority.certificate());
  // What web servers answer to bytes that are no request.
  RawServer server([](RawConnection& connection) {
    connection.send(http_reply(400, "text/html", "Bad Request"));
    connection.wait_for_close();
  });
  test::World world;
  test::Recorder client;
  DialOptions options = test::dial_options("wss", "localhost", server.port());
  options.ca_file = ca.path();
  test::dial(world, options, client);
  world.until([&] { return client.opened || client.closed; });
  REQUIRE(client.closed);
  CHECK(client.closed->error->code == codes::kTlsFailed);
  CHECK(says(*client.closed->error, "does not speak TLS"));
  CHECK_THAT(client.closed->error->hint,
             Catch::Contains("TLS on port " + std::to_string(server.port())));
}

TEST_CASE("a URL without TLS is advised only where it is taken", "[transport][tls]") {
  const auto hint = [](const char* url) { return no_tls_hint(parse_url(url).value()); };
  for (const char* url : {"wss://c.example.com:8443", "wss://192.0.2.7", "wss://[2001:db8::1]"}) {
    INFO(url);
    CHECK_THAT(hint(url), !Catch::Contains("ws://"));
  }
  CHECK_THAT(hint("wss://c.example.com:8443"),
             Catch::Contains("the server has to speak TLS on port 8443 (443 is usual)"));
  CHECK_THAT(hint("wss://c.example.com"), Catch::EndsWith("on port 443"));
  for (const char* url : {"wss://127.0.0.1:80", "wss://localhost:80", "wss://[::1]:80"}) {
    INFO(url);
    CHECK_THAT(hint(url), Catch::Contains("without TLS the URL begins with ws://, which is taken "
                                          "only towards this host"));
  }
  CHECK_THAT(hint("https://192.0.2.7"), Catch::EndsWith("without TLS the URL begins with http://"));
}

TEST_CASE("a CA file that cannot be read is told with the system's own reason",
          "[transport][tls]") {
  const auto missing = check_ca_file("/etc/sfteams-no-such.pem");
  REQUIRE_FALSE(missing);
  CHECK_THAT(missing.error().message, Catch::EndsWith("cannot be read: No such file or directory"));
  const auto behind_a_file = check_ca_file("/etc/passwd/ca.pem");
  REQUIRE_FALSE(behind_a_file);
  CHECK_THAT(behind_a_file.error().message, Catch::EndsWith("cannot be read: Not a directory"));
}

TEST_CASE("a CA file with nothing but a server's own certificate is refused as such",
          "[transport][tls]") {
  const Authority authority;
  const Certificate issued = authority.issue();
  const TemporaryFile leaf(issued.certificate);
  const auto refused = check_ca_file(leaf.path());
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == codes::kCaNotAuthority);
  CHECK(says(refused.error(), "a server's own certificate"));
  CHECK_THAT(refused.error().hint, Catch::Contains("the authority that signed"));
  CHECK(check_ca_file(TemporaryFile(issued.certificate + authority.certificate()).path()));
  CHECK(check_ca_file(TemporaryFile(authority.certificate()).path()));
  CHECK(check_ca_file(TemporaryFile(self_signed().certificate).path()));
}

TEST_CASE("what is wrong with a CA file is named", "[transport][tls]") {
  const auto fault = [](const std::filesystem::path& file) {
    const auto refused = check_ca_file(file);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == codes::kCaUnreadable);
    const std::string start = "the CA file " + file.string() + " ";
    CHECK_THAT(refused.error().message, Catch::StartsWith(start));
    return refused.error().message.substr(start.size());
  };
  CHECK(fault(std::filesystem::temp_directory_path()) == "is a directory");
  CHECK(fault(TemporaryFile("").path()) == "is empty");
  CHECK(fault(TemporaryFile("text\n").path()) == "holds no PEM certificate");
  CHECK(fault(TemporaryFile(Authority().issue().key).path()) ==
        "holds a private key and no certificate");
  CHECK_THAT(
      fault(TemporaryFile("-----BEGIN CERTIFICATE-----\n?\n-----END CERTIFICATE-----\n").path()),
      Catch::StartsWith("holds no usable certificate: ") && !Catch::Contains("PEM lib"));
}

TEST_CASE("a CA file that is missing, empty or no certificate fails the dial at once",
          "[transport][tls]") {
  test::World world;
  test::Recorder client;
  DialOptions options = test::dial_options("wss", "localhost", 1);
  const TemporaryFile empty("");
  const TemporaryFile text("no certificate\n");
  for (const std::string& path :
       {std::string("/nonexistent/ca.pem"), empty.path().string(), text.path().string()}) {
    options.ca_file = path;
    const auto dialled = dial(world.network(), options, client);
    REQUIRE_FALSE(dialled);
    CHECK(dialled.error().code == codes::kCaUnreadable);
    CHECK(says(dialled.error(), path));
  }
}

TEST_CASE("a CA file that was replaced counts from the next dial on", "[transport][tls]") {
  TlsWorld tls;
  const TemporaryFile ca{Authority().certificate()};
  tls.dial("localhost", ca);
  CHECK(tls.client.closed);
  test::write_text(ca.path(), tls.authority.certificate());
  test::Recorder second;
  DialOptions options = test::dial_options("wss", "localhost", tls.server.port());
  options.ca_file = ca.path();
  test::dial(tls.world, options, second);
  tls.world.until([&] { return second.opened || second.closed; });
  CHECK(second.opened);
}

}  // namespace sfteams::transport
