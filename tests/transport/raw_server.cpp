#include "tests/transport/raw_server.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <stdexcept>
#include <utility>

#include <netinet/in.h>
#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/socket.h>
#include <unistd.h>

namespace sfteams::transport {
namespace {

class PlainConnection final : public RawConnection {
 public:
  explicit PlainConnection(int socket) : socket_(socket) {}

 private:
  long read_some(char* data, std::size_t size) override { return ::recv(socket_, data, size, 0); }
  long write_some(const char* data, std::size_t size) override {
    return ::send(socket_, data, size, MSG_NOSIGNAL);
  }
  int socket_;
};

class TlsConnection final : public RawConnection {
 public:
  TlsConnection(SSL_CTX* context, int socket) : ssl_(::SSL_new(context)) {
    ::SSL_set_fd(ssl_, socket);
    usable_ = ::SSL_accept(ssl_) == 1;
  }
  ~TlsConnection() override {
    if (usable_) ::SSL_shutdown(ssl_);
    ::SSL_free(ssl_);
  }
  TlsConnection(const TlsConnection&) = delete;
  TlsConnection& operator=(const TlsConnection&) = delete;
  [[nodiscard]] bool usable() const { return usable_; }

 private:
  long read_some(char* data, std::size_t size) override {
    return ::SSL_read(ssl_, data, static_cast<int>(size));
  }
  long write_some(const char* data, std::size_t size) override {
    return ::SSL_write(ssl_, data, static_cast<int>(size));
  }
  SSL* ssl_;
  bool usable_ = false;
};

std::size_t announced_length(const std::string& head) {
  constexpr std::string_view kName = "Content-Length: ";
  const std::size_t at = head.find(kName);
  return at == std::string::npos ? 0 : std::stoul(head.substr(at + kName.size()));
}

}  // namespace

struct RawServer::TlsContext {
  SSL_CTX* context = ::SSL_CTX_new(::TLS_server_method());

  explicit TlsContext(const Tls& tls) {
    BIO* certificate = ::BIO_new_mem_buf(tls.certificate_pem.data(), -1);
    X509* x509 = ::PEM_read_bio_X509(certificate, nullptr, nullptr, nullptr);
    BIO* key = ::BIO_new_mem_buf(tls.key_pem.data(), -1);
    EVP_PKEY* pkey = ::PEM_read_bio_PrivateKey(key, nullptr, nullptr, nullptr);
    const bool loaded = ::SSL_CTX_use_certificate(context, x509) == 1 &&
                        ::SSL_CTX_use_PrivateKey(context, pkey) == 1;
    ::EVP_PKEY_free(pkey);
    ::X509_free(x509);
    ::BIO_free(key);
    ::BIO_free(certificate);
    if (!loaded) throw std::runtime_error("the test certificate cannot be used");
    if (tls.only_version == 0) return;
    ::SSL_CTX_set_security_level(context, 0);
    ::SSL_CTX_set_min_proto_version(context, tls.only_version);
    ::SSL_CTX_set_max_proto_version(context, tls.only_version);
  }
  ~TlsContext() { ::SSL_CTX_free(context); }
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;
};

std::string RawConnection::read_request() {
  std::array<char, 4096> piece{};
  while (true) {
    const std::size_t end = held_.find("\r\n\r\n");
    if (end != std::string::npos) {
      const std::size_t whole = end + 4 + announced_length(held_.substr(0, end));
      if (held_.size() >= whole) {
        std::string request = held_.substr(0, whole);
        held_.erase(0, whole);
        return request;
      }
    }
    const long got = read_some(piece.data(), piece.size());
    if (got <= 0) return {};
    held_.append(piece.data(), static_cast<std::size_t>(got));
  }
}

bool RawConnection::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const long sent = write_some(bytes.data(), bytes.size());
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

void RawConnection::wait_for_close() {
  std::array<char, 4096> piece{};
  while (read_some(piece.data(), piece.size()) > 0) {
  }
}

RawServer::RawServer(Script script) : script_(std::move(script)) {
  listen();
}

RawServer::RawServer(Script script, const Tls& tls)
    : script_(std::move(script)), tls_(std::make_shared<TlsContext>(tls)) {
  listen();
}

void RawServer::listen() {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  auto* any = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener_, any, length) != 0 || ::listen(listener_, 1024) != 0 ||
      ::getsockname(listener_, any, &length) != 0) {
    throw std::runtime_error("no port to listen on");
  }
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { serve(); });
}

RawServer::~RawServer() {
  {
    const std::lock_guard guard(mutex_);
    closed_ = true;
    ::shutdown(listener_, SHUT_RDWR);
    for (const int socket : sockets_)
      ::shutdown(socket, SHUT_RDWR);
  }
  acceptor_.join();
  for (std::thread& thread : threads_)
    thread.join();
  ::close(listener_);
}

void RawServer::serve() {
  while (true) {
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) return;
    const std::lock_guard guard(mutex_);
    if (closed_) {
      ::close(socket);
      return;
    }
    sockets_.push_back(socket);
    threads_.emplace_back([this, socket, number = ++connections_] { serve_one(socket, number); });
  }
}

void RawServer::serve_one(int socket, int number) {
  const auto run = [this, number](RawConnection& connection) {
    connection.number = number;
    script_(connection);
  };
  if (tls_ == nullptr) {
    PlainConnection connection(socket);
    run(connection);
  } else {
    TlsConnection connection(tls_->context, socket);
    if (connection.usable()) run(connection);
  }
  const std::lock_guard guard(mutex_);
  sockets_.erase(std::find(sockets_.begin(), sockets_.end(), socket));
  ::close(socket);
}

std::string http_reply(int status, std::string_view type, std::string_view body) {
  return "HTTP/1.1 " + std::to_string(status) +
         " Some Reason\r\nContent-Type: " + std::string(type) +
         "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

}  // namespace sfteams::transport
