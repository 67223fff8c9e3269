#include "tunnel/outbox.h"

#include <algorithm>
#include <stdexcept>

#include "tunnel/byte_order.h"
#include "tunnel/control.h"
#include "tunnel/limits.h"
#include "tunnel/wire_text.h"

namespace sfteams::tunnel {

template <Outbox::Stream::Link Outbox::Stream::*kLink>
void Outbox::Circle<kLink>::append(Stream& stream) {
  if ((stream.*kLink).after != nullptr) return;
  if (head_ == nullptr) {
    stream.*kLink = {&stream, &stream};
    head_ = &stream;
    return;
  }
  Stream* const last = (head_->*kLink).before;
  stream.*kLink = {last, head_};
  (last->*kLink).after = &stream;
  (head_->*kLink).before = &stream;
}

template <Outbox::Stream::Link Outbox::Stream::*kLink>
void Outbox::Circle<kLink>::remove(Stream& stream) {
  const Stream::Link link = stream.*kLink;
  if (link.after == nullptr) return;
  (link.before->*kLink).after = link.after;
  (link.after->*kLink).before = link.before;
  if (head_ == &stream) head_ = link.after == &stream ? nullptr : link.after;
  stream.*kLink = {};
}

template <Outbox::Stream::Link Outbox::Stream::*kLink>
void Outbox::Circle<kLink>::rotate_behind(Stream& stream) {
  if (head_ == &stream) head_ = (stream.*kLink).after;
}

Outbox::Stream::~Stream() {
  outbox_.turns_.remove(*this);
  outbox_.windows_.remove(*this);
}

void Outbox::Stream::ready() {
  const bool was_empty = outbox_.empty();
  outbox_.turns_.append(*this);
  outbox_.woken(was_empty);
}

void Outbox::Stream::window(std::uint32_t credit) {
  if (credit == 0) return;
  const bool was_empty = outbox_.empty();
  window_ += credit;
  outbox_.windows_.append(*this);
  outbox_.woken(was_empty);
}

void Outbox::Stream::finish(WireCode code, std::string_view reason) {
  close_.emplace(code, std::string(cut_reason(reason)));
  ready();
}

void Outbox::send(FrameType type, std::uint32_t stream, std::span<const std::uint8_t> payload) {
  if (payload.size() > kMaxFramePayload) throw std::length_error("Outbox::send: frame too long");
  const bool was_empty = empty();
  const std::size_t old_size = control_.size();
  control_.resize(old_size + kFrameHeader + payload.size());
  FrameWriter writer(std::span<std::uint8_t>(control_).subspan(old_size));
  // It has exactly the room of this frame.
  (void)writer.write(type, stream, payload);
  woken(was_empty);
}

void Outbox::close(std::uint32_t stream, WireCode code, std::string_view reason) {
  send(FrameType::close, stream, encode_close(code, reason));
}

std::size_t Outbox::next_message(std::span<std::uint8_t> out) {
  FrameWriter writer(out);
  if (!write_control(writer) || !write_windows(writer)) return writer.size();
  while (write_turn(writer)) {
  }
  return writer.size();
}

bool Outbox::empty() const {
  return control_bytes() == 0 && windows_.head() == nullptr && turns_.head() == nullptr;
}

void Outbox::woken(bool was_empty) {
  if (was_empty && wake_) wake_();
}

// The writers return whether everything of their kind was written, so that the next kind may
// follow.
bool Outbox::write_control(FrameWriter& writer) {
  while (control_head_ < control_.size()) {
    const auto rest = std::span<const std::uint8_t>(control_).subspan(control_head_);
    const std::size_t length = load_u16(rest.subspan<2, 2>());
    if (!writer.write(static_cast<FrameType>(rest[0]), load_u32(rest.subspan<4, 4>()),
                      rest.subspan(kFrameHeader, length))) {
      return false;
    }
    control_head_ += kFrameHeader + length;
  }
  control_ = {};
  control_head_ = 0;
  return true;
}

bool Outbox::write_windows(FrameWriter& writer) {
  while (Stream* const stream = windows_.head()) {
    if (!writer.write(FrameType::window, stream->id_, encode_window(stream->window_))) return false;
    stream->window_ = 0;
    windows_.remove(*stream);
  }
  return true;
}

// One stream's turn; false when the message is full or nobody has anything.
bool Outbox::write_turn(FrameWriter& writer) {
  Stream* const stream = turns_.head();
  const auto room = writer.payload_room();
  if (stream == nullptr || room.empty()) return false;
  const auto out = room.first(std::min(room.size(), kMaxPacket));
  const Pull pull = stream->source_.next_packet(out);
  if (pull.size > 0) writer.commit(FrameType::data, stream->id_, pull.size);
  switch (pull.next) {
    case Pull::Next::more:
      if (pull.size > 0) {
        turns_.rotate_behind(*stream);
        return true;
      }
      if (out.size() == kMaxPacket) {
        throw std::logic_error("PacketSource: no packet in the room of the largest one");
      }
      return false;
    case Pull::Next::blocked:
      turns_.remove(*stream);
      return true;
    case Pull::Next::idle:
      break;
  }
  if (stream->close_) return write_close(writer, *stream);
  turns_.remove(*stream);
  return true;
}

// When the CLOSE does not fit any more, the stream stays and is asked again for the next message.
bool Outbox::write_close(FrameWriter& writer, Stream& stream) {
  const auto& [code, reason] = *stream.close_;
  if (!writer.write(FrameType::close, stream.id_, encode_close(code, reason))) return false;
  stream.close_.reset();
  turns_.remove(stream);
  windows_.remove(stream);
  stream.source_.on_close_written();
  return true;
}

}  // namespace sfteams::tunnel
