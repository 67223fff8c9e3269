#include "diagnosis/client_work.h"

#include <utility>

#include "keygen/key_file.h"

namespace sfteams::diagnosis {
namespace {

/// What the users have in their key files.
keygen::KeyFile key_file(const Context& context) {
  const transport::Url& url = context.configuration->connector.url;
  return {context.configuration->name, context.key->key.clone(),
          url.scheme + "://" + url.authority(), context.key->created};
}

/// Longer than a way that works takes.
constexpr transport::Duration kOpenPatience{10'000};

}  // namespace

Result<client::ConnectionOptions> session_options(const Context& context) {
  auto access = client::Access::from(key_file(context));
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
}

void ClientWork::on_closed(const std::optional<Error>& error) {
  if (error) end(failure(step_, *error));
}

void ClientWork::end(const Finding& finding) {
  if (std::exchange(ended_, true)) return;
  found_(finding);
  // Not from inside the connection's own call.
  end_ = context_.network.loop().after(transport::Duration(0), [this] {
    if (connection_) connection_->close();
    const Done done = std::move(done_);
    done();
  });
}

}  // namespace sfteams::diagnosis
