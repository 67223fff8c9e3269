#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "agent/guard/login_guard.h"
#include "agent/pbx/account.h"
#include "agent/pbx/accounts.h"
#include "agent/pbx/pbx_access.h"
#include "agent/sessions/talk.h"
#include "rest/client.h"
#include "tests/uci/fakes.h"

namespace sfteams::agent {

using uci::test::FakeScheduler;
using uci::test::kGetPhones;
using uci::test::kLogin;
using uci::test::kLogout;
using uci::test::kPlaceCall;
using uci::test::kSubscribe;
using uci::test::kVersion;

/// A PBX whose answers the test gives by hand, one transport for each login.
class FakeAccess final : public PbxAccess {
 public:
  struct Opened {
    std::string name;
    std::string password;
    std::shared_ptr<uci::test::FakePbx> pbx;
    uci::Connection* connection;  ///< while it lives
  };

  explicit FakeAccess(FakeScheduler& scheduler) : scheduler_(scheduler) {}

  [[nodiscard]] Result<std::unique_ptr<PbxUser>> user(const std::string& name,
                                                      const crypto::Secret& password,
                                                      uci::Connection::Handlers handlers) override {
    auto user =
        std::make_unique<User>(scheduler_, dialect_, std::move(handlers), background, make_rest);
    opened.push_back({name, std::string(password.text()), user->pbx, &user->connection()});
    return user;
  }

  void ask_nobody(std::function<void(const uci::AnswerShape&)> answer) override {
    ++asked_without_token;
    answer(nobody);
  }

  /// How it answers without a token.
  uci::AnswerShape nobody{uci::AnswerShape::Rank::judgement, 1};
  int asked_without_token = 0;

  /// The PBX of the n-th login, beginning with 0.
  [[nodiscard]] uci::test::FakePbx& pbx(std::size_t n) { return *opened.at(n).pbx; }
  /// Answers the n-th login and what follows it with success.
  void accept(std::size_t n) {
    pbx(n).value(kLogin, true);
    pbx(n).value(kVersion, "10.0.1.6");
    // With little room in the guard one follows the other.
    if (!pbx(n).is_open(kSubscribe)) scheduler_.turn();
    pbx(n).value(kSubscribe, true);
  }
  void refuse(std::size_t n) { pbx(n).value(kLogin, false); }

  std::vector<Opened> opened;
  transport::Background* background = nullptr;  ///< of the logins from now on
  /// Likewise; empty: there is no way to REST.
  std::function<std::unique_ptr<rest::Client>()> make_rest;

 private:
  class User final : public PbxUser {
   public:
    User(transport::Scheduler& scheduler, const uci::Dialect& dialect,
         uci::Connection::Handlers handlers, transport::Background* background,
         std::function<std::unique_ptr<rest::Client>()> make_rest)
        : connection_(*pbx, scheduler, dialect, std::move(handlers), background),
          make_rest_(std::move(make_rest)) {}
    [[nodiscard]] uci::Connection& connection() override { return connection_; }
    [[nodiscard]] rest::Client* rest() override {
      if (!rest_ && make_rest_) rest_ = make_rest_();
      return rest_.get();
    }

    std::shared_ptr<uci::test::FakePbx> pbx = std::make_shared<uci::test::FakePbx>();

   private:
    uci::Connection connection_;
    std::function<std::unique_ptr<rest::Client>()> make_rest_;
    std::unique_ptr<rest::Client> rest_;
  };

  FakeScheduler& scheduler_;
  uci::Dialect dialect_ = uci::dialect_of(uci::Version::v30);
};

}  // namespace sfteams::agent
