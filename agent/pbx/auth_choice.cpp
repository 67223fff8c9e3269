#include "agent/pbx/auth_choice.h"

#include <utility>

#include "oauth/codes.h"
#include "oauth/issuer.h"
#include "transport/http_client.h"
#include "transport/loop.h"
#include "uci/http_binding.h"

namespace sfteams::agent {
namespace {

/// The administrator has told the agent who it is.
bool is_client(const PbxSettings& settings) {
  return settings.client_secret_file || settings.client_id != PbxSettings().client_id;
}

class HttpQuestion final : public AuthQuestion {
 public:
  HttpQuestion(std::unique_ptr<transport::HttpClient> http, transport::Scheduler& scheduler,
               const PbxSettings& settings, Answer answer)
      : http_(std::move(http)),
        issuer_({*http_,
                 scheduler,
                 {settings.url, settings.oauth_hosts},
                 settings.ca_file,
                 std::make_shared<oauth::Client>()}),
        settings_(settings),
        answer_(std::move(answer)) {
    asking_ = issuer_.find([this, &scheduler](const Result<oauth::Provider>& found) {
      // In a turn of its own: the answer may destroy this, and with it what calls here.
      turn_ =
          scheduler.after(transport::Duration(0), [this, choice = choose_auth(found, settings_)] {
            const std::unique_ptr<transport::Timer> over = std::move(turn_);
            const Answer done = std::move(answer_);
            done(choice);
          });
    });
  }

 private:
  std::unique_ptr<transport::HttpClient> http_;
  oauth::Issuer issuer_;
  PbxSettings settings_;
  Answer answer_;
  std::unique_ptr<oauth::Issuer::Asking> asking_;
  std::unique_ptr<transport::Timer> turn_;
};

}  // namespace

Result<AuthChoice> choose_auth(const Result<oauth::Provider>& found, const PbxSettings& settings) {
  namespace codes = oauth::codes;
  if (found && !found->password_grant)
    return AuthChoice{SignInBy::oauth, "the PBX offers OAuth, though not for passwords"};
  if (found && is_client(settings)) return AuthChoice{SignInBy::oauth, "the PBX offers OAuth"};
  if (found) {
    return AuthChoice{SignInBy::sha512,
                      "the PBX offers OAuth, but [uci] client-secret-file is not set"};
  }
  const Error& error = found.error();
  // Who has set up a client wants to hear why OAuth does not come about.
  const bool certain = error.code == codes::kNotOffered ||
                       (!is_client(settings) &&
                        (error.code == codes::kElsewhere || error.code == codes::kBadDocument));
  if (!certain) return fail(error.code.id.starts_with("oauth.") ? error : uci::from_http(error));
  return AuthChoice{SignInBy::sha512, error.message};
}

Result<std::unique_ptr<AuthQuestion>> AuthQuestion::ask(transport::Network& network,
                                                        const PbxSettings& settings,
                                                        Answer answer) {
  Result<std::unique_ptr<transport::HttpClient>> http = transport::HttpClient::create(network, 1);
  if (!http) return fail(http.error());
  return std::make_unique<HttpQuestion>(std::move(*http), network.loop(), settings,
                                        std::move(answer));
}

}  // namespace sfteams::agent
