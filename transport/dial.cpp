#include "transport/dial.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "transport/codes.h"
#include "transport/dial_link.h"
#include "transport/placeholder.h"
#include "transport/websocket_impl.h"

namespace sfteams::transport {
namespace {

constexpr Duration kLeastPerAddress{250};

}  // namespace

Dial::Dial(Network::Impl& network, Websocket::Impl& owner, DialOptions options, lws_vhost* vhost)
    : network_(network),
      owner_(owner),
      options_(std::move(options)),
      vhost_(vhost),
      deadline_(network.loop.now() + options_.timeout) {}

Dial::~Dial() {
  leave_attempt();
}

void Dial::start() {
  overall_ = network_.loop.after(options_.timeout, [this] { fail_with(timed_out()); });
  lookup_ = network_.resolver->resolve(
      next_host(), [this](Result<Resolver::Addresses> found) { on_addresses(std::move(found)); });
}

const std::string& Dial::next_host() const {
  return options_.proxy ? options_.proxy->host : options_.url.host;
}

void Dial::on_addresses(Result<Resolver::Addresses> addresses) {
  if (!addresses) return fail_with(addresses.error());
  addresses_ = std::move(*addresses);
  if (options_.observer != nullptr) options_.observer->on_resolved(addresses_);
  step_name_ = options_.proxy ? "connecting to the proxy" : "connecting";
  try_next_address();
}

void Dial::try_next_address() {
  const std::string& address = addresses_.at(next_++);
  // A share of what is left, so that a dead first address leaves time for the others.
  const std::size_t left = addresses_.size() - next_;
  const auto rest = std::chrono::duration_cast<Duration>(deadline_ - network_.loop.now());
  if (left > 0) {
    const Duration share = rest / static_cast<Duration::rep>(left + 1);
    step_ = network_.loop.after(std::max(share, kLeastPerAddress), [this] {
      leave_attempt();
      try_next_address();
    });
  } else {
    step_.reset();
  }
  connect(address);
}

void Dial::connect(const std::string& address) {
  address_ = address;
  owner_.peer_address = address;
  if (options_.proxy) return connect_to_proxy(address);
  start_attempt(address);
}

void Dial::connect_to_proxy(const std::string& address) {
  proxy_ = std::make_unique<ProxyConnection>(
      network_.loop, address, *options_.proxy,
      ProxyHandshake(*options_.proxy, options_.url, options_.user_agent),
      ProxyConnection::Events{
          [this] { on_connected("waiting for the proxy to open a connection"); },
          [this](files::Descriptor socket) { on_proxied(std::move(socket)); },
          [this](std::optional<Error> error) { on_attempt_failed(std::move(error)); }});
}

void Dial::on_proxied(files::Descriptor socket) {
  proxied_ = std::move(socket);
  if (options_.observer != nullptr) options_.observer->on_proxied();
  const Placeholder placeholder;
  start_attempt(placeholder.address());
}

void Dial::start_attempt(const std::string& address) {
  auto owned = std::make_unique<DialLink>(network_, *this);
  attempt_ = owned.get();
  Link& link = network_.adopt(std::move(owned));
  const std::string host = options_.url.authority();

  lws_client_connect_info info{};
  info.context = network_.context;
  info.vhost = vhost_;
  info.address = address.c_str();
  info.port = options_.url.port;
  info.path = options_.url.path.c_str();
  info.host = host.c_str();
  info.protocol = options_.subprotocol.c_str();
  info.local_protocol_name = Subprotocols::kDialled;
  info.alpn = "http/1.1";
  info.ietf_version_or_minus_one = -1;
  info.retry_and_idle_policy = &kNoPings;
  info.opaque_user_data = &link;
  info.ssl_connection = LCCSCF_HTTP_NO_FOLLOW_REDIRECT;
  if (options_.url.secure()) info.ssl_connection |= LCCSCF_USE_SSL;

  if (lws* wsi = lws_client_connect_via_info(&info); wsi != nullptr) {
    link.set_wsi(wsi);
    return;
  }
  // Usually the link has heard of it and is gone; when it failed very early it has not.
  network_.drop(&link);
  if (std::exchange(attempt_, nullptr) != nullptr) on_attempt_failed(std::nullopt);
}

void Dial::leave_attempt() {
  proxy_.reset();
  proxied_.close_now();
  DialLink* attempt = std::exchange(attempt_, nullptr);
  if (attempt == nullptr) return;
  attempt->leave();
  network_.doom(*attempt);
}

void Dial::on_connected(std::string_view step) {
  if (!std::exchange(connected_, true) && options_.observer != nullptr)
    options_.observer->on_connected(address_);
  step_name_ = step;
  step_.reset();
}

void Dial::on_attempt_failed(std::optional<Error> error) {
  attempt_ = nullptr;
  last_error_ = std::move(error);
  step_ = network_.loop.after(Duration(0), [this] { after_failure(); });
}

void Dial::after_failure() {
  if (!connected_ && next_ < addresses_.size()) return try_next_address();
  if (last_error_) return fail_with(*last_error_);
  fail_with(not_connected());
}

Error Dial::not_connected() const {
  const std::uint16_t port = options_.proxy ? options_.proxy->port : options_.url.port;
  return Error{
      codes::kConnectFailed,
      fmt::format("no connection to {}{}, port {} ({}): it is refused or there is no way there",
                  options_.proxy ? "the proxy " : "", next_host(), port,
                  fmt::join(addresses_, ", ")),
      options_.proxy
          ? "check host and port of the proxy, that it runs, and that no firewall is in between"
          : "check that the server runs, that the port is right and that no firewall is in "
            "between"};
}

Error Dial::timed_out() const {
  const auto seconds = std::chrono::duration<double>(options_.timeout).count();
  return Error{codes::kTimeout,
               fmt::format("{} did not answer within {:g} s, while {}", options_.url.to_string(),
                           seconds, step_name_),
               "check that the server can be reached and that no firewall swallows the connection"};
}

Websocket::Impl& Dial::on_upgraded() {
  attempt_ = nullptr;
  return owner_;
}

void Dial::fail_with(Error error) {
  const std::unique_ptr<Dial> self = std::move(owner_.dial);  // until the handler has returned
  leave_attempt();
  overall_.reset();
  step_.reset();
  lookup_.reset();
  WebsocketHandler* handler = owner_.handler;
  CloseInfo info;
  info.cause = CloseInfo::Cause::refused;
  info.error = std::move(error);
  handler->on_close(info);
}

}  // namespace sfteams::transport
