#include "agent/diagnosis/client_work.h"

#include <utility>

#include "agent/keys/users_key.h"

namespace sfteams::diagnosis {
namespace {

/// Longer than a way that works takes.
constexpr transport::Duration kOpenPatience{10'000};

}  // namespace

Result<client::ConnectionOptions> session_options(const Context& context) {
  auto access = client::Access::from(agent::users_key(
      context.configuration->name, context.configuration->connector.url, *context.key));
  if (!access) return fail(access.error());
  client::ConnectionOptions options;
  options.access = std::move(*access);
  options.ca_file = context.configuration->connector.ca_file;
  options.proxy = context.configuration->connector.proxy;
  options.open_timeout = kOpenPatience;
  options.software = context.software;
  return options;
}

std::optional<Sentence> why_no_session(const Context& context) {
  if (context.configuration && !context.connector_reached)
    return said("the connector was not reached");
  if (context.other_configuration)
    return said("the running agent has another configuration than the file");
  return std::nullopt;
}

void ClientWork::start() {
  Result<client::ConnectionOptions> options = session_options(context_);
  if (!options) return end(failure(step_, options.error()));
  Result<std::unique_ptr<client::Connection>> connection =
      client::Connection::open(context_.network, std::move(*options), *this);
  if (!connection) return end(failure(step_, connection.error()));
  connection_ = std::move(*connection);
  await_connector();
}

void ClientWork::on_closed(const std::optional<Error>& error) {
  if (error) end(failure(step_, *error));
}

void ClientWork::let_go() {
  if (connection_) connection_->close();
}

}  // namespace sfteams::diagnosis
