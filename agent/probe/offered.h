#pragma once

#include <string_view>

#include "agent/probe/finding.h"
#include "agent/probe/reply_form.h"
#include "transport/url.h"
#include "uci/dialect.h"

namespace sfteams::probe {

// What the PBX says about itself, judged.

/// Check 4, of what getProvidedRequests and getProvidedEvents were answered.
[[nodiscard]] Finding judge_lists(const Reply& requests, const Reply& events);

/// Check 5, of what getServerVersion was answered.
[[nodiscard]] Finding judge_version(const Reply& reply);
/// "10.0.2.6" of that answer, whatever its shape; empty when none stands there.
[[nodiscard]] std::string version_in(const Reply& reply);

/// Check 8: the discovery document at the end of so many redirects. A host is "the PBX" or
/// "another host", unless it is one of the vendor's own services.
[[nodiscard]] Finding judge_discovery(const Reply& reply, int redirects, const transport::Url& pbx);
/// Check 8: /rpc/oauth/login-config.
[[nodiscard]] Finding judge_login_config(const Reply& reply, const transport::Url& pbx);

}  // namespace sfteams::probe
