#include "transport/bus/nats_dial.h"

#include <memory>
#include <string>
#include <utility>

#include "transport/bus/codes.h"

namespace sfteams::bus {
namespace {

constexpr std::int64_t kWriteDeadline = 1'000;  // ms
constexpr int kPingsOut = 2;

struct OptionsFree {
  void operator()(natsOptions* options) const noexcept { natsOptions_Destroy(options); }
};
using Options = std::unique_ptr<natsOptions, OptionsFree>;

std::string last_error(natsStatus status) {
  const char* const text = nats_GetLastError(nullptr);
  return text == nullptr || *text == '\0' ? natsStatus_GetText(status) : text;
}

Error failure(const NatsAddress& address, natsStatus status) {
  const std::string server = address.to_string();
  switch (status) {
    case NATS_CONNECTION_AUTH_FAILED:
      return {codes::kNotAuthorized, server + " refuses the user, password or token",
              "compare the file with credentials with the server's configuration"};
    case NATS_SSL_ERROR:
    case NATS_SECURE_CONNECTION_WANTED:
    case NATS_SECURE_CONNECTION_REQUIRED:
      return {codes::kTlsFailed, "TLS with " + server + " fails: " + last_error(status),
              "check the server's certificate, its name in it, and ca-file"};
    default:
      return {codes::kUnreachable, server + " does not answer: " + last_error(status),
              "check that it runs; it is tried again about every second"};
  }
}

/// All that does not depend on the server.
natsStatus configure(natsOptions* to, const NatsOptions& from) {
  natsStatus status = natsOptions_SetAllowReconnect(to, false);
  const auto also = [&status](natsStatus next) {
    if (status == NATS_OK) status = next;
  };
  also(natsOptions_SetIgnoreDiscoveredServers(to, true));
  also(natsOptions_SetReconnectBufSize(to, 0));
  also(natsOptions_UseGlobalMessageDelivery(to, true));
  also(natsOptions_SetSendAsap(to, true));
  also(natsOptions_SetWriteDeadline(to, kWriteDeadline));
  also(natsOptions_SetTimeout(to, from.dial_timeout.count()));
  also(natsOptions_SetPingInterval(to, from.ping.count()));
  also(natsOptions_SetMaxPingsOut(to, kPingsOut));
  also(natsOptions_SetMaxPendingMsgs(to, static_cast<int>(Inbound::kMost)));
  also(natsOptions_SetName(to, from.node.c_str()));
  return status;
}

natsStatus configure_tls(natsOptions* to, const NatsAddress& address, const NatsOptions& from) {
  natsStatus status = natsOptions_SetSecure(to, true);
  if (status == NATS_OK) status = natsOptions_SkipServerVerification(to, false);
  if (status == NATS_OK) status = natsOptions_SetExpectedHostname(to, address.host.c_str());
  if (status == NATS_OK && from.ca_file)
    status = natsOptions_LoadCATrustedCertificates(to, from.ca_file->c_str());
  if (status == NATS_OK && from.certificate_file && from.key_file) {
    status = natsOptions_LoadCertificatesChain(to, from.certificate_file->c_str(),
                                               from.key_file->c_str());
  }
  return status;
}

Result<void> add_credentials(natsOptions* to, const NatsOptions& from) {
  if (!from.credentials_file) return {};
  const Result<NatsCredentials> read = NatsCredentials::read(*from.credentials_file);
  if (!read) return fail(read.error());
  // libnats copies them and keeps its copies for the line's life.
  const auto text = [](const crypto::Secret& secret) { return std::string(secret.text()); };
  std::string user = text(read->user);
  std::string password = text(read->password);
  std::string token = text(read->token);
  if (token.empty()) {
    natsOptions_SetUserInfo(to, user.c_str(), password.c_str());
  } else {
    natsOptions_SetToken(to, token.c_str());
  }
  for (std::string* const each : {&user, &password, &token})
    crypto::wipe(*each);
  return {};
}

}  // namespace

Dialled dial(const NatsAddress& address, const NatsOptions& options, std::uint64_t attempt,
             const std::shared_ptr<LineEnds>& ends) {
  natsOptions* made = nullptr;
  natsStatus status = natsOptions_Create(&made);
  const Options held(made);
  if (status == NATS_OK) status = configure(made, options);
  if (status == NATS_OK) status = natsOptions_SetURL(made, address.to_string().c_str());
  if (status == NATS_OK && address.tls) status = configure_tls(made, address, options);
  if (status != NATS_OK) return {attempt, nullptr, failure(address, status)};
  if (Result<void> added = add_credentials(made, options); !added)
    return {attempt, nullptr, added.error()};
  const auto context = std::make_shared<LineContext>(ends, attempt);
  std::unique_ptr<std::shared_ptr<LineContext>> callbacks(NatsLine::set_callbacks(made, context));
  natsConnection* connection = nullptr;
  status = natsConnection_Connect(&connection, made);
  if (status != NATS_OK) return {attempt, nullptr, failure(address, status)};
  static_cast<void>(callbacks.release());
  return {attempt, std::make_unique<NatsLine>(connection, context)};
}

}  // namespace sfteams::bus
