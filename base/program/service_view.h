#pragma once

#include <filesystem>
#include <string>

namespace sfteams::program {

/// Whether the installed services cannot see what lies there, whoever may read it: their units hide
/// people's homes from them (ProtectHome=) and give them a /tmp of their own (PrivateTmp=). Links
/// are followed as far as this process may look.
[[nodiscard]] bool hidden_from_services(const std::filesystem::path& path);

/// What to do about a file that cannot be read: `hint`, and that the service cannot see it there,
/// where that is so.
[[nodiscard]] std::string hint_about_file(const std::filesystem::path& path, std::string hint);

}  // namespace sfteams::program
