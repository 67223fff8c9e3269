#include "transport/server_link.h"

#include <algorithm>
#include <utility>

#include "transport/network_impl.h"
#include "transport/websocket_impl.h"

namespace sfteams::transport {
namespace {

/// Handed to the stream at once, which keeps what the kernel does not take.
constexpr std::size_t kPiece = 65'536;
/// For a peer to take the last answer and to close: then the connection is dropped.
constexpr Duration kLastAnswerPatience{2'000};

}  // namespace

ServerLink::ServerLink(Network::Impl& network, std::shared_ptr<ServerState> state, std::string peer)
    : network_(network), state_(std::move(state)), peer_(std::move(peer)) {
  expect_progress(state_->options().request_timeout);
  state_->add_http(*this);
}

ServerLink::~ServerLink() {
  if (responder_ != nullptr) responder_->link = nullptr;
  if (body_ != nullptr) body_->link = nullptr;
  if (channel_ != nullptr) channel_->on_gone();
  state_->remove_http(*this);
  state_->on_gone();
}

bool ServerLink::start(int fd, SSL_CTX* tls) {
  stream_ = Stream::take(network_.loop, fd, tls, *this);
  return stream_ != nullptr;
}

void ServerLink::expect_progress(Duration within) {
  deadline_ = network_.loop.now() + within;
}

void ServerLink::time_out() {
  const auto& refused = state_->options().refused;
  if (phase_ == Phase::body && refused) refused(head_.request, 408);
  network_.doom(*this);
}

void ServerLink::drop() {
  if (std::exchange(phase_, Phase::over) == Phase::over) return;
  stream_->pause();
  network_.doom(*this);
}

void ServerLink::finish() {
  phase_ = Phase::over;
  stream_->resume();
  stream_->finish();
  expect_progress(std::min(kLastAnswerPatience, state_->options().idle_timeout));
}

void ServerLink::on_no_tls(const std::string& why) {
  if (!state_->closed() && state_->options().no_tls) state_->options().no_tls(peer_, why);
}

void ServerLink::on_end() {
  if (channel_ != nullptr) channel_->on_gone();
  phase_ = Phase::over;
  network_.doom(*this);
}

void ServerLink::on_bytes(std::span<std::uint8_t> bytes) {
  read_on(bytes);
}

void ServerLink::read_on(std::span<std::uint8_t> bytes) {
  while (!bytes.empty() && (phase_ == Phase::head || phase_ == Phase::body)) {
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    bytes = bytes.subspan(phase_ == Phase::head ? read_head(text) : read_body(text));
  }
  if (phase_ == Phase::websocket) return read_frames(bytes);
  if (phase_ == Phase::handling || phase_ == Phase::answering)
    kept_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

std::size_t ServerLink::read_head(std::string_view bytes) {
  // The wait for a further request was another one; for the first one TLS and silence count, too.
  if (kept_open_ && !head_reader_.begun()) expect_progress(state_->options().request_timeout);
  const std::size_t taken = head_reader_.feed(bytes);
  if (head_reader_.state() == HeadReader::State::refused) {
    head_ = {};
    refuse(plain_response(head_reader_.status()));
  } else if (head_reader_.state() == HeadReader::State::complete) {
    on_head();
  }
  return taken;
}

void ServerLink::on_head() {
  HttpHead head = head_reader_.take();
  head_ = {};
  if (state_->closed()) return drop();
  if (wants_websocket(head)) return on_upgrade_asked(std::move(head));
  on_request(std::move(head));
}

void ServerLink::on_request(HttpHead head) {
  head_ = look_through(std::move(head), state_->options());
  if (head_.refusal) return refuse(*head_.refusal);
  head_.request.peer_address = peer_;
  const auto& routes = state_->options().websockets;
  if (std::any_of(routes.begin(), routes.end(), [this](const WebsocketRoute& route) {
        return route.path == head_.request.path;
      })) {
    HttpResponse response = plain_response(426);
    response.headers.emplace_back("upgrade", "websocket");
    return refuse(response);
  }
  if (head_.has_body()) {
    begin_body();
  } else {
    hand_over();
  }
}

void ServerLink::begin_body() {
  phase_ = Phase::body;
  chunks_.reset();
  if (head_.chunked) chunks_.emplace(state_->options().max_body);
  if (head_.wants_continue && !stream_->write("HTTP/1.1 100 Continue\r\n\r\n")) drop();
}

std::size_t ServerLink::read_body(std::string_view bytes) {
  std::string& body = head_.request.body;
  if (chunks_) {
    const std::size_t taken = chunks_->feed(bytes, body);
    if (chunks_->state() == ChunkedBody::State::complete) hand_over();
    if (chunks_->state() == ChunkedBody::State::broken) refuse(plain_response(400));
    if (chunks_->state() == ChunkedBody::State::too_large) refuse(plain_response(413));
    return taken;
  }
  const std::size_t taken = std::min(bytes.size(), head_.body_bytes - body.size());
  body.append(bytes.substr(0, taken));
  if (body.size() == head_.body_bytes) hand_over();
  return taken;
}

void ServerLink::hand_over() {
  if (state_->closed()) return drop();
  phase_ = Phase::handling;
  deadline_ = TimePoint::max();
  stream_->pause();
  responder_ = std::make_shared<HttpResponder::State>();
  responder_->link = this;
  HttpResponder responder(responder_);
  if (!state_->options().http) return responder.respond(plain_response(404));
  HttpRequest request = std::exchange(head_.request, {});
  head_.request.method = request.method;
  const auto keep = state_;  // the handler may destroy the Server
  keep->options().http(std::move(request), std::move(responder));
}

void ServerLink::answer(const HttpResponse& response) {
  responder_ = nullptr;
  if (phase_ != Phase::handling) return;
  // To HEAD nothing but the head is answered.
  if (head_.request.method != "HEAD") shared_ = response.shared_body;
  send_answer(to_wire(response, head_, head_.keep_alive));
}

void ServerLink::send_answer(std::string wire) {
  phase_ = Phase::answering;
  outgoing_ = std::move(wire);
  written_ = 0;
  close_after_ = !head_.keep_alive;
  expect_progress(state_->options().idle_timeout);
  if (!network_.turn_end) return;
  network_.turn_end->add([this, &network = network_] {
    if (network.has(this)) start_answer();
  });
}

void ServerLink::start_answer() {
  if (phase_ == Phase::answering) write_some();
}

HttpBody ServerLink::begin(HttpResponse head, std::size_t length) {
  responder_ = nullptr;
  auto body = std::make_shared<HttpBody::State>();
  if (phase_ == Phase::handling) {
    head.body.clear();
    head.chunked = false;
    head.body_length = length;
    // To HEAD nothing but the head is answered, whatever is written.
    if (length > 0 && head_.request.method != "HEAD") {
      body->link = this;
      body_ = body;
    }
    send_answer(to_wire(head, head_, head_.keep_alive));
  }
  return {std::move(body), length};
}

void ServerLink::add_to_body(std::string_view bytes, bool last) {
  if (last) body_ = nullptr;
  outgoing_.append(bytes);
  if (!network_.turn_end) return;
  network_.turn_end->add([this, &network = network_] {
    if (network.has(this)) start_answer();
  });
}

void ServerLink::body_given_up() {
  close_after_ = true;
  add_to_body({}, true);
}

void ServerLink::no_answer() {
  responder_ = nullptr;
  drop();
}

void ServerLink::refuse(const HttpResponse& response) {
  if (const auto& refused = state_->options().refused) refused(head_.request, response.status);
  phase_ = Phase::answering;
  stream_->pause();
  outgoing_ = to_wire(response, head_, false);
  written_ = 0;
  close_after_ = true;
  expect_progress(state_->options().idle_timeout);
  write_some();
}

std::string_view ServerLink::unwritten() const {
  if (written_ < outgoing_.size()) return std::string_view(outgoing_).substr(written_);
  if (shared_ == nullptr) return {};
  return std::string_view(*shared_).substr(written_ - outgoing_.size());
}

void ServerLink::write_some() {
  for (std::string_view left = unwritten(); !left.empty(); left = unwritten()) {
    if (stream_->has_unsent()) return stream_->call_when_writable();
    const std::string_view piece = left.substr(0, kPiece);
    if (!stream_->write(piece)) return drop();
    written_ += piece.size();
    expect_progress(state_->options().idle_timeout);
  }
  // Whoever lends it counts it as in use until the peer has taken all of it.
  if (shared_ != nullptr && stream_->has_unsent()) return stream_->call_when_writable();
  on_written();
}

void ServerLink::on_writable() {
  if (phase_ == Phase::answering) return write_some();
  if (channel_ != nullptr && phase_ == Phase::websocket && !channel_->on_writable()) drop();
}

void ServerLink::on_written() {
  outgoing_.clear();
  outgoing_.shrink_to_fit();
  shared_.reset();
  written_ = 0;
  // Whoever writes the rest of it has the turn now.
  if (body_ != nullptr) {
    deadline_ = TimePoint::max();
    return;
  }
  if (close_after_) return finish();
  // Whoever does not take its answers gets no further ones.
  if (stream_->has_unsent()) return stream_->call_when_writable();
  head_ = {};
  phase_ = Phase::head;
  kept_open_ = true;
  expect_progress(state_->options().idle_timeout);
  std::string kept = std::exchange(kept_, {});
  read_on({reinterpret_cast<std::uint8_t*>(kept.data()), kept.size()});
  if (phase_ == Phase::head || phase_ == Phase::body || phase_ == Phase::websocket)
    stream_->resume();
}

}  // namespace sfteams::transport
