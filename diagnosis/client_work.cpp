#include "diagnosis/client_work.h"

#include <utility>

#include "agent/users_key.h"

namespace sfteams::diagnosis {
void ClientWork::start() {
  auto access = client::Access::from(agent::users_key(*context_.configuration, *context_.key));
  if (!access) return end(failure(step_, access.error()));
  client::ConnectionOptions options;
  options.access = std::move(*access);
  options.ca_file = context_.configuration->connector.ca_file;
  options.proxy = context_.configuration->connector.proxy;
  options.open_timeout = kPatience;
  options.software = context_.software;
  Result<std::unique_ptr<client::Connection>> connection =
      client::Connection::open(context_.network, std::move(options), *this);
  if (!connection) return end(failure(step_, connection.error()));
  connection_ = std::move(*connection);
}

void ClientWork::on_closed(const std::optional<Error>& error) {
  if (error) end(failure(step_, *error));
}

void ClientWork::let_go() {
  if (connection_) connection_->close();
}

}  // namespace sfteams::diagnosis
