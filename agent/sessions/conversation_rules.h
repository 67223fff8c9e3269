#pragma once

#include <cstddef>
#include <functional>
#include <set>
#include <string>

#include "agent/pbx/method_filter.h"
#include "agent/sessions/settings.h"
#include "transport/scheduler.h"
#include "uci/dialect.h"

namespace sfteams::agent {

/// What of the configuration a conversation looks up each time that it needs it: a reload assigns
/// another one as a whole, and it holds from then on in conversations that are under way, too.
struct ConversationRules {
  std::string system_name;
  uci::Version uci_version;
  MethodFilter filter;
  std::size_t max_calls = SessionSettings().calls_per_session;  ///< of one session at once
  transport::Duration login_timeout = SessionSettings().login_timeout;
  /// Who may see and withdraw seats.
  std::set<std::string, std::less<>> administrators{};
  /// Whether users may ask the PBX's REST interface: contacts.search, users.me, users.list, users.avatar.
  bool rest = true;
};

}  // namespace sfteams::agent
