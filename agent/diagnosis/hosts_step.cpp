#include "agent/diagnosis/hosts_step.h"

#include <utility>
#include <vector>

#include "agent/diagnosis/ends_once.h"
#include "transport/codes.h"
#include "transport/http_client.h"

namespace sfteams::diagnosis {
namespace {

constexpr const char* kHostsStep = "hosts";
constexpr transport::Duration kHostPatience{5'000};
constexpr std::size_t kMaxBody = 1U << 20U;

bool is_of_proxy(const Code& code) {
  namespace codes = transport::codes;
  return code == codes::kProxyAuthentication || code == codes::kProxyDenied ||
         code == codes::kProxyFailed;
}

Finding judge_host(const transport::Url& url, const Result<transport::HttpReply>& reply) {
  // Whatever it answers, it was reached; a long answer is one, too.
  if (reply) {
    return well(kHostsStep,
                said("{0} answers (HTTP {1})", {url.authority(), std::to_string(reply->status)}));
  }
  if (reply.error().code == transport::codes::kReplyTooLarge)
    return well(kHostsStep, said("{0} answers", {url.authority()}));
  Finding finding = failure(kHostsStep, reply.error());
  if (reply.error().code == transport::codes::kTlsUntrusted) {
    finding.text += said(" (interception?)");
    finding.next = said(
        "a firewall or proxy probably breaks TLS open on the way: have it leave out {0}, or "
        "add its authority to this system's",
        {url.host});
  }
  return finding;
}

/// All at once; told in the order of the configuration.
class HostsWork final : public EndsOnce {
 public:
  HostsWork(Context& context, Found found, Done done)
      : EndsOnce(context, std::move(found), std::move(done)) {}

  void start() {
    auto http = transport::HttpClient::create(context_.network, 1);
    if (!http) return end(failure(kHostsStep, http.error()));
    http_ = std::move(*http);
    const auto& hosts = context_.configuration->check.hosts;
    findings_.resize(hosts.size());
    missing_ = hosts.size();
    for (std::size_t i = 0; i < hosts.size(); ++i) {
      transport::HttpCall call;
      call.method = "GET";
      call.url = crypto::Secret::from_text(hosts[i].to_string());
      call.connect_timeout = kHostPatience;
      call.timeout = kHostPatience;
      call.max_body = kMaxBody;
      call.proxy = context_.configuration->connector.proxy;
      pending_.push_back(
          http_->send(std::move(call), [this, i](const Result<transport::HttpReply>& reply) {
            findings_[i] = judge_host(context_.configuration->check.hosts[i], reply);
            if (!reply && is_of_proxy(reply.error().code) &&
                context_.configuration->connector.proxy_from_environment)
              findings_[i].text += named_by_environment();
            if (--missing_ == 0) tell_all();
          }));
    }
  }

 private:
  void tell_all() {
    for (const Finding& finding : findings_)
      tell(finding);
    end();
  }

  std::vector<Finding> findings_;
  std::size_t missing_ = 0;
  std::unique_ptr<transport::HttpClient> http_;
  std::vector<std::unique_ptr<transport::HttpPending>> pending_;
};

}  // namespace

Step check_hosts() {
  return {{kHostsStep},
          [](Context& context, const Found& found, const Done& done) -> std::unique_ptr<Work> {
            if (!context.configuration || context.configuration->check.hosts.empty()) {
              found(skipped(kHostsStep, context.configuration
                                            ? said("none are named in [check] hosts")
                                            : said("there is no configuration to go by")));
              done();
              return nullptr;
            }
            // Too many wrong passwords may lock an account, and the reason was told.
            if (context.proxy_failed) {
              found(skipped(kHostsStep, said("the proxy does not open the way")));
              done();
              return nullptr;
            }
            auto work = std::make_unique<HostsWork>(context, found, done);
            work->start();
            return work;
          }};
}

}  // namespace sfteams::diagnosis
