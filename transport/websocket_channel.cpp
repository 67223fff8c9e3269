#include "transport/websocket_channel.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <random>
#include <utility>

#include "transport/codes.h"
#include "transport/websocket_impl.h"

namespace sfteams::transport {
namespace {

/// For the close frame to get out and for the peer to answer it.
constexpr Duration kFarewell{2'000};
/// What one connection may send before the others have their turn.
constexpr std::size_t kBytesPerTurn = 262'144;
constexpr std::size_t kMaxReason = 123;
/// Asking the kernel whether it takes more costs as much as a small message.
constexpr std::size_t kBytesPerQuestion = 16'384;

std::span<const std::uint8_t> bytes_of(const void* data, std::size_t length) {
  return {static_cast<const std::uint8_t*>(data), data == nullptr ? 0 : length};
}

/// At most 123 bytes, and nothing that could forge a line where it is printed.
std::string printable(std::string_view text) {
  std::string out(text.substr(0, kMaxReason));
  std::replace_if(
      out.begin(), out.end(), [](char c) { return c < ' ' || c == '\x7f'; }, ' ');
  return out;
}

std::array<std::uint8_t, 8> to_bytes(std::uint64_t number) {
  std::array<std::uint8_t, 8> bytes{};
  for (std::uint8_t& byte : bytes) {
    byte = static_cast<std::uint8_t>(number >> 56);
    number <<= 8;
  }
  return bytes;
}

Duration random_up_to(Duration limit) {
  thread_local std::minstd_rand generator{std::random_device{}()};
  std::uniform_int_distribution<Duration::rep> pick(0, std::max<Duration::rep>(limit.count(), 0));
  return Duration(pick(generator));
}

}  // namespace

WebsocketChannel::WebsocketChannel(Network::Impl& network, Link& link, Websocket::Impl& owner,
                                   Side side)
    : network_(network), link_(link), owner_(&owner), side_(side) {
  owner.channel = this;
}

WebsocketChannel::~WebsocketChannel() {
  if (owner_ != nullptr) owner_->channel = nullptr;
  if (network_.write_turn) network_.write_turn->remove(*this);
}

int WebsocketChannel::on_event(lws_callback_reasons reason, const void* in, std::size_t length) {
  switch (reason) {
    case LWS_CALLBACK_RECEIVE:
    case LWS_CALLBACK_CLIENT_RECEIVE:
      return on_piece(bytes_of(in, length));
    case LWS_CALLBACK_SERVER_WRITEABLE:
    case LWS_CALLBACK_CLIENT_WRITEABLE:
      return on_writable();
    case LWS_CALLBACK_RECEIVE_PONG:
    case LWS_CALLBACK_CLIENT_RECEIVE_PONG:
      on_pong(bytes_of(in, length));
      return 0;
    case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
      return on_peer_close(bytes_of(in, length));
    case LWS_CALLBACK_CLOSED:
    case LWS_CALLBACK_CLIENT_CLOSED:
    case LWS_CALLBACK_WSI_DESTROY:
      finish(ending_);
      return 0;
    default:
      return 0;
  }
}

void WebsocketChannel::abandon() {
  owner_ = nullptr;
  ping_timer_.reset();
  pong_deadline_.reset();
  farewell_.reset();
  network_.doom(link_);
}

void WebsocketChannel::wake() {
  if (!close_sent_) ask_to_write();
}

void WebsocketChannel::close(CloseStatus status, std::string_view reason) {
  if (closing_) return;
  closing_ = true;
  close_status_ = status;
  close_reason_ = printable(reason);
  ending_ =
      CloseInfo{CloseInfo::Cause::local, static_cast<std::uint16_t>(status), close_reason_, {}};
  ping_timer_.reset();
  pong_deadline_.reset();
  ask_to_write();
  linger();
}

int WebsocketChannel::on_piece(std::span<const std::uint8_t> piece) {
  if (closing_ || close_sent_) return 0;
  if (owner_ == nullptr) return -1;
  lws* wsi = link_.wsi();
  if (lws_frame_is_binary(wsi) == 0) {
    return refuse_message(CloseStatus::unsupported_data,
                          "a text message; only binary ones are spoken here");
  }
  // The announced rest counts too, and is never used to reserve anything: the peer may announce
  // 2^63 bytes.
  const std::size_t room = kMaxMessage - message_.size();
  if (piece.size() > room || lws_remaining_packet_payload(wsi) > room - piece.size()) {
    return refuse_message(CloseStatus::message_too_big, "a message of more than 16376 bytes");
  }
  const bool whole = lws_is_final_fragment(wsi) != 0;
  if (message_.empty() && whole) return deliver(piece);
  if (message_.empty()) message_ = network_.take_buffer();
  message_.insert(message_.end(), piece.begin(), piece.end());
  if (!whole) return 0;
  std::vector<std::uint8_t> message = std::exchange(message_, {});
  const int result = deliver(message);
  network_.give_back(std::move(message));
  return result;
}

int WebsocketChannel::deliver(std::span<const std::uint8_t> message) {
  if (message.empty()) return refuse_message(CloseStatus::policy_violation, "an empty message");
  owner_->handler->on_message(message);
  return owner_ == nullptr ? -1 : 0;
}

int WebsocketChannel::refuse_message(CloseStatus status, const char* why) {
  closing_ = true;
  close_status_ = status;
  close_reason_ = why;
  message_ = {};
  const bool sent = send_close();
  finish(CloseInfo{CloseInfo::Cause::bad_message,
                   0,
                   {},
                   Error{codes::kBadMessage, std::string("the peer sent ") + why,
                         "the program at the other end is broken or is not one of ours"}});
  if (!sent) return -1;
  linger();
  return 0;
}

int WebsocketChannel::on_writable() {
  write_asked_ = false;
  std::size_t sent = 0;
  std::size_t unasked = 0;
  while (!close_sent_) {
    if (owner_ == nullptr) return -1;
    std::size_t bytes = 0;
    if (ping_due_ && !closing_) {
      if (!send_ping()) return -1;
    } else {
      bytes = owner_->handler->next_message({network_.outgoing.data() + kPre, kMaxMessage});
      if (owner_ == nullptr) return -1;
      if (bytes == 0) return closing_ && !send_close() ? -1 : 0;
      bytes = std::min(bytes, kMaxMessage);
      if (!write_frame(Opcode::binary, bytes)) return -1;
    }
    sent += bytes;
    unasked += bytes;
    if (sent >= kBytesPerTurn || is_full(unasked)) {
      wait_for_room();
      return 0;
    }
  }
  return 0;
}

bool WebsocketChannel::is_full(std::size_t& unasked) const {
  if (lws_partial_buffered(link_.wsi()) != 0) return true;
  if (unasked < kBytesPerQuestion) return false;
  unasked = 0;
  return lws_send_pipe_choked(link_.wsi()) != 0;
}

// libwebsockets would make the frame too, but fetches each masking key with a system call and masks
// byte by byte. As "HTTP" it sends what it gets as it is.
bool WebsocketChannel::write_frame(Opcode opcode, std::size_t length) {
  std::uint8_t* payload = network_.outgoing.data() + kPre;
  const auto frame = side_ == Side::accepted
                         ? frame_in_place(opcode, payload, length)
                         : frame_in_place(opcode, payload, length, network_.masking_keys.next());
  return lws_write(link_.wsi(), frame.data(), frame.size(), LWS_WRITE_HTTP) >= 0;
}

int WebsocketChannel::on_peer_close(std::span<const std::uint8_t> payload) {
  if (close_sent_) return -1;  // the answer to ours: the closing handshake is done
  if (!closing_) {
    ending_ = CloseInfo{CloseInfo::Cause::peer, 0, {}, {}};
    if (payload.size() >= 2) {
      ending_.status = static_cast<std::uint16_t>(payload[0] << 8 | payload[1]);
      const auto reason = payload.subspan(2);
      ending_.reason = printable({reinterpret_cast<const char*>(reason.data()), reason.size()});
    }
  }
  closing_ = true;
  close_sent_ = true;  // libwebsockets sends the answer
  ping_timer_.reset();
  pong_deadline_.reset();
  linger();
  return 0;
}

void WebsocketChannel::ask_to_write() {
  if (write_asked_ || !network_.write_turn) return;
  write_asked_ = true;
  network_.write_turn->add(*this);
}

void WebsocketChannel::wait_for_room() {
  write_asked_ = true;
  lws_callback_on_writable(link_.wsi());
}

void WebsocketChannel::write_now() {
  lws* wsi = link_.wsi();
  if (owner_ == nullptr || wsi == nullptr) return;
  // What libwebsockets has not got rid of yet goes first.
  if (lws_partial_buffered(wsi) != 0) {
    wait_for_room();
  } else if (on_writable() != 0) {
    network_.doom(link_);
  }
}

void WebsocketChannel::start_keepalive(const Keepalive& keepalive) {
  if (closing_) return;
  keepalive_ = keepalive;
  schedule_ping(random_up_to(keepalive.interval));
}

void WebsocketChannel::schedule_ping(Duration delay) {
  ping_timer_ = network_.loop.after(delay, [this] { ping_is_due(); });
}

void WebsocketChannel::ping_is_due() {
  ping_due_ = true;
  ++ping_number_;
  // From now, not from when it gets out: a dead peer may be just what keeps it from getting out.
  pong_deadline_ = network_.loop.after(keepalive_.deadline, [this] {
    network_.doom(link_);
    finish(CloseInfo{CloseInfo::Cause::dead, 0, {}, {}});
  });
  ask_to_write();
}

bool WebsocketChannel::send_ping() {
  ping_due_ = false;
  pong_awaited_ = true;
  ping_sent_ = std::chrono::steady_clock::now();
  const auto number = to_bytes(ping_number_);
  std::copy(number.begin(), number.end(), network_.outgoing.begin() + kPre);
  return write_frame(Opcode::ping, number.size());
}

void WebsocketChannel::on_pong(std::span<const std::uint8_t> payload) {
  const auto expected = to_bytes(ping_number_);
  if (owner_ == nullptr || !pong_awaited_ || closing_) return;
  if (!std::equal(payload.begin(), payload.end(), expected.begin(), expected.end())) return;
  pong_awaited_ = false;
  pong_deadline_.reset();
  owner_->round_trip = std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::steady_clock::now() - ping_sent_);
  schedule_ping(keepalive_.interval);
}

// Not by libwebsockets' own way to close: from a call about writing it closes twice in debug
// builds, such as Debian's, and the second time hangs up before the close frame is out.
bool WebsocketChannel::send_close() {
  close_sent_ = true;
  std::uint8_t* payload = network_.outgoing.data() + kPre;
  const auto status = static_cast<std::uint16_t>(close_status_);
  payload[0] = static_cast<std::uint8_t>(status >> 8);
  payload[1] = static_cast<std::uint8_t>(status & 0xff);
  std::memcpy(payload + 2, close_reason_.data(), close_reason_.size());
  return write_frame(Opcode::close, 2 + close_reason_.size());
}

// By value: it may be the ending_ of a channel that the handler destroys.
// NOLINTNEXTLINE(performance-unnecessary-value-param)
void WebsocketChannel::finish(CloseInfo info) {
  ping_timer_.reset();
  pong_deadline_.reset();
  Websocket::Impl* owner = std::exchange(owner_, nullptr);
  if (owner == nullptr) return;
  owner->channel = nullptr;
  if (owner->handler != nullptr) owner->handler->on_close(info);
}

void WebsocketChannel::linger() {
  farewell_ = network_.loop.after(kFarewell, [this] {
    network_.doom(link_);
    finish(ending_);
  });
}

}  // namespace sfteams::transport
