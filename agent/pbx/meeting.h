#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "agent/pbx/settings.h"
#include "base/error/error.h"
#include "transport/this_host.h"
#include "transport/url.h"

namespace sfteams::agent {

// Whether the PBX and the callback for its events can meet, and what others see of it.

/// uci.callback-not-loopback: the PBX is on another host, from which no event can come: `where`
/// says on which.
[[nodiscard]] Error pbx_is_elsewhere(const transport::Url& url, const std::string& where);

/// uci.not-encrypted: users' tokens pass to a PBX on another host in clear text.
[[nodiscard]] Error pbx_in_clear(const transport::Url& url);

/// uci.callback-host: `found` says what is wrong with the host to which the PBX is to send.
[[nodiscard]] Error wrong_callback_host(const std::string& host, const std::string& found);

/// What the names of hosts lead to: transport's functions or, in a test, others.
struct HostFacts {
  std::function<std::optional<bool>(const std::string& host)> is_this_host =
      transport::is_this_host;
  std::function<std::optional<bool>(std::string_view address)> is_own_address =
      transport::is_own_address;
};

/// What keeps events from arriving, or passes in clear text, as far as this host can tell: the two
/// errors above, uci.callback-host and uci.callback-no-address. Nothing where UCI is switched off.
/// Looks names up, and so may block for seconds: not for a loop.
[[nodiscard]] std::vector<Error> meeting_warnings(const PbxSettings& uci,
                                                  const HostFacts& hosts = {});

}  // namespace sfteams::agent
