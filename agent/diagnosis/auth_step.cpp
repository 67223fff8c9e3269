#include "agent/diagnosis/auth_step.h"

#include <memory>
#include <string>
#include <utility>

#include "agent/diagnosis/ends_once.h"
#include "agent/pbx/auth_choice.h"
#include "agent/pbx/client_secret.h"
#include "agent/pbx/provider_question.h"
#include "agent/pbx/settings.h"
#include "oauth/codes.h"

namespace sfteams::diagnosis {
namespace {

using agent::PbxSettings;
using agent::SignInBy;

constexpr const char* kAuth = "auth";

class AuthWork final : public EndsOnce {
 public:
  AuthWork(Context& context, Found found, Done done)
      : EndsOnce(context, std::move(found), std::move(done)) {}

  void start() {
    const PbxSettings& uci = context_.configuration->uci;
    auto client = agent::oauth_client(uci);
    if (!client) return end(failure(kAuth, client.error()));
    auto question = agent::ProviderQuestion::ask(
        context_.network, uci, std::move(*client),
        [this](const Result<oauth::Provider>& found) { end(judge(found)); });
    if (!question) return end(failure(kAuth, question.error()));
    question_ = std::move(*question);
  }

 private:
  [[nodiscard]] Finding judge(const Result<oauth::Provider>& found) const {
    const PbxSettings& uci = context_.configuration->uci;
    if (uci.auth == SignInBy::oauth && !found) return failure(kAuth, found.error());
    const Result<agent::AuthChoice> choice = uci.auth == SignInBy::oauth
                                                 ? agent::AuthChoice{SignInBy::oauth, {}}
                                                 : agent::choose_auth(found, uci);
    if (!choice) return failure(kAuth, choice.error());
    if (choice->by == SignInBy::oauth && !found->password_grant)
      return failure(kAuth, oauth::no_password_grant());
    if (choice->by != SignInBy::oauth) {
      return well(kAuth, said("users sign in by {0}, chosen by the agent: {1}",
                              {std::string(to_string(choice->by)), choice->why}));
    }
    if (!found->named_host.empty()) {
      return well(kAuth, said("users sign in by OAuth; the PBX calls itself {0} and is asked for "
                              "tokens at {1}",
                              {found->named_host, uci.url.authority()}));
    }
    return well(kAuth, said("users sign in by OAuth, which the PBX offers; whether it takes [uci] "
                            "client-id and its secret shows when one does"));
  }

  std::unique_ptr<agent::ProviderQuestion> question_;
};

}  // namespace

Step check_auth() {
  return {{kAuth},
          [](Context& context, const Found& found, const Done& done) -> std::unique_ptr<Work> {
            const bool asked = context.configuration && context.configuration->uci.enabled;
            const SignInBy by = asked ? context.configuration->uci.auth : SignInBy::sha512;
            if (!asked || by == SignInBy::sha512 || by == SignInBy::md5) {
              found(asked ? well(kAuth, said("users sign in by {0}, as [uci] auth says",
                                             {std::string(to_string(by))}))
                          : skipped(kAuth, said("nobody signs in at a PBX here")));
              done();
              return nullptr;
            }
            auto work = std::make_unique<AuthWork>(context, found, done);
            work->start();
            return work;
          }};
}

}  // namespace sfteams::diagnosis
