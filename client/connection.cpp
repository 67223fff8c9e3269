#include "client/connection.h"

#include <utility>
#include <variant>

#include "client/codes.h"
#include "json/json.h"
#include "json/rpc.h"
#include "tunnel/codes.h"
#include "tunnel/control.h"
#include "tunnel/frame.h"
#include "tunnel/limits.h"
#include "tunnel/wire_code.h"

namespace sfteams::client {
namespace {

template <typename... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};
template <typename... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

Error unexpected_frame(tunnel::FrameType type) {
  return Error{
      codes::kProtocol,
      std::string("the connector sent a ") + tunnel::name_of(type) + " frame where none may come",
      "check that the connector's version fits this client"};
}

Error lost(const transport::CloseInfo& info) {
  using Cause = transport::CloseInfo::Cause;
  if (info.error) return *info.error;
  std::string how = "the connection to the connector broke";
  if (info.cause == Cause::dead) how = "the connector stopped answering";
  if (info.cause == Cause::peer) how = "the connector closed the connection";
  if (info.cause == Cause::peer && !info.reason.empty()) how += ": " + info.reason;
  return Error{codes::kConnectionLost, std::move(how), "connect again"};
}

Error refused(const tunnel::Refusal& refusal) {
  Error error = tunnel::told_error(refusal.code, refusal.reason, "the connector");
  if (refusal.retry_after > 0)
    error.hint = "try again in " + std::to_string(refusal.retry_after) + " seconds";
  return error;
}

}  // namespace

Result<std::unique_ptr<Connection>> Connection::open(transport::Network& network,
                                                     ConnectionOptions options,
                                                     ConnectionHandler& handler) {
  tunnel::SessionChannelOptions channel_options;
  channel_options.role = tunnel::SessionChannelOptions::Role::client;
  channel_options.name = options.access->name();
  channel_options.pre_shared_key = options.access->pre_shared_key().clone();
  channel_options.software = options.software;
  Result<tunnel::SessionChannel> channel =
      tunnel::SessionChannel::create(std::move(channel_options));
  if (!channel) return fail(channel.error());

  std::unique_ptr<Connection> connection(
      new Connection(network, std::move(options), handler, std::move(*channel)));
  transport::DialOptions dial;
  dial.url = connection->options_.access->connector();
  dial.subprotocol = tunnel::kClientSubprotocol;
  dial.ca_file = connection->options_.ca_file;
  dial.timeout = connection->options_.open_timeout;
  dial.user_agent = connection->options_.software;
  Result<std::unique_ptr<transport::Websocket>> websocket =
      transport::dial(network, dial, *connection);
  if (!websocket) return fail(websocket.error());
  connection->websocket_ = std::move(*websocket);
  return connection;
}

Connection::Connection(transport::Network& network, ConnectionOptions options,
                       ConnectionHandler& handler, tunnel::SessionChannel channel)
    : loop_(network.loop()),
      options_(std::move(options)),
      handler_(handler),
      channel_(std::move(channel)),
      outbox_([this] {
        if (websocket_) websocket_->wake();
      }) {
  open_timer_ = loop_.after(options_.open_timeout, [this] {
    const char* who = stage_ == Stage::handshake ? "the agent beside the PBX" : "the connector";
    end(Error{codes::kTimeout, std::string(who) + " did not answer in time",
              "try again; if it stays so, ask the administrator for the agent's status"});
  });
}

Connection::~Connection() = default;

// --- what the caller wants -----------------------------------------------------------------------

void Connection::call(std::string_view method, const Json::Value& params,
                      transport::Duration timeout, Answer answer) {
  send_request(method, params, timeout, std::move(answer));
}

void Connection::login(std::string_view user, const crypto::Secret& password,
                       transport::Duration timeout, Answer answer) {
  Json::Value params(Json::objectValue);
  params["user"] = std::string(user);
  // jsoncpp keeps its own copy of the text; that one is overwritten below.
  params["password"] =
      Json::Value(reinterpret_cast<const char*>(password.bytes().data()),
                  reinterpret_cast<const char*>(password.bytes().data()) + password.size());
  send_request("session.login", params, timeout, std::move(answer));
  json::wipe(params["password"]);
}

