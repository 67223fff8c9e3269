#pragma once

#include <chrono>
#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>

#include "base/error/error.h"

namespace sfteams::keygen {

/// What `starface-teams-keygen` does, one function a subcommand. None of them takes a system key:
/// keys are made here and never typed in. Each writes to `out`, and the key only when `show_key`.

struct NewOptions {
  std::string name;
  std::string connector;
  std::filesystem::path file;
  bool overwrite = false;
  bool show_key = false;
};
/// Makes a key and writes its key file; `now` becomes its "created". Wrong arguments end with the
/// status Exit::usage.
[[nodiscard]] Result<void> make_new_key(const NewOptions& options,
                                        std::chrono::system_clock::time_point now,
                                        std::ostream& out);

struct ExportOptions {
  std::filesystem::path source;
  std::filesystem::path file;
  std::optional<std::string> connector;  ///< in place of the one in `source`
  bool overwrite = false;
};
/// Checks a key file and writes it anew, for the same key and with the same "created".
[[nodiscard]] Result<void> export_key_file(const ExportOptions& options, std::ostream& out);

struct InspectOptions {
  std::filesystem::path file;
  bool show_key = false;
  bool json = false;
};
/// Checks a key file and says what is in it.
[[nodiscard]] Result<void> inspect_key_file(const InspectOptions& options, std::ostream& out);

}  // namespace sfteams::keygen
