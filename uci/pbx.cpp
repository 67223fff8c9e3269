#include "uci/pbx.h"

#include <utility>

#include <fmt/format.h>

#include "base/crypto/hash.h"
#include "transport/loop.h"
#include "uci/codes.h"
#include "uci/token.h"

namespace sfteams::uci {
namespace {

std::array<std::uint8_t, 32> token_digest(const crypto::Secret& token) {
  return crypto::sha256({token.bytes()});
}

}  // namespace

bool Account::proves(const crypto::Secret& password) const {
  return crypto::equal_constant_time(token_digest(make_token(kind_, login_, password)),
                                     token_digest_);
}

Pbx::Pbx(transport::Network& network, Options options)
    : network_(network),
      options_(std::move(options)),
      address_{.url = options_.url, .ca_file = options_.ca_file},
      events_(options_.refused) {}

Result<std::unique_ptr<Pbx>> Pbx::create(transport::Network& network, Options options) {
  if (options.url.scheme != "http" && options.url.scheme != "https")
    return fail(codes::kBadUrl, fmt::format("UCI is not spoken over {}:", options.url.scheme),
                "write the URL of the PBX with http:// or https://");
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

Result<std::unique_ptr<Account>> Pbx::account(std::string_view login,
                                              const crypto::Secret& password,
                                              Connection::Handlers handlers) {
  const TokenKind kind = options_.dialect.token;
  const crypto::Secret token = make_token(kind, login, password);
  auto account = std::unique_ptr<Account>(new Account());
  account->kind_ = kind;
  account->login_ = login;
  account->token_digest_ = token_digest(token);
  Account* self = account.get();
  auto registration = events_.add(
      token,
      [self](const std::string& method, const Array& params) {
        self->connection().deliver(method, params);
      },
      [self] { self->connection().lose_event(); });
  if (!registration) return fail(std::move(registration.error()));
  account->registration_ = std::move(*registration);
  const CallbackAddress callback{options_.callback_address, listener_->port(),
                                 account->registration_->path()};
  account->binding_ =
      std::make_unique<HttpBinding>(*http_, address_, options_.dialect, login, token, callback);
  account->connection_ =
      std::make_unique<Connection>(*account->binding_, network_.loop(), options_.dialect,
                                   std::move(handlers), &network_.background());
  return account;
}

}  // namespace sfteams::uci
