#include "uci/oauth_binding.h"

#include <optional>
#include <utility>

#include "base/text/ascii.h"
#include "oauth/codes.h"
#include "transport/codes.h"
#include "uci/codes.h"
#include "uci/xml_screen.h"
#include "uci/xmlrpc.h"

namespace sfteams::uci {
namespace {

namespace issue = oauth::codes;

/// In the words of RpcTransport and of the binding's contract.
Error from_issuer(const Error& error, bool login_may_help) {
  if (error.code == issue::kRenewalRefused) {
    if (login_may_help) return {codes::kNotConnected, error.message, {}};
    return {codes::kSignInOver, error.message, error.hint};
  }
  if (error.code == issue::kPasswordRefused)
    return {codes::kLoginRefused, error.message, error.hint};
  if (error.code == issue::kUnwell) return {codes::kPbxError, error.message, error.hint};
  if (error.code == issue::kBrokenReply) return {codes::kBrokenReply, error.message, error.hint};
  return error.code.id.starts_with("oauth.") ? error : from_http(error);
}

/// As read_reply() sees it: a request with an answer was carried out, whatever else is said about it,
/// and is not to be sent twice.
bool is_turned_away(const transport::HttpReply& reply) {
  const int status = reply.status;
  if (status == 401 || status == 403 || status == 407) return true;
  constexpr std::size_t kFront = 1'024;  // in front of it is a declaration, perhaps a comment
  const std::string_view front = std::string_view(reply.body).substr(0, kFront);
  if (front.find("<methodResponse") != std::string_view::npos) return false;
  return (status >= 300 && status < 400) ||
         (status == 200 &&
          (looks_like_html(reply.body) ||
           text::lower_case(reply.content_type).find("text/html") != std::string::npos));
}

}  // namespace

class OauthBinding::Request final : public RpcPending {
 public:
  Request(OauthBinding& binding, std::string body, bool announce, transport::Duration timeout,
          Callback callback)
      : binding_(binding),
        body_(std::move(body)),
        announce_(announce),
        timeout_(timeout),
        callback_(std::move(callback)) {
    get_token();
  }

 private:
  void get_token() {
    waiting_ = binding_.tokens_.get(
        announce_, [this](const Result<oauth::UserTokens::Access>& access) { on_token(access); });
  }

  void on_token(const Result<oauth::UserTokens::Access>& access) {
    if (!access) {
      // In a later turn: this may be the one of send().
      turn_ = binding_.scheduler_.after(
          transport::Duration(0),
          [this,
           error = from_issuer(access.error(), !announce_ && binding_.tokens_.has_password())] {
            end(fail(error));
          });
      return;
    }
    number_ = access->number;
    transport::HttpCall call;
    const bool name_callback = announce_ || binding_.dialect_.callback_on_every_request;
    call.url = request_url(binding_.pbx_.url, binding_.dialect_, binding_.login_, access->token,
                           name_callback ? std::optional(binding_.callback_) : std::nullopt,
                           TokenParameter::jwt);
    hidden_ = std::make_shared<const TokenTrace>(access->token);
    call.content_type = binding_.dialect_.content_type;
    call.body = body_;
    call.ca_file = binding_.pbx_.ca_file;
    call.timeout = timeout_;
    call.max_body = XmlLimits{}.bytes;
    call.sender = binding_.login_;
    pending_ = binding_.http_.send(std::move(call), [this](Result<transport::HttpReply> reply) {
      on_reply(std::move(reply));
    });
  }

  void on_reply(Result<transport::HttpReply> reply) {
    // Kept to the end: the call may not go while its callback runs.
    const std::unique_ptr<transport::HttpPending> answered = std::move(pending_);
    if (!reply) return end(fail(from_http(reply.error())));
    if (!is_turned_away(*reply)) {
      if (reply->status == 200) binding_.tokens_.served(number_);
    } else if (!std::exchange(repeated_, true) && binding_.tokens_.over(number_)) {
      return get_token();
    }
    hidden_->hide_in(reply->body);
    end(RpcReply{reply->status, std::move(reply->content_type), std::move(reply->body),
                 std::move(reply->held), true});
  }

  /// The callback may destroy the request.
  void end(Result<RpcReply> reply) {
    const std::unique_ptr<transport::Timer> turn = std::move(turn_);
    const Callback callback = std::move(callback_);
    callback(std::move(reply));
  }

  OauthBinding& binding_;
  std::string body_;
  bool announce_;
  transport::Duration timeout_;
  Callback callback_;
  bool repeated_ = false;
  std::uint64_t number_ = 0;
  std::shared_ptr<const TokenTrace> hidden_;
  std::unique_ptr<oauth::UserTokens::Waiting> waiting_;
  std::unique_ptr<transport::HttpPending> pending_;
  std::unique_ptr<transport::Timer> turn_;
};

OauthBinding::OauthBinding(transport::HttpClient& http, transport::Scheduler& scheduler,
                           const HttpBinding::Pbx& pbx, const Dialect& dialect,
                           std::string_view login, oauth::UserTokens& tokens,
                           const CallbackAddress& callback)
    : http_(http),
      scheduler_(scheduler),
      pbx_(pbx),
      dialect_(dialect),
      login_(login),
      tokens_(tokens),
      callback_(callback) {}

std::unique_ptr<RpcPending> OauthBinding::send(std::string body, bool announce,
                                               transport::Duration timeout, Callback callback) {
  return std::make_unique<Request>(*this, std::move(body), announce, timeout, std::move(callback));
}

}  // namespace sfteams::uci
