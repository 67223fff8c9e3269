#include "uci/version_question.h"

#include <cstddef>
#include <utility>
#include <variant>

#include "uci/reply.h"
#include "uci/xmlrpc.h"

namespace sfteams::uci {
namespace {

/// The version stands in the answer to every sign-in, so it has to be small.
constexpr std::size_t kMaxVersionWeight = 4'096;

}  // namespace

VersionQuestion::VersionQuestion(RpcTransport& transport, const Dialect& dialect, TokenGate& gate,
                                 std::function<void()> answered)
    : transport_(transport), dialect_(dialect), gate_(gate), answered_(std::move(answered)) {}

void VersionQuestion::ask() {
  auto body = write_call(dialect_.server_version, {}, dialect_.nil);
  if (!body) return;
  leave_ = gate_.take(TokenGate::Use::call);
  if (!leave_) return;
  pending_ = transport_.send(std::move(*body), false, dialect_.login_timeout,
                             [this](Result<RpcReply> reply) { on_reply(std::move(reply)); });
}

bool VersionQuestion::wait(std::function<void()> then) {
  if (!pending_) return false;
  then_ = std::move(then);
  return true;
}

void VersionQuestion::withdraw() {
  pending_.reset();
  leave_.reset();
  then_ = nullptr;
}

void VersionQuestion::on_reply(Result<RpcReply> reply) {
  // Kept to the end: the request may not go while its callback runs.
  const std::unique_ptr<RpcPending> done = std::move(pending_);
  Reading reading = read_with_sign(std::move(reply), dialect_);
  if (const auto leave = std::move(leave_)) leave->settle(reading.token);
  Result<Response>& response = reading.response;
  if (response && std::holds_alternative<Value>(*response) &&
      weight_of(std::get<Value>(*response)) <= kMaxVersionWeight)
    version_ = std::move(std::get<Value>(*response));
  const auto next = then_ ? std::exchange(then_, nullptr) : answered_;
  next();
}

}  // namespace sfteams::uci
