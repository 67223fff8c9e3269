#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "oauth/user_tokens.h"
#include "transport/http_client.h"
#include "transport/scheduler.h"
#include "uci/dialect.h"
#include "uci/http_binding.h"
#include "uci/rpc_transport.h"

namespace sfteams::uci {

/// Requests of one account over HTTP, each with the access token that is good at that moment
/// (de.vertico.starface.jwt), which is asked for and renewed as needed.
///
/// A request that is turned away (HTTP 401, 403, 407, a redirect or a web page) with a token that
/// was served before is sent once more with a newer one: the PBX looked at the token only, so it was
/// not carried out. What the PBX says to a token that it has just given out is handed on as
/// RpcReply::token_issued. Beside what RpcTransport::send() fails with, a request fails when there is no
/// token for it:
///   uci.login-refused   final: the password is wrong
///   uci.sign-in-over    final: the tokens are over, and no password is at hand
///   oauth.refused, oauth.request-refused
///                       final
///   oauth.client-refused, oauth.no-password-grant
///                       not before the configuration has changed, here or at the PBX
///   uci.not-connected   the tokens are over; a login may get others
///   uci.unreachable, uci.timeout, uci.pbx-error, uci.broken-reply, oauth.elsewhere,
///   oauth.not-offered, oauth.bad-document
///                       not now
class OauthBinding final : public RpcTransport {
 public:
  /// The references outlive the binding.
  OauthBinding(transport::HttpClient& http, transport::Scheduler& scheduler,
               const HttpBinding::Pbx& pbx, const Dialect& dialect, std::string_view login,
               oauth::UserTokens& tokens, const CallbackAddress& callback);

  [[nodiscard]] std::unique_ptr<RpcPending> send(std::string body, bool announce,
                                                 transport::Duration timeout,
                                                 Callback callback) override;

 private:
  class Request;

  transport::HttpClient& http_;
  transport::Scheduler& scheduler_;
  const HttpBinding::Pbx& pbx_;
  const Dialect& dialect_;
  std::string login_;
  oauth::UserTokens& tokens_;
  CallbackAddress callback_;
};

}  // namespace sfteams::uci
