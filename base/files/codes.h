#pragma once

#include "base/error/error.h"

namespace sfteams::files::codes {

// Any file that is read or written here. The ids are stable; they come from the room that only
// key files were written in.
inline constexpr Code kFileMissing{"keygen.file-missing", Exit::no_input};
inline constexpr Code kFileUnreadable{"keygen.file-unreadable", Exit::no_input};
inline constexpr Code kFileTooLarge{"keygen.file-too-large", Exit::data_error};
inline constexpr Code kFileExists{"keygen.file-exists", Exit::cant_create};
inline constexpr Code kFileNotWritten{"keygen.file-not-written", Exit::cant_create};

}  // namespace sfteams::files::codes
