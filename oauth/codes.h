#pragma once

#include "base/error/error.h"

namespace sfteams::oauth::codes {

// The server was found, and says no. None of these is asked a second time.

/// Of a password: it is wrong.
inline constexpr Code kPasswordRefused{"oauth.password-refused", Exit::no_permission};
/// No token, and the answer leaves open why: password, the user's right or the client's secret.
inline constexpr Code kRefused{"oauth.refused", Exit::no_permission};
/// The refresh token is over.
inline constexpr Code kRenewalRefused{"oauth.renewal-refused", Exit::no_permission};
/// In a renewal: the client's id or secret is not right any more, so nobody's token is renewed. The
/// tokens themselves may be good.
inline constexpr Code kClientRefused{"oauth.client-refused", Exit::config};
/// Tokens are not given for passwords here.
inline constexpr Code kNoPasswordGrant{"oauth.no-password-grant", Exit::config};
/// The PBX gave out a token, and its UCI does not take it. The password is right.
inline constexpr Code kTokenNotTaken{"oauth.token-not-taken", Exit::no_permission};
/// The scope is not known, or the request is not what the server takes.
inline constexpr Code kRequestRefused{"oauth.request-refused", Exit::config};

// The way to the server.

/// It is on another host than the PBX, which nobody has allowed.
inline constexpr Code kElsewhere{"oauth.elsewhere", Exit::config};
/// There is no OAuth.
inline constexpr Code kNotOffered{"oauth.not-offered", Exit::config};
/// What the PBX says about its OAuth cannot be used.
inline constexpr Code kBadDocument{"oauth.bad-document", Exit::config};

// Not now: says nothing about anybody.

/// The answer holds no token and no refusal.
inline constexpr Code kBrokenReply{"oauth.broken-reply", Exit::unavailable};
/// HTTP 5xx or 429, a web page, a redirect.
inline constexpr Code kUnwell{"oauth.unwell", Exit::unavailable};

}  // namespace sfteams::oauth::codes
