#include "uci/pbx.h"

#include <utility>

#include <fmt/format.h>

#include "transport/loop.h"
#include "uci/codes.h"
#include "uci/oauth_binding.h"
#include "uci/token.h"

namespace sfteams::uci {
Pbx::Pbx(transport::Network& network, Options options)
    : network_(network),
      options_(std::move(options)),
      address_{.url = options_.url, .ca_file = options_.ca_file},
      events_(options_.refused) {}

Result<std::unique_ptr<Pbx>> Pbx::create(transport::Network& network, Options options) {
  if (options.url.scheme != "http" && options.url.scheme != "https") {
    return fail(codes::kBadUrl, fmt::format("UCI is not spoken over {}:", options.url.scheme),
                "write the URL of the PBX with http:// or https://");
  }
  auto pbx = std::unique_ptr<Pbx>(new Pbx(network, std::move(options)));
  auto http = transport::HttpClient::create(network, pbx->options_.connections);
  if (!http) return fail(std::move(http.error()));
  pbx->http_ = std::move(*http);
  if (pbx->options_.client) {
    pbx->issuer_ = std::make_unique<oauth::Issuer>(
        oauth::Issuer::Setup{*pbx->http_,
                             network.loop(),
                             {pbx->options_.url, std::move(pbx->options_.oauth_hosts)},
                             pbx->options_.ca_file,
                             pbx->options_.client});
  }
  const Options& kept = pbx->options_;
  CallbackListener::Admit admit;
  // On loopback everybody is from this host; the path and the token keep others out.
  if (!transport::is_loopback(kept.callback.address) || !kept.callback_from.empty()) {
    pbx->gate_ = std::make_unique<CallbackGate>(
        CallbackGate::Setup{network.loop(), kept.url.host, kept.callback_from, kept.refused});
    admit = [gate = pbx->gate_.get()](const std::string& peer) { return gate->admits(peer); };
  }
  auto listener = CallbackListener::listen(network, kept.callback, pbx->events_, std::move(admit));
  if (!listener) return fail(std::move(listener.error()));
  pbx->listener_ = std::move(*listener);
  return pbx;
}

crypto::Secret Pbx::token(std::string_view login, const crypto::Secret& password) const {
  return make_token(options_.dialect.token, login, password);
}

Result<CallbackAddress> Pbx::register_events(UserConnection& user, const crypto::Secret* token) {
  auto event = [self = &user](const std::string& method, const Array& params) {
    self->connection().deliver(method, params);
  };
  auto lost = [self = &user] { self->connection().lose_event(); };
  auto registration =
      token != nullptr ? events_.add(*token, event, lost) : events_.add_without_token(event, lost);
  if (!registration) return fail(std::move(registration.error()));
  user.registration_ = std::move(*registration);
  const std::string& told =
      options_.callback_host.empty() ? options_.callback.address : options_.callback_host;
  return CallbackAddress{told, listener_->port(), user.registration_->path(),
                         options_.callback.tls.has_value()};
}

void Pbx::connect(UserConnection& user, Connection::Handlers handlers) {
  user.connection_ = std::make_unique<Connection>(*user.binding_, network_.loop(), options_.dialect,
                                                  std::move(handlers), &network_.background());
}

Result<std::unique_ptr<UserConnection>> Pbx::user_connection(std::string_view login,
                                                             const crypto::Secret& token,
                                                             Connection::Handlers handlers) {
  auto user = std::unique_ptr<UserConnection>(new UserConnection());
  const Result<CallbackAddress> callback = register_events(*user, &token);
  if (!callback) return fail(callback.error());
  user->binding_ =
      std::make_unique<HttpBinding>(*http_, address_, options_.dialect, login, token, *callback);
  connect(*user, std::move(handlers));
  return user;
}

Result<std::unique_ptr<UserConnection>> Pbx::user_connection(oauth::UserTokens::Start start,
                                                             oauth::UserTokens::Events events,
                                                             Connection::Handlers handlers) {
  auto user = std::unique_ptr<UserConnection>(new UserConnection());
  // Access tokens change, and nobody knows which of them a PBX sends back.
  const Result<CallbackAddress> callback = register_events(*user, nullptr);
  if (!callback) return fail(callback.error());
  const std::string login = start.user;
  user->tokens_ = std::make_unique<oauth::UserTokens>(*issuer_, network_.loop(), std::move(start),
                                                      std::move(events));
  user->binding_ = std::make_unique<OauthBinding>(
      *http_, network_.loop(), address_, options_.dialect, login, *user->tokens_, *callback);
  connect(*user, std::move(handlers));
  return user;
}

}  // namespace sfteams::uci
