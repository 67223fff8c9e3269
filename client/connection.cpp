#include "client/connection.h"

#include <chrono>
#include <set>
#include <utility>
#include <variant>

#include "base/crypto/random.h"
#include "base/json/json.h"
#include "base/json/rpc.h"
#include "base/text/encoding.h"
#include "client/codes.h"
#include "tunnel/codes.h"
#include "tunnel/limits.h"
#include "tunnel/ticket_proof.h"

namespace sfteams::client {

void ConnectionHandler::on_interrupted(const Error& /*error*/, transport::Duration /*window*/) {}
void ConnectionHandler::on_resumed() {}

Result<std::unique_ptr<Connection>> Connection::open(transport::Network& network,
                                                     ConnectionOptions options,
                                                     ConnectionHandler& handler) {
  std::unique_ptr<Connection> connection(new Connection(network, std::move(options), handler));
  if (const Result<void> started = connection->start_link(); !started) {
    return fail(started.error());
  }
  return connection;
}

Connection::Connection(transport::Network& network, ConnectionOptions options,
                       ConnectionHandler& handler)
    : network_(network),
      loop_(network.loop()),
      options_(std::move(options)),
      handler_(handler),
      backoff_(options_.backoff, crypto::random_below) {}

Connection::~Connection() = default;

Result<void> Connection::start_link() {
  Link::Setup setup{network_, *options_.access, {}, options_.keepalive, options_.open_timeout, {},
                    {}};
  setup.dial.url = options_.access->connector();
  setup.dial.subprotocol = tunnel::kClientSubprotocol;
  setup.dial.ca_file = options_.ca_file;
  setup.dial.timeout = options_.open_timeout;
  setup.dial.user_agent = options_.software;
  setup.dial.proxy = options_.proxy;
  if (right_) {
    if (!signed_in_) note_unreceived(*ledger_);
    setup.ticket = tunnel::ResumeTicket{right_->id, right_->secret.clone()};
    setup.ledger = std::move(ledger_);
  }
  Result<std::unique_ptr<Link>> link = Link::start(std::move(setup), *this);
  if (!link) return fail(link.error());
  link_ = std::move(*link);
  return {};
}

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

void Connection::ask_for_ticket(const crypto::P256Key& device, TicketLife life,
                                transport::Duration timeout, Answer answer) {
  Json::Value params(Json::objectValue);
  params["key"] = text::to_base64(device.public_key());
  params["lifetime"] = life == TicketLife::tab ? "tab" : "long";
  send_request("session.ticket", params, timeout, std::move(answer));
}

void Connection::login_by_ticket(std::string_view ticket, const crypto::P256Key& device,
                                 transport::Duration timeout, Answer answer) {
  const crypto::Sha256Digest hash = right_ ? right_->handshake_hash : crypto::Sha256Digest();
  Json::Value params(Json::objectValue);
  params["ticket"] = std::string(ticket);
  params["proof"] = text::to_base64(device.sign(tunnel::ticket_proof_message(hash, ticket)));
  send_request("session.login", params, timeout, std::move(answer));
  json::wipe(params["ticket"]);
}

void Connection::send_request(std::string_view method, const Json::Value& params,
                              transport::Duration timeout, Answer answer) {
  const std::uint64_t id = next_id_++;
  Pending& pending = pending_[id];
  pending.answer = std::move(answer);
  if (method == "session.login") pending.effect = Effect::signs_in;
  if (method == "session.logout") pending.effect = Effect::signs_out;
  std::string text = json::rpc::write_request(Json::Value(Json::UInt64(id)), method, params);
  const Result<void> sent = send(text);
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
}

Result<void> Connection::send(std::string_view text) {
  if (link_) {
    if (stage_ == Stage::interrupted && !signed_in_) {
      unreceived_.push_back(crypto::Secret::from_text(text));
    }
    return link_->send(text);
  }
  if (ledger_) return ledger_->send(text);
  return fail(codes::kClosed, "the connection is closed");
}

void Connection::close() {
  if (stage_ == Stage::closing || stage_ == Stage::over) return;
  if (stage_ == Stage::interrupted) return end(std::nullopt);
  stage_ = Stage::closing;
  link_->close();
}

// --- the link ------------------------------------------------------------------------------------

void Connection::on_opened(const tunnel::OpenedRecord& session,
                           const crypto::Sha256Digest& handshake_hash) {
  right_ = SessionRight{session.session_id, crypto::Secret(session.resume_secret),
                        std::chrono::seconds(session.window), handshake_hash};
  const bool afresh = stage_ == Stage::interrupted;
  if (stage_ == Stage::opening || afresh) stage_ = Stage::open;
  window_.reset();
  unreceived_.clear();
  backoff_.connected(loop_.now());
  if (afresh) {
    handler_.on_resumed();
  } else {
    handler_.on_open();
  }
}

void Connection::on_resumed() {
  if (stage_ == Stage::interrupted) stage_ = Stage::open;
  window_.reset();
  unreceived_.clear();
  backoff_.connected(loop_.now());
  handler_.on_resumed();
}

void Connection::on_over(const std::optional<LinkFailure>& failure) {
  if (!failure) return end(std::nullopt);
  const bool has_session = stage_ == Stage::open || stage_ == Stage::interrupted;
  if (has_session && failure->session_may_live && right_ &&
      right_->window > transport::Duration(0)) {
    return interrupted(*failure);
  }
  // Once: without a right there was no session that could be unknown.
  if (stage_ == Stage::interrupted && !signed_in_ && right_ &&
      failure->error.code == tunnel::codes::kSessionUnknown) {
    return start_afresh();
  }
  end(failure->error);
}

void Connection::interrupted(const LinkFailure& failure) {
  ledger_ = link_->leave();
  link_.reset();
  if (!ledger_) return end(failure.error);
  const bool news = stage_ == Stage::open;
  stage_ = Stage::interrupted;
  const auto now = loop_.now();
  const bool moved = failure.error.code == tunnel::codes::kShuttingDown &&
                     failure.retry_after == transport::Duration(0);
  const auto pause = moved ? backoff_.moved(now) : backoff_.failed(now, failure.retry_after);
  retry_ = loop_.after(pause, [this] { try_again(); });
  if (!news) return;
  // The agent may have noticed earlier or later: if earlier, it says so when we come.
  window_ = loop_.after(right_->window, [this, error = failure.error] {
    end(Error{codes::kSessionLost,
              "the connection broke and could not be made again in time: " + error.message,
              "sign in again"});
  });
  handler_.on_interrupted(failure.error, right_->window);
}

void Connection::note_unreceived(const tunnel::SessionLedger& ledger) {
  unreceived_.clear();
  ledger.queue.each(
      [this](std::span<const std::uint8_t> message) { unreceived_.emplace_back(message); });
}

void Connection::start_afresh() {
  right_.reset();
  link_.reset();
  const std::vector<crypto::Secret> texts = std::exchange(unreceived_, {});
  std::set<std::uint64_t> asked_again;
  for (const crypto::Secret& text : texts) {
    const auto request = json::rpc::read(text.text());
    if (request && std::holds_alternative<json::rpc::Request>(*request)) {
      asked_again.insert(std::get<json::rpc::Request>(*request).id.asUInt64());
    }
  }
  std::vector<std::uint64_t> lost;
  for (const auto& [id, pending] : pending_) {
    if (!asked_again.contains(id)) lost.push_back(id);
  }
  if (const Result<void> started = start_link(); !started) return end(started.error());
  for (const crypto::Secret& text : texts)
    static_cast<void>(link_->send(text.text()));
  // Last: what is told may be the end of this object.
  const transport::Alive::Watch self = alive_.watch();
  for (const std::uint64_t id : lost) {
    finish_pending(id, fail(codes::kSessionLost,
                            "the connection broke before the answer came, and nobody had signed in",
                            "ask again"));
    if (self.gone()) return;
  }
}

void Connection::try_again() {
  if (const Result<void> started = start_link(); !started) end(started.error());
}

Result<void> Connection::on_text(std::string_view text) {
  json::Limits limits;
  limits.bytes = tunnel::kMaxMessageToClient;
  tl::expected<json::rpc::Incoming, json::rpc::Refusal> incoming = json::rpc::read(text, limits);
  if (!incoming) {
    return fail(codes::kProtocol, "the agent sent something that is no JSON-RPC 2.0",
                "check that the agent's version fits this client");
  }
  if (const auto* event = std::get_if<json::rpc::Notification>(&*incoming)) {
    if (event->method == "session.signedOut") signed_in_ = false;
    handler_.on_notification(event->method, event->params);
  } else if (auto* response = std::get_if<json::rpc::Response>(&*incoming)) {
    if (response->id.isNull() && response->error) {
      refused_unread(response->error->to_error());
      return {};
    }
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

// --- ends ----------------------------------------------------------------------------------------

/// The agent could not read one of our messages and does not say which. With one call under way it
/// was that one; with several, theirs are the answers that come.
void Connection::refused_unread(const Error& error) {
  if (pending_.size() == 1) finish_pending(pending_.begin()->first, fail(error));
}

void Connection::finish_pending(std::uint64_t id, Result<Json::Value> result) {
  const auto found = pending_.find(id);
  if (found == pending_.end()) return;  // came after its timeout
  const Answer answer = std::move(found->second.answer);
  if (result && found->second.effect != Effect::none) {
    signed_in_ = found->second.effect == Effect::signs_in;
  }
  pending_.erase(found);
  answer(std::move(result));
}

void Connection::end(const std::optional<Error>& error) {
  if (stage_ == Stage::over) return;
  stage_ = Stage::over;
  retry_.reset();
  window_.reset();
  link_.reset();
  ledger_.reset();

  const Error reason = error.value_or(
      Error{codes::kClosed, "the connection was closed while the call was under way", ""});
  const transport::Alive::Watch self = alive_.watch();
  while (!pending_.empty()) {
    finish_pending(pending_.begin()->first, fail(reason));
    if (self.gone()) return;
  }
  handler_.on_closed(error);
}

}  // namespace sfteams::client
