#include <array>
#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include <catch2/catch.hpp>
#include <openssl/ssl.h>

#include "tests/contains.h"
#include "tests/header_prefixes.h"
#include "tests/machine.h"
#include "tests/transport/certificates.h"
#include "tests/transport/raw_client.h"
#include "tests/transport/raw_server.h"
#include "tests/transport/world.h"
#include "transport/codes.h"

namespace sfteams::transport {
namespace {

struct Files {
  explicit Files(const Certificate& issued) : certificate(issued.certificate), key(issued.key) {}
  TemporaryFile certificate;
  TemporaryFile key;
};

Error listen_error(test::World& world, ServerOptions options) {
  auto server = Server::listen(world.network(), std::move(options));
  REQUIRE_FALSE(server);
  UNSCOPED_INFO(describe(server.error()));
  return server.error();
}

Error listen_error(test::World& world, const std::filesystem::path& certificate,
                   const std::filesystem::path& key) {
  ServerOptions options;
  options.tls = ServerTls{certificate, key};
  return listen_error(world, options);
}

/// A TLS client that is driven by hand and checks no certificate.
class TlsClient {
 public:
  TlsClient(std::uint16_t port, int newest, const std::string& alpn)
      : context_(::SSL_CTX_new(::TLS_client_method()), ::SSL_CTX_free),
        raw_(port),
        ssl_(nullptr, ::SSL_free) {
    ::SSL_CTX_set_security_level(context_.get(), 0);
    ::SSL_CTX_set_min_proto_version(context_.get(), TLS1_VERSION);
    ::SSL_CTX_set_max_proto_version(context_.get(), newest);
    ssl_.reset(::SSL_new(context_.get()));
    if (!alpn.empty()) {
      ::SSL_set_alpn_protos(ssl_.get(), reinterpret_cast<const unsigned char*>(alpn.data()),
                            static_cast<unsigned>(alpn.size()));
    }
    ::SSL_set_fd(ssl_.get(), raw_.descriptor());
    ::SSL_set_connect_state(ssl_.get());
  }

  enum class State { going_on, done, failed };
  State handshake() {
    const int result = ::SSL_do_handshake(ssl_.get());
    if (result == 1) return State::done;
    const int error = ::SSL_get_error(ssl_.get(), result);
    return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE ? State::going_on
                                                                         : State::failed;
  }
  [[nodiscard]] SSL* ssl() const { return ssl_.get(); }

 private:
  std::unique_ptr<SSL_CTX, decltype(&::SSL_CTX_free)> context_;
  test::RawClient raw_;
  std::unique_ptr<SSL, decltype(&::SSL_free)> ssl_;
};

struct TlsServer {
  explicit TlsServer(
      ServerOptions options = {},
      std::function<void(const HttpRequest&)> look = [](const HttpRequest&) {})
      : files(Authority().issue()) {
    options.tls = ServerTls{files.certificate.path(), files.key.path()};
    options.http = [look](const HttpRequest& request, HttpResponder responder) {
      look(request);
      responder.respond({});
    };
    server.listen(world, options);
  }

  TlsClient::State connect(TlsClient& client) {
    TlsClient::State state{};
    world.until([&] { return (state = client.handshake()) != TlsClient::State::going_on; });
    return state;
  }

