#pragma once

// Only for the .cpp files of this room: libcurl's types stay behind http_client.h.

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <curl/curl.h>

#include "base/error/error.h"
#include "transport/http_client.h"
#include "transport/http_failure.h"

namespace sfteams::transport {

/// A call's URL in two parts: the one that messages may name, and the one that may hold a token.
struct HttpTarget {
  std::string origin;       ///< "https://pbx.example:8443"
  std::size_t path_at = 0;  ///< where path and query begin in the URL; its size when there are none
};

/// Fails with transport.bad-url: no http or https URL as parse_url() takes them, or a query that
/// holds something other than printable ASCII.
[[nodiscard]] Result<HttpTarget> read_target(const crypto::Secret& url);

/// A libcurl handle that carries one call after the other. What differs from call to call is set
/// again by every begin(), so that nothing of one call gets into the next.
class HttpTransfer {
 public:
  [[nodiscard]] static std::unique_ptr<HttpTransfer> create();
  explicit HttpTransfer(CURL* easy);
  ~HttpTransfer();
  HttpTransfer(const HttpTransfer&) = delete;
  HttpTransfer& operator=(const HttpTransfer&) = delete;

  [[nodiscard]] CURL* easy() { return easy_; }
  [[nodiscard]] static HttpTransfer& of(CURL* easy);

  /// `call` stays where it is until end().
  void begin(const HttpCall& call, const HttpTarget& target);
  /// The outcome as libcurl reports it.
  [[nodiscard]] Result<HttpReply> end(CURLcode code, const HttpTarget& target);
  /// For a call that was cancelled on its way.
  void drop();

  /// A body up to this many bytes is taken as it comes.
  static constexpr std::size_t kSmallBody = 32'768;
  /// Asked before a body grows beyond kSmallBody, with the bytes that it may come to have. While it
  /// says no, the transfer is paused; let_in() and CurlMulti::resume() go on with it.
  void set_gate(std::function<bool(std::size_t expected)> gate) { gate_ = std::move(gate); }
  void let_in();

 private:
  static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* self) noexcept;
  static std::size_t on_header(char* data, std::size_t size, std::size_t count,
                               void* self) noexcept;
  static CURLcode on_tls_context(CURL* easy, void* context, void* self) noexcept;
  static int on_request(void* self, char* peer, char* local, int peer_port,
                        int local_port) noexcept;

  void set_fixed_options();
  void set_url(const HttpCall& call, const HttpTarget& target);
  void set_proxy(const std::optional<Proxy>& proxy);
  void set_method(const HttpCall& call);
  void set_headers(const HttpCall& call);
  void set_authorities(const std::optional<std::filesystem::path>& ca_file);
  /// What explain() has to know of a transfer that ended with `code`.
  [[nodiscard]] HttpFailure failure(CURLcode code, const HttpTarget& target) const;
  /// Content-Length, or the most that it may be.
  [[nodiscard]] std::size_t expected_body() const;
  [[nodiscard]] bool passes_gate();

  /// Wiped before it goes: one may hold a password.
  struct FreeList {
    void operator()(curl_slist* list) const noexcept;
  };
  using Headers = std::unique_ptr<curl_slist, FreeList>;
  [[nodiscard]] static Headers headers_for(const HttpCall& call);

  CURL* easy_;
  std::array<char, CURL_ERROR_SIZE> detail_{};
  Headers headers_;
  std::string origin_;
  Headers own_headers_;  ///< of one call that has more of them, such as its authorization
  std::string content_type_;
  Framing framing_ = Framing::length;
  std::string ca_file_;
  std::function<bool(std::size_t)> gate_;
  bool let_in_ = false;
  std::string body_;
  std::size_t max_body_ = 0;
  bool too_large_ = false;
  bool read_redirect_ = false;
  std::size_t header_bytes_ = 0;
  bool proxied_ = false;  ///< the last call went through a proxy
  std::string proxy_;     ///< that one's host and port
  bool with_credentials_ = false;
  bool headers_whole_ = false;  ///< of the reply itself, not of an interim one
  bool interim_ = false;        ///< what is being read is a reply of 1xx
  long verify_error_ = 0;       ///< X509_V_ERR_…, 0: none
  int requests_ = 0;
};

}  // namespace sfteams::transport
