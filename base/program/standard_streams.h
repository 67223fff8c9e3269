#pragma once

#include <string>

#include "base/error/error.h"

namespace sfteams::program {

/// For the first line of every main(). Opens the descriptors 0, 1 and 2 where the caller has closed
/// them (`2>&-`), on /dev/null: otherwise the next file or socket gets such a number, and what the
/// program prints goes into it. Descriptors 0 and 1 are then opened the wrong way round, so that
/// reading a password or printing a result fails instead of seeming to succeed; what goes to 2 is
/// thrown away. Also ignores SIGPIPE, so that a reader who leaves (`| head`) is an error of a write
/// and does not end the program in the middle of its work.
/// Ends the process with 71 (EX_OSERR) when a descriptor can be had by no means.
void open_standard_streams();

/// Writes out what is left in std::cout; for the end of main(), behind everything printed. A
/// program's result that could not be written is a failure with `code` (its room's *.output). It is
/// none when the reader has gone away, who has seen what was wanted.
[[nodiscard]] Result<void> finish_output(Code code);

/// The failure that finish_output() and those who print before the end report.
[[nodiscard]] Error output_failed(Code code);

/// Whether nobody reads the standard output any more: a pipe or a socket whose other end is closed.
[[nodiscard]] bool output_has_no_reader();

}  // namespace sfteams::program
