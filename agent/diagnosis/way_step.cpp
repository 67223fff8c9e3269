#include "agent/diagnosis/way_step.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "agent/diagnosis/codes.h"
#include "agent/diagnosis/ends_once.h"
#include "agent/uplink/wire.h"
#include "base/clock/utc_time.h"
#include "transport/codes.h"
#include "transport/websocket.h"

namespace sfteams::diagnosis {
namespace {

using std::chrono::steady_clock;
using std::chrono::system_clock;
using transport::CloseInfo;

constexpr std::chrono::hours kExpiresSoon{14 * 24};

constexpr const char* kDns = "dns";
constexpr const char* kTcp = "tcp";
constexpr const char* kProxy = "proxy";
constexpr const char* kTls = "tls";
constexpr const char* kWebsocket = "websocket";
constexpr std::array<const char*, 5> kStages{kDns, kTcp, kProxy, kTls, kWebsocket};

/// The stage at which a dial with this error came to its end; empty when the code does not say.
std::string stage_of(const Code& code) {
  namespace failures = transport::codes;
  if (code == failures::kResolveFailed) return kDns;
  if (code == failures::kConnectFailed) return kTcp;
  if (code == failures::kProxyDenied || code == failures::kProxyAuthentication ||
      code == failures::kProxyFailed)
    return kProxy;
  if (code == failures::kTlsUntrusted || code == failures::kTlsFailed) return kTls;
  if (code == failures::kUpgradeRefused) return kWebsocket;
  return {};
}

/// Whether it was the way to the proxy or the proxy, when there is one: once it has opened the way,
/// it is out of it.
bool is_before_proxy_opens(const Code& code) {
  return code == transport::codes::kTimeout || stage_of(code) == kDns || stage_of(code) == kTcp ||
         stage_of(code) == kProxy;
}

class WayWork final : public EndsOnce,
                      private transport::WebsocketHandler,
                      transport::DialObserver {
 public:
  WayWork(Context& context, Found found, Done done)
      : EndsOnce(context, std::move(found), std::move(done)) {}

  void start();

 private:
  void tell_stage(const Finding& finding);
  void fail_with(const Error& error);
  void let_go() override { websocket_.reset(); }
  [[nodiscard]] const agent::UplinkSettings& connector() const {
    return context_.configuration->connector;
  }
  [[nodiscard]] std::string elapsed();

  // transport::DialObserver
  void on_resolved(const std::vector<std::string>& addresses) override;
  void on_connected(const std::string& address) override;
  void on_proxied() override;
  void on_secured(const transport::TlsFacts& facts) override;
  void on_upgraded(std::optional<system_clock::time_point> time) override;

  // transport::WebsocketHandler
  void on_open() override;
  void on_message(std::span<const std::uint8_t> /*message*/) override {}
  std::size_t next_message(std::span<std::uint8_t> /*out*/) override { return 0; }
  void on_close(const CloseInfo& info) override {
    if (info.error) return fail_with(*info.error);
    end();
  }

  void tell_there_is_no_proxy();

  std::vector<std::string> told_;
  steady_clock::time_point since_ = steady_clock::now();
  std::unique_ptr<transport::Websocket> websocket_;
};

void WayWork::start() {
  transport::DialOptions dial = agent::dial_options(connector(), context_.software);
  dial.observer = this;
  Result<std::unique_ptr<transport::Websocket>> websocket =
      transport::dial(context_.network, dial, *this);
  if (!websocket) return fail_with(websocket.error());
  websocket_ = std::move(*websocket);
}

void WayWork::tell_stage(const Finding& finding) {
  told_.push_back(finding.step);
  tell(finding);
}

/// Since the last stage.
std::string WayWork::elapsed() {
  const auto now = steady_clock::now();
  const std::chrono::duration<double, std::milli> spent = now - std::exchange(since_, now);
  return fmt::format("{:.0f} ms", spent.count());
}

void WayWork::on_resolved(const std::vector<std::string>& addresses) {
  const auto& proxy = connector().proxy;
  const std::string& host = proxy ? proxy->host : connector().url.host;
  const Sentence whose = proxy ? said("the proxy {0}", {host}) : verbatim(host);
  if (addresses.size() == 1 && addresses.front() == host)
    return tell_stage(well(kDns, whose + said(" is an address; nothing to look up")));
  const std::string found = fmt::format("{}", fmt::join(addresses, ", "));
  tell_stage(well(kDns, whose + said(" is {0}, {1}", {found, elapsed()})));
}

void WayWork::on_connected(const std::string& address) {
  const auto& proxy = connector().proxy;
  const std::string port = std::to_string(proxy ? proxy->port : connector().url.port);
  tell_stage(well(kTcp, said("connected to {0}, port {1}, {2}", {address, port, elapsed()})));
  if (!proxy) tell_there_is_no_proxy();
}

void WayWork::tell_there_is_no_proxy() {
  tell_stage(well(kProxy, said("none; straight to the connector")));
}

void WayWork::on_proxied() {
  const std::string proxy = connector().proxy->to_string();
  if (connector().proxy_from_environment) {
    return tell_stage(warning(
        kProxy, codes::kProxyOfEnvironment,
        said("{0} opens the way, but only HTTPS_PROXY of this environment names it", {proxy}),
        said("write proxy = … into [connector]: a service has another environment")));
  }
  tell_stage(well(kProxy, said("{0} opens the way to {1}, {2}",
                               {proxy, connector().url.authority(), elapsed()})));
}

void WayWork::on_secured(const transport::TlsFacts& facts) {
  const Sentence text =
      said("{0}, certificate by {1}, good until {2}, {3}",
           {facts.version, facts.issuer, facts.not_after ? clock::utc_text(*facts.not_after) : "?",
            elapsed()});
  if (facts.root_is_local) {
    return tell_stage(warning(
        kTls, codes::kLocalAuthority,
        text + said("; its authority {0} was added on this host (interception?)", {facts.root}),
        said("if that is not the connector's own authority, a firewall or proxy breaks TLS open "
             "on the way: have it leave out {0}",
             {connector().url.host})));
  }
  if (facts.not_after && *facts.not_after - system_clock::now() < kExpiresSoon) {
    return tell_stage(
        warning(kTls, codes::kCertificateEndsSoon, text + said(": that is soon"),
                said("have it renewed on the connector, which then needs a reload (SIGHUP)")));
  }
  tell_stage(well(kTls, text));
}

void WayWork::on_upgraded(std::optional<system_clock::time_point> time) {
  context_.connector_time = time;
  context_.connector_time_heard = steady_clock::now();
  if (!connector().url.secure())
    tell_stage(well(kTls, said("not encrypted: the connector is on this host (ws://)")));
  tell_stage(
      well(kWebsocket, said("the connector speaks the tunnel's protocol, {0}", {elapsed()})));
}

void WayWork::on_open() {
  context_.connector_reached = true;
  end();
}

/// What was not told yet did not come about: the first of it for this reason, the others not at
/// all.
void WayWork::fail_with(const Error& error) {
  std::string failed = stage_of(error.code);
  const bool opened = std::ranges::find(told_, std::string(kProxy)) != told_.end();
  const bool by_proxy = connector().proxy && !opened && is_before_proxy_opens(error.code);
  // One that only refuses this host and port may let others through.
  context_.proxy_failed = by_proxy && error.code != transport::codes::kProxyDenied;
  for (const char* stage : kStages) {
    if (std::ranges::find(told_, stage) != told_.end()) continue;
    if (failed.empty()) failed = stage;
    if (failed == stage) {
      Finding finding = failure(stage, error);
      if (by_proxy && connector().proxy_from_environment) finding.text += named_by_environment();
      tell_stage(finding);
    } else if (stage == std::string(kProxy) && !connector().proxy) {
      tell_there_is_no_proxy();
    } else {
      tell_stage(skipped(stage, said("not reached")));
    }
  }
  end();
}

}  // namespace

Step check_way() {
  return {{kStages.begin(), kStages.end()},
          [](Context& context, const Found& found, const Done& done) -> std::unique_ptr<Work> {
            if (!context.configuration) {
              for (const char* stage : kStages)
                found(skipped(stage, said("there is no configuration to go by")));
              done();
              return nullptr;
            }
            auto work = std::make_unique<WayWork>(context, found, done);
            work->start();
            return work;
          }};
}

}  // namespace sfteams::diagnosis
