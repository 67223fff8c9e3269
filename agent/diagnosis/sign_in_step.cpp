#include "agent/diagnosis/sign_in_step.h"

#include <utility>

#include <fmt/format.h>

#include "agent/diagnosis/client_work.h"
#include "base/json/json.h"

namespace sfteams::diagnosis {
namespace {

constexpr const char* kSignInStep = "sign-in";
constexpr const char* kEvents = "events";
/// The PBX may be slow, and the agent may have to wait for it.
constexpr transport::Duration kLoginPatience{30'000};

using std::chrono::steady_clock;

class SignInWork final : public ClientWork {
 public:
  SignInWork(Context& context, Found found, Done done)
      : ClientWork(kSignInStep, context, std::move(found), std::move(done)) {}

 private:
  void on_session() override {
    asked_ = steady_clock::now();
    const UserAccess& user = *context_.user;
    connection().login(user.name, user.password, kLoginPatience,
                       [this](const Result<Json::Value>& answer) { on_answer(answer); });
  }

  void on_answer(const Result<Json::Value>& answer) {
    if (ended()) return;
    if (!answer) return end(failure(kSignInStep, answer.error()));
    const std::chrono::duration<double, std::milli> spent = steady_clock::now() - asked_;
    spent_ = fmt::format("{:.0f}", spent.count());
    if (const auto version = json::string_member(*answer, "serverVersion"))
      context_.pbx_version = std::string(*version);
    if (seen_) return sign_out();
    const transport::Duration patience = event_patience(context_.pbx_elsewhere.has_value());
    if (context_.waiting) {
      context_.waiting(said(
          "waiting {0} s for an event of the PBX: to try that out, have this user's phone ring "
          "now",
          {std::to_string(patience / std::chrono::seconds(1))}));
    }
    patience_ = context_.network.loop().after(patience, [this] { sign_out(); });
  }

  void on_notification(const std::string& method, const Json::Value& /*params*/) override {
    if (!method.starts_with("ucp.")) return;  // the agent's own
    seen_ = true;
    if (std::exchange(patience_, nullptr) != nullptr) sign_out();
  }

  void sign_out() {
    connection().call("session.logout", Json::Value(), kPatience,
                      [this](const Result<Json::Value>& out) { on_signed_out(out); });
  }

  void on_signed_out(const Result<Json::Value>& out) {
    if (ended()) return;
    if (!out) return end(failure(kSignInStep, out.error()));
    // The user is not named: a report is given to others.
    tell(well(kSignInStep,
              said("the user was signed in at the PBX and out again, {0} ms", {spent_})));
    end(judge_events(seen_, context_.pbx_elsewhere));
  }

  steady_clock::time_point asked_;
  std::string spent_;
  bool seen_ = false;  ///< an event
  std::unique_ptr<transport::Timer> patience_;
};

}  // namespace

transport::Duration event_patience(bool pbx_elsewhere) {
  return std::chrono::seconds(pbx_elsewhere ? 5 : 2);
}

Finding judge_events(bool seen, const std::optional<Error>& elsewhere) {
  if (seen) return well(kEvents, said("the PBX's events arrive"));
  if (!elsewhere) {
    return skipped(kEvents, said("no event came, which means nothing as long as the user's phone "
                                 "is not used; have it ring during the check to see one"));
  }
  Finding finding = failure(kEvents, *elsewhere);
  finding.verdict = Verdict::warn;
  finding.text = said("no event came: ") + finding.text;
  return finding;
}

Step check_sign_in() {
  return {{kSignInStep, kEvents},
          [](Context& context, const Found& found, const Done& done) -> std::unique_ptr<Work> {
            if (const std::optional<Sentence> reason = why_no_session(context)) {
              found(skipped(kSignInStep, *reason));
              done();
              return nullptr;
            }
            if (!context.key || !context.status || !context.registered) {
              found(skipped(kSignInStep,
                            said("it takes a system key and a running agent that is registered")));
              done();
              return nullptr;
            }
            auto work = std::make_unique<SignInWork>(context, found, done);
            work->start();
            return work;
          }};
}

}  // namespace sfteams::diagnosis
