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
constexpr Duration kClosePatience{2'000};
/// What one connection may send before the others have their turn.
constexpr std::size_t kBytesPerTurn = 262'144;
constexpr std::size_t kMaxReason = 123;
/// Asking the kernel whether it takes more costs as much as a small message.
constexpr std::size_t kBytesPerQuestion = 16'384;

/// At most 123 bytes, with no character cut in two (a reason is UTF-8), and nothing that could
/// forge a line where it is printed.
std::string printable_reason(std::string_view text) {
  std::size_t size = std::min(text.size(), kMaxReason);
  while (size > 0 && size < text.size() && (text[size] & 0xc0) == 0x80)
    --size;
  std::string out(text.substr(0, size));
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

WebsocketChannel::WebsocketChannel(Network::Impl& network, Link& link, WebsocketWire& wire,
                                   Websocket::Impl& owner, Side side)
    : network_(network), link_(link), wire_(wire), owner_(&owner), side_(side) {
  owner.channel = this;
}

WebsocketChannel::~WebsocketChannel() {
  if (owner_ != nullptr) owner_->channel = nullptr;
  if (network_.write_turn) network_.write_turn->remove(*this);
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
  close_reason_ = printable_reason(reason);
  ending_ =
      CloseInfo{CloseInfo::Cause::local, static_cast<std::uint16_t>(status), close_reason_, {}};
  ping_timer_.reset();
  pong_deadline_.reset();
  ask_to_write();
  linger();
}

bool WebsocketChannel::on_piece(std::span<const std::uint8_t> payload, const MessagePiece& piece) {
  if (closing_ || close_sent_) return true;
  if (owner_ == nullptr) return false;
  if (!piece.binary) {
    return refuse_message(CloseStatus::unsupported_data,
                          "a text message; only binary ones are spoken here");
  }
  // The announced rest counts too, and is never used to reserve anything: the peer may announce
  // 2^63 bytes.
  const std::size_t room = kMaxMessage - message_.size();
  if (payload.size() > room || piece.remaining > room - payload.size()) {
    return refuse_message(CloseStatus::message_too_big, "a message of more than 16376 bytes");
  }
  if (message_.empty() && piece.last) return deliver(payload);
  if (message_.empty()) message_ = network_.take_buffer();
  message_.insert(message_.end(), payload.begin(), payload.end());
  if (!piece.last) return true;
  std::vector<std::uint8_t> message = std::exchange(message_, {});
  const bool goes_on = deliver(message);
  network_.give_back(std::move(message));
  return goes_on;
}

bool WebsocketChannel::deliver(std::span<const std::uint8_t> message) {
  if (message.empty()) return refuse_message(CloseStatus::policy_violation, "an empty message");
  owner_->handler->on_message(message);
  return owner_ != nullptr;
}

bool WebsocketChannel::on_control(Opcode opcode, std::span<const std::uint8_t> payload) {
  switch (opcode) {
    case Opcode::ping:
      on_ping(payload);
      return true;
    case Opcode::pong:
      on_pong(payload);
      return true;
    default:
      return on_peer_close(payload);
  }
}

bool WebsocketChannel::on_broken_frame() {
  if (closing_ || close_sent_ || owner_ == nullptr) return false;
  return refuse_message(CloseStatus::protocol_error, "what RFC 6455 does not allow");
}

bool WebsocketChannel::refuse_message(CloseStatus status, const char* why) {
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
  if (!sent) return false;
  linger();
  return true;
}

bool WebsocketChannel::on_writable() {
  write_asked_ = false;
  std::size_t sent = 0;
  std::size_t unasked = 0;
  while (!close_sent_) {
    if (owner_ == nullptr) return false;
    std::size_t bytes = 0;
    if (pong_due_) {
      if (!send_pong()) return false;
    } else if (ping_due_ && !closing_) {
      if (!send_ping()) return false;
    } else {
      bytes = owner_->handler->next_message({network_.outgoing.data() + kPre, kMaxMessage});
      if (owner_ == nullptr) return false;
      if (bytes == 0) return !closing_ || send_close();
      bytes = std::min(bytes, kMaxMessage);
      if (!write_frame(Opcode::binary, bytes)) return false;
    }
    sent += bytes;
    unasked += bytes;
    if (sent >= kBytesPerTurn || is_full(unasked)) {
      wait_for_room();
      return true;
    }
  }
  return true;
}

bool WebsocketChannel::is_full(std::size_t& unasked) const {
  if (wire_.has_unsent()) return true;
  if (unasked < kBytesPerQuestion) return false;
  unasked = 0;
  return wire_.is_choked();
}

// For a dialled one libwebsockets would make the frame too, but fetches each masking key with a
// system call and masks byte by byte.
bool WebsocketChannel::write_frame(Opcode opcode, std::size_t length) {
  std::uint8_t* payload = network_.outgoing.data() + kPre;
  const auto frame = side_ == Side::accepted
                         ? frame_in_place(opcode, payload, length)
                         : frame_in_place(opcode, payload, length, network_.masking_keys.next());
  return wire_.write(frame);
}

bool WebsocketChannel::write_frame(Opcode opcode, std::span<const std::uint8_t> payload) {
  std::ranges::copy(payload, network_.outgoing.begin() + kPre);
  return write_frame(opcode, payload.size());
}

bool WebsocketChannel::on_peer_close(std::span<const std::uint8_t> payload) {
  if (close_sent_) return false;  // the answer to ours: the closing handshake is done
  if (!closing_) {
    ending_ = CloseInfo{CloseInfo::Cause::peer, 0, {}, {}};
    if (payload.size() >= 2) {
      ending_.status = static_cast<std::uint16_t>(payload[0] << 8 | payload[1]);
      const auto reason = payload.subspan(2);
      ending_.reason =
          printable_reason({reinterpret_cast<const char*>(reason.data()), reason.size()});
    }
  }
  closing_ = true;
  close_sent_ = true;
  ping_timer_.reset();
  pong_deadline_.reset();
  linger();
  if (side_ == Side::dialled) return true;  // libwebsockets sends the answer
  close_answered_ =
      write_frame(Opcode::close, payload.first(std::min<std::size_t>(payload.size(), 2)));
  return false;
}

void WebsocketChannel::ask_to_write() {
  if (write_asked_ || !network_.write_turn) return;
  write_asked_ = true;
  network_.write_turn->add(*this);
}

void WebsocketChannel::wait_for_room() {
  write_asked_ = true;
  wire_.call_when_writable();
}

void WebsocketChannel::write_now() {
  if (owner_ == nullptr || !wire_.is_open()) return;
  // What the wire has not got rid of yet goes first.
  if (wire_.has_unsent()) {
    wait_for_room();
  } else if (!on_writable()) {
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
  return write_frame(Opcode::ping, to_bytes(ping_number_));
}

void WebsocketChannel::on_ping(std::span<const std::uint8_t> payload) {
  if (closing_ || close_sent_) return;
  pong_due_.emplace(payload.begin(), payload.end());
  ask_to_write();
}

bool WebsocketChannel::send_pong() {
  const std::vector<std::uint8_t> payload = *std::exchange(pong_due_, std::nullopt);
  return write_frame(Opcode::pong, payload);
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

void WebsocketChannel::on_gone() {
  finish(ending_);
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
  farewell_ = network_.loop.after(kClosePatience, [this] {
    network_.doom(link_);
    finish(ending_);
  });
}

}  // namespace sfteams::transport
