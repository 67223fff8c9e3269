#pragma once

#include <string>
#include <vector>

#include "agent/configuration/configuration.h"

namespace sfteams::agent {

/// What a changed configuration touches.
struct Changes {
  bool tunnel = false;     ///< [system] or [connector]: the tunnel has to be made anew
  bool name = false;       ///< the system has another name
  bool connector = false;  ///< key files lead to another connector than this one
  bool pace = false;       ///< of pings and of dialling: the tunnel stays
  bool uci = false;        ///< the users' connections to the PBX have to be made anew
  bool allow = false;      ///< which calls pass
  bool rest = false;       ///< whether users may ask the PBX's REST interface
  bool limits = false;
  bool license = false;
  bool admin = false;  ///< the page is opened, closed or moved
  bool log_level = false;
  bool log_format = false;  ///< takes a restart
  bool watch = false;       ///< monitoring is offered elsewhere, or not any more
  bool check = false;       ///< which hosts "check" asks
};

[[nodiscard]] Changes changes_between(const Configuration& before, const Configuration& after);

/// A sentence for each, for the log and for whoever asked for it. `level_was_lent`: the log had
/// another level than the configuration before said, for a time.
[[nodiscard]] std::vector<std::string> describe(const Changes& changes,
                                                bool level_was_lent = false);

}  // namespace sfteams::agent
