#pragma once

#include <string_view>

namespace sfteams::program {

/// The release and the commit that a program was built from: "0.1.0 (commit 290748c1)",
/// "0.1.0 (commit 290748c1, modified)" when tracked files differed from the commit, and
/// "0.1.0 (commit unknown)" when the sources were neither a git checkout nor a release's tarball.
/// For people; peers are told the release alone (SFTEAMS_VERSION). Only programs are linked with it
/// (cmake/Version.cmake), so that a commit compiles one file.
[[nodiscard]] std::string_view version_text();

}  // namespace sfteams::program
