#pragma once

#include <filesystem>
#include <optional>

#include "base/crypto/secret.h"
#include "base/error/error.h"

namespace sfteams::client {

/// Where a password may come from: a file (its first line), the terminal without echo, or the first
/// line of stdin when that is no terminal. Never the command line or the environment, which others
/// can read. A signal that ends or stops the process while it asks finds the terminal with its echo
/// again. A UTF-8 byte order mark in front is skipped. Fails with client.password-unreadable,
/// client.password-empty, client.password-encoding (not UTF-8) or client.password-invisible
/// (base/text/invisible.h). A file that others can read is used, with the
/// warning client.password-file-open on stderr.
[[nodiscard]] Result<crypto::Secret> read_password(
    const std::optional<std::filesystem::path>& file);

}  // namespace sfteams::client
