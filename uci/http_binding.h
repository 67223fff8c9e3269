#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/crypto/secret.h"
#include "base/error/error.h"
#include "transport/http_client.h"
#include "transport/url.h"
#include "uci/dialect.h"
#include "uci/rpc_transport.h"

namespace sfteams::uci {

/// Where the PBX delivers the events of one connection.
struct CallbackAddress {
  std::string host;
  std::uint16_t port = 0;
  std::string path;  ///< begins with '/'
  bool secure = false;
};

/// /xml-rpc on the PBX, without a query.
[[nodiscard]] transport::Url uci_url(const transport::Url& pbx);

/// How the token of a request is called: what a password became (uci/token.h), or an access token.
enum class TokenParameter { auth, jwt };

/// /xml-rpc on the PBX with the query that names the account:
/// de.vertico.starface.auth or .jwt, .user, .callback.type, .callback.host, .callback.port, .callback.path.
/// `callback` leaves the last four out when it is empty. The result holds the token.
[[nodiscard]] crypto::Secret request_url(const transport::Url& pbx, const Dialect& dialect,
                                         std::string_view login, const crypto::Secret& token,
                                         const std::optional<CallbackAddress>& callback,
                                         TokenParameter parameter = TokenParameter::auth);

/// By which a token is found in what a PBX answers. A PBX may repeat in an error what it was asked,
/// and errors are logged.
class TokenTrace {
 public:
  /// Its digest or signature, which looks the same however its surroundings are escaped.
  explicit TokenTrace(const crypto::Secret& token);
  /// Makes the token unreadable in a body that is small enough to be an error.
  void hide_in(std::string& body) const;

 private:
  crypto::Secret trace_;
};

/// Requests of one account over HTTP, many at once on kept-open connections. The token is made
/// unreadable in every answer that is small enough to be an error.
class HttpBinding final : public RpcTransport {
 public:
  struct Pbx {
    transport::Url url;
    std::optional<std::filesystem::path> ca_file;
  };
  /// The references outlive the binding.
  HttpBinding(transport::HttpClient& http, const Pbx& pbx, const Dialect& dialect,
              std::string_view login, const crypto::Secret& token, const CallbackAddress& callback);

  [[nodiscard]] std::unique_ptr<RpcPending> send(std::string body, bool announce,
                                                 transport::Duration timeout,
                                                 Callback callback) override;

 private:
  transport::HttpClient& http_;
  const Pbx& pbx_;
  const Dialect& dialect_;

  std::string sender_;
  TokenTrace token_;
  crypto::Secret announcing_url_;
  std::optional<crypto::Secret> plain_url_;  // when the callback is named with the login only
};

/// The error of the HTTP client as one of uci.unreachable, uci.timeout and uci.broken-reply.
[[nodiscard]] Error from_http(const Error& error);

}  // namespace sfteams::uci
