#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/crypto/secret.h"
#include "base/error/error.h"
#include "oauth/issuer.h"
#include "oauth/user_tokens.h"
#include "transport/http_client.h"
#include "transport/network.h"
#include "uci/callback_gate.h"
#include "uci/callback_listener.h"
#include "uci/connection.h"
#include "uci/dialect.h"
#include "uci/event_callback.h"
#include "uci/http_binding.h"
#include "uci/rpc_transport.h"

namespace sfteams::uci {

/// One user's Connection with all that it needs: the requests over HTTP, which carry the user's
/// token, and the path for events.
class UserConnection {
 public:
  /// Without a path for events: for tests. The binding sends with these tokens, and the connection
  /// through the binding.
  UserConnection(std::unique_ptr<oauth::UserTokens> tokens, std::unique_ptr<RpcTransport> binding,
                 std::unique_ptr<Connection> connection)
      : tokens_(std::move(tokens)),
        binding_(std::move(binding)),
        connection_(std::move(connection)) {}

  /// Not logged in yet: call connection().login().
  [[nodiscard]] Connection& connection() { return *connection_; }
  [[nodiscard]] const Connection& connection() const { return *connection_; }
  /// nullptr: this PBX is signed in to by passwords.
  [[nodiscard]] oauth::UserTokens* tokens() { return tokens_.get(); }

 private:
  friend class Pbx;
  UserConnection() = default;

  std::unique_ptr<EventCallback::Registration> registration_;
  std::unique_ptr<oauth::UserTokens> tokens_;
  std::unique_ptr<RpcTransport> binding_;
  std::unique_ptr<Connection> connection_;
};

/// The PBX as the daemon sees it: an HTTP client towards it and a socket for its events. It
/// outlives every UserConnection.
class Pbx {
 public:
  struct Options {
    transport::Url url;  ///< http or https; "/xml-rpc" is added to its path
    std::optional<std::filesystem::path> ca_file;
    Dialect dialect = dialect_of(Version::v30);
    CallbackListener::Place callback{};
    std::string callback_host{};               ///< as the PBX is told; empty: where it listens
    std::vector<std::string> callback_from{};  ///< see CallbackGate::Setup::from
    std::size_t connections = 64;              ///< to the PBX at once
    /// Requests to the callback for events that were refused, for the log and for counting.
    EventCallback::Refused refused{};
    /// Users sign in by OAuth, as this client.
    std::shared_ptr<const oauth::Client> client{};
    std::vector<std::string> oauth_hosts{};  ///< see oauth::Hosts
  };

  /// Fails with uci.bad-url, or as CallbackListener::listen() and HttpClient::create().
  [[nodiscard]] static Result<std::unique_ptr<Pbx>> create(transport::Network& network,
                                                           Options options);
  Pbx(const Pbx&) = delete;
  Pbx& operator=(const Pbx&) = delete;

  /// As make_token(), of the kind that this PBX takes.
  [[nodiscard]] crypto::Secret token(std::string_view login, const crypto::Secret& password) const;
  /// `token` is needed for this call only. Sends nothing. Fails with crypto.no-randomness. Only
  /// where users sign in by passwords.
  [[nodiscard]] Result<std::unique_ptr<UserConnection>> user_connection(
      std::string_view login, const crypto::Secret& token, Connection::Handlers handlers);

  /// The same where users sign in by OAuth.
  [[nodiscard]] Result<std::unique_ptr<UserConnection>> user_connection(
      oauth::UserTokens::Start start, oauth::UserTokens::Events events,
      Connection::Handlers handlers);
  /// nullptr: users sign in by passwords.
  [[nodiscard]] oauth::Issuer* issuer() { return issuer_.get(); }

  [[nodiscard]] std::uint16_t callback_port() const { return listener_->port(); }
  /// As transport::Server::reload_certificate(), of the callback for events.
  [[nodiscard]] Result<void> reload_certificate() { return listener_->reload_certificate(); }
  /// What large answers hold just now.
  [[nodiscard]] transport::HttpLoad load() const { return http_->load(); }
  [[nodiscard]] const Dialect& dialect() const { return options_.dialect; }

 private:
  Pbx(transport::Network& network, Options options);
  [[nodiscard]] Result<CallbackAddress> register_events(UserConnection& user,
                                                        const crypto::Secret* token);
  void connect(UserConnection& user, Connection::Handlers handlers);

  transport::Network& network_;
  Options options_;
  HttpBinding::Pbx address_;
  EventCallback events_;
  std::unique_ptr<transport::HttpClient> http_;
  std::unique_ptr<oauth::Issuer> issuer_;
  std::unique_ptr<CallbackGate> gate_;  ///< nullptr: only this host can connect
  std::unique_ptr<CallbackListener> listener_;
};

}  // namespace sfteams::uci
