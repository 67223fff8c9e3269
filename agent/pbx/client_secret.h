#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "agent/pbx/settings.h"
#include "base/error/error.h"
#include "oauth/token.h"

namespace sfteams::agent {

/// What the agent is to the PBX that gives out tokens, with the secret from its file: its first line.
/// Fails with uci.client-secret-unreadable: the file is missing, cannot be read, or has no such line
/// of 1 to 500 printable ASCII characters, or quotation marks or a setting's name stand around it.
[[nodiscard]] Result<std::shared_ptr<const oauth::Client>> oauth_client(
    const PbxSettings& settings);

/// Another text when the file's content is another; empty when it cannot be read.
[[nodiscard]] std::string client_secret_mark(const std::filesystem::path& file);

}  // namespace sfteams::agent
