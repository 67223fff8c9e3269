#include "agent/daemon/page_host.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <utility>

#include "agent/daemon/control_protocol.h"
#include "base/crypto/random.h"
#include "base/log/log.h"
#include "base/text/encoding.h"
#include "transport/endpoint.h"

namespace sfteams::agent {
namespace {

/// Licence keys are the largest that it takes.
constexpr std::size_t kMaxBody = 65'536;
constexpr std::size_t kMaxConnections = 64;

/// What an administrator has to find in the log when it was done from a browser; the key itself
/// never stands there. Users who are signed out and settings are told of where that is done.
const std::map<std::string, const char*, std::less<>>& told() {
  static const std::map<std::string, const char*, std::less<>> kTold{
      {control::kKeyNew, "a new system key was made on the administration page"},
      {control::kKeyRevoke, "older system keys were ended on the administration page"},
      {control::kKeyShow, "the system key was shown on the administration page"},
      {control::kKeyFile, "the key file was downloaded from the administration page"},
  };
  return kTold;
}

void carry_out(const ControlDesk& desk, const Json::Value& request,
               const admin::Page::Answer& answer) {
  desk.carry_out(request, [answer, command = request["command"].asString()](
                              const Result<Json::Value>& result) {
    const auto sentence = told().find(command);
    if (result && sentence != told().end()) log::info("admin", "{}", sentence->second);
    answer(result);
  });
}

/// For the name of the cookie; need not be secret.
Result<std::string> random_name() {
  std::array<std::uint8_t, 4> bytes{};
  if (const Result<void> filled = crypto::fill_random(bytes); !filled) return fail(filled.error());
  return text::to_hex(bytes);
}

}  // namespace

PageHost::PageHost(const ControlDesk& desk, std::string instance)
    : page_({[&desk](const Json::Value& request, const admin::Page::Answer& answer) {
               carry_out(desk, request, answer);
             },
             // What its buttons do, and no more: not making links for itself, for instance.
             {control::kStatus, control::kKeyNew, control::kKeyRevoke, control::kKeyShow,
              control::kKeyFile, control::kLicenseAdd, control::kLicenseRemove,
              control::kLicenseList, control::kLicenseRevoke, control::kSettings,
              control::kSettingsSave, control::kUciRenew, control::kSessions, control::kSessionEnd,
              control::kCheckStart, control::kCheck, control::kLog, control::kLogLevel},
             [] { return std::chrono::steady_clock::now(); },
             std::move(instance)}) {}

Result<std::unique_ptr<PageHost>> PageHost::open(transport::Network& network,
                                                 const Configuration::Admin& where,
                                                 const ControlDesk& desk) {
  Result<std::string> instance = random_name();
  if (!instance) return fail(instance.error());
  std::unique_ptr<PageHost> host(new PageHost(desk, std::move(*instance)));
  transport::ServerOptions options;
  options.address = where.address;
  options.port = where.port;
  options.headers = admin::Page::wanted_headers();
  options.max_body = kMaxBody;
  options.max_connections = kMaxConnections;
  options.http = [page = &host->page_](const transport::HttpRequest& request,
                                       transport::HttpResponder responder) {
    page->handle(request, [responder = std::make_shared<transport::HttpResponder>(
                               std::move(responder))](transport::HttpResponse response) {
      responder->respond(std::move(response));
    });
  };
  Result<std::unique_ptr<transport::Server>> server =
      transport::Server::listen(network, std::move(options));
  if (!server) {
    Error error = server.error();
    error.message += " ([admin] listen)";
    return fail(std::move(error));
  }
  host->server_ = std::move(*server);
  host->origin_ = "http://" + transport::Endpoint{where.address, host->server_->port()}.to_string();
  log::info("admin",
            "the administration page is at {}; it is entered by a link of: "
            "starface-teams-agent admin-link",
            host->origin_);
  return host;
}

Result<std::string> PageHost::new_link() {
  Result<std::string> token = page_.sign_in().new_link(std::chrono::steady_clock::now());
  if (!token) return token;
  log::info("admin", "a link to the administration page was made; it is good once, for {} minutes",
            admin::SignIn::kLinkLife / std::chrono::minutes(1));
  return origin_ + "/#" + *token;
}

}  // namespace sfteams::agent
