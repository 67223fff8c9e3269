#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "agent/pbx/settings.h"
#include "agent/probe/finding.h"
#include "base/crypto/secret.h"
#include "base/error/error.h"

namespace sfteams::probe {

struct Setup {
  agent::PbxSettings uci;
  std::string user;
  crypto::Secret password;
  std::chrono::seconds wait{
      60};                       ///< for each of two calls; 0: what takes a call or time is skipped
  bool wrong_passwords = false;  ///< check 7, three of them
  /// What a person is to do or to wait for just now; may be empty.
  std::function<void(const std::string&)> say{};
};

struct Outcome {
  std::vector<Finding> findings;  ///< one for each of kQuestions, in their order
  std::string pbx_version;        ///< empty: not found out
};

/// Goes through the test sheet of docs/compatibility.md at the PBX, which takes up to some minutes;
/// SIGINT, SIGTERM and SIGHUP end it with what is known by then. Of the user's password it sends no more
/// than what may be right: once both ways to sign in were refused, nothing of the user follows.
///
/// Fails, when nothing can be found out, with uci.client-secret-unreadable, as PbxLine::open(), and
/// as transport::HttpClient when nothing answers at [uci] url.
[[nodiscard]] Result<Outcome> run(Setup setup);

/// "auth = oauth, version = v30, callback on another host's way", for the head of a report.
[[nodiscard]] std::string settings_text(const agent::PbxSettings& uci);

}  // namespace sfteams::probe
