#include "agent/pbx/provider_question.h"

#include <utility>

#include "oauth/issuer.h"
#include "transport/http_client.h"
#include "transport/loop.h"

namespace sfteams::agent {
namespace {

class HttpQuestion final : public ProviderQuestion {
 public:
  HttpQuestion(std::unique_ptr<transport::HttpClient> http, transport::Scheduler& scheduler,
               const PbxSettings& settings, std::shared_ptr<const oauth::Client> client,
               Answer answer)
      : http_(std::move(http)),
        issuer_({*http_,
                 scheduler,
                 {settings.url, settings.oauth_hosts},
                 settings.ca_file,
                 std::move(client)}),
        answer_(std::move(answer)) {
    asking_ = issuer_.find([this, &scheduler](const Result<oauth::Provider>& found) {
      // In a turn of its own: the answer may destroy this, and with it what calls here.
      turn_ = scheduler.after(transport::Duration(0), [this, found] {
        const std::unique_ptr<transport::Timer> over = std::move(turn_);
        const Answer done = std::move(answer_);
        done(found);
      });
    });
  }

 private:
  std::unique_ptr<transport::HttpClient> http_;
  oauth::Issuer issuer_;
  Answer answer_;
  std::unique_ptr<oauth::Issuer::Asking> asking_;
  std::unique_ptr<transport::Timer> turn_;
};

}  // namespace

Result<std::unique_ptr<ProviderQuestion>> ProviderQuestion::ask(
    transport::Network& network, const PbxSettings& settings,
    std::shared_ptr<const oauth::Client> client, Answer answer) {
  Result<std::unique_ptr<transport::HttpClient>> http = transport::HttpClient::create(network, 1);
  if (!http) return fail(http.error());
  return std::make_unique<HttpQuestion>(std::move(*http), network.loop(), settings,
                                        std::move(client), std::move(answer));
}

}  // namespace sfteams::agent
