#include "agent/pbx/meeting.h"

#include <fmt/format.h>

#include "transport/endpoint.h"
#include "uci/codes.h"

namespace sfteams::agent {
namespace {

namespace uci_codes = uci::codes;

/// What [uci] url would have to be: without a path.
std::string without_path(const transport::Url& url) {
  return url.scheme + "://" + url.authority();
}

Error callback_in_clear(const std::string& host) {
  return {uci_codes::kNotEncrypted,
          fmt::format("the PBX sends its events to {} by http: they come back with users' tokens "
                      "in clear text, which are as good as passwords",
                      host),
          "set callback-certificate and callback-key in [uci], or keep others out of the network "
          "between this host and the PBX"};
}

Error no_such_address(const std::string& address) {
  return {uci_codes::kCallbackNoAddress,
          fmt::format("[uci] callback-listen: this host does not have the address {} at present",
                      address),
          "write an address that `ip address` shows, or 0.0.0.0 together with callback-host"};
}

}  // namespace

Error pbx_is_elsewhere(const transport::Url& url, const std::string& where) {
  return {uci_codes::kCallbackNotLoopback,
          fmt::format("the PBX at {} is on another host ({}), but it is to send its events to a "
                      "loopback address: none will arrive",
                      without_path(url), where),
          "set [uci] callback-listen to this host's address in the PBX's network, as in "
          "192.0.2.10:9785; or run the agent on the PBX's own host, with url = http://127.0.0.1. "
          "Until then users can call, but their clients learn of no call"};
}

Error pbx_in_clear(const transport::Url& url) {
  return {uci_codes::kNotEncrypted,
          fmt::format(
              "the PBX at {} is on another host, and what users sign in with passes there in clear "
              "text",
              without_path(url)),
          "set [uci] url to https://, with ca-file when the PBX signed its certificate itself"};
}

Error wrong_callback_host(const std::string& host, const std::string& found) {
  return {uci_codes::kCallbackHost,
          fmt::format("the PBX is told to send its events to {}, but {}", host, found),
          "set [uci] callback-host to this host's name or address as the PBX reaches it; right all "
          "the same where the PBX's network has other names or addresses than this host's"};
}

std::vector<Error> meeting_warnings(const PbxSettings& uci, const HostFacts& hosts) {
  std::vector<Error> warnings;
  if (!uci.enabled) return warnings;
  const bool elsewhere = hosts.is_this_host(uci.url.host) == false;
  if (elsewhere && !uci.url.secure()) warnings.push_back(pbx_in_clear(uci.url));
  if (is_callback_on_loopback(uci)) {
    if (elsewhere) warnings.push_back(pbx_is_elsewhere(uci.url, uci.url.host));
    return warnings;
  }
  if (elsewhere && !uci.callback_tls)
    warnings.push_back(callback_in_clear(transport::before_port(told_callback_host(uci))));
  if (hosts.is_own_address(uci.callback_address) == false)
    warnings.push_back(no_such_address(uci.callback_address));
  if (uci.callback_host.empty()) return warnings;
  const std::optional<bool> ours = hosts.is_this_host(uci.callback_host);
  if (!ours) {
    warnings.push_back(
        wrong_callback_host(uci.callback_host, "the name has no address as this host looks it up"));
  } else if (!*ours) {
    warnings.push_back(
        wrong_callback_host(uci.callback_host, "that is another host, as this one looks it up"));
  }
  return warnings;
}

}  // namespace sfteams::agent
