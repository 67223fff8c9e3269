#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <json/value.h>

#include "base/crypto/secret.h"
#include "base/error/error.h"
#include "client/connection.h"
#include "client/ticket_file.h"
#include "transport/loop.h"
#include "transport/network.h"

namespace sfteams::client {

class Program;

/// What the command line asked for, once the user is signed in.
class Task {
 public:
  virtual ~Task() = default;
  virtual void start(Program& program) = 0;
  virtual void on_event(Program& program, const std::string& method, const Json::Value& params);
  /// Ctrl-C or SIGTERM.
  virtual void on_interrupt(Program& program);
};

struct ProgramOptions {
  std::filesystem::path key_file;
  std::string user;
  std::optional<std::filesystem::path> password_file;
  /// Where a ticket is kept (client/ticket_file.h), once there is one; nullopt: none is asked for.
  std::optional<std::filesystem::path> ticket_file;
  std::optional<std::filesystem::path> ca_file;
  bool json = false;
  transport::Duration timeout{30'000};  ///< for signing in, and for each call
  std::string software;
};

/// One run of the command line: connects, signs in, lets a Task do its work, signs out.
class Program final : private ConnectionHandler {
 public:
  Program(ProgramOptions options, std::unique_ptr<Task> task)
      : options_(std::move(options)), task_(std::move(task)) {}

  /// The process's exit status. Failures are on stderr by then.
  [[nodiscard]] int run();

  // For the task.
  void call(std::string_view method, const Json::Value& params,
            std::function<void(const Json::Value&)> done);
  /// A call of UCI in the version that the agent speaks: "call.hangupCall" becomes
  /// "ucp.v30.requests.call.hangupCall".
  void call_uci(std::string_view name, const Json::Value& params,
                std::function<void(const Json::Value&)> done);
  /// Signs out and ends with this status; or with the error, which is printed.
  void finish(int status = 0);
  void finish(const Error& error);
  /// One line to stdout, at once.
  void print(std::string_view line);
  [[nodiscard]] bool json() const { return options_.json; }
  [[nodiscard]] transport::Loop& loop() { return *loop_; }
  [[nodiscard]] const Json::Value& login_result() const { return login_result_; }
  [[nodiscard]] const Json::Value& system_info() const { return system_info_; }
  [[nodiscard]] const std::string& user() const { return options_.user; }

 private:
  [[nodiscard]] Result<void> connect();
  void on_open() override;
  void on_interrupted(const Error& error, transport::Duration window) override;
  void on_resumed() override;
  void on_notification(const std::string& method, const Json::Value& params) override;
  void on_closed(const std::optional<Error>& error) override;
  /// Finds what to sign in with: a kept ticket, or the password.
  [[nodiscard]] Result<void> find_credentials(const std::string& system);
  void sign_in();
  void on_signed_in(const Result<Json::Value>& result);
  void forget_refused_ticket();
  /// A new one, whose life begins now; then goes on.
  void ask_for_ticket();
  void keep_ticket(const Result<Json::Value>& answer);
  void start_task();

  ProgramOptions options_;
  crypto::Secret password_;
  std::optional<KeptTicket> kept_;  ///< with --ticket-file; its ticket is empty until there is one
  std::unique_ptr<transport::Loop> loop_;
  std::unique_ptr<transport::Network> network_;
  std::unique_ptr<Connection> connection_;
  std::unique_ptr<transport::Timer> farewell_;
  std::unique_ptr<Task> task_;  ///< its timers go before the loop
  Json::Value login_result_;
  Json::Value system_info_;
  std::optional<int> status_;  ///< set once the end has begun
  bool working_ = false;       ///< the task has been started
};

}  // namespace sfteams::client
