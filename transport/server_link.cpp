#include "transport/server_link.h"

#include <algorithm>
#include <utility>

#include <sys/socket.h>

#include "transport/network_impl.h"
#include "transport/websocket_impl.h"

namespace sfteams::transport {
namespace {

/// Handed to libwebsockets at once; see Subprotocols on why not more.
constexpr std::size_t kPiece = 65'536;
constexpr Duration kWatch{20};

}  // namespace

ServerLink::ServerLink(Network::Impl& network, std::shared_ptr<ServerState> state, std::string peer)
    : network_(network), state_(std::move(state)), peer_(std::move(peer)) {
  expect_progress(state_->options().request_timeout);
  state_->add_http(*this);
}

ServerLink::~ServerLink() {
  if (responder_ != nullptr) responder_->link = nullptr;
  state_->remove_http(*this);
  state_->on_gone();
}

int ServerLink::on_event(lws_callback_reasons reason, void* in, std::size_t length) {
  if (channel_ != nullptr) return channel_->on_event(reason, in, length);
  const std::string_view text(static_cast<const char*>(in), in == nullptr ? 0 : length);
  switch (reason) {
    case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE:
      return on_upgrade_asked();
    case LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION:
      return on_subprotocol_chosen();
    case LWS_CALLBACK_ADD_HEADERS:
      return on_upgrade_headers(*static_cast<lws_process_html_args*>(in));
    case LWS_CALLBACK_ESTABLISHED:
      return on_upgraded();
    case LWS_CALLBACK_HTTP:
      return on_request(text);
    case LWS_CALLBACK_HTTP_BODY:
      return on_body(text);
    case LWS_CALLBACK_HTTP_BODY_COMPLETION:
      return on_body_complete();
    case LWS_CALLBACK_HTTP_WRITEABLE:
      return phase_ == Phase::answering ? write_some() : 0;
    default:
      return 0;
  }
}

void ServerLink::expect_progress(Duration within) {
  deadline_ = network_.loop.now() + within;
}

int ServerLink::on_request(std::string_view path) {
  if (phase_ != Phase::request || state_->closed()) return -1;
  head_ = read_head(wsi(), path, state_->options());
  head_only_ = head_.request.method == "HEAD";
  if (head_.refusal) {
    if (const auto& refused = state_->options().refused)
      refused(head_.request, head_.refusal->status);
    return refuse(*head_.refusal);
  }
  head_.request.peer_address = peer_;
  const auto& routes = state_->options().websockets;
  if (std::any_of(routes.begin(), routes.end(), [this](const WebsocketRoute& route) {
        return route.path == head_.request.path;
      })) {
    HttpResponse response = plain_response(426);
    response.headers.emplace_back("upgrade", "websocket");
    return refuse(response);
  }
  if (!head_.has_body) return hand_over();
  phase_ = Phase::body;
  if (head_.wants_continue) {
    std::string line = std::string(kPre, '\0') + "HTTP/1.1 100 Continue\r\n\r\n";
    auto* start = reinterpret_cast<unsigned char*>(line.data()) + kPre;
    if (lws_write(wsi(), start, line.size() - kPre, LWS_WRITE_HTTP) < 0) return -1;
  }
  return 0;
}

int ServerLink::on_body(std::string_view piece) {
  if (phase_ != Phase::body || piece.size() > head_.body_bytes - head_.request.body.size())
    return -1;
  head_.request.body += piece;
  return 0;
}

int ServerLink::on_body_complete() {
  if (phase_ != Phase::body || head_.request.body.size() != head_.body_bytes) return -1;
  return hand_over();
}

int ServerLink::hand_over() {
  phase_ = Phase::handling;
  deadline_ = TimePoint::max();
  lws_set_timeout(wsi(), NO_PENDING_TIMEOUT, 0);
  // Until the answer is out nothing is read: libwebsockets does not expect anything now and would
  // spin.
  lws_rx_flow_control(wsi(), 0);
  responder_ = std::make_shared<HttpResponder::State>();
  responder_->link = this;
  HttpResponder responder(responder_);
  if (!state_->options().http) {
    responder.respond(plain_response(404));
    return 0;
  }
  const auto keep = state_;  // the handler may destroy the Server
  keep->options().http(std::exchange(head_.request, {}), std::move(responder));
  return 0;
}

void ServerLink::answer(const HttpResponse& response) {
  responder_ = nullptr;
  phase_ = Phase::answering;
  outgoing_ = to_wire(response, head_only_, head_.keep_alive);
  written_ = kPre;
  close_after_ = !head_.keep_alive;
  expect_progress(state_->options().idle_timeout);
  network_.turn_end->add([this, &network = network_] {
    if (network.has(this)) start_answer();
  });
}

void ServerLink::start_answer() {
  if (phase_ != Phase::answering || write_some() == 0) return;
  lws_set_timeout(wsi(), PENDING_TIMEOUT_KILLED_BY_PARENT, LWS_TO_KILL_SYNC);
}

void ServerLink::break_off(const HttpResponse& partly, std::size_t body_bytes) {
  answer(partly);
  const std::size_t missing = partly.body.size() - std::min(body_bytes, partly.body.size());
  if (!head_only_) outgoing_.resize(outgoing_.size() - missing);
  close_after_ = true;
}

void ServerLink::drip(const HttpResponse& response, Duration pause) {
  answer(response);
  drip_ = pause;
  close_after_ = true;
}

void ServerLink::no_answer() {
  responder_ = nullptr;
  network_.doom(*this);
}

int ServerLink::refuse(const HttpResponse& response) {
  phase_ = Phase::answering;
  outgoing_ = to_wire(response, head_only_, false);
  written_ = kPre;
  close_after_ = true;
  return write_some();
}

int ServerLink::write_some() {
  while (written_ < outgoing_.size()) {
    const std::size_t piece = drip_.count() > 0 ? 1 : kPiece;
    const std::size_t bytes = std::min(piece, outgoing_.size() - written_);
    auto* start = reinterpret_cast<unsigned char*>(outgoing_.data()) + written_;
    if (lws_write(wsi(), start, bytes, LWS_WRITE_HTTP) < 0) return -1;
    written_ += bytes;
    expect_progress(state_->options().idle_timeout);
    if (written_ < outgoing_.size() && drip_.count() > 0) {
      watch(drip_, &ServerLink::write_some);
      return 0;
    }
    if (written_ < outgoing_.size() && lws_send_pipe_choked(wsi()) != 0)
      return wait_until_writable();
  }
  return lws_partial_buffered(wsi()) != 0 ? wait_until_writable() : on_written();
}

// A connection that is not read from is not written to either by libwebsockets; and one that may be
// read from, but is not because an answer is under way, keeps the loop spinning as long as there is
// something to read.
int ServerLink::wait_until_writable() {
  if (peer_goes_on()) return -1;
  lws_rx_flow_control(wsi(), 1);
  lws_callback_on_writable(wsi());
  watch(kWatch, &ServerLink::wait_until_writable);
  return 0;
}

void ServerLink::watch(Duration after, int (ServerLink::*then)()) {
  watch_ = network_.loop.after(after, [this, then] {
    if (phase_ == Phase::answering && (this->*then)() != 0) network_.doom(*this);
  });
}

bool ServerLink::peer_goes_on() const {
  char first = 0;
  return ::recv(lws_get_socket_fd(wsi()), &first, 1, MSG_PEEK | MSG_DONTWAIT) >= 0;
}

int ServerLink::on_written() {
  watch_.reset();
  if (close_after_) return -1;
  outgoing_.clear();
  head_ = {};
  phase_ = Phase::request;
  expect_progress(state_->options().idle_timeout);
  if (lws_http_transaction_completed(wsi()) != 0 || read_too_much()) return -1;
  // Its own timeout for the next request would stand in a list that is searched one by one.
  lws_set_timeout(wsi(), NO_PENDING_TIMEOUT, 0);
  lws_rx_flow_control(wsi(), 1);
  return 0;
}

// Between two requests libwebsockets keeps a header table only when it has already read on; and
// this call touches what it is given only when there is one.
bool ServerLink::read_too_much() {
  char touched = 'x';
  lws_hdr_custom_copy(wsi(), &touched, 1, "", 0);
  return touched != 'x';
}

HttpResponder::HttpResponder(std::shared_ptr<State> state) : state_(std::move(state)) {}

HttpResponder::HttpResponder(HttpResponder&&) noexcept = default;

HttpResponder& HttpResponder::operator=(HttpResponder&& other) noexcept {
  std::swap(state_, other.state_);
  return *this;
}

HttpResponder::~HttpResponder() {
  if (state_ == nullptr) return;
  if (ServerLink* link = std::exchange(state_->link, nullptr); link != nullptr) link->no_answer();
}

// By value: the answer is handed over for good, so that no caller counts on what becomes of it.
// NOLINTBEGIN(performance-unnecessary-value-param)
void HttpResponder::respond(HttpResponse response) {
  if (state_ == nullptr) return;
  if (ServerLink* link = std::exchange(state_->link, nullptr); link != nullptr)
    link->answer(response);
}

void HttpResponder::break_off(HttpResponse partly, std::size_t body_bytes) {
  if (state_ == nullptr) return;
  ServerLink* link = std::exchange(state_->link, nullptr);
  if (link != nullptr) link->break_off(partly, body_bytes);
}

void HttpResponder::drip(HttpResponse response, Duration pause) {
  if (state_ == nullptr) return;
  ServerLink* link = std::exchange(state_->link, nullptr);
  if (link != nullptr) link->drip(response, pause);
}

// NOLINTEND(performance-unnecessary-value-param)

}  // namespace sfteams::transport
