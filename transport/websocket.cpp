#include "transport/websocket.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <utility>

#include "base/text/ascii.h"
#include "transport/codes.h"
#include "transport/websocket_impl.h"

namespace sfteams::transport {
namespace {

/// With more than this, libwebsockets would cut the line with the Host header off.
constexpr std::size_t kMaxAuthority = 118;
constexpr std::size_t kMaxPath = 1024;
constexpr std::size_t kMaxUserAgent = 128;

bool is_short_and_visible(std::string_view text, std::size_t limit) {
  return text.size() <= limit && text::is_visible(text);
}

Result<void> check_dial_options(const DialOptions& options) {
  const Url& url = options.url;
  const auto bad = [](const std::string& why) {
    return fail(codes::kBadUrl, why, "write it like wss://connector.example.com/v1/agent");
  };
  if (url.scheme != "ws" && url.scheme != "wss") {
    return bad("a websocket is dialled with ws or wss, not with \"" + url.scheme + "\"");
  }
  if (url.host.empty()) return bad("the URL names no host");
  if (!is_short_and_visible(url.authority(), kMaxAuthority)) {
    return bad("the host of the URL is too long or not a name");
  }
  if (url.port == 0) return bad("the URL has the port 0");
  if (!url.path.starts_with('/') || !is_short_and_visible(url.path, kMaxPath)) {
    return bad("the path of the URL is too long or has characters that do not belong there");
  }
  if (!is_short_and_visible(options.subprotocol, Subprotocols::kMaxNameBytes) ||
      options.subprotocol.empty()) {
    return bad("a websocket needs a subprotocol of at most 63 characters");
  }
  return {};
}

std::string clean_user_agent(std::string text) {
  std::erase_if(text, [](char c) { return c < ' ' || c >= '\x7f'; });
  if (text.size() > kMaxUserAgent) text.resize(kMaxUserAgent);
  return text;
}

}  // namespace

void DialObserver::on_resolved(const std::vector<std::string>& /*addresses*/) {}
void DialObserver::on_connected(const std::string& /*address*/) {}
void DialObserver::on_proxied() {}
void DialObserver::on_secured(const TlsFacts& /*facts*/) {}
void DialObserver::on_upgraded(std::optional<std::chrono::system_clock::time_point> /*time*/) {}

Websocket::Impl::~Impl() {
  if (channel != nullptr) std::exchange(channel, nullptr)->abandon();
}

Websocket::Websocket(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Websocket::~Websocket() = default;

void Websocket::attach(WebsocketHandler& handler) {
  impl_->handler = &handler;
}

void Websocket::wake() {
  if (impl_->channel != nullptr) impl_->channel->wake();
}

void Websocket::start_keepalive(const Keepalive& keepalive) {
  impl_->keepalive = keepalive;
  if (impl_->channel != nullptr) impl_->channel->start_keepalive(keepalive);
}

void Websocket::close(CloseStatus status, std::string_view reason) {
  if (impl_->channel != nullptr) return impl_->channel->close(status, reason);
  if (impl_->dial == nullptr) return;
  impl_->dial.reset();
  const CloseInfo info{CloseInfo::Cause::local, static_cast<std::uint16_t>(status), {}, {}};
  impl_->farewell = impl_->network.loop.after(
      Duration(0), [impl = impl_.get(), info] { impl->handler->on_close(info); });
}

const std::string& Websocket::peer_address() const {
  return impl_->peer_address;
}

std::string Websocket::header(std::string_view name) const {
  for (const auto& [known, value] : impl_->headers) {
    if (known == name) return value;
  }
  return {};
}

std::optional<std::chrono::microseconds> Websocket::round_trip() const {
  return impl_->round_trip;
}

Result<std::unique_ptr<Websocket>> dial(Network& network, const DialOptions& options,
                                        WebsocketHandler& handler) {
  if (auto good = check_dial_options(options); !good) return fail(good.error());
  Network::Impl& impl = network.impl();
  lws_vhost* vhost = impl.plain;
  if (options.url.secure()) {
    auto found = impl.client_vhost(options.ca_file);
    if (!found) return fail(found.error());
    vhost = *found;
  }
  auto parts = std::make_unique<Websocket::Impl>(impl);
  parts->handler = &handler;
  DialOptions checked = options;
  checked.user_agent = clean_user_agent(std::move(checked.user_agent));
  parts->dial = std::make_unique<Dial>(impl, *parts, std::move(checked), vhost);
  parts->dial->start();
  return std::make_unique<Websocket>(std::move(parts));
}

}  // namespace sfteams::transport
