#include "monitoring/endpoint.h"

#include <utility>

#include "base/log/log.h"

namespace sfteams::monitoring {
namespace {

/// A few programs ask, now and then.
constexpr std::size_t kConnections = 32;
constexpr std::size_t kMaxBody = 1024;
/// So that whoever opens connections and asks nothing does not keep the others out for long.
constexpr transport::Duration kPatience{5'000};

}  // namespace

Result<std::unique_ptr<Endpoint>> Endpoint::open(transport::Network& network, const Listen& listen,
                                                 const Subject& subject) {
  std::unique_ptr<Endpoint> endpoint(new Endpoint(subject));
  transport::ServerOptions options;
  options.address = listen.address;
  options.port = listen.port;
  options.max_body = kMaxBody;
  options.max_connections = kConnections;
  options.request_timeout = kPatience;
  options.idle_timeout = kPatience;
  options.http = [raw = endpoint.get()](const transport::HttpRequest& request,
                                        transport::HttpResponder responder) {
    responder.respond(answer(request, raw->subject_, raw->process_));
  };
  Result<std::unique_ptr<transport::Server>> server =
      transport::Server::listen(network, std::move(options));
  if (!server) {
    Error error = server.error();
    error.message += " ([watch] listen)";
    return fail(std::move(error));
  }
  endpoint->server_ = std::move(*server);
  log::info("watch", "/healthz, /readyz and /metrics are at http://{}",
            Listen{listen.address, endpoint->port()}.to_string());
  return endpoint;
}

}  // namespace sfteams::monitoring
