#pragma once

#include "base/error/error.h"

namespace sfteams::connector::codes {

// The configuration, where settings/ cannot see what is wrong.
inline constexpr Code kPlainNotLoopback{"connector.plain-not-loopback", Exit::config};
inline constexpr Code kSenderUnknown{"connector.sender-unknown", Exit::config};
inline constexpr Code kTlsIncomplete{"connector.tls-incomplete", Exit::config};

// The Teams app's page.
inline constexpr Code kAppUnreadable{"connector.app-unreadable", Exit::config};
/// The connector's address is none that Teams could use.
inline constexpr Code kAppUrlUnusable{"connector.app-url-unusable", Exit::config};
inline constexpr Code kAppPackageFailed{"connector.app-package-failed", Exit::software};
inline constexpr Code kAppTooLarge{"connector.app-too-large", Exit::config};
/// Warnings: a page from elsewhere asked for a websocket.
inline constexpr Code kOriginRefused{"connector.origin-refused", Exit::config};

// Names, by hand.
inline constexpr Code kNameUnknown{"connector.name-unknown", Exit::no_input};
/// What is given as --reason cannot be one.
inline constexpr Code kBadReason{"connector.bad-reason", Exit::usage};

// Why it is not ready (/readyz).
/// Warnings: the system lets the connector open fewer files than [limits] need.
inline constexpr Code kFewDescriptors{"connector.few-descriptors", Exit::config};
/// Without TLS of its own and without trusted proxies, limits of a sender hold for all together.
inline constexpr Code kSendersUnknown{"connector.senders-unknown", Exit::config};
/// A name, or an address, has reached its limit of clients; further ones are told to come later.
inline constexpr Code kTooManyOfName{"connector.too-many-of-name", Exit::temp_failure};
inline constexpr Code kTooManyOfAddress{"connector.too-many-of-address", Exit::temp_failure};
inline constexpr Code kStopping{"connector.stopping", Exit::temp_failure};
inline constexpr Code kCertificateExpired{"connector.certificate-expired", Exit::config};
inline constexpr Code kCertificateNotYet{"connector.certificate-not-yet", Exit::config};

// What `status` finds beside these, and asking the running connector.
inline constexpr Code kCertificateEndsSoon{"connector.certificate-ends-soon", Exit::config};
inline constexpr Code kLimitReached{"connector.limit-reached", Exit::temp_failure};
inline constexpr Code kNotRunning{"connector.not-running", Exit::unavailable};
inline constexpr Code kBadControl{"connector.bad-control-request", Exit::protocol};

/// A command for clusters, and a connector that is alone.
inline constexpr Code kNoCluster{"connector.no-cluster", Exit::config};

// The command line.
inline constexpr Code kUsage{"connector.usage", Exit::usage};
inline constexpr Code kOutput{"connector.output", Exit::io_error};

}  // namespace sfteams::connector::codes
