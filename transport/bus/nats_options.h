#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/crypto/secret.h"
#include "base/error/error.h"
#include "transport/scheduler.h"

namespace sfteams::bus {

struct NatsOptions {
  /// "nats://host:port" or "tls://host:port", at most kMostServers. Without TLS a server has to be
  /// on a loopback address: what passes has no other protection from readers.
  std::vector<std::string> servers;
  /// Of this node; 1 to 64 letters, digits, '-' and '_'. Answers come on _INBOX.<node>.>, which the
  /// user has to be allowed to subscribe and, for the heartbeat to itself, to publish.
  std::string node;
  /// As NatsCredentials reads it; none: the servers want neither a password nor a token. It is read
  /// again for every connection.
  std::optional<std::filesystem::path> credentials_file{};
  /// Authorities for tls:// (PEM); none: those that the system trusts.
  std::optional<std::filesystem::path> ca_file{};
  /// What this node shows to the servers with tls:// (PEM); both or neither.
  std::optional<std::filesystem::path> certificate_file{};
  std::optional<std::filesystem::path> key_file{};

  /// How often this node says something to itself, and libnats pings the server. A line on which
  /// three in a row have not come back is dead.
  transport::Duration ping{1'000};
  /// How long one server may take from the connection to its welcome.
  transport::Duration dial_timeout{2'000};
  /// How long all servers are left alone after none of them could be reached.
  transport::Duration pause{1'000};
  /// The same after one of them has refused user, password or token.
  transport::Duration refused_pause{5'000};
  /// Each problem with a server or a right, instead of the log. Called on another thread, also for a
  /// moment after the bus has gone.
  std::function<void(const Error&)> on_problem{};
};

inline constexpr std::size_t kMostServers = 16;

/// One of NatsOptions::servers.
struct NatsAddress {
  std::string host;  ///< IPv6 without brackets
  std::uint16_t port = 0;
  bool tls = false;

  /// Fails with bus.bad-server, also for user information and a path, and with
  /// bus.plain-not-loopback. A text with "@" is not quoted: it may hold a password.
  [[nodiscard]] static Result<NatsAddress> parse(const std::string& text);
  [[nodiscard]] std::string to_string() const;
};

/// User and password, or a token.
struct NatsCredentials {
  crypto::Secret user;
  crypto::Secret password;
  crypto::Secret token;

  /// A file of at most 4 KiB that only its owner and group may read, with "user = …" and
  /// "password = …", or "token = …" alone, on lines of their own; '#' begins a comment line. Fails
  /// with bus.credentials-unusable, which never quotes what stands there.
  [[nodiscard]] static Result<NatsCredentials> read(const std::filesystem::path& file);
};

}  // namespace sfteams::bus
