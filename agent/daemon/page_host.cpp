#include "agent/daemon/page_host.h"

#include <array>
#include <chrono>
#include <cstdint>
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

/// For the name of the cookie; need not be secret.
Result<std::string> random_name() {
  std::array<std::uint8_t, 4> bytes{};
  if (const Result<void> filled = crypto::fill_random(bytes); !filled) return fail(filled.error());
  return text::to_hex(bytes);
}

}  // namespace

PageHost::PageHost(const ControlDesk& desk, std::string instance)
    : page_({[&desk](const Json::Value& request, const admin::Page::Answer& answer) {
               desk.carry_out_for_page(request, answer);
             },
             desk.page_commands(), [] { return std::chrono::steady_clock::now(); },
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
