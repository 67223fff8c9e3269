#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/crypto/secret.h"
#include "base/error/error.h"
#include "base/files/atomic_file.h"
#include "keygen/system_key.h"

namespace sfteams::keygen {

/// What a user gets: everything that a client needs to reach the PBX. As a file it is a JSON object
/// with exactly these members, of which "version" is a number and the others are texts:
///   "type": "starface-teams-key", "version": 1, "name", "key", "connector", "created"
struct KeyFile {
  std::string name;  ///< canonical_system_name()
  SystemKey key;
  std::string connector;  ///< a wss:// URL, or ws:// on loopback, see checked_connector_url()
  std::string created;    ///< when the key was made, see utc_text()
};

/// A larger file is none of ours.
inline constexpr std::size_t kMaxKeyFileSize = std::size_t{16} * 1024;

/// Reads the text of a key file and refuses everything that is not one, with the reason:
/// keygen.no-key-file (not UTF-8, not JSON, another type), keygen.key-file-version,
/// keygen.key-file-member (missing, unknown or of the wrong type), keygen.bad-name,
/// keygen.bad-connector, keygen.key-*. No message holds anything of the key.
[[nodiscard]] Result<KeyFile> parse_key_file(std::string_view text);

/// Reads a key file; fails like read_small_file() and parse_key_file(), and names the file.
[[nodiscard]] Result<KeyFile> read_key_file(const std::filesystem::path& file);

/// The text of a key file, for people and parsers: indented JSON with a line feed at its end.
[[nodiscard]] crypto::Secret key_file_text(const KeyFile& key_file);

/// Writes key_file_text() by write_file_atomically() and fails like it.
[[nodiscard]] Result<void> write_key_file(const std::filesystem::path& file,
                                          const KeyFile& key_file, files::Existing existing);

}  // namespace sfteams::keygen
