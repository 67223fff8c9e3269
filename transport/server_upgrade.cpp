#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>
#include <utility>

#include "log/log.h"
#include "transport/request_headers.h"
#include "transport/server_link.h"
#include "transport/subprotocols.h"
#include "transport/websocket_impl.h"

namespace sfteams::transport {
namespace {

/// What stays known of the request when it has been answered; other headers can be asked for in
/// accept() only.
constexpr std::array<std::string_view, 6> kKeptHeaders{"x-forwarded-for", "forwarded", "x-real-ip",
                                                       "user-agent",      "origin",    "host"};

}  // namespace

// libwebsockets hands over the Upgrade header, but after an unknown one that memory is gone
// already; so it is read anew (and is then empty). "h2c" would be answered with 101 and lead into
// code with known holes.
int ServerLink::on_upgrade_asked() {
  if (phase_ != Phase::request || state_->closed()) return -1;
  std::string upgrade = request_header(wsi(), WSI_TOKEN_UPGRADE);
  for (char& c : upgrade)
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  if (upgrade != "websocket") return -1;
  UpgradeHead head = read_upgrade(wsi(), state_->options());
  if (!head.refusal) {
    route_ = head.route;
    return 0;
  }
  // What does not fit into the kernel now is not worth waiting for.
  static_cast<void>(refuse(*head.refusal));
  return -1;
}

// It takes the first name that any listener of this process knows; that has to be the one of this
// path.
int ServerLink::on_subprotocol_chosen() {
  const lws_protocols* chosen = lws_get_protocol(wsi());
  return route_ != nullptr && chosen != nullptr && route_->subprotocol == chosen->name ? 0 : -1;
}

// RFC 9110 section 6.6.1 asks for it, and a peer can see by it that its clock is wrong.
int ServerLink::on_upgrade_headers(lws_process_html_args& headers) {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::tm parts{};
  std::array<char, 48> line{};
  ::gmtime_r(&now, &parts);
  const std::size_t length =
      std::strftime(line.data(), line.size(), "Date: %a, %d %b %Y %H:%M:%S GMT\r\n", &parts);
  if (static_cast<std::size_t>(headers.max_len) > length)
    headers.p = std::copy_n(line.data(), length, headers.p);
  return 0;
}

int ServerLink::on_upgraded() {
  if (route_ == nullptr) return -1;
  state_->remove_http(*this);
  deadline_ = TimePoint::max();
  head_ = {};
  lws_set_timeout(wsi(), NO_PENDING_TIMEOUT, 0);
  auto parts = std::make_unique<Websocket::Impl>(network_);
  Websocket::Impl& impl = *parts;
  impl.peer_address = peer_;
  impl.request = wsi();
  for (const std::string_view name : kKeptHeaders) {
    std::string value = request_header(wsi(), name);
    if (!value.empty()) impl.headers.emplace_back(name, std::move(value));
  }
  channel_ =
      std::make_unique<WebsocketChannel>(network_, *this, impl, WebsocketChannel::Side::accepted);
  const auto keep = state_;  // accept() may destroy the Server
  route_->accept(std::make_unique<Websocket>(std::move(parts)));
  if (!channel_->owned()) return -1;
  impl.request = nullptr;
  if (impl.handler == nullptr) {
    log::error("transport", "a websocket for {} was accepted without a handler", route_->path);
    return -1;
  }
  impl.handler->on_open();
  if (!channel_->owned()) return -1;
  channel_->wake();
  return 0;
}

}  // namespace sfteams::transport
