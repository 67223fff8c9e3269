#include "diagnosis/sign_in_step.h"

#include <fmt/format.h>

#include "diagnosis/client_work.h"
#include "json/json.h"

namespace sfteams::diagnosis {
namespace {

constexpr const char* kStep = "sign-in";
/// The PBX may be slow, and the agent may have to wait for it.
constexpr transport::Duration kLoginPatience{30'000};

using std::chrono::steady_clock;

class SignInWork final : public ClientWork {
 public:
  SignInWork(Context& context, Found found, Done done)
      : ClientWork(kStep, context, std::move(found), std::move(done)) {}

 private:
  void on_open() override {
    asked_ = steady_clock::now();
    const UserAccess& user = *context_.user;
    connection().login(user.name, user.password, kLoginPatience,
                       [this](const Result<Json::Value>& answer) { on_answer(answer); });
  }

  void on_answer(const Result<Json::Value>& answer) {
    if (ended()) return;
    if (!answer) return end(failure(kStep, answer.error()));
    const std::chrono::duration<double, std::milli> spent = steady_clock::now() - asked_;
    if (const auto version = json::string_member(*answer, "serverVersion"))
      context_.pbx_version = std::string(*version);
    // The user is not named: a report is given to others.
    const Finding finding =
        well(kStep, said("the user was signed in at the PBX and out again, {0} ms",
                         {fmt::format("{:.0f}", spent.count())}));
    connection().call("session.logout", Json::Value(), kPatience,
                      [this, finding](const Result<Json::Value>& out) {
                        if (!ended()) end(out ? finding : failure(kStep, out.error()));
                      });
  }

  steady_clock::time_point asked_;
};

}  // namespace

Step check_sign_in() {
  return [](Context& context, const Found& found, const Done& done) -> std::unique_ptr<Work> {
    if (!context.user) {
      done();
      return nullptr;
    }
    if (const std::optional<Sentence> reason = why_no_session(context)) {
      found(skipped(kStep, *reason));
      done();
      return nullptr;
    }
    if (!context.key || !context.status || !context.registered) {
      found(skipped(kStep, said("it takes a system key and a running agent that is registered")));
      done();
      return nullptr;
    }
    auto work = std::make_unique<SignInWork>(context, found, done);
    work->start();
    return work;
  };
}

}  // namespace sfteams::diagnosis