void Connection::send_request(std::string_view method, const Json::Value& params,
                              transport::Duration timeout, Answer answer) {
  const std::uint64_t id = next_id_++;
  Pending& pending = pending_[id];
  pending.answer = std::move(answer);
  std::string text = json::rpc::write_request(Json::Value(Json::UInt64(id)), method, params);
  const Result<void> sent = channel_.send(text);
  crypto::wipe(text);
  if (!sent) {
    // Not now: the caller is still busy with starting the call.
    pending.timer = loop_.after(transport::Duration(0), [this, id, error = sent.error()] {
      finish_pending(id, fail(error));
    });
    return;
  }
  if (timeout.count() > 0) {
    pending.timer = loop_.after(timeout, [this, id] {
      finish_pending(id, fail(codes::kTimeout, "the PBX or its agent did not answer in time",
                              "whether the request was carried out is not known"));
    });
  }
  flush();
}

void Connection::close() {
  if (stage_ == Stage::closing || stage_ == Stage::over) return;
  stage_ = Stage::closing;
  channel_.close(tunnel::WireCode::normal, "");
  if (stream_) {
    stream_->finish(tunnel::WireCode::normal, "");
  } else {
    websocket_->close(transport::CloseStatus::normal, "");
  }
}

// --- the websocket -------------------------------------------------------------------------------

void Connection::on_open() {
  if (stage_ == Stage::connecting) stage_ = Stage::challenge;
  websocket_->start_keepalive(options_.keepalive);
}

void Connection::on_message(std::span<const std::uint8_t> message) {
  const std::weak_ptr<const int> alive = lifetime_;
  tunnel::FrameReader reader(message);
  while (stage_ != Stage::over) {
    const Result<std::optional<tunnel::Frame>> frame = reader.next();
    if (frame && !*frame) break;
    const Result<void> taken = frame ? take_frame(**frame) : Result<void>(fail(frame.error()));
    if (alive.expired()) return;
    if (!taken) {
      end(taken.error());
      return;
    }
  }
}

std::size_t Connection::next_message(std::span<std::uint8_t> out) {
  return outbox_.next_message(out);
}

void Connection::on_close(const transport::CloseInfo& info) {
  if (stage_ == Stage::closing && info.cause == transport::CloseInfo::Cause::local) {
    end(std::nullopt);
  } else {
    end(lost(info));
  }
}

Result<void> Connection::take_frame(const tunnel::Frame& frame) {
  using tunnel::FrameType;
  switch (frame.type) {
    case FrameType::challenge:
      if (stage_ == Stage::challenge) return answer_challenge(frame.payload);
      break;
    case FrameType::admitted:
      if (stage_ == Stage::admission) return admitted();
      break;
    case FrameType::refused: {
      const Result<tunnel::Refusal> refusal = tunnel::decode_refused(frame.payload);
      if (!refusal) return fail(refusal.error());
      return fail(refused(*refusal));
    }
    case FrameType::data:
      if (stream_ && frame.stream == stream_->id()) return take_packet(frame.payload);
      break;
    case FrameType::window: {
      if (!stream_ || frame.stream != stream_->id()) break;
      const Result<std::uint32_t> credit = tunnel::decode_window(frame.payload);
      if (!credit) return fail(credit.error());
      Result<void> added = send_credit_.add(*credit);
      if (added) flush();
      return added;
    }
    case FrameType::close: {
      if (!stream_ || frame.stream != stream_->id()) break;
      const Result<tunnel::StreamClose> closed = tunnel::decode_close(frame.payload);
      if (!closed) return fail(closed.error());
      return fail(tunnel::told_error(closed->code, closed->reason, "the agent"));
    }
    default:
      break;
  }
  return fail(unexpected_frame(frame.type));
}

Result<void> Connection::answer_challenge(std::span<const std::uint8_t> payload) {
  const Result<tunnel::Nonce> nonce = tunnel::decode_challenge(payload);
  if (!nonce) return fail(nonce.error());
  const Access& access = *options_.access;
  const tunnel::Bytes admit =
      tunnel::make_admit(access.admission_key(), *nonce, access.name(), access.key_id());
  outbox_.send(tunnel::FrameType::admit, 0, admit);
  stage_ = Stage::admission;
  return {};
}

Result<void> Connection::admitted() {
  stage_ = Stage::handshake;
  stream_.emplace(outbox_, tunnel::kClientStream, static_cast<tunnel::PacketSource&>(*this));
  flush();
  return {};
}

// --- the session ---------------------------------------------------------------------------------

