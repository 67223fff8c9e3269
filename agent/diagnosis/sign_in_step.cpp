#include "agent/diagnosis/sign_in_step.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "agent/diagnosis/client_work.h"
#include "agent/licensing/codes.h"
#include "agent/pbx/meeting.h"
#include "base/json/json.h"
#include "base/json/view.h"
#include "transport/endpoint.h"
#include "transport/resolver.h"
#include "transport/this_host.h"

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
    right_ = std::string(json::string_member(*answer, "right").value_or(""));
    if (seen_) return sign_out();
    const bool beside = look_up_callback();
    const transport::Duration patience =
        event_patience(beside || context_.pbx_elsewhere.has_value());
    if (context_.waiting) {
      context_.waiting(said(
          "waiting {0} s for an event of the PBX: to try that out, have this user's phone ring "
          "now",
          {std::to_string(patience / std::chrono::seconds(1))}));
    }
    patience_ = context_.network.loop().after(patience, [this] { ask_what_was_refused(); });
  }

  void on_notification(const std::string& method, const Json::Value& /*params*/) override {
    if (!method.starts_with("ucp.")) return;  // the agent's own
    seen_ = true;
    if (std::exchange(patience_, nullptr) != nullptr) sign_out();
  }

  /// Whether the callback is not on loopback.
  bool look_up_callback() {
    const agent::PbxSettings& uci = context_.configuration->uci;
    if (agent::is_callback_on_loopback(uci)) return false;
    const std::string host = agent::told_callback_host(uci);
    in_the_way_.callback = transport::Endpoint{host, uci.callback_port}.to_string();
    resolver_.emplace(context_.network.loop());
    lookup_ = resolver_->resolve(host, [this, host](const auto& addresses) {
      const bool ours = addresses && std::ranges::any_of(*addresses, [](const auto& address) {
                          return transport::is_own_address(address).value_or(true);
                        });
      if (ours) return;
      in_the_way_.wrong_host = agent::wrong_callback_host(
          host, addresses ? "that is another host, as this one looks it up"
                          : "the name has no address as this host looks it up");
    });
    return true;
  }

  static std::uint64_t refused_in(const Json::Value& status) {
    const Json::Value& count = json::part(json::part(status, "uci"), "eventsRefused");
    return count.isUInt64() ? count.asUInt64() : 0;
  }

  void ask_what_was_refused() {
    context_.ask_status([this, alive = std::weak_ptr<const int>(alive_)](const auto& status) {
      if (alive.expired() || ended()) return;
      if (status && refused_in(*status) > refused_in(*context_.status))
        in_the_way_.refused = json::part(json::part(*status, "uci"), "lastRefusedEvent");
      sign_out();
    });
  }

  void sign_out() {
    connection().call("session.logout", Json::Value(), kPatience,
                      [this](const Result<Json::Value>& out) { on_signed_out(out); });
  }

  void on_signed_out(const Result<Json::Value>& out) {
    if (ended()) return;
    if (!out) return end(failure(kSignInStep, out.error()));
    // The user is not named: a report is given to others.
    tell(judge_sign_in(spent_, right_));
    in_the_way_.elsewhere = context_.pbx_elsewhere;
    end(judge_events(seen_, in_the_way_));
  }

  steady_clock::time_point asked_;
  std::string spent_;
  std::string right_;  ///< "right" of the answer to session.login
  bool seen_ = false;  ///< an event
  std::unique_ptr<transport::Timer> patience_;
  InTheWay in_the_way_;
  std::optional<transport::Resolver> resolver_;
  std::unique_ptr<transport::Lookup> lookup_;
  std::shared_ptr<const int> alive_ = std::make_shared<const int>(0);
};

}  // namespace

transport::Duration event_patience(bool doubtful) {
  return std::chrono::seconds(doubtful ? 5 : 2);
}

Finding judge_sign_in(const std::string& spent, std::string_view right) {
  const Sentence done = said("the user was signed in at the PBX and out again, {0} ms", {spent});
  if (right == "granted") {
    return well(kSignInStep, done + verbatim("; ") +
                                 said("the PBX gives this user the right that is asked for"));
  }
  if (right == "missing") {
    return well(kSignInStep, done + verbatim("; ") +
                                 said("this user lacks the right at the PBX, and took a seat"));
  }
  if (right != "unknown") return well(kSignInStep, done);
  return warning(
      kSignInStep, agent::codes::kRightUnknown,
      done + verbatim("; ") +
          said("it cannot be known whether this user has the right at the PBX, and a seat was "
               "taken"),
      said("let users see their own rights at the PBX, or name them in [license] named; "
           "starface-teams-agent status says what is in the way"));
}

Finding judge_events(bool seen, const InTheWay& in_the_way) {
  if (seen) return well(kEvents, said("the PBX's events arrive"));
  const auto warned = [](const auto& error, const Sentence& what) {
    Finding finding = failure(kEvents, error);
    finding.verdict = Verdict::warn;
    finding.text = what + finding.text;
    return finding;
  };
  if (in_the_way.refused.isObject())
    return warned(in_the_way.refused, said("an event was refused meanwhile: "));
  if (in_the_way.elsewhere) return warned(*in_the_way.elsewhere, said("no event came: "));
  if (in_the_way.wrong_host) return warned(*in_the_way.wrong_host, said("no event came: "));
  Finding finding =
      skipped(kEvents, said("no event came, which means nothing as long as the user's phone "
                            "is not used; have it ring during the check to see one"));
  if (!in_the_way.callback.empty()) {
    finding.next = said(
        "if it rang: the PBX does not reach {0}; look at the firewalls between both, and "
        "whether the PBX knows that name and trusts the certificate",
        {in_the_way.callback});
  }
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
