#pragma once

#include <chrono>
#include <cstdint>

#include "transport/scheduler.h"

namespace sfteams::simulator {

// How the REST interface of a STARFACE answers. What was not seen at a real one is an enumeration
// here; docs/simulator.md says where each variant comes from.

/// What is found below /rest.
enum class RestMode {
  yes,
  no,         ///< HTTP 404, as if there were none
  forbidden,  ///< signing in works; everything else is 403
  html,       ///< a web page with HTTP 200
  huge,       ///< answers with megabytes of blanks behind them
  slow,       ///< answers come after RestOptions::slow_time
  wrong_json  ///< JSON whose members have other types
};
/// How a client without an access token of OAuth signs in.
enum class RestLoginKind {
  nonce,             ///< with a hash of the password
  active_directory,  ///< with the password itself, in Base64
  missing,           ///< not at all: HTTP 404
};
/// Who may see permissions and the version.
enum class RestAdminResources {
  forbidden,
  own,  ///< users their own permissions
  yes,
};
/// What comes as a user's picture, where the user has one.
enum class RestAvatars {
  yes,
  none,        ///< HTTP 404 for everybody
  forbidden,   ///< HTTP 403
  huge,        ///< a megabyte
  bomb,        ///< a small PNG that says it is 30,000 pixels wide and high
  wrong_type,  ///< an SVG with a script, as image/png
  slow         ///< after RestOptions::slow_time
};
/// Whether requests need `X-Version: 2`.
enum class RestVersionHeader { required, optional };

struct RestOptions {
  RestMode mode = RestMode::yes;
  RestLoginKind login = RestLoginKind::nonce;
  RestAdminResources admin_resources = RestAdminResources::forbidden;
  RestAvatars avatars = RestAvatars::yes;
  RestVersionHeader version_header = RestVersionHeader::required;
  bool failures_count = true;            ///< for the blacklist of addresses
  std::int64_t token_lifetime = 14'400;  ///< of a login's token, in seconds
  transport::Duration slow_time{15'000};
  std::int64_t contacts = 64;        ///< entries of the address book
  std::int64_t contact_numbers = 0;  ///< of one entry more; 0: there is none
};

}  // namespace sfteams::simulator
