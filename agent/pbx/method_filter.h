#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error/error.h"

namespace sfteams::agent {

/// Which methods of users pass to the PBX. The same URL of the PBX also takes entry points of
/// modules ("instance.entrypoint"), some without any sign-in, so two things are asked:
///
/// 1. The name is that of a UCI request: ucp.vN.requests.… or ucp.v20.server.…, with at least two
///    further parts, each of 1 … 64 letters, digits and _. No pattern can widen this.
/// 2. One of the patterns fits. Upper and lower case differ. A '*' stands at the end of a part, for
///    one or more of the part's characters; at the end of the whole pattern also for further
///    parts, so that "ucp.v*.requests.*" lets all requests of all versions through and
///    "ucp.v30.requests.call.get*" those that read.
class MethodFilter {
 public:
  /// Fails with agent.bad-pattern: empty, longer than 128 characters, with other characters than
  /// [A-Za-z0-9_.*], a '*' or a dot where none may be, or one that no UCI request can fit because
  /// it does not begin like one.
  [[nodiscard]] static Result<MethodFilter> create(std::vector<std::string> patterns);

  [[nodiscard]] bool allows(std::string_view method) const;

 private:
  explicit MethodFilter(std::vector<std::string> patterns) : patterns_(std::move(patterns)) {}
  std::vector<std::string> patterns_;
};

/// The first of the two questions.
[[nodiscard]] bool is_uci_request(std::string_view method);

}  // namespace sfteams::agent
