#pragma once

#include <string>
#include <string_view>

#include "base/error/error.h"
#include "simulator/blacklist.h"
#include "simulator/directory.h"
#include "simulator/gate.h"
#include "simulator/journal.h"
#include "simulator/oauth_form.h"
#include "simulator/oauth_tokens.h"
#include "simulator/options.h"
#include "simulator/reply.h"
#include "simulator/web_request.h"
#include "transport/scheduler.h"
#include "transport/url.h"

namespace sfteams::simulator {

/// A path of OAuth.
struct OauthRoute {
  std::string_view path;
  std::string_view name;  ///< for rules: "oauth/token"
  std::string_view http_method;
  /// What the journal says of a request that did not get through; empty: nothing.
  std::string_view journal_method;
};

/// nullptr: it is none, or `oauth` is `no`.
[[nodiscard]] const OauthRoute* find_oauth_route(const Options& options, std::string_view path);

/// The endpoints of OAuth as a STARFACE 10 has them: discovery, tokens and their revocation.
class Oauth {
 public:
  struct Parts {
    const Directory& directory;
    const Options& options;
    const Gate& gate;
    OauthTokens& tokens;
    Blacklist& blacklist;
    Journal& journal;
    const transport::Scheduler& scheduler;
  };

  /// All parts outlive this.
  explicit Oauth(Parts parts) : parts_(parts) {}

  /// `route`: of the request's path.
  [[nodiscard]] Reply answer(const OauthRoute& route, const WebRequest& request);
  /// Something else has answered a request: "ignored", "starting", "not executed".
  void note(const OauthRoute& route, const WebRequest& request, std::string_view outcome);

 private:
  struct Verdict;

  Reply answer_token(const WebRequest& request, const transport::Url& here);
  Reply answer_revocation(const WebRequest& request);
  [[nodiscard]] Verdict judge(const OauthForm& form, const transport::Url& here);
  [[nodiscard]] Verdict password_grant(const OauthForm& form, const transport::Url& here);
  [[nodiscard]] Verdict refresh_grant(const OauthForm& form, const transport::Url& here);
  [[nodiscard]] bool is_client(const OauthForm& form) const;
  [[nodiscard]] bool is_scope(std::string_view scope) const;
  [[nodiscard]] std::string granted(const OauthTokens::Issued& issued) const;
  [[nodiscard]] Reply refused(const Verdict& verdict) const;
  /// Counts it for the blacklist, and writes it down.
  void note(std::string_view method, std::string_view address, const Verdict& verdict);

  Parts parts_;
};

}  // namespace sfteams::simulator
