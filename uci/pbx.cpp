#include "uci/pbx.h"

#include <utility>

#include <fmt/format.h>

#include "transport/loop.h"
#include "uci/codes.h"
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
  auto listener = CallbackListener::listen(network, pbx->options_.callback_address,
                                           pbx->options_.callback_port, pbx->events_);
  if (!listener) return fail(std::move(listener.error()));
  pbx->listener_ = std::move(*listener);
  return pbx;
}

crypto::Secret Pbx::token(std::string_view login, const crypto::Secret& password) const {
  return make_token(options_.dialect.token, login, password);
}

Result<std::unique_ptr<UserConnection>> Pbx::user_connection(std::string_view login,
                                                             const crypto::Secret& token,
                                                             Connection::Handlers handlers) {
  auto user = std::unique_ptr<UserConnection>(new UserConnection());
  UserConnection* self = user.get();
  auto registration = events_.add(
      token,
      [self](const std::string& method, const Array& params) {
        self->connection().deliver(method, params);
      },
      [self] { self->connection().lose_event(); });
  if (!registration) return fail(std::move(registration.error()));
  user->registration_ = std::move(*registration);
  const CallbackAddress callback{options_.callback_address, listener_->port(),
                                 user->registration_->path()};
  user->binding_ =
      std::make_unique<HttpBinding>(*http_, address_, options_.dialect, login, token, callback);
  user->connection_ =
      std::make_unique<Connection>(*user->binding_, network_.loop(), options_.dialect,
                                   std::move(handlers), &network_.background());
  return user;
}

}  // namespace sfteams::uci
