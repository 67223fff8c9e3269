#pragma once

#include "base/error/error.h"

namespace sfteams::transport::codes {

inline constexpr Code kLoopFailed{"transport.loop-failed", Exit::os_error};
inline constexpr Code kNetworkFailed{"transport.network-failed", Exit::os_error};
inline constexpr Code kBadUrl{"transport.bad-url", Exit::data_error};
/// A warning: an entry of NO_PROXY that exempts no host.
inline constexpr Code kNoProxyEntry{"transport.no-proxy-entry", Exit::config};
inline constexpr Code kBadProxy{"transport.bad-proxy", Exit::config};

// Towards a peer.
inline constexpr Code kResolveFailed{"transport.resolve-failed", Exit::unavailable};
inline constexpr Code kConnectFailed{"transport.connect-failed", Exit::unavailable};
inline constexpr Code kProxyDenied{"transport.proxy-denied", Exit::unavailable};
inline constexpr Code kProxyAuthentication{"transport.proxy-authentication", Exit::unavailable};
inline constexpr Code kProxyFailed{"transport.proxy-failed", Exit::unavailable};
inline constexpr Code kTlsUntrusted{"transport.tls-untrusted", Exit::unavailable};
inline constexpr Code kTlsFailed{"transport.tls-failed", Exit::unavailable};
inline constexpr Code kUpgradeRefused{"transport.upgrade-refused", Exit::unavailable};
inline constexpr Code kTimeout{"transport.timeout", Exit::unavailable};
inline constexpr Code kReplyTooLarge{"transport.reply-too-large", Exit::protocol};
inline constexpr Code kBrokenReply{"transport.broken-reply", Exit::protocol};
inline constexpr Code kBadMessage{"transport.bad-message", Exit::protocol};
inline constexpr Code kCaUnreadable{"transport.ca-unreadable", Exit::no_input};
inline constexpr Code kCaNotAuthority{"transport.ca-not-authority", Exit::config};

// On a socket of our own.
inline constexpr Code kListenFailed{"transport.listen-failed", Exit::unavailable};
/// The system lets no further connection in, usually because too many files are open.
inline constexpr Code kAcceptFailed{"transport.accept-failed", Exit::os_error};
inline constexpr Code kAcceptLate{"transport.accept-late", Exit::unavailable};
/// A port has as many connections as it takes.
inline constexpr Code kPortFull{"transport.port-full", Exit::temp_failure};
inline constexpr Code kCertificateUnreadable{"transport.certificate-unreadable", Exit::config};
inline constexpr Code kCertificateMismatch{"transport.certificate-mismatch", Exit::config};
inline constexpr Code kChainIncomplete{"transport.chain-incomplete", Exit::config};
inline constexpr Code kChainOrder{"transport.chain-order", Exit::config};

/// The service manager takes no message.
inline constexpr Code kNotifyFailed{"transport.notify-failed", Exit::os_error};

// The control socket.
inline constexpr Code kControlInUse{"transport.control-in-use", Exit::temp_failure};
inline constexpr Code kControlUnreachable{"transport.control-unreachable", Exit::unavailable};
inline constexpr Code kControlDenied{"transport.control-denied", Exit::no_permission};
inline constexpr Code kControlTooLong{"transport.control-too-long", Exit::protocol};

}  // namespace sfteams::transport::codes
