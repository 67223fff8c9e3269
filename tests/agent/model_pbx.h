#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "agent/pbx_access.h"
#include "tests/fake_scheduler.h"
#include "uci/codes.h"
#include "uci/reply.h"
#include "uci/rpc_transport.h"
#include "uci/xmlrpc.h"

namespace sfteams::agent::test {

using sfteams::test::FakeScheduler;

/// A PBX with users, passwords and a count of wrong tokens, in the test's time: each request
/// arrives after half of the latency, is judged there, and is answered after the other half.
class ModelPbx final : public PbxAccess {
 public:
  enum class Answer {
    access_fault,
    odd_fault,
    no,  ///< false to a login and a keepAlive
    redirect,
    forbidden,
    page,
    failed,  ///< 500
    empty,
    no_content,
    bad_request,
    not_found,
    closed,
  };
  enum class State { well, starting, down };

  explicit ModelPbx(FakeScheduler& scheduler) : scheduler_(scheduler) {}

  [[nodiscard]] Result<std::unique_ptr<PbxUser>> user(const std::string& name,
                                                      const crypto::Secret& password,
                                                      uci::Connection::Handlers handlers) override {
    return std::make_unique<User>(*this, name, std::string(password.text()), std::move(handlers));
  }
  void ask_nobody(std::function<void(const uci::AnswerShape&)> answer) override {
    auto& timer = questions_[++next_];
    timer = scheduler_.after(latency, [this, id = next_, answer = std::move(answer)] {
      const auto done = std::move(questions_[id]);
      questions_.erase(id);
      answer(
          uci::read_with_sign(answer_to("", "", uci::Call{keep_alive_, {}}), dialect_).token.shape);
    });
  }
  /// As if the PBX had forgotten everybody.
  void forget_logins() { logged_in_.clear(); }

  std::map<std::string, std::string> passwords;
  Answer refuses_by = Answer::access_fault;
  Answer starts_by = Answer::page;
  State state = State::well;
  transport::Duration latency{100};
  int wrong = 0;  ///< tokens that were counted
  int served = 0;
  std::function<void(const std::string&)> on_wrong;

 private:
  class Transport final : public uci::RpcTransport {
   public:
    Transport(ModelPbx& pbx, std::string name, std::string password)
        : pbx_(pbx), name_(std::move(name)), password_(std::move(password)) {}
    [[nodiscard]] std::unique_ptr<uci::RpcPending> send(std::string body, bool, transport::Duration,
                                                        Callback callback) override {
      // It arrives even if nobody waits for the answer any more.
      auto pending = std::make_unique<Pending>();
      auto& arrival = pbx_.questions_[++pbx_.next_];
      arrival = pbx_.scheduler_.after(
          pbx_.latency / 2,
          [&pbx = pbx_, name = name_, password = password_, id = pbx_.next_, body = std::move(body),
           callback = std::move(callback), waiting = std::weak_ptr(pending->waiting)] {
            const auto done = std::move(pbx.questions_[id]);
            auto reply = pbx.answer_to(name, password, uci::parse_call(body).value());
            auto& answer = pbx.questions_[++pbx.next_];
            answer = pbx.scheduler_.after(
                pbx.latency / 2,
                [&pbx, id = pbx.next_, reply = std::move(reply), callback, waiting] {
                  const auto over = std::move(pbx.questions_[id]);
                  if (!waiting.expired()) callback(reply);
                });
          });
      return pending;
    }

   private:
    struct Pending final : uci::RpcPending {
      std::shared_ptr<bool> waiting = std::make_shared<bool>(true);
    };
    ModelPbx& pbx_;
    std::string name_;
    std::string password_;
  };

  class User final : public PbxUser {
   public:
    User(ModelPbx& pbx, const std::string& name, const std::string& password,
         uci::Connection::Handlers handlers)
        : transport_(pbx, name, password),
          connection_(transport_, pbx.scheduler_, pbx.dialect_, std::move(handlers)) {}
    [[nodiscard]] uci::Connection& connection() override { return connection_; }

   private:
    Transport transport_;
    uci::Connection connection_;
  };

  static Result<uci::RpcReply> value(const uci::Value& value) {
    return uci::RpcReply{200, "text/xml", uci::write_response(value).value()};
  }
  static Result<uci::RpcReply> shaped(Answer shape, const std::string& page, bool no_matters) {
    const auto fault = [](std::string text) {
      return uci::RpcReply{200, "text/xml", uci::write_fault({.code = 0, .text = std::move(text)})};
    };
    switch (shape) {
      case Answer::no:
        if (no_matters) return value(false);
        [[fallthrough]];
      case Answer::access_fault:
        return fault("UciIllegalAccessException: not allowed");
      case Answer::odd_fault:
        return fault("java.lang.IllegalStateException: not initialized yet");
      case Answer::redirect:
        return uci::RpcReply{302, "text/html", page};
      case Answer::forbidden:
        return uci::RpcReply{403, "text/html", page};
      case Answer::page:
        return uci::RpcReply{200, "text/html", page};
      case Answer::failed:
        return uci::RpcReply{500, "text/html", page};
      case Answer::empty:
        return uci::RpcReply{200, "", ""};
      case Answer::no_content:
        return uci::RpcReply{204, "", ""};
      case Answer::bad_request:
        return uci::RpcReply{400, "", ""};
      case Answer::not_found:
        return uci::RpcReply{404, "", ""};
      case Answer::closed:
        return fail(uci::codes::kBrokenReply, "closed");
    }
    return value(false);
  }

  Result<uci::RpcReply> answer_to(const std::string& name, const std::string& password,
                                  const uci::Call& call) {
    const bool about_login = call.method == dialect_.login || call.method == dialect_.keep_alive;
    if (state == State::down) return fail(uci::codes::kUnreachable, "down");
    if (state == State::starting) return shaped(starts_by, "<html>Starting</html>", about_login);
    const auto found = passwords.find(name);
    if (name.empty() || found == passwords.end() || found->second != password) {
      if (!name.empty()) {
        ++wrong;
        if (on_wrong) on_wrong(name + " " + call.method);
      }
      return shaped(refuses_by, "<html>Sign in</html>", about_login);
    }
    if (call.method == dialect_.login) {
      logged_in_.insert(name);
      return value(true);
    }
    if (call.method == dialect_.keep_alive) return value(logged_in_.contains(name));
    if (call.method == dialect_.logout) {
      logged_in_.erase(name);
      return value(true);
    }
    if (call.method == dialect_.server_version) return value("10");
    if (!logged_in_.contains(name)) {
      return uci::RpcReply{
          200, "text/xml",
          uci::write_fault({.code = 0, .text = "UcpNotConnectedException: no login is active"})};
    }
    ++served;
    return value(true);
  }

  FakeScheduler& scheduler_;
  uci::Dialect dialect_ = [] {
    uci::Dialect dialect = uci::dialect_of(uci::Version::v30);
    dialect.keep_alive_interval = std::chrono::seconds(5);
    return dialect;
  }();
  std::string keep_alive_ = dialect_.keep_alive;
  std::set<std::string> logged_in_;
  std::uint64_t next_ = 0;
  std::map<std::uint64_t, std::unique_ptr<transport::Timer>> questions_;
};

}  // namespace sfteams::agent::test
