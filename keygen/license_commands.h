#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <istream>
#include <optional>
#include <string>
#include <vector>

#include "base/error/error.h"

namespace sfteams::keygen {

/// `starface-teams-keygen license …`, one function a subcommand.

/// Makes an issuer's private key (PEM) and prints the public one for [license] issuers. There is no
/// way to overwrite a file: every licence of the key that was there would be worth nothing.
[[nodiscard]] Result<void> make_issuer(const std::filesystem::path& file, std::ostream& out);

/// Prints the public key of an issuer whose private key is in that file.
[[nodiscard]] Result<void> show_issuer(const std::filesystem::path& file, std::ostream& out);

struct IssueOptions {
  std::filesystem::path issuer;  ///< PEM
  std::string holder;
  std::vector<std::string> systems;
  std::string seats;                ///< a whole number in decimal
  std::optional<std::string> from;  ///< a day; without it: today
  std::string until;                ///< a day, included
  std::optional<std::filesystem::path> file;
  bool overwrite = false;
};
/// Prints the licence key, or writes it to `file` and prints its terms. A file that holds a private
/// key is never overwritten.
[[nodiscard]] Result<void> issue_license_key(const IssueOptions& options,
                                             std::chrono::system_clock::time_point now,
                                             std::ostream& out);

struct ShowLicenseOptions {
  std::filesystem::path file;        ///< "-": the standard input
  std::vector<std::string> issuers;  ///< each a public key, or the file of a private one
  std::optional<std::string> system;
  bool json = false;
};
/// Says what is in a licence key; fails when it is wrong, or does not fit the issuers and the
/// system that are given.
[[nodiscard]] Result<void> show_license_key(const ShowLicenseOptions& options,
                                            std::chrono::system_clock::time_point now,
                                            std::istream& in, std::ostream& out);

}  // namespace sfteams::keygen
