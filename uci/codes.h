#pragma once

#include "base/error/error.h"

namespace sfteams::uci::codes {

// Documents.
inline constexpr Code kXmlTooLarge{"uci.xml-too-large", Exit::protocol};
inline constexpr Code kXmlTooDeep{"uci.xml-too-deep", Exit::protocol};
inline constexpr Code kXmlTooManyElements{"uci.xml-too-many-elements", Exit::protocol};
inline constexpr Code kXmlDoctype{"uci.xml-doctype", Exit::protocol};
inline constexpr Code kXmlSyntax{"uci.xml-syntax", Exit::protocol};
inline constexpr Code kXmlNotRpc{"uci.xml-not-rpc", Exit::protocol};
inline constexpr Code kReplyIsHtml{"uci.reply-is-html", Exit::protocol};

// Values.
inline constexpr Code kBadMethodName{"uci.bad-method-name", Exit::data_error};
inline constexpr Code kIntOutOfRange{"uci.int-out-of-range", Exit::data_error};
inline constexpr Code kNotFinite{"uci.double-not-finite", Exit::data_error};
inline constexpr Code kTextNotAllowed{"uci.text-not-allowed", Exit::data_error};
inline constexpr Code kBadTag{"uci.bad-tag", Exit::data_error};
inline constexpr Code kBadDate{"uci.bad-date", Exit::data_error};
inline constexpr Code kBadBase64{"uci.bad-base64", Exit::data_error};
inline constexpr Code kValueTooDeep{"uci.value-too-deep", Exit::data_error};
inline constexpr Code kBadParams{"uci.bad-params", Exit::data_error};

// The connection of one user.
inline constexpr Code kLoginRefused{"uci.login-refused", Exit::no_permission};
/// What renews the user's tokens is worth nothing any more; it says nothing about the password.
inline constexpr Code kSignInOver{"uci.sign-in-over", Exit::no_permission};
inline constexpr Code kUnreachable{"uci.unreachable", Exit::unavailable};
inline constexpr Code kTimeout{"uci.timeout", Exit::unavailable};
inline constexpr Code kBrokenReply{"uci.broken-reply", Exit::unavailable};
inline constexpr Code kPbxError{"uci.pbx-error", Exit::unavailable};
inline constexpr Code kAccessRefused{"uci.access-refused", Exit::no_permission};
inline constexpr Code kFault{"uci.fault", Exit::failure};
inline constexpr Code kNotConnected{"uci.not-connected", Exit::unavailable};
inline constexpr Code kConnectionClosed{"uci.connection-closed", Exit::unavailable};
inline constexpr Code kTooManyWaiting{"uci.too-many-waiting", Exit::unavailable};
inline constexpr Code kMethodReserved{"uci.method-reserved", Exit::no_permission};
inline constexpr Code kTooManyServices{"uci.too-many-services", Exit::failure};
inline constexpr Code kBadServiceName{"uci.bad-service-name", Exit::data_error};
inline constexpr Code kSubscribeRefused{"uci.subscribe-refused", Exit::failure};

// Settings and the event callback.
inline constexpr Code kBadUrl{"uci.bad-url", Exit::config};
inline constexpr Code kRedirectedToHttps{"uci.redirected-to-https", Exit::config};
inline constexpr Code kRedirectedElsewhere{"uci.redirected-elsewhere", Exit::config};
inline constexpr Code kNoUciAtUrl{"uci.no-uci-at-url", Exit::config};
/// What answers may be a PBX that wants a login, or any web server.
inline constexpr Code kWebPage{"uci.web-page", Exit::config};
/// The PBX is told a loopback address for its events, and is on another host.
inline constexpr Code kCallbackNotLoopback{"uci.callback-not-loopback", Exit::config};
/// What the PBX is told as its callback's host is not this one, as far as this host knows.
inline constexpr Code kCallbackHost{"uci.callback-host", Exit::config};
/// This host does not have the address of [uci] callback-listen.
inline constexpr Code kCallbackNoAddress{"uci.callback-no-address", Exit::config};
/// Users' tokens pass through the network in clear text.
inline constexpr Code kNotEncrypted{"uci.not-encrypted", Exit::config};

// Requests to the event callback that were refused.
/// Not the PBX: whoever connects from an address that is none of its own.
inline constexpr Code kCallbackStranger{"uci.callback-stranger", Exit::protocol};
/// By https: whoever connected does not trust the certificate, or does not speak TLS.
inline constexpr Code kCallbackTls{"uci.callback-tls", Exit::protocol};
inline constexpr Code kCallbackUnknownPath{"uci.callback-unknown-path", Exit::protocol};
inline constexpr Code kCallbackWrongToken{"uci.callback-wrong-token", Exit::protocol};
inline constexpr Code kCallbackBadRequest{"uci.callback-bad-request", Exit::protocol};

}  // namespace sfteams::uci::codes
