#include "simulator/front.h"

#include <utility>

#include <fmt/format.h>

#include "transport/loop.h"
#include "transport/url.h"

namespace sfteams::simulator {
namespace {

/// Connections that are kept open without an answer; the oldest is closed for a further one.
constexpr std::size_t kMostHeld = 1'000;
constexpr std::string_view kUciPath = "/xml-rpc";
constexpr std::string_view kLoginPath = "/login";
constexpr std::string_view kTokenHeader = "authtoken";
constexpr std::string_view kVersionHeader = "x-version";

/// A web page elsewhere that resolves its name to loopback must not get at the control port.
bool is_local(std::string_view host) {
  const auto url = transport::parse_url(fmt::format("http://{}", host));
  return url && transport::is_loopback(url->host);
}

transport::HttpResponse to_http(Reply reply, const std::string& server) {
  transport::HttpResponse response;
  response.status = reply.status;
  response.content_type = std::move(reply.content_type);
  response.body = std::move(reply.body);
  response.headers.emplace_back("server", server);
  if (reply.no_store) response.headers.emplace_back("cache-control", "no-store");
  if (!reply.location.empty()) response.headers.emplace_back("location", std::move(reply.location));
  return response;
}

/// `number`: of the answer, for one way after the other.
void put_in_chunks(transport::HttpResponse& response, ReplyFraming framing, unsigned number) {
  const bool mixed = framing == ReplyFraming::mixed;
  const bool trailers = framing == ReplyFraming::trailers || (mixed && number % 3 == 2);
  response.chunked = trailers || framing == ReplyFraming::chunked || (mixed && number % 3 == 1);
  if (trailers) response.trailers = {{"x-checksum", "0"}, {"server-timing", "total;dur=1"}};
}

}  // namespace

Front::Front(transport::Network& network, Pbx& pbx, Control& control, const std::string& version)
    : network_(network),
      pbx_(pbx),
      control_(control),
      name_(fmt::format("starface-uci-simulator/{} (a stand-in)", version)) {}

Result<std::unique_ptr<Front>> Front::open(transport::Network& network, Pbx& pbx, Control& control,
                                           const Places& places) {
  std::unique_ptr<Front> front(new Front(network, pbx, control, places.version));
  const auto listen = [&](const Listen& at, std::optional<transport::ServerTls> tls,
                          transport::HttpHandler handler,
                          std::unique_ptr<transport::Server>& server) -> Result<void> {
    transport::ServerOptions options;
    options.address = at.address;
    options.port = at.port;
    options.tls = std::move(tls);
    options.http = std::move(handler);
    options.headers = {std::string(kTokenHeader), std::string(kVersionHeader)};
    options.takes_delete = true;
    auto opened = transport::Server::listen(network, std::move(options));
    if (!opened) return fail(opened.error());
    server = std::move(*opened);
    return {};
  };
  Front& self = *front;
  const auto uci = [&self](bool secure) -> transport::HttpHandler {
    return
        [&self, secure](const transport::HttpRequest& request, transport::HttpResponder responder) {
          self.on_request(request, secure, std::move(responder));
        };
  };
  const transport::HttpHandler control_handler = [&self](const transport::HttpRequest& request,
                                                         transport::HttpResponder responder) {
    self.on_control(request, std::move(responder));
  };
  Result<void> opened;
  if (places.http) opened = listen(*places.http, std::nullopt, uci(false), self.http_);
  if (opened && places.https) opened = listen(*places.https, places.tls, uci(true), self.https_);
  if (opened) opened = listen(places.control, std::nullopt, control_handler, self.control_server_);
  if (!opened) return fail(opened.error());
  return front;
}

Ports Front::ports() const {
  Ports ports;
  if (http_) ports.http = http_->port();
  if (https_) ports.https = https_->port();
  ports.control = control_server_->port();
  return ports;
}

/// nullopt: the PBX itself answers.
std::optional<Reply> Front::in_front_of_pbx(const transport::HttpRequest& request) const {
  switch (pbx_.options().front_end) {
    case FrontEnd::none:
      break;
    case FrontEnd::to_https: {
      const auto here = transport::parse_url("http://" + request.host);
      const std::string host = here ? here->host : "localhost";
      const bool v6 = host.find(':') != std::string::npos;
      return redirect_reply("https://" + (v6 ? "[" + host + "]" : host) + request.path);
    }
    case FrontEnd::to_other:
      return redirect_reply("https://pbx.example.com" + request.path);
    case FrontEnd::to_login:
      return redirect_reply(std::string(kLoginPath));
    case FrontEnd::page:
      return html_reply(200, "It works!");
    case FrontEnd::not_found:
      return html_reply(404, "Not found");
    case FrontEnd::forbidden:
      return html_reply(403, "Forbidden");
    case FrontEnd::unavailable:
      return html_reply(503, "Starting");
  }
  return std::nullopt;
}

void Front::on_request(const transport::HttpRequest& request, bool secure,
                       transport::HttpResponder responder) {
  if (std::optional<Reply> reply = in_front_of_pbx(request))
    return send_now(std::move(*reply), std::move(responder));
  if (request.path == kUciPath && request.method == "POST") {
    send(pbx_.handle({request.query, request.body, request.peer_address}), std::move(responder));
  } else if (request.path == kUciPath) {
    send_now(html_reply(405, "Only POST"), std::move(responder));
  } else if (request.path == kLoginPath) {
    send_now(html_reply(200, "Sign in"), std::move(responder));
  } else if (std::optional<Reply> reply = pbx_.handle_web(
                 {request.method, request.path, request.content_type, request.authorization,
                  request.host, request.body, request.peer_address, secure, request.query,
                  request.header(kTokenHeader), request.header(kVersionHeader)})) {
    send(std::move(*reply), std::move(responder));
  } else {
    send_now(html_reply(404, "Not found"), std::move(responder));
  }
}

void Front::on_control(const transport::HttpRequest& request, transport::HttpResponder responder) {
  Reply reply;
  reply.content_type = "application/json";
  if (is_local(request.host)) {
    Control::Answer answer =
        control_.handle(request.method, request.path, request.query, request.body);
    reply.status = answer.status;
    reply.body = std::move(answer.body);
  } else {
    reply.status = 403;
    reply.body =
        R"({"error":{"code":"simulator.not-loopback","message":"ask for a loopback host"}})";
  }
  send_now(std::move(reply), std::move(responder));
}

void Front::send(Reply reply, transport::HttpResponder responder) {
  if (reply.delay.count() == 0) {
    send_now(std::move(reply), std::move(responder));
    return;
  }
  const std::uint64_t id = ++last_delayed_;
  auto timer = network_.loop().after(reply.delay, [this, id] {
    const auto found = delayed_.find(id);
    Delayed due = std::move(found->second);
    delayed_.erase(found);
    send_now(std::move(due.reply), std::move(due.responder));
  });
  delayed_.emplace(id, Delayed{std::move(reply), std::move(responder), std::move(timer)});
}

void Front::send_now(Reply reply, transport::HttpResponder responder) {
  const Reply::Way way = reply.way;
  transport::HttpResponse response = to_http(std::move(reply), name_);
  switch (way) {
    case Reply::Way::answer:
      put_in_chunks(response, pbx_.options().reply_framing, answered_++);
      responder.respond(std::move(response));
      break;
    case Reply::Way::close:
      break;  // the responder goes, and the connection with it
    case Reply::Way::cut:
      cut(std::move(response), std::move(responder));
      break;
    case Reply::Way::drip:
      drip(std::move(response), std::move(responder));
      break;
    case Reply::Way::hold:
      held_.push_back(std::move(responder));
      if (held_.size() > kMostHeld) held_.pop_front();
      break;
  }
}

void Front::cut(transport::HttpResponse response, transport::HttpResponder responder) {
  const std::string text = std::exchange(response.body, {});
  transport::HttpBody body = responder.begin(std::move(response), text.size());
  body.write(std::string_view(text).substr(0, text.size() / 2));
}

void Front::drip(transport::HttpResponse response, transport::HttpResponder responder) {
  std::string text = std::exchange(response.body, {});
  transport::HttpBody body = responder.begin(std::move(response), text.size());
  const std::uint64_t id = ++last_delayed_;
  dripping_.emplace(id, Dripping{std::move(body), std::move(text), nullptr});
  drip_on(id);
}

void Front::drip_on(std::uint64_t id) {
  const auto found = dripping_.find(id);
  Dripping& dripping = found->second;
  if (dripping.body.missing() == 0) {
    dripping_.erase(found);
    return;
  }
  const std::size_t at = dripping.text.size() - dripping.body.missing();
  dripping.body.write(std::string_view(dripping.text).substr(at, 1));
  dripping.timer = network_.loop().after(pbx_.options().drip_time, [this, id] { drip_on(id); });
}

}  // namespace sfteams::simulator
