#include "agent/page_host.h"

#include <chrono>
#include <utility>

#include "agent/control_protocol.h"
#include "log/log.h"

namespace sfteams::agent {
namespace {

/// Licence keys are the largest that it takes.
constexpr std::size_t kMaxBody = 65'536;
constexpr std::size_t kMaxConnections = 64;

}  // namespace

PageHost::PageHost(const ControlDesk& desk)
    : page_({[&desk](const Json::Value& request, const admin::Page::Answer& answer) {
               desk.carry_out(request, answer);
             },
             // Not making links for itself.
             {control::kStatus, control::kReload, control::kKeyNew, control::kKeyRevoke,
              control::kKeyShow, control::kKeyFile, control::kLicenseAdd, control::kLicenseRemove,
              control::kLicenseList, control::kLicenseRevoke, control::kSettings,
              control::kSettingsSave, control::kUciRenew, control::kSessions, control::kSessionEnd,
              control::kCheckStart, control::kCheck, control::kLog, control::kLogLevel},
             [] { return std::chrono::steady_clock::now(); }}) {}

Result<std::unique_ptr<PageHost>> PageHost::open(transport::Network& network,
                                                 const Configuration::Admin& where,
                                                 const ControlDesk& desk) {
  std::unique_ptr<PageHost> host(new PageHost(desk));
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
  const bool v6 = where.address.find(':') != std::string::npos;
  host->origin_ = "http://" + (v6 ? "[" + where.address + "]" : where.address) + ":" +
                  std::to_string(host->server_->port());
  log::info("admin",
            "the administration page is at {}; it is entered by a link of: "
            "starface-teams-agent admin-link",
            host->origin_);
  return host;
}

Result<std::string> PageHost::new_link() {
  Result<std::string> token = page_.sign_in().new_link(std::chrono::steady_clock::now());
  if (!token) return token;
  return origin_ + "/#" + *token;
}

}  // namespace sfteams::agent
