#include "agent/uplink/link.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "agent/uplink/codes.h"
#include "base/error/counted.h"
#include "base/log/log.h"
#include "tunnel/codes.h"
#include "tunnel/limits.h"

namespace sfteams::agent {

using tunnel::Frame;
using tunnel::FrameType;
using tunnel::WireCode;

namespace {

tl::unexpected<Error> unexpected_frame(const Frame& frame) {
  return fail(tunnel::codes::kFrameUnexpected,
              fmt::format("the connector sent {} on stream {} where it does not belong",
                          tunnel::name_of(frame.type), frame.stream),
              "check that connector and agent have matching versions");
}

}  // namespace

Link::Link(Setup setup, const ActiveKeys& keys, Events events)
    : setup_(std::move(setup)), keys_(keys), events_(std::move(events)), outbox_(events_.wake) {
  deadline_ = setup_.scheduler.after(tunnel::kAdmissionDeadline, [this] {
    fail_with({{tunnel::codes::kTimeout, "the connector did not answer the registration in time",
                "check the connector's log"},
               {},
               false});
  });
}

Link::~Link() {
  // Their streams leave the outbox before it goes.
  streams_.clear();
}

void Link::on_message(std::span<const std::uint8_t> message) {
  tunnel::FrameReader frames(message);
  while (state_ != State::over) {
    const Result<std::optional<Frame>> frame = frames.next();
    if (frame && !*frame) return;
    const Result<void> taken = frame ? take(**frame) : Result<void>(fail(frame.error()));
    if (!taken) return fail_with({taken.error(), {}, false});
  }
}

std::size_t Link::next_message(std::span<std::uint8_t> out) {
  return state_ == State::over ? 0 : outbox_.next_message(out);
}

Result<void> Link::take(const Frame& frame) {
  switch (frame.type) {
    case FrameType::challenge:
      return take_challenge(frame);
    case FrameType::registered:
      return take_registered(frame);
    case FrameType::refused:
      return take_refused(frame);
    case FrameType::keys_taken:
      return take_keys_taken(frame);
    case FrameType::open:
      return take_open(frame);
    case FrameType::data:
    case FrameType::window:
    case FrameType::close:
      return take_stream_frame(frame);
    case FrameType::register_name:
    case FrameType::keys:
    case FrameType::numbered_keys:
    case FrameType::admit:
    case FrameType::admitted:
    // FrameReader lets none of those between nodes through.
    case FrameType::node_hello:
    case FrameType::node_welcome:
    case FrameType::enter:
    case FrameType::entered:
    case FrameType::turned_away:
    case FrameType::not_here:
      break;
  }
  return unexpected_frame(frame);
}

Result<void> Link::take_challenge(const Frame& frame) {
  if (state_ != State::challenge_due) return unexpected_frame(frame);
  const Result<tunnel::Nonce> nonce = tunnel::decode_challenge(frame.payload);
  if (!nonce) return fail(nonce.error());
  state_ = State::answer_due;
  sent_keys_ = admission_keys();
  outbox_.send(FrameType::register_name, 0,
               tunnel::make_register(setup_.identity, *nonce, setup_.system_name, sent_keys_,
                                     setup_.software));
  return {};
}

Result<void> Link::take_registered(const Frame& frame) {
  if (state_ != State::answer_due) return unexpected_frame(frame);
  const Result<tunnel::Registered> registered = tunnel::decode_registered(frame.payload);
  if (!registered) return fail(registered.error());
  state_ = State::registered;
  deadline_.reset();
  max_streams_ = registered->max_streams;
  acknowledges_keys_ = registered->acknowledges_keys();
  // They may have changed since REGISTER.
  send_keys();
  events_.registered();
  return {};
}

Result<void> Link::take_keys_taken(const Frame& frame) {
  if (state_ != State::registered || !acknowledges_keys_) return unexpected_frame(frame);
  const Result<std::uint32_t> number = tunnel::decode_keys_taken(frame.payload);
  if (!number) return fail(number.error());
  if (*number <= taken_number_ || *number > sent_number_) return unexpected_frame(frame);
  taken_number_ = *number;
  // An older list was replaced on its way; the newest one counts.
  if (taken_number_ != sent_number_) return {};
  keys_deadline_.reset();
  log::info("tunnel", "the connector has taken {} in force",
            counted(sent_keys_.size(), "system key"));
  return {};
}

Result<void> Link::take_refused(const Frame& frame) {
  const Result<tunnel::Refusal> refusal = tunnel::decode_refused(frame.payload);
  if (!refusal) return fail(refusal.error());
  fail_with({tunnel::told_error(refusal->code, refusal->reason, "the connector"),
             std::chrono::seconds(refusal->retry_after), true});
  return {};
}

Result<void> Link::take_open(const Frame& frame) {
  if (state_ != State::registered || frame.stream <= newest_stream_) return unexpected_frame(frame);
  newest_stream_ = frame.stream;
  const Result<tunnel::KeyId> key_id = tunnel::decode_open(frame.payload);
  if (!key_id) return fail(key_id.error());
  const ActiveKey* const key = key_of(*key_id);
  if (draining_) {
    outbox_.close(frame.stream, WireCode::shutting_down, "");
  } else if (key == nullptr) {
    // The connector let the client in by a key that has been replaced meanwhile.
    outbox_.close(frame.stream, WireCode::key_revoked, "");
  } else if (streams_.size() >= max_streams_) {
    log::warn("tunnel",
              Error{codes::kConnectorOverLimit,
                    fmt::format("the connector opened more streams than the {} that it had "
                                "announced; the client is refused",
                                max_streams_),
                    "tell its operator; agent and connector may need an update"});
    outbox_.close(frame.stream, WireCode::too_many_streams, "");
  } else {
    start_stream(frame.stream, *key);
  }
  return {};
}

void Link::start_stream(std::uint32_t stream, const ActiveKey& key) {
  Result<std::unique_ptr<SessionStream>> started = SessionStream::create(
      {outbox_, setup_.scheduler, setup_.sessions, stream, setup_.system_name, key.admission.id,
       key.pre_shared_key, [this, stream] { bury(stream); }});
  if (!started) {
    log::error("tunnel", "no session could be opened: {}", describe(started.error()));
    outbox_.close(stream, WireCode::internal, "");
    return;
  }
  streams_.emplace(stream, std::move(*started));
}

Result<void> Link::take_stream_frame(const Frame& frame) {
  if (frame.stream > newest_stream_) return unexpected_frame(frame);
  const auto found = streams_.find(frame.stream);
  // Closed by us a moment ago; the frame was already on its way.
  if (found == streams_.end()) return {};
  SessionStream& stream = *found->second;
  if (frame.type == FrameType::data) {
    stream.on_data(frame.payload);
  } else if (frame.type == FrameType::window) {
    const Result<std::uint32_t> credit = tunnel::decode_window(frame.payload);
    if (!credit) return fail(credit.error());
    stream.on_window(*credit);
  } else {
    const Result<tunnel::StreamClose> close = tunnel::decode_close(frame.payload);
    if (!close) return fail(close.error());
    stream.on_gone();
  }
  return {};
}

void Link::keys_changed() {
  send_keys();
  for (const auto& [id, stream] : streams_) {
    if (key_of(stream->key()) == nullptr) stream->end(WireCode::key_revoked, "");
  }
}

void Link::send_keys() {
  // Nothing may be sent between REGISTER and REGISTERED; take_registered() comes here again.
  if (state_ != State::registered) return;
  std::vector<tunnel::AdmissionKey> keys = admission_keys();
  if (keys == sent_keys_) return;
  sent_keys_ = std::move(keys);
  ++sent_number_;
  if (!acknowledges_keys_) {
    outbox_.send(FrameType::keys, 0, tunnel::encode_keys(sent_keys_));
    log::info("tunnel",
              "the changed system keys were sent; this connector does not acknowledge them, a "
              "newer one does");
    return;
  }
  outbox_.send(FrameType::numbered_keys, 0, tunnel::encode_numbered_keys(sent_number_, sent_keys_));
  if (keys_deadline_) return;
  keys_deadline_ = setup_.scheduler.after(tunnel::kKeysDeadline, [this] {
    fail_with(
        {{codes::kKeysNotTaken, "the connector did not acknowledge the changed system keys in time",
          "the agent registers again, with the keys in force; if this comes again, check "
          "the connector's log"},
         {},
         false});
  });
}

Link::KeysAtConnector Link::keys_at_connector() const {
  if (state_ != State::registered || sent_keys_ != admission_keys())
    return KeysAtConnector::pending;
  if (taken_number_ == sent_number_) return KeysAtConnector::taken;
  return acknowledges_keys_ ? KeysAtConnector::pending : KeysAtConnector::unknown;
}

void Link::drain() {
  draining_ = true;
  for (const auto& [id, stream] : streams_)
    stream->end(WireCode::shutting_down, "");
}

void Link::bury(std::uint32_t stream) {
  over_.push_back(stream);
  if (burial_) return;
  // In a later turn: the stream is still on the stack.
  burial_ = setup_.scheduler.after(transport::Duration(0), [this] {
    burial_.reset();
    for (const std::uint32_t id : std::exchange(over_, {}))
      streams_.erase(id);
  });
}

void Link::fail_with(const Failure& failure) {
  if (state_ == State::over) return;
  disconnected();
  events_.failed(failure);
}

void Link::disconnected() {
  if (std::exchange(state_, State::over) == State::over) return;
  deadline_.reset();
  keys_deadline_.reset();
  for (const auto& [id, stream] : streams_)
    stream->on_gone();
}

std::vector<tunnel::AdmissionKey> Link::admission_keys() const {
  std::vector<tunnel::AdmissionKey> keys;
  for (const ActiveKey& key : keys_)
    keys.push_back(key.admission);
  return keys;
}

const ActiveKey* Link::key_of(const tunnel::KeyId& id) const {
  const auto found =
      std::ranges::find(keys_, id, [](const ActiveKey& key) { return key.admission.id; });
  return found == keys_.end() ? nullptr : &*found;
}

}  // namespace sfteams::agent
