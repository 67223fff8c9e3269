#pragma once

#include <memory>
#include <utility>

#include "agent/diagnosis/ends_once.h"
#include "client/connection.h"

namespace sfteams::diagnosis {

/// A session through the connector to this agent, as a user's client makes one. Beforehand the
/// context has to have configuration and key.
[[nodiscard]] Result<client::ConnectionOptions> session_options(const Context& context);

/// Why none is worth trying; nothing: it can be tried.
[[nodiscard]] std::optional<Sentence> why_no_session(const Context& context);

/// A step that takes such a session. Deriving classes go on in on_session().
class ClientWork : public EndsOnce, protected client::ConnectionHandler {
 public:
  void start();

 protected:
  static constexpr transport::Duration kPatience{10'000};

  ClientWork(const char* step, Context& context, Found found, Done done)
      : EndsOnce(context, std::move(found), std::move(done)), step_(step) {}

  [[nodiscard]] client::Connection& connection() { return *connection_; }

 private:
  /// The session is open.
  virtual void on_session() = 0;
  void on_open() final {
    connector_answered();
    on_session();
  }
  void on_notification(const std::string& /*method*/, const Json::Value& /*params*/) override {}
  void on_closed(const std::optional<Error>& error) override;

  void let_go() override;

  const char* step_;
  std::unique_ptr<client::Connection> connection_;
};

}  // namespace sfteams::diagnosis
