#include "agent/probe/pbx_line.h"

#include <array>
#include <csignal>
#include <utility>

#include "base/clock/unix_time.h"
#include "base/crypto/random.h"
#include "base/text/encoding.h"
#include "transport/codes.h"
#include "transport/url.h"
#include "uci/event_callback.h"
#include "uci/xmlrpc.h"

namespace sfteams::probe {
namespace {

constexpr transport::Duration kPatience{10'000};
/// For the sign-outs after it was broken off: somebody waits for the end.
constexpr transport::Duration kPatienceAtEnd{3'000};
/// The PBX and nobody else.
constexpr std::size_t kMostConnections = 64;
/// Events that are kept of one session.
constexpr std::size_t kMostHeard = 200;

/// Of nohup.
bool ignores_hang_up() {
  struct sigaction action {};
  return ::sigaction(SIGHUP, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

}  // namespace

Result<std::unique_ptr<PbxLine>> PbxLine::open(const agent::PbxSettings& settings) {
  auto line = std::unique_ptr<PbxLine>(new PbxLine(settings));
  Result<std::unique_ptr<transport::Loop>> loop = transport::Loop::create();
  if (!loop) return fail(loop.error());
  line->loop_ = std::move(*loop);
  const auto break_off = [self = line.get()](int) {
    self->broken_off_ = true;
    self->loop_->stop();
  };
  // SIGHUP comes when the terminal on a remote host is lost.
  const auto broken_off = ignores_hang_up()
                              ? line->loop_->on_signals({SIGINT, SIGTERM}, break_off)
                              : line->loop_->on_signals({SIGINT, SIGTERM, SIGHUP}, break_off);
  if (!broken_off) return fail(broken_off.error());
  Result<std::unique_ptr<transport::Network>> network = transport::Network::create(*line->loop_);
  if (!network) return fail(network.error());
  line->network_ = std::move(*network);
  Result<std::unique_ptr<transport::HttpClient>> http =
      transport::HttpClient::create(*line->network_, 2);
  if (!http) return fail(http.error());
  line->http_ = std::move(*http);
  if (const Result<void> listening = line->listen(); !listening) return fail(listening.error());
  return line;
}

Result<void> PbxLine::listen() {
  transport::ServerOptions options;
  options.address = settings_.callback_address;
  options.port = settings_.callback_port;
  options.tls = settings_.callback_tls;
  options.max_body = uci::EventCallback::kLimits.bytes;
  options.max_connections = kMostConnections;
  options.chunked_bodies = true;
  options.http = [this](const transport::HttpRequest& request, transport::HttpResponder responder) {
    responder.respond(take(request));
  };
  // As the agent does it (uci/pbx.cpp).
  if (!transport::is_loopback(options.address) || !settings_.callback_from.empty()) {
    gate_ = std::make_unique<uci::CallbackGate>(
        uci::CallbackGate::Setup{*loop_, settings_.url.host, settings_.callback_from,
                                 [this](const Error&) { ++strangers_; }});
    options.admit = [this](const std::string& peer) { return gate_->admits(peer); };
  }
  auto server = transport::Server::listen(*network_, options);
  if (!server && server.error().code == transport::codes::kListenFailed && options.port != 0) {
    other_port_ = true;
    options.port = 0;
    server = transport::Server::listen(*network_, std::move(options));
  }
  if (!server) return fail(std::move(server.error()));
  server_ = std::move(*server);
  return {};
}

transport::HttpResponse PbxLine::take(const transport::HttpRequest& request) {
  transport::HttpResponse response;
  const auto ear = ears_.find(request.path);
  if (ear == ears_.end() || request.method != "POST") {
    response.status = 404;
    return response;
  }
  auto call = uci::parse_call(request.body, uci::EventCallback::kLimits);
  if (!call) {
    response.status = 400;
    return response;
  }
  Heard heard = read_query(request.query);
  heard.method = std::move(call->method);
  heard.params = std::move(call->params);
  heard.at = clock::unix_now();
  if (ear->second->heard_.size() < kMostHeard) ear->second->heard_.push_back(std::move(heard));
  if (auto answer = uci::write_response(uci::Value(true))) response.body = std::move(*answer);
  response.content_type = "text/xml; charset=UTF-8";
  loop_->stop();
  return response;
}

Reply PbxLine::ask(transport::HttpCall call) {
  call.ca_file = settings_.ca_file;
  call.timeout = broken_off_ ? kPatienceAtEnd : kPatience;
  std::optional<Reply> answer;
  const auto pending = http_->send(std::move(call), [&](Reply reply) {
    answer = std::move(reply);
    loop_->stop();
  });
  while (!answer)
    loop_->run();
  return std::move(*answer);
}

bool PbxLine::wait(transport::Duration most, const std::function<bool()>& enough) {
  const transport::TimePoint end = loop_->now() + most;
  while (!broken_off_ && !enough() && loop_->now() < end) {
    const auto over = loop_->after(std::chrono::ceil<transport::Duration>(end - loop_->now()),
                                   [this] { loop_->stop(); });
    loop_->run();
  }
  return enough();
}

Result<std::unique_ptr<PbxLine::Ear>> PbxLine::ear() {
  std::array<std::uint8_t, 24> random{};
  if (auto filled = crypto::fill_random_private(random); !filled) return fail(filled.error());
  const std::string path = "/probe/" + text::to_base64url(random);
  auto ear = std::make_unique<Ear>(*this, path);
  ears_[path] = ear.get();
  return ear;
}

uci::CallbackAddress PbxLine::Ear::address() const {
  return {agent::told_callback_host(line_.settings_), line_.server_->port(), path_,
          line_.settings_.callback_tls.has_value()};
}

}  // namespace sfteams::probe