Result<void> Connection::take_packet(std::span<const std::uint8_t> packet) {
  if (Result<void> credit = receive_credit_.arrived(packet.size()); !credit) return credit;
  if (stage_ == Stage::closing) return {};
  const std::weak_ptr<const int> alive = lifetime_;
  if (Result<void> received = channel_.receive(packet, loop_.now()); !received) {
    return received;
  }
  while (true) {
    const Result<std::optional<tunnel::SessionEvent>> event = channel_.next_event();
    if (!event) return fail(event.error());
    if (!*event) break;
    Result<void> taken = take_event(**event);
    if (alive.expired() || !taken) return taken;
  }
  receive_credit_.consumed(packet.size());
  stream_->window(receive_credit_.take_update());
  flush();
  return {};
}

Result<void> Connection::take_event(const tunnel::SessionEvent& event) {
  namespace session_event = tunnel::session_event;
  return std::visit(
      Overloaded{
          [this](const session_event::Opened&) -> Result<void> {
            if (stage_ == Stage::handshake) stage_ = Stage::open;
            open_timer_.reset();
            handler_.on_open();
            return {};
          },
          [this](const session_event::Message& message) { return take_text(message.text); },
          [](const session_event::Closed& closed) -> Result<void> {
            return fail(tunnel::told_error(closed.code, closed.reason, "the agent"));
          },
          [](const auto&) -> Result<void> { return {}; },
      },
      event);
}

Result<void> Connection::take_text(std::string_view text) {
  json::Limits limits;
  limits.bytes = tunnel::kMaxMessageToClient;
  tl::expected<json::rpc::Incoming, json::rpc::Refusal> incoming = json::rpc::read(text, limits);
  if (!incoming) {
    return fail(codes::kProtocol, "the agent sent something that is no JSON-RPC 2.0",
                "check that the agent's version fits this client");
  }
  if (const auto* event = std::get_if<json::rpc::Notification>(&*incoming)) {
    handler_.on_notification(event->method, event->params);
  } else if (auto* response = std::get_if<json::rpc::Response>(&*incoming)) {
    if (!response->id.isUInt64()) return {};
    const std::uint64_t id = response->id.asUInt64();
    if (response->error) {
      finish_pending(id, fail(response->error->to_error()));
    } else {
      finish_pending(id, std::move(response->result));
    }
  }
  return {};
}

tunnel::Pull Connection::next_packet(std::span<std::uint8_t> out) {
  const tunnel::Pull pull = channel_.next_packet(out, send_credit_.available(), loop_.now());
  if (pull.size > 0) send_credit_.spend(pull.size);
  return pull;
}

void Connection::on_close_written() {
  websocket_->close(transport::CloseStatus::normal, "");
}

void Connection::flush() {
  if (!stream_) return;
  if (channel_.wants_to_send(loop_.now())) stream_->ready();
  arm_acknowledgement();
}

void Connection::arm_acknowledgement() {
  // One that is armed already is early enough: a later deadline finds it re-armed.
  if (acknowledge_timer_) return;
  const std::optional<tunnel::SteadyTime> deadline = channel_.deadline();
  if (!deadline) return;
  const auto wait = std::chrono::ceil<transport::Duration>(*deadline - loop_.now());
  acknowledge_timer_ = loop_.after(std::max(wait, transport::Duration(0)), [this] {
    acknowledge_timer_.reset();
    flush();
  });
}

// --- ends ----------------------------------------------------------------------------------------

void Connection::finish_pending(std::uint64_t id, Result<Json::Value> result) {
  const auto found = pending_.find(id);
  if (found == pending_.end()) return;  // came after its timeout
  const Answer answer = std::move(found->second.answer);
  pending_.erase(found);
  answer(std::move(result));
}

void Connection::end(const std::optional<Error>& error) {
  if (stage_ == Stage::over) return;
  stage_ = Stage::over;
  open_timer_.reset();
  acknowledge_timer_.reset();
  stream_.reset();
  websocket_.reset();

  const Error reason = error.value_or(
      Error{codes::kClosed, "the connection was closed while the call was under way", ""});
  const std::weak_ptr<const int> alive = lifetime_;
  while (!pending_.empty()) {
    finish_pending(pending_.begin()->first, fail(reason));
    if (alive.expired()) return;
  }
  handler_.on_closed(error);
}

}  // namespace sfteams::client
