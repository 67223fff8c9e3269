#pragma once

#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <utility>

#include "agent/pbx/pbx_access.h"
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
    later(latency, [this, answer = std::move(answer)] {
      ++asked_by_nobody;
      if (nobody_gets) return answer(uci::read_with_sign(nobody_gets(), dialect_).token.shape);
      answer(
          uci::read_with_sign(answer_to("", "", uci::Call{keep_alive_, {}}), dialect_).token.shape);
    });
  }
  /// The most wrong tokens within so long a time.
  [[nodiscard]] int most_wrong_within(transport::Duration window) const {
    std::ptrdiff_t most = 0;
    for (auto first = wrong_at_.begin(); first != wrong_at_.end(); ++first) {
      const auto end = std::find_if(first, wrong_at_.end(),
                                    [&](transport::TimePoint at) { return at >= *first + window; });
      most = std::max(most, end - first);
    }
    return static_cast<int>(most);
  }
  /// As if the PBX had forgotten everybody.
  void forget_logins() { logged_in_.clear(); }

  std::map<std::string, std::string> passwords;
  std::map<std::string, uci::Connection*> connections;  ///< the newest of each user
  Answer refuses_by = Answer::access_fault;
  Answer starts_by = Answer::page;
  State state = State::well;
  transport::Duration latency{100};
  int wrong = 0;  ///< tokens that were counted
  int served = 0;
  int asked_by_nobody = 0;
  std::mt19937_64 chance{1};  ///< what connections leave to chance, the same in each run
  /// What a request without a token gets from something in front of the PBX; empty: from the PBX.
  std::function<Result<uci::RpcReply>()> nobody_gets;
  /// How much longer than the latency an answer takes.
  std::function<transport::Duration(const std::string& user, const std::string& method)> slow;
  std::function<void(const std::string&)> on_wrong;

 private:
  class Transport final : public uci::RpcTransport {
   public:
    Transport(ModelPbx& pbx, std::string name, std::string password)
        : pbx_(pbx), name_(std::move(name)), password_(std::move(password)) {}
    [[nodiscard]] std::unique_ptr<uci::RpcPending> send(std::string body, bool,
                                                        transport::Duration timeout,
                                                        Callback callback) override {
      auto pending = std::make_unique<Pending>();
      // It arrives even if nobody waits for the answer any more.
      pbx_.later(pbx_.latency / 2, [&pbx = pbx_, name = name_, password = password_, timeout,
                                    body = std::move(body), callback = std::move(callback),
                                    waiting = std::weak_ptr(pending->waiting)] {
        const uci::Call call = uci::parse_call(body).value();
        auto reply = pbx.answer_to(name, password, call);
        transport::Duration back = pbx.latency / 2;
        if (pbx.slow) back += pbx.slow(name, call.method);
        if (back > timeout) reply = fail(uci::codes::kTimeout, "no answer in time");
        pbx.later(std::min(back, timeout), [reply = std::move(reply), callback, waiting] {
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
          connection_(transport_, pbx.scheduler_, pbx.dialect_, std::move(handlers)) {
      pbx.connections[name] = &connection_;
    }
    [[nodiscard]] uci::Connection& connection() override { return connection_; }

   private:
    Transport transport_;
    uci::Connection connection_;
  };

  void later(transport::Duration time, std::function<void()> task) {
    auto& timer = questions_[++next_];
    timer = scheduler_.after(time, [this, id = next_, task = std::move(task)] {
      const auto done = std::move(questions_[id]);
      questions_.erase(id);
      task();
    });
  }
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
        wrong_at_.push_back(scheduler_.now());
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
  uci::Dialect dialect_ = [this] {
    uci::Dialect dialect = uci::dialect_of(uci::Version::v30);
    dialect.keep_alive_interval = std::chrono::seconds(5);
    // The same pauses in each run.
    dialect.chance = [this](std::uint64_t bound) { return chance() % bound; };
    return dialect;
  }();
  std::string keep_alive_ = dialect_.keep_alive;
  std::set<std::string> logged_in_;
  std::vector<transport::TimePoint> wrong_at_;
  std::uint64_t next_ = 0;
  std::map<std::uint64_t, std::unique_ptr<transport::Timer>> questions_;
};

}  // namespace sfteams::agent::test
