#pragma once

#include <string>
#include <string_view>
#include <vector>

/// What a test needs of the machine that it runs on. A test that needs more than the machine has is
/// skipped and says why; it does not fail, and it does not pass in silence:
///
///     if (!machine::has_terminal()) return;
namespace sfteams::machine {

/// Counts the test as skipped for this reason: one line that names what the machine lacks. At the
/// end of the run it is printed as "SKIPPED: …" and the program ends with kSkipped, unless an
/// assertion failed: then the test has failed.
void skipped(std::string_view why);

/// The exit status of a test program that skipped something, by which ctest knows it.
inline constexpr int kSkipped = 77;

/// The reasons so far, in the order of the calls, each once. tests/main.cpp prints them.
[[nodiscard]] const std::vector<std::string>& skip_reasons();

// Each of these says whether the machine has it. When it has not, the test counts as skipped.

/// Pseudo-terminals: /dev/ptmx and /dev/pts.
[[nodiscard]] bool has_terminal();

/// An IPv6 loopback that a socket can be bound to.
[[nodiscard]] bool has_ipv6();

/// The rights of root; `what_for` completes "not root: only root …".
[[nodiscard]] bool has_root(std::string_view what_for);

/// A user to whom the modes of files apply; they do not apply to root.
[[nodiscard]] bool has_ordinary_user();

/// A program or a file, by its absolute path; `package` is the Debian package that has it.
[[nodiscard]] bool has_installed(const std::string& path, std::string_view package);

}  // namespace sfteams::machine
