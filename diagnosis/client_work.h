#pragma once

#include "client/connection.h"
#include "diagnosis/step.h"

namespace sfteams::diagnosis {

/// A session through the connector to this agent, as a user's client makes one. Beforehand the
/// context has to have configuration and key.
[[nodiscard]] Result<client::ConnectionOptions> session_options(const Context& context);

/// Why none is worth trying; nothing: it can be tried.
[[nodiscard]] std::optional<Sentence> why_no_session(const Context& context);

/// A step that takes such a session. Deriving classes go on in on_open().
class ClientWork : public Work, protected client::ConnectionHandler {
 public:
  void start();

 protected:
  static constexpr transport::Duration kPatience{10'000};

  ClientWork(const char* step, Context& context, Found found, Done done)
      : context_(context), step_(step), found_(std::move(found)), done_(std::move(done)) {}

  /// Tells it and closes the session; only the first one counts.
  void end(const Finding& finding);
  [[nodiscard]] bool ended() const { return ended_; }
  [[nodiscard]] client::Connection& connection() { return *connection_; }

  Context& context_;

 private:
  void on_notification(const std::string& /*method*/, const Json::Value& /*params*/) override {}
  void on_closed(const std::optional<Error>& error) override;

  const char* step_;
  Found found_;
  Done done_;
  std::unique_ptr<client::Connection> connection_;
  std::unique_ptr<transport::Timer> end_;
  bool ended_ = false;
};

}  // namespace sfteams::diagnosis
