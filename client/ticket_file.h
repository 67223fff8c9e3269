#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/crypto/ecdsa_p256.h"
#include "base/error/error.h"

namespace sfteams::client {

/// What the command line keeps to sign in without a password: a ticket (docs/protocol.md, part 6)
/// and the key of the device that it is for. In a file it is a JSON object with "type":
/// "starface-teams-ticket", "version": 1, "name" (of the system), "user", "device" (the private key,
/// 32 bytes in hexadecimal digits), "ticket", and "expires" (seconds of Unix time).
struct KeptTicket {
  std::string name;
  std::string user;
  crypto::P256Key device;
  std::string ticket;
  std::int64_t expires = 0;
};

/// Whether an agent's ticket has a form that a client may keep: 1 to 1,024 printable ASCII
/// characters.
[[nodiscard]] bool is_ticket_text(std::string_view text);

/// nullopt: there is no such file. Fails like read_small_file(), with client.ticket-file-damaged (it
/// is none of ours, or not whole), and client.ticket-file-foreign (it is another user's, or of
/// another system): such a file is somebody's, and stays. One that others can read is used, with the
/// warning client.ticket-file-open on stderr.
[[nodiscard]] Result<std::optional<KeptTicket>> read_ticket_file(const std::filesystem::path& file,
                                                                 const std::string& name,
                                                                 const std::string& user);

/// Writes it, or writes it anew, by write_file_atomically(), mode 0600, and fails like it.
[[nodiscard]] Result<void> write_ticket_file(const std::filesystem::path& file,
                                             const KeptTicket& kept);

}  // namespace sfteams::client
