#include "uci/large_reply.h"

#include <utility>
#include <variant>

#include "uci/reply.h"

namespace sfteams::uci {

ReadReply read_and_write(RpcReply reply, const std::function<std::string(const Value&)>& write) {
  ReadReply result{read_call_reply(std::move(reply))};
  if (!result.response || !write) return result;
  Value* const value = std::get_if<Value>(&*result.response);
  if (value == nullptr) return result;
  result.text = write(*value);
  *value = Value();
  return result;
}

std::unique_ptr<transport::BackgroundWork> read_beside(
    transport::Background& background, RpcReply reply,
    std::function<std::string(const Value&)> write, std::function<void(ReadReply)> done) {
  auto held = std::exchange(reply.held, nullptr);
  return transport::run_beside(
      background,
      [reply = std::move(reply), write = std::move(write)]() mutable {
        return read_and_write(std::move(reply), write);
      },
      [held = std::move(held), done = std::move(done)](ReadReply read) { done(std::move(read)); });
}

}  // namespace sfteams::uci
