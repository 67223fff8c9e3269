#include "client/program.h"

#include <csignal>
#include <cstdlib>
#include <iostream>
#include <utility>

#include "base/json/json.h"
#include "base/json/rpc.h"
#include "base/program/standard_streams.h"
#include "client/codes.h"
#include "client/password.h"
#include "keygen/key_file.h"

namespace sfteams::client {
namespace {

/// How long signing out may take before the connection is simply dropped.
constexpr transport::Duration kFarewell{3'000};

/// The agent's; its room is not ours.
constexpr std::string_view kTicketRefused = "session.ticket-refused";

/// Why the agent signed the user out, who did not ask for it.
Error signed_out(const Json::Value& params) {
  json::rpc::RemoteError error;
  error.code = json::string_member(params, "code").value_or("");
  error.message = json::string_member(params, "message").value_or("you were signed out");
  error.hint = json::string_member(params, "hint").value_or("sign in again");
  return error.to_error();
}

}  // namespace

void Task::on_event(Program& /*program*/, const std::string& /*method*/,
                    const Json::Value& /*params*/) {}

void Task::on_interrupt(Program& program) {
  program.finish();
}

int Program::run() {
  if (const Result<void> connected = connect(); !connected) {
    std::cerr << "starface-teams-client: " << describe(connected.error()) << '\n';
    return static_cast<int>(connected.error().code.exit);
  }
  loop_->run();
  connection_.reset();
  return status_.value_or(static_cast<int>(Exit::software));
}

Result<void> Program::connect() {
  const Result<keygen::KeyFile> key_file = keygen::read_key_file(options_.key_file);
  if (!key_file) return fail(key_file.error());
  Result<std::shared_ptr<const Access>> access = Access::from(*key_file);
  if (!access) return fail(access.error());
  if (Result<void> found = find_credentials((*access)->name()); !found) return found;

  Result<std::unique_ptr<transport::Loop>> loop = transport::Loop::create();
  if (!loop) return fail(loop.error());
  loop_ = std::move(*loop);
  Result<std::unique_ptr<transport::Network>> network = transport::Network::create(*loop_);
  if (!network) return fail(network.error());
  network_ = std::move(*network);
  Result<void> signals = loop_->on_signals({SIGINT, SIGTERM}, [this](int number) {
    if (working_ && !status_) {
      task_->on_interrupt(*this);
    } else {
      finish(128 + number);
    }
  });
  if (!signals) return signals;

  Result<std::optional<transport::Proxy>> proxy = transport::proxy_from_environment(
      (*access)->connector(), [](const char* name) { return std::getenv(name); });
  if (!proxy) return fail(proxy.error());
  for (const Error& warning : transport::no_proxy_warnings(
           (*access)->connector(), [](const char* name) { return std::getenv(name); }))
    std::cerr << "warning: " << describe(warning) << '\n';
  ConnectionOptions connection;
  connection.proxy = std::move(*proxy);
  connection.access = std::move(*access);
  connection.ca_file = options_.ca_file;
  connection.open_timeout = options_.timeout;
  connection.software = options_.software;
  Result<std::unique_ptr<Connection>> opened =
      Connection::open(*network_, std::move(connection), *this);
  if (!opened) return fail(opened.error());
  connection_ = std::move(*opened);
  return {};
}

Result<void> Program::find_credentials(const std::string& system) {
  if (options_.ticket_file) {
    Result<std::optional<KeptTicket>> kept =
        read_ticket_file(*options_.ticket_file, system, options_.user);
    if (!kept) return fail(kept.error());
    kept_ = std::move(*kept);
    if (kept_) return {};
    Result<crypto::P256Key> device = crypto::P256Key::generate();
    if (!device) return fail(device.error());
    kept_ = KeptTicket{system, options_.user, std::move(*device), {}, 0};
  }
  Result<crypto::Secret> password = read_password(options_.password_file);
  if (!password) return fail(password.error());
  password_ = std::move(*password);
  return {};
}

void Program::on_open() {
  sign_in();
}

void Program::sign_in() {
  const auto answer = [this](const Result<Json::Value>& result) { on_signed_in(result); };
  if (kept_ && !kept_->ticket.empty()) {
    return connection_->login_by_ticket(kept_->ticket, kept_->device, options_.timeout, answer);
  }
  connection_->login(options_.user, password_, options_.timeout, answer);
  password_ = crypto::Secret();
}

void Program::on_signed_in(const Result<Json::Value>& result) {
  if (!result) {
    if (result.error().code.id == kTicketRefused) forget_refused_ticket();
    return finish(result.error());
  }
  login_result_ = *result;
  if (kept_) return ask_for_ticket();
  start_task();
}

void Program::forget_refused_ticket() {
  const auto now = read_ticket_file(*options_.ticket_file, kept_->name, kept_->user);
  // Another run may have got a new one meanwhile.
  if (now && *now && (*now)->ticket != kept_->ticket) return;
  std::error_code failed;
  std::filesystem::remove(*options_.ticket_file, failed);
  std::cerr << "starface-teams-client: the ticket in " << options_.ticket_file->string()
            << (failed ? " is worth nothing any more, but cannot be removed: " + failed.message()
                       : " was worth nothing any more, and is removed")
            << "\n";
}

void Program::ask_for_ticket() {
  connection_->ask_for_ticket(kept_->device, Connection::TicketLife::lasting, options_.timeout,
                              [this](const Result<Json::Value>& result) {
                                if (status_) return;
                                keep_ticket(result);
                                start_task();
                              });
}

void Program::keep_ticket(const Result<Json::Value>& answer) {
  const auto warn = [](const Error& error) { std::cerr << "warning: " << describe(error) << '\n'; };
  if (!answer) return warn(answer.error());
  const auto ticket = json::string_member(*answer, "ticket");
  const Json::Value* const expires = json::member(*answer, "expires");
  if (!ticket || !is_ticket_text(*ticket) || expires == nullptr || !expires->isInt64()) {
    return warn({codes::kProtocol, "the agent has made a ticket that is none",
                 "update the older of client and agent"});
  }
  kept_->ticket = *ticket;
  kept_->expires = expires->asInt64();
  if (const Result<void> written = write_ticket_file(*options_.ticket_file, *kept_); !written)
    warn(written.error());
}

void Program::start_task() {
  call("system.info", Json::Value(), [this](const Json::Value& info) {
    system_info_ = info;
    working_ = true;
    task_->start(*this);
  });
}

void Program::on_interrupted(const Error& error, transport::Duration window) {
  if (status_) return;
  std::cerr << "starface-teams-client: " << describe(error) << "\n"
            << "starface-teams-client: trying for up to " << window.count() / 1000
            << " s to go on where it was\n";
}

void Program::on_resumed() {
  if (!status_) std::cerr << "starface-teams-client: connected again; nothing was lost\n";
}

void Program::on_notification(const std::string& method, const Json::Value& params) {
  if (!working_ || status_) return;
  if (method == "session.signedOut") return finish(signed_out(params));
  task_->on_event(*this, method, params);
}

void Program::on_closed(const std::optional<Error>& error) {
  // Without an error it was finish() that closed, and the status is known.
  if (error && !status_) {
    std::cerr << "starface-teams-client: " << describe(*error) << '\n';
    status_ = static_cast<int>(error->code.exit);
  }
  loop_->stop();
}

void Program::call(std::string_view method, const Json::Value& params,
                   std::function<void(const Json::Value&)> done) {
  connection_->call(method, params, options_.timeout,
                    [this, done = std::move(done)](const Result<Json::Value>& result) {
                      if (status_) return;  // the end has begun; its reason is known
                      if (!result) return finish(result.error());
                      done(*result);
                    });
}

void Program::call_uci(std::string_view name, const Json::Value& params,
                       std::function<void(const Json::Value&)> done) {
  const Json::Value* const uci = json::member(system_info_, "uci");
  std::string version = "v30";
  if (uci != nullptr) version = json::string_member(*uci, "version").value_or(version);
  call("ucp." + version + ".requests." + std::string(name), params, std::move(done));
}

void Program::print(std::string_view line) {
  if (std::cout << line << std::endl) return;
  if (program::output_has_no_reader()) return finish(0);  // who has seen enough
  finish(program::output_failed(codes::kOutput));
}

void Program::finish(const Error& error) {
  if (status_) return;
  std::cerr << "starface-teams-client: " << describe(error) << '\n';
  finish(static_cast<int>(error.code.exit));
}

void Program::finish(int status) {
  if (status_) return;
  status_ = status;
  farewell_ = loop_->after(kFarewell, [this] { loop_->stop(); });
  if (login_result_.isNull()) return connection_->close();
  connection_->call("session.logout", Json::Value(), kFarewell,
                    [this](const Result<Json::Value>&) { connection_->close(); });
}

}  // namespace sfteams::client
