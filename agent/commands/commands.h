#pragma once

#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>

#include "agent/configuration/options.h"
#include "agent/keys/key_ring.h"
#include "base/error/error.h"

namespace sfteams::commands {

/// What `starface-teams-agent` does, one function a subcommand.

/// The daemon, until it is told to stop.
[[nodiscard]] Exit run_daemon(const agent::Options& options);

/// Reads the configuration and says whether it is right.
[[nodiscard]] Exit check_configuration(const agent::Options& options);
/// Has the running daemon take in a changed configuration, and says what of it has changed.
[[nodiscard]] Exit reload_daemon(const agent::Options& options);

/// Says the level of the running daemon's log, or gives it another one (error, warn, info, debug,
/// trace) until it reads its configuration again.
[[nodiscard]] Exit change_log_level(const agent::Options& options,
                                    const std::optional<std::string>& level);

/// Asks the running daemon. Gives what monitoring expects: 0 when all is well, 1 for a warning, 2
/// when nobody can work, and when no daemon runs.
[[nodiscard]] int show_status(const agent::Options& options, bool as_json);

/// Prints a link that signs in to the administration page of the running daemon, once.
[[nodiscard]] Exit make_admin_link(const agent::Options& options);

/// Through the running daemon, or straight into the state directory when none runs.
[[nodiscard]] Exit make_key(const agent::Options& options, const agent::OldKeys& old);
/// Ends the grace of every older key.
[[nodiscard]] Exit revoke_keys(const agent::Options& options);
/// Prints the key itself.
[[nodiscard]] Exit show_key(const agent::Options& options);
/// Writes the file that users get. `force`: replaces an existing one.
[[nodiscard]] Exit export_key(const agent::Options& options, const std::filesystem::path& file,
                              bool force);

/// Enters a licence key from a file, or from the standard input when it is "-".
[[nodiscard]] Exit add_license(const agent::Options& options, const std::filesystem::path& file);
[[nodiscard]] Exit remove_license(const agent::Options& options, const std::string& id);
/// Licences, seats, and who holds them.
[[nodiscard]] Exit list_licenses(const agent::Options& options, bool as_json);
/// Signs a user out who holds a seat. Only a running daemon has any.
[[nodiscard]] Exit revoke_seat(const agent::Options& options, const std::string& user);

/// Whose devices are kept signed in.
[[nodiscard]] Exit list_tickets(const agent::Options& options, bool as_json);
/// Whose tickets end.
struct TicketsOf {
  std::optional<std::string> user;    ///< nullopt: everybody's
  std::optional<std::string> device;  ///< of that user, as the list names it; nullopt: all of them
};
/// Ends tickets; a running daemon signs their users out, too.
[[nodiscard]] Exit revoke_tickets(const agent::Options& options, const TicketsOf& whose);

}  // namespace sfteams::commands
