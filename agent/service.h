#pragma once

#include <string>

#include "error/error.h"

namespace sfteams::agent {

/// Tells the service manager (sd_notify(3)) when $NOTIFY_SOCKET is set, otherwise nobody.
void notify_ready(const std::string& status);
void notify_status(const std::string& status);
void notify_stopping();
/// Around the handling of SIGHUP (systemd's Type=notify-reload and plain Type=notify both take it).
void notify_reloading();

/// Keys, passwords and tokens are in this process's memory: no core file is ever written of it, and
/// no other process of the same user may look into it. Fails with agent.not-hardened.
[[nodiscard]] Result<void> forbid_memory_dumps();

}  // namespace sfteams::agent
