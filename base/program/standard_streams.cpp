#include "base/program/standard_streams.h"

#include <csignal>
#include <iostream>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

namespace sfteams::program {
namespace {

void open_if_closed(int descriptor, int how) {
  if (::fcntl(descriptor, F_GETFD) >= 0) return;
  // All below are open, so that the lowest free number is this one. Without O_CLOEXEC: what this
  // process starts needs them just as much.
  int opened = ::open("/dev/null", how);
  if (opened < 0) opened = ::open("/", O_PATH | O_DIRECTORY);  // in a root without devices
  if (opened != descriptor) ::_exit(static_cast<int>(Exit::os_error));
}

}  // namespace

void open_standard_streams() {
  open_if_closed(STDIN_FILENO, O_WRONLY);
  open_if_closed(STDOUT_FILENO, O_RDONLY);
  open_if_closed(STDERR_FILENO, O_WRONLY);
  std::signal(SIGPIPE, SIG_IGN);
}

bool output_has_no_reader() {
  pollfd output{STDOUT_FILENO, POLLOUT, 0};
  return ::poll(&output, 1, 0) == 1 && (output.revents & (POLLERR | POLLHUP)) != 0;
}

Error output_failed(Code code) {
  return {code, "cannot write to the standard output",
          "check where it leads, and that there is room on the disk"};
}

Result<void> finish_output(Code code) {
  if (std::cout.flush() || output_has_no_reader()) return {};
  return fail(output_failed(code));
}

}  // namespace sfteams::program