  Files files;
  test::World world;
  test::Accepting server;
};

}  // namespace

TEST_CASE("certificate files that cannot be used stop the listener with the reason",
          "[transport][servertls]") {
  test::World world;
  const Files good(Authority().issue());
  const Files other(Authority().issue());
  const TemporaryFile text("nothing of use\n");
  const std::filesystem::path missing = "/nonexistent/file.pem";
  CHECK(listen_error(world, missing, good.key.path()).code == codes::kCertificateUnreadable);
  CHECK(listen_error(world, good.certificate.path(), missing).code ==
        codes::kCertificateUnreadable);
  CHECK(listen_error(world, text.path(), good.key.path()).code == codes::kCertificateUnreadable);
  CHECK(listen_error(world, good.certificate.path(), text.path()).code ==
        codes::kCertificateUnreadable);
  CHECK(listen_error(world, good.certificate.path(), other.key.path()).code ==
        codes::kCertificateMismatch);
  CHECK(contains(listen_error(world, missing, good.key.path()).message, "/nonexistent/file.pem"));
}

TEST_CASE("a certificate or key that cannot be read is told with the system's own reason",
          "[transport][servertls]") {
  // In a directory that is there and that services see, so that the hint's look at it comes to the
  // end of the path.
  const auto [path, reason] = GENERATE(
      table<const char*, const char*>({{"/etc/sfteams-no-such.pem", "No such file or directory"},
                                       {"/etc/passwd/server.pem", "Not a directory"}}));
  test::World world;
  const Files good(Authority().issue());
  for (const Error& error : {listen_error(world, path, good.key.path()),
                             listen_error(world, good.certificate.path(), path)}) {
    CHECK(error.code == codes::kCertificateUnreadable);
    CHECK_THAT(error.message, Catch::EndsWith(std::string(path) + " cannot be read: " + reason));
  }
}

TEST_CASE("a certificate without those between it and a root is warned of",
          "[transport][servertls]") {
  const Authority authority;
  const Certificate issued = authority.issue();
  const TemporaryFile key(issued.key);
  const auto warning = [&](const std::string& chain) {
    const TemporaryFile file(chain);
    const std::optional<Error> found = chain_warning(ServerTls{file.path(), key.path()});
    return found ? describe(*found) : "none";
  };
  CHECK_THAT(warning(issued.certificate),
             Catch::StartsWith("[transport.chain-incomplete] ") &&
                 Catch::Contains("the server's certificate alone, without that of its issuer test "
                                 "authority; ") &&
                 Catch::Contains("— name fullchain.pem, or append"));
  CHECK(warning(issued.certificate + authority.certificate()) == "none");
  CHECK_THAT(warning(issued.certificate + self_signed().certificate),
             Catch::StartsWith("[transport.chain-order] certificate 2 in ") &&
                 Catch::Contains("did not sign the one before it"));
  const Certificate own = self_signed();
  const TemporaryFile own_certificate(own.certificate);
  const TemporaryFile own_key(own.key);
  CHECK_FALSE(chain_warning(ServerTls{own_certificate.path(), own_key.path()}));
  CHECK_FALSE(chain_warning(ServerTls{"/nonexistent/file.pem", key.path()}));
}

TEST_CASE("what is wrong with a file for a certificate or a key is named",
          "[transport][servertls]") {
  test::World world;
  const Certificate issued = Authority().issue();
  const Files good(issued);
  const std::filesystem::path directory = std::filesystem::temp_directory_path();
  const auto certificate_fault = [&](const std::filesystem::path& file) {
    const Error error = listen_error(world, file, good.key.path());
    CHECK(error.code == codes::kCertificateUnreadable);
    CHECK_THAT(error.message, Catch::StartsWith("the certificate file " + file.string() + " "));
    return error.message.substr(("the certificate file " + file.string() + " ").size());
  };
  const auto key_fault = [&](const std::filesystem::path& file) {
    const Error error = listen_error(world, good.certificate.path(), file);
    CHECK(error.code == codes::kCertificateUnreadable);
    CHECK_THAT(error.message, Catch::StartsWith("the key file " + file.string() + " "));
    return error.message.substr(("the key file " + file.string() + " ").size());
  };
  const auto of = [](const auto& fault, const std::string& content) {
    return fault(TemporaryFile(content).path());
  };
  const std::string swapped = ": have certificate-file and key-file been swapped?";
  const std::string der("\x30\x82\x01\x02", 4);
  CHECK(certificate_fault(directory) == "is a directory");
  CHECK(of(certificate_fault, "") == "is empty");
  CHECK(of(certificate_fault, "\r\n \n") == "is empty");
  CHECK(of(certificate_fault, issued.key) == "holds a private key and no certificate" + swapped);
  CHECK(of(certificate_fault, "text\n") == "holds no PEM certificate");
  CHECK(of(certificate_fault, der) == "is not PEM, but binary (DER or PKCS #12)");
  CHECK(of(certificate_fault,
           "-----BEGIN CERTIFICATE REQUEST-----\nMA==\n"
           "-----END CERTIFICATE REQUEST-----\n") ==
        "holds a request for a certificate, and no certificate");
  CHECK_THAT(of(certificate_fault, "-----BEGIN CERTIFICATE-----\n?\n-----END CERTIFICATE-----\n"),
             Catch::StartsWith("holds no usable certificate: ") && !Catch::Contains("PEM lib"));
  CHECK(key_fault(directory) == "is a directory");
  CHECK(of(key_fault, "") == "is empty");
  CHECK(of(key_fault, issued.certificate) == "holds a certificate and no private key" + swapped);
  CHECK(of(key_fault, "text\n") == "holds no PEM private key");
  CHECK(of(key_fault, der) == "is not PEM, but binary (DER or PKCS #12)");
  CHECK(of(key_fault, encrypted(issued.key, "secret")) == "holds a key under a passphrase");
  CHECK_THAT(of(key_fault, "-----BEGIN PRIVATE KEY-----\n?\n-----END PRIVATE KEY-----\n"),
             Catch::StartsWith("holds no usable key: ") && !Catch::Contains("PEM lib"));
}

TEST_CASE("a key that belongs to a later certificate of the file is told from a wrong key",
          "[transport][servertls]") {
  test::World world;
  const Authority authority;
  const Certificate issued = authority.issue();
  const TemporaryFile reversed(authority.certificate() + issued.certificate);
  const TemporaryFile key(issued.key);
  const Error order = listen_error(world, reversed.path(), key.path());
  CHECK(order.code == codes::kCertificateMismatch);
  CHECK(order.message == "the first certificate in " + reversed.path().string() +
                             " is that of test authority; the one of the key in " +
                             key.path().string() + " comes later");
  CHECK_THAT(order.hint, Catch::StartsWith("put the server's certificate first"));
  const TemporaryFile other(authority.issue().key);
  CHECK_THAT(listen_error(world, reversed.path(), other.path()).message,
             Catch::Contains("does not belong to the certificate"));
}

TEST_CASE("a key with a passphrase is refused instead of asked for", "[transport][servertls]") {
  test::World world;
  const Certificate issued = Authority().issue();
  const TemporaryFile certificate(issued.certificate);
  const TemporaryFile key(encrypted(issued.key, "secret"));
  CHECK(listen_error(world, certificate.path(), key.path()).code == codes::kCertificateUnreadable);
}

TEST_CASE("a client of TLS 1.1 is refused, one of TLS 1.2 or 1.3 is not",
          "[transport][servertls]") {
  TlsServer server;
  TlsClient old(server.server.port(), TLS1_1_VERSION, "");
  CHECK(server.connect(old) == TlsClient::State::failed);
  TlsClient good(server.server.port(), TLS1_2_VERSION, "");
  CHECK(server.connect(good) == TlsClient::State::done);
  TlsClient better(server.server.port(), TLS1_3_VERSION, "");
  CHECK(server.connect(better) == TlsClient::State::done);
}

TEST_CASE("HTTP/2 is not agreed on within TLS", "[transport][servertls]") {
  TlsServer server;
  TlsClient client(server.server.port(), TLS1_3_VERSION, "\x02h2\x08http/1.1");
  CHECK(server.connect(client) == TlsClient::State::done);
  const unsigned char* chosen = nullptr;
  unsigned length = 0;
  ::SSL_get0_alpn_selected(client.ssl(), &chosen, &length);
  CHECK(std::string(reinterpret_cast<const char*>(chosen), length) == "http/1.1");
}

TEST_CASE("a renegotiation is refused", "[transport][servertls]") {
  TlsServer server;
  TlsClient client(server.server.port(), TLS1_2_VERSION, "");
  REQUIRE(server.connect(client) == TlsClient::State::done);
  REQUIRE(::SSL_renegotiate(client.ssl()) == 1);
  CHECK(server.connect(client) == TlsClient::State::failed);
}

TEST_CASE("a client that changes its keys again and again has no turn of its own",
          "[transport][servertls]") {
  TlsServer served;
  TlsClient client(served.server.port(), TLS1_3_VERSION, {});
  REQUIRE(served.connect(client) == TlsClient::State::done);
  served.world.few_turns();
  // All of it lies in the server's socket before it looks again.
  constexpr int kTimes = 1000;
  for (int i = 0; i < kTimes; ++i) {
    REQUIRE(::SSL_key_update(client.ssl(), SSL_KEY_UPDATE_NOT_REQUESTED) == 1);
    REQUIRE(::SSL_do_handshake(client.ssl()) == 1);
  }
  const std::string request = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
  REQUIRE(::SSL_write(client.ssl(), request.data(), static_cast<int>(request.size())) > 0);
  int turns = 0;
  served.world.loop().observe_turns([&](std::chrono::nanoseconds) { ++turns; });
  std::array<char, 4096> answer{};
  served.world.until(
      [&] { return ::SSL_read(client.ssl(), answer.data(), static_cast<int>(answer.size())) > 0; });
  CHECK(std::string(answer.data()).starts_with("HTTP/1.1 200"));
  CHECK(turns >= kTimes / 4);
  served.world.loop().observe_turns(nullptr);
}

TEST_CASE("a client that begins no TLS handshake is cut off", "[transport][servertls]") {
  ServerOptions options;
  options.request_timeout = Duration(300);
  TlsServer server(options);
  test::RawClient silent(server.server.port());
  test::RawClient slow(server.server.port());
  const std::string hello("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11);
  std::size_t sent = 0;
  server.world.until([&] {
    if (sent < hello.size()) slow.send(hello.substr(sent++, 1));
    return silent.ended() && slow.ended();
  });
}

TEST_CASE("plain HTTP at a TLS port ends the connection", "[transport][servertls]") {
  TlsServer server;
  test::RawClient client(server.server.port());
  client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  server.world.until([&] { return client.ended(); });
  CHECK_FALSE(contains(client.received(), "HTTP/1.1"));
}

TEST_CASE("each listener shows its own certificate, whatever name is asked for",
          "[transport][servertls]") {
  test::World world;
  const Authority first_authority;
  const Authority second_authority;
  const Files first(first_authority.issue());
  const Files second(second_authority.issue());
  test::Accepting servers[2];
  const Files* files[2] = {&first, &second};
  const Authority* authorities[2] = {&first_authority, &second_authority};
  for (int i = 0; i < 2; ++i) {
    ServerOptions options;
    options.tls = ServerTls{files[i]->certificate.path(), files[i]->key.path()};
    servers[i].listen(world, options);
  }
  for (int i = 0; i < 2; ++i) {
    const TemporaryFile ca(authorities[i]->certificate());
    DialOptions options = test::dial_options("wss", "localhost", servers[i].port());
    options.ca_file = ca.path();
    test::Recorder client;
    test::dial(world, options, client);
    world.until([&] { return client.opened || client.closed; });
    CHECK(client.opened);
    CHECK(servers[i].accepted.size() == 1);
  }
}

TEST_CASE("a certificate that is replaced is shown to new connections, the others go on",
          "[transport][servertls]") {
  TlsServer tls;
  const auto shown = [](const TlsClient& client) {
    const std::unique_ptr<X509, decltype(&::X509_free)> certificate(
        ::SSL_get1_peer_certificate(client.ssl()), ::X509_free);
    REQUIRE(certificate);
    std::string digest(EVP_MAX_MD_SIZE, '\0');
    REQUIRE(::X509_digest(certificate.get(), ::EVP_sha256(),
                          reinterpret_cast<unsigned char*>(digest.data()), nullptr) == 1);
    return digest;
  };
  const auto connected = [&] {
    auto client = std::make_unique<TlsClient>(tls.server.port(), TLS1_3_VERSION, "");
    REQUIRE(tls.connect(*client) == TlsClient::State::done);
    return client;
  };
  const auto before = connected();
  const auto first = shown(*before);
  const Certificate fresh = Authority().issue();
  test::write_text(tls.files.certificate.path(), fresh.certificate);
  SECTION("with its key") {
    test::write_text(tls.files.key.path(), fresh.key);
    REQUIRE(tls.server.server->reload_certificate());
    CHECK(shown(*connected()) != first);
    // The old connection still speaks.
    const std::string request = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    REQUIRE(::SSL_write(before->ssl(), request.data(), static_cast<int>(request.size())) > 0);
    char answer[64] = {};
    tls.world.until([&] { return ::SSL_read(before->ssl(), answer, sizeof answer - 1) > 0; });
    CHECK(std::string(answer).starts_with("HTTP/1.1 200"));
  }
  SECTION("but not its key: refused, and the old one stays in use") {
    const auto refused = tls.server.server->reload_certificate();
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == codes::kCertificateMismatch);
    CHECK(shown(*connected()) == first);
  }
}

TEST_CASE("a listener knows when its certificate expires, also of one that was read again",
          "[transport][servertls]") {
  using std::chrono::system_clock;
  const Authority authority;
  const auto issued = [&](long seconds) {
    CertificateWish wish;
    // The sooner it ends, the later it began.
    wish.valid_from = -seconds;
    wish.valid_until = seconds;
    return authority.issue(wish);
  };
  const auto is_about = [](std::optional<Validity> validity, std::chrono::seconds left) {
    if (!validity) return false;
    const auto off = validity->until - (system_clock::now() + left);
    const auto begun = validity->from - (system_clock::now() - left);
    return abs(off) < std::chrono::seconds(60) && abs(begun) < std::chrono::seconds(60);
  };
  test::World world;
  const Files files(issued(3'600));
  ServerOptions options;
  options.tls = ServerTls{files.certificate.path(), files.key.path()};
  const auto server = Server::listen(world.network(), std::move(options)).value();
  CHECK(is_about(server->certificate_validity(), std::chrono::seconds(3'600)));
  const Certificate fresh = issued(7'200);
  test::write_text(files.key.path(), fresh.key);
  // One above it that ends sooner is what counts.
  test::write_text(files.certificate.path(), fresh.certificate + issued(1'800).certificate);
  REQUIRE(server->reload_certificate());
  CHECK(is_about(server->certificate_validity(), std::chrono::seconds(1'800)));
  const auto plain = Server::listen(world.network(), {}).value();
  CHECK_FALSE(plain->certificate_validity());
}

TEST_CASE("listening where it is impossible fails with the reason", "[transport][listen]") {
  test::World world;
  test::Accepting taken;
  taken.listen(world);
  ServerOptions options;
  options.port = taken.port();
  const Error in_use = listen_error(world, options);
  CHECK(in_use.code == codes::kListenFailed);
  CHECK(contains(in_use.message, "in use"));
  options.port = 0;
  options.address = "192.0.2.1";
  CHECK(listen_error(world, options).code == codes::kListenFailed);
  options.address = "example.org";
  CHECK(contains(listen_error(world, options).message, "no IP address"));
}

TEST_CASE("a listener at :: takes IPv6 and IPv4", "[transport][listen]") {
  if (!machine::has_ipv6()) return;
  test::World world;
  test::Accepting server;
  ServerOptions options;
  options.address = "::";
  server.listen(world, options);
  for (const char* host : {"::1", "127.0.0.1"}) {
    test::Recorder client;
    test::dial(world, test::dial_options("ws", host, server.port()), client);
    world.until([&] { return client.opened || client.closed; });
    REQUIRE(client.opened);
    world.until([&] { return !server.accepted.empty(); });
    CHECK(server.accepted.back()->websocket->peer_address() == host);
  }
}

TEST_CASE("the port is free again when the server has gone", "[transport][listen]") {
  test::World world;
  test::Accepting server;
  server.listen(world);
  ServerOptions options;
  options.port = server.port();
  server.server.reset();
  world.few_turns();
  test::Accepting next;
  next.listen(world, options);
  CHECK(next.port() == options.port);
}

TEST_CASE("a thousand clients connect at once", "[transport][listen]") {
  test::World world;
  test::Accepting server;
  server.listen(world);
  std::vector<std::unique_ptr<test::Recorder>> clients;
  for (int i = 0; i < 1000; ++i) {
    clients.push_back(std::make_unique<test::Recorder>());
    test::dial(world, test::dial_options("ws", "127.0.0.1", server.port()), *clients.back());
  }
  world.until([&] {
    return std::all_of(clients.begin(), clients.end(),
                       [](const auto& client) { return client->opened || client->closed; });
  });
  CHECK(std::none_of(clients.begin(), clients.end(),
                     [](const auto& client) { return client->closed.has_value(); }));
  world.until([&] { return server.accepted.size() == 1000; });
  for (const auto& client : clients)
    client->send("hello");
  world.until([&] {
    return std::all_of(server.accepted.begin(), server.accepted.end(),
                       [](const auto& peer) { return peer->messages.size() == 1; });
  });
}

TEST_CASE("within TLS no beginning of a known header hides the line behind it",
          "[transport][servertls]") {
  ServerOptions options;
  options.headers = {"x-behind"};
  std::size_t whole = 0;
  std::size_t asked = 0;
  TlsServer server(options, [&](const HttpRequest& request) {
    ++asked;
    if (request.header("x-behind") == "y" && request.body == "hello") ++whole;
  });
  TlsClient client(server.server.port(), TLS1_3_VERSION, "");
  REQUIRE(server.connect(client) == TlsClient::State::done);
  std::size_t sent = 0;
  for (const std::string& prefix : sfteams::test::header_prefixes()) {
    INFO(prefix);
    const std::string request = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n" + prefix +
                                ": 1\r\nX-Behind: y\r\n" + prefix + ": 1\r\n\r\nhello";
    REQUIRE(::SSL_write(client.ssl(), request.data(), static_cast<int>(request.size())) ==
            static_cast<int>(request.size()));
    ++sent;
    server.world.until([&] { return asked == sent; });
    CHECK(whole == sent);
    std::array<char, 4096> answer{};
    server.world.until([&] {
      return ::SSL_read(client.ssl(), answer.data(), static_cast<int>(answer.size())) > 0;
    });
  }
}

}  // namespace sfteams::transport
