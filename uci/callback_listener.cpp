#include "uci/callback_listener.h"

#include <utility>

namespace sfteams::uci {
namespace {

/// The PBX and nobody else; a busy one delivers on some tens of connections.
constexpr std::size_t kMaxConnections = 512;

transport::HttpResponse answer(EventCallback& events, const transport::HttpRequest& request) {
  transport::HttpResponse response;
  if (request.method != "POST") {
    response.status = 405;
    events.refuse(request.path, response.status);
    response.headers.emplace_back("allow", "POST");
    return response;
  }
  EventCallback::Reply reply = events.handle(request.path, request.query, request.body);
  response.status = reply.status;
  response.content_type = std::move(reply.content_type);
  response.body = std::move(reply.body);
  return response;
}

}  // namespace

Result<std::unique_ptr<CallbackListener>> CallbackListener::listen(transport::Network& network,
                                                                   const Place& place,
                                                                   EventCallback& events,
                                                                   Admit admit) {
  transport::ServerOptions options;
  options.address = place.address;
  options.port = place.port;
  options.tls = place.tls;
  options.admit = std::move(admit);
  options.max_body = EventCallback::kLimits.bytes;
  options.max_connections = kMaxConnections;
  // As HTTP clients of Java send what they write as they go. There is no proxy between.
  options.chunked_bodies = true;
  options.http = [&events](const transport::HttpRequest& request,
                           transport::HttpResponder responder) {
    responder.respond(answer(events, request));
  };
  options.refused = [&events](const transport::HttpRequest& request, int status) {
    events.refuse(request.path, status);
  };
  options.no_tls = [&events](const std::string& peer, const std::string& why) {
    events.refuse_tls(peer, why);
  };
  auto server = transport::Server::listen(network, std::move(options));
  if (!server) return fail(std::move(server.error()));
  return std::unique_ptr<CallbackListener>(new CallbackListener(std::move(*server)));
}

}  // namespace sfteams::uci
