#include "uci/http_binding.h"

#include <utility>

#include <fmt/format.h>

#include "base/text/percent.h"
#include "transport/codes.h"
#include "uci/codes.h"

namespace sfteams::uci {
namespace {

class HttpRequestPending final : public RpcPending {
 public:
  explicit HttpRequestPending(std::unique_ptr<transport::HttpPending> pending)
      : pending_(std::move(pending)) {}

 private:
  std::unique_ptr<transport::HttpPending> pending_;
};

/// A fault, or the page of an error.
constexpr std::size_t kLargestError = 65'536;

/// Behind the login of a token, or behind the claims of a JWT.
std::string_view last_part(std::string_view token) {
  const std::size_t end = token.find_last_of(":.");
  return end == std::string_view::npos ? token : token.substr(end + 1);
}

void append_parameter(std::string& query, std::string_view name, std::string_view value) {
  query += query.empty() ? "?" : "&";
  query.append("de.vertico.starface.").append(name).append("=").append(text::percent_encode(value));
}

}  // namespace

transport::Url uci_url(const transport::Url& pbx) {
  transport::Url url = pbx;
  if (!url.path.ends_with('/')) url.path += '/';
  url.path += "xml-rpc";
  return url;
}

crypto::Secret request_url(const transport::Url& pbx, const Dialect& dialect,
                           std::string_view login, const crypto::Secret& token,
                           const std::optional<CallbackAddress>& callback,
                           TokenParameter parameter) {
  std::string query;
  // Grows in one piece, so that no copy of the token is left behind.
  query.reserve(256 + 3 * (token.size() + login.size()));
  std::string encoded = text::percent_encode(token.text());
  query.append("?de.vertico.starface.");
  query.append(parameter == TokenParameter::jwt ? "jwt" : "auth").append("=").append(encoded);
  crypto::wipe(encoded);
  if (dialect.send_user) append_parameter(query, "user", login);
  if (callback) {
    // http is what a PBX takes it for.
    if (dialect.send_callback_type || callback->secure)
      append_parameter(query, "callback.type", callback->secure ? "https" : "http");
    append_parameter(query, "callback.host", callback->host);
    append_parameter(query, "callback.port", std::to_string(callback->port));
    append_parameter(query, "callback.path", callback->path);
  }
  const std::string base = uci_url(pbx).to_string();
  std::string text;
  text.reserve(base.size() + query.size());
  text.append(base).append(query);
  crypto::Secret result = crypto::Secret::from_text(text);
  crypto::wipe(text);
  crypto::wipe(query);
  return result;
}

HttpBinding::HttpBinding(transport::HttpClient& http, const Pbx& pbx, const Dialect& dialect,
                         std::string_view login, const crypto::Secret& token,
                         const CallbackAddress& callback)
    : http_(http),
      pbx_(pbx),
      dialect_(dialect),
      sender_(login),
      token_(token),
      announcing_url_(request_url(pbx.url, dialect, login, token, callback)) {
  if (!dialect.callback_on_every_request)
    plain_url_ = request_url(pbx.url, dialect, login, token, std::nullopt);
}

std::unique_ptr<RpcPending> HttpBinding::send(std::string body, bool announce,
                                              transport::Duration timeout, Callback callback) {
  transport::HttpCall call;
  call.url = (plain_url_ && !announce ? *plain_url_ : announcing_url_).clone();
  call.content_type = dialect_.content_type;
  call.body = std::move(body);
  call.ca_file = pbx_.ca_file;
  call.timeout = timeout;
  call.max_body = XmlLimits{}.bytes;
  call.sender = sender_;
  auto pending = http_.send(
      std::move(call), [this, callback = std::move(callback)](Result<transport::HttpReply> reply) {
        if (!reply) return callback(fail(from_http(reply.error())));
        token_.hide_in(reply->body);
        callback(RpcReply{reply->status, std::move(reply->content_type), std::move(reply->body),
                          std::move(reply->held)});
      });
  return std::make_unique<HttpRequestPending>(std::move(pending));
}

TokenTrace::TokenTrace(const crypto::Secret& token)
    : trace_(crypto::Secret::from_text(last_part(token.text()))) {}

void TokenTrace::hide_in(std::string& body) const {
  const std::string_view trace = trace_.text();
  if (body.size() > kLargestError || trace.empty()) return;
  for (std::size_t at = body.find(trace); at != std::string::npos; at = body.find(trace, at))
    body.replace(at, trace.size(), trace.size(), '*');
}

Error from_http(const Error& error) {
  namespace http = transport::codes;
  Code code = codes::kUnreachable;
  if (error.code == http::kTimeout) code = codes::kTimeout;
  if (error.code == http::kBrokenReply || error.code == http::kReplyTooLarge)
    code = codes::kBrokenReply;
  return {code, fmt::format("no usable answer from the PBX: {}", error.message), error.hint};
}

}  // namespace sfteams::uci
