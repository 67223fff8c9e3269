#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error/error.h"
#include "transport/url.h"

namespace sfteams::oauth {

/// Which servers may be asked for tokens: they get passwords to see.
struct Hosts {
  transport::Url pbx;
  std::vector<std::string> named;  ///< besides the PBX's own, lower case

  /// The PBX's own host, without a step down from https to http; a host that is named, by https
  /// unless it is this one.
  [[nodiscard]] bool allow(const transport::Url& url) const;
  /// oauth.elsewhere. `what` leads there: "the discovery document".
  [[nodiscard]] Error refuse(std::string_view what, const transport::Url& url) const;
};

/// Who gives out tokens, as it describes itself (RFC 8414, OpenID Connect Discovery 1.0).
struct Provider {
  std::string token_url;
  std::string revocation_url;  ///< empty: tokens cannot be revoked
  bool password_grant = true;
  bool secret_in_body = true;  ///< the client's; otherwise in a Basic header
  /// The document names a host that may not be asked, so the same path is asked at the PBX's own
  /// address: a PBX that is reached as 127.0.0.1 knows itself by another name. Empty: it does not.
  std::string named_host;
};

inline constexpr std::string_view kDiscoveryPath = "/.well-known/openid-configuration";
inline constexpr std::string_view kLoginConfigPath = "/rpc/oauth/login-config";
/// Bytes of either document.
inline constexpr std::size_t kMostDocument = 65'536;

/// Fails with oauth.not-offered, when it is no JSON object (an older PBX may answer everything with
/// its page), and oauth.bad-document.
[[nodiscard]] Result<Provider> parse_discovery(std::string_view text, const Hosts& hosts);

/// oauth.not-offered. `how`: "HTTP 404".
[[nodiscard]] Error not_offered(const transport::Url& pbx, std::string_view how);

/// What a STARFACE of today answers at kLoginConfigPath; both may be missing.
struct LoginConfig {
  std::string discovery_url;  ///< empty: the PBX's own
  std::string edge_node;      ///< which every token request at a central login has to name
};
/// nullopt for anything but a JSON object: older PBXs answer with some page.
[[nodiscard]] std::optional<LoginConfig> parse_login_config(std::string_view text);

}  // namespace sfteams::oauth
