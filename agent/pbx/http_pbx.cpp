#include "agent/pbx/http_pbx.h"

#include <utility>

#include "agent/pbx/client_secret.h"
#include "base/log/log.h"
#include "transport/codes.h"
#include "transport/endpoint.h"
#include "uci/codes.h"
#include "uci/http_binding.h"
#include "uci/reply.h"
#include "uci/token.h"

namespace sfteams::agent {
namespace {

/// A user who has signed in by a password.
class HttpUser final : public PbxUser {
 public:
  /// `rest` may be nullptr.
  HttpUser(std::unique_ptr<uci::UserConnection> user, std::unique_ptr<UserRest> rest)
      : user_(std::move(user)), rest_(std::move(rest)) {}
  [[nodiscard]] uci::Connection& connection() override { return user_->connection(); }
  [[nodiscard]] rest::Client* rest() override { return rest_ ? &rest_->client() : nullptr; }
  void log_out(std::function<void()> done) override {
    if (!rest_) return connection().logout(std::move(done));
    rest_->log_out([this](std::function<void()> over) { connection().logout(std::move(over)); },
                   std::move(done));
  }

 private:
  std::unique_ptr<uci::UserConnection> user_;
  std::unique_ptr<UserRest> rest_;
};

std::unique_ptr<UserRest> rest_by_nonce(const RestWay& way, const std::string& name,
                                        const crypto::Secret& password_sha512,
                                        uci::TokenGate* gate) {
  return std::make_unique<UserRest>(
      way, name,
      [&way, name, kept = std::make_shared<const crypto::Secret>(password_sha512.clone()), gate] {
        return nonce_credential(way, name, *kept, gate);
      });
}

/// Whoever asks whether the PBX is there waits for nobody but another one who asks.
constexpr std::size_t kProbeConnections = 2;
/// Of all users' searches; they are no calls.
constexpr std::size_t kRestConnections = 8;
/// Of all users' pictures, which are asked for at once when many sign in in the morning.
constexpr std::size_t kPictureConnections = 2;

}  // namespace

struct HttpPbx::Clients {
  std::unique_ptr<transport::HttpClient> probe;
  std::unique_ptr<transport::HttpClient> rest;
  std::unique_ptr<transport::HttpClient> pictures;
};

uci::Dialect dialect_for(const PbxSettings& configuration) {
  const uci::Version version = configuration.version;
  uci::Dialect dialect = uci::dialect_of(version);
  dialect.token =
      configuration.auth == SignInBy::md5 ? uci::TokenKind::md5 : uci::TokenKind::sha512;
  // What the version itself needs stays; "call" is the default of the configuration.
  std::erase(dialect.services, uci::event_service(version, "call"));
  for (const std::string& event : configuration.events) {
    dialect.services.push_back(uci::event_service(version, event));
  }
  dialect.keep_alive_interval = configuration.keepalive;
  dialect.call_timeout = configuration.timeout;
  dialect.login_timeout = configuration.timeout;
  dialect.keep_alive_timeout = configuration.timeout;
  return dialect;
}

Result<std::unique_ptr<HttpPbx>> HttpPbx::create(transport::Network& network,
                                                 const PbxSettings& configuration,
                                                 uci::EventCallback::Refused refused,
                                                 RefreshBook* book) {
  uci::Pbx::Options options;
  if (configuration.auth == SignInBy::oauth) {
    Result<std::shared_ptr<const oauth::Client>> client = oauth_client(configuration);
    if (!client) return fail(client.error());
    options.client = std::move(*client);
    options.oauth_hosts = configuration.oauth_hosts;
  }
  options.refused = std::move(refused);
  options.url = configuration.url;
  options.ca_file = configuration.ca_file;
  options.dialect = dialect_for(configuration);
  options.callback = {configuration.callback_address, configuration.callback_port,
                      configuration.callback_tls};
  options.callback_host = configuration.callback_host;
  options.callback_from = configuration.callback_from;
  options.connections = configuration.connections;
  Result<std::unique_ptr<uci::Pbx>> pbx = uci::Pbx::create(network, std::move(options));
  if (!pbx) {
    Error error = pbx.error();
    if (error.code == transport::codes::kListenFailed) error.message += " ([uci] callback-listen)";
    return fail(std::move(error));
  }
  Result<std::unique_ptr<transport::HttpClient>> probe =
      transport::HttpClient::create(network, kProbeConnections);
  if (!probe) return fail(probe.error());
  Result<std::unique_ptr<transport::HttpClient>> rest =
      transport::HttpClient::create(network, kRestConnections);
  if (!rest) return fail(rest.error());
  Result<std::unique_ptr<transport::HttpClient>> pictures =
      transport::HttpClient::create(network, kPictureConnections);
  if (!pictures) return fail(pictures.error());
  log::info(
      "uci", "the PBX is at {}; its events are taken at {}", configuration.url.to_string(),
      transport::Endpoint{configuration.callback_address, (*pbx)->callback_port()}.to_string());
  return std::unique_ptr<HttpPbx>(
      new HttpPbx(std::move(*pbx), {std::move(*probe), std::move(*rest), std::move(*pictures)},
                  network, configuration, book));
}

HttpPbx::HttpPbx(std::unique_ptr<uci::Pbx> pbx, Clients clients, transport::Network& network,
                 const PbxSettings& configuration, RefreshBook* book)
    : pbx_(std::move(pbx)),
      http_(std::move(clients.probe)),
      rest_http_(std::move(clients.rest)),
      picture_http_(std::move(clients.pictures)),
      rest_logins_(network.loop()),
      rest_{*rest_http_,           network.loop(), network.background(), configuration.url,
            configuration.ca_file, rest_logins_,   picture_http_.get()},
      probe_(*http_, network.loop(), configuration),
      url_(uci::uci_url(configuration.url)),
      ca_file_(configuration.ca_file),
      book_(book) {}

void HttpPbx::ask_nobody(std::function<void(const uci::AnswerShape&)> answer) {
  const uci::Dialect& dialect = pbx_->dialect();
  const Result<std::string> body = uci::write_call(dialect.keep_alive, {}, dialect.nil);
  if (!body) return answer({});
  transport::HttpCall call;
  call.url = crypto::Secret::from_text(url_.to_string());
  call.content_type = dialect.content_type;
  call.body = *body;
  call.ca_file = ca_file_;
  call.connect_timeout = PbxProbe::kPatience;
  call.timeout = PbxProbe::kPatience;
  questions_.emplace_back();
  const auto place = std::prev(questions_.end());
  *place = http_->send(std::move(call), [this, place, answer = std::move(answer)](
                                            Result<transport::HttpReply> reply) {
    // Kept to the end: the call may not go while its callback runs.
    const std::unique_ptr<transport::HttpPending> done = std::move(*place);
    questions_.erase(place);
    Result<uci::RpcReply> read = [&]() -> Result<uci::RpcReply> {
      if (!reply) return fail(uci::from_http(reply.error()));
      return uci::RpcReply{reply->status, std::move(reply->content_type), std::move(reply->body)};
    }();
    answer(uci::read_with_sign(std::move(read), pbx_->dialect()).token.shape);
  });
}

crypto::Secret HttpPbx::secret_of(const std::string& name, const crypto::Secret& password) const {
  if (keeps_other_secrets()) return password.clone();
  if (pbx_->dialect().token == uci::TokenKind::md5) return pbx_->token(name, password);
  return uci::hash_password(password);
}

transport::HttpLoad HttpPbx::load() const {
  transport::HttpLoad load = pbx_->load();
  const transport::HttpLoad rest = rest_http_->load();
  load.bytes += rest.bytes;
  load.most_bytes += rest.most_bytes;
  load.waiting += rest.waiting;
  load.waited += rest.waited;
  return load;
}

Result<std::unique_ptr<PbxUser>> HttpPbx::user(const std::string& name,
                                               const crypto::Secret& secret,
                                               uci::Connection::Handlers handlers) {
  if (keeps_other_secrets()) {
    const Result<crypto::Secret> key = RefreshBook::new_key();
    if (!key) return fail(key.error());
    return oauth_user({name, secret.clone(), {}}, *key, false, std::move(handlers));
  }
  uci::TokenGate* const gate = handlers.gate;
  const bool md5 = pbx_->dialect().token == uci::TokenKind::md5;
  Result<std::unique_ptr<uci::UserConnection>> user = pbx_->user_connection(
      name, md5 ? secret.clone() : uci::make_token(name, secret), std::move(handlers));
  if (!user) return fail(user.error());
  // REST's login is older than md5's end, but wants sha512.
  return std::make_unique<HttpUser>(std::move(*user),
                                    md5 ? nullptr : rest_by_nonce(rest_, name, secret, gate));
}

Result<std::unique_ptr<PbxUser>> HttpPbx::user_again(const std::string& name,
                                                     const crypto::Secret& kept,
                                                     uci::Connection::Handlers handlers) {
  if (!keeps_other_secrets()) return user(name, kept, std::move(handlers));
  std::optional<crypto::Secret> refresh = book_ != nullptr ? book_->get(name, kept) : std::nullopt;
  if (!refresh) {
    return fail(uci::codes::kSignInOver, "nothing is left of the user's sign-in at the PBX",
                "sign in with the password");
  }
  return oauth_user({name, {}, std::move(*refresh)}, kept, true, std::move(handlers));
}

Result<std::unique_ptr<PbxUser>> HttpPbx::oauth_user(oauth::UserTokens::Start start,
                                                     const crypto::Secret& kept, bool issued,
                                                     uci::Connection::Handlers handlers) {
  auto user = std::make_unique<OauthUser>(oauth_users_, book_, start.user, kept, issued);
  oauth::UserTokens::Events events{[raw = user.get()] { raw->on_rotated(); },
                                   [gate = handlers.gate] {
                                     if (gate != nullptr) gate->note_refusal();
                                   }};
  Result<std::unique_ptr<uci::UserConnection>> connection =
      pbx_->user_connection(std::move(start), std::move(events), std::move(handlers));
  if (!connection) return fail(connection.error());
  user->set_connection(std::move(*connection), &rest_);
  return user;
}

void HttpPbx::forget_kept(const std::string& user) {
  if (book_ != nullptr) book_->forget(user);
  oauth_users_.forget(user);
}

}  // namespace sfteams::agent
