// Any texts, a line each, said to the agent by a client that holds the system key: nothing breaks,
// and each text is answered at most once, with JSON-RPC.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "agent/guard/login_guard.h"
#include "agent/pbx/accounts.h"
#include "agent/sessions/conversation.h"
#include "base/json/json.h"
#include "tests/fake_scheduler.h"
#include "uci/connection.h"
#include "uci/dialect.h"
#include "uci/rpc_transport.h"
#include "uci/xmlrpc.h"

namespace {

using namespace sfteams;
using sfteams::test::FakeScheduler;

/// Says yes to everything, in the next turn: also to every password.
class YesPbx final : public uci::RpcTransport {
 public:
  explicit YesPbx(FakeScheduler& scheduler) : scheduler_(scheduler) {}

  [[nodiscard]] std::unique_ptr<uci::RpcPending> send(std::string body, bool, transport::Duration,
                                                      Callback callback) override {
    // What the agent makes of a client's parameters has to be XML-RPC.
    if (!uci::parse_call(body)) std::abort();
    auto pending = std::make_unique<Pending>();
    pending->timer = scheduler_.after(transport::Duration(0), [answer = std::move(callback)] {
      answer(uci::RpcReply{200, "text/xml", uci::write_response(uci::Value(true)).value()});
    });
    return pending;
  }

 private:
  struct Pending final : uci::RpcPending {
    std::unique_ptr<transport::Timer> timer;
  };
  FakeScheduler& scheduler_;
};

class YesAccess final : public agent::PbxAccess {
 public:
  explicit YesAccess(FakeScheduler& scheduler) : scheduler_(scheduler) {}

  [[nodiscard]] Result<std::unique_ptr<agent::PbxUser>> user(
      const std::string&, const crypto::Secret&, uci::Connection::Handlers handlers) override {
    return std::make_unique<User>(scheduler_, dialect_, std::move(handlers));
  }
  void ask_nobody(std::function<void(const uci::AnswerShape&)> answer) override {
    answer({uci::AnswerShape::Rank::judgement, 1});
  }

 private:
  class User final : public agent::PbxUser {
   public:
    User(FakeScheduler& scheduler, const uci::Dialect& dialect, uci::Connection::Handlers handlers)
        : pbx_(scheduler), connection_(pbx_, scheduler, dialect, std::move(handlers)) {}
    [[nodiscard]] uci::Connection& connection() override { return connection_; }

   private:
    YesPbx pbx_;
    uci::Connection connection_;
  };

  FakeScheduler& scheduler_;
  uci::Dialect dialect_ = uci::dialect_of(uci::Version::v30);
};

/// The client's ear.
class Ear final : public agent::Speaker {
 public:
  bool say(std::string_view text) override {
    const Result<Json::Value> said = json::parse(text);
    if (!said || json::string_member(*said, "jsonrpc") != "2.0") std::abort();
    if (json::member(*said, "method") == nullptr) ++answers;
    return true;
  }
  void end(tunnel::WireCode, std::string_view) override { ended = true; }
  void on_sign_in(agent::SignIn, std::string_view) override {}

  std::size_t answers = 0;
  bool ended = false;
};

void converse(std::string_view text) {
  FakeScheduler scheduler;
  YesAccess access(scheduler);
  agent::LoginGuard guard({}, crypto::Secret(32));
  agent::Accounts accounts({access, scheduler, guard, transport::Duration(10'000)});
  const agent::ConversationSetup setup{
      "starface-teams-agent/fuzz",
      scheduler,
      [&accounts] { return &accounts; },
      {"pbx.example.com", uci::Version::v30,
       agent::MethodFilter::create({"ucp.v*.requests.*"}).value()}};
  Ear ear;
  agent::Conversation conversation(setup, ear);
  conversation.on_opened({"fuzz/1"});
  std::size_t said = 0;
  while (!text.empty() && !ear.ended) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    conversation.on_message(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    // Some calls are under way while the next text comes, some are not.
    if (++said % 2 == 0) scheduler.turn();
    if (ear.answers > said) std::abort();
  }
  scheduler.advance(std::chrono::minutes(5));
  if (ear.answers > said) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // A byte may be looked at as a char ([basic.lval]).
  converse({reinterpret_cast<const char*>(data), size});
  return 0;
}
