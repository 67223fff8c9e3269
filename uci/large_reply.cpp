#include "uci/large_reply.h"

#include <utility>
#include <variant>

#include "uci/reply.h"

namespace sfteams::uci {

ReadReply read_and_write(RpcReply reply, const Dialect& dialect,
                         const std::function<std::string(const Value&)>& write) {
  Reading reading = read_call(std::move(reply), dialect);
  ReadReply result{reading.token, std::move(reading.response)};
  if (!result.response || !write) return result;
  Value* const value = std::get_if<Value>(&*result.response);
  if (value == nullptr) return result;
  result.text = write(*value);
  *value = Value();
  return result;
}

std::unique_ptr<transport::BackgroundWork> read_beside(
    transport::Background& background, RpcReply reply, Dialect dialect,
    std::function<std::string(const Value&)> write, std::function<void(ReadReply)> done) {
  auto held = std::exchange(reply.held, nullptr);
  return transport::run_beside(
      background,
      [reply = std::move(reply), dialect = std::move(dialect), write = std::move(write)]() mutable {
        return read_and_write(std::move(reply), dialect, write);
      },
      [held = std::move(held), done = std::move(done)](ReadReply read) { done(std::move(read)); });
}

}  // namespace sfteams::uci
