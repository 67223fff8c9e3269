#include "base/crypto/core_dumps.h"

#include <array>
#include <cerrno>
#include <cstddef>
#include <string>

#include <catch2/catch.hpp>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/machine.h"

namespace sfteams::crypto {
namespace {

/// As in a sandbox that lets nobody change limits.
bool refuse_limits() {
  std::array filter{
      sock_filter BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_prlimit64, 0, 1),
      sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
      sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog program{static_cast<unsigned short>(filter.size()), filter.data()};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

/// What a child process writes about it, which its own fate does not touch.
std::string told_by_child(bool sandboxed) {
  int pipes[2];
  REQUIRE(pipe(pipes) == 0);
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    std::string text = "no sandbox";
    if (!sandboxed || refuse_limits()) {
      const Result<void> forbidden = forbid_core_dumps();
      rlimit limit{};
      getrlimit(RLIMIT_CORE, &limit);
      text = forbidden ? "limit " + std::to_string(limit.rlim_max) : describe(forbidden.error());
    }
    const ssize_t written = write(pipes[1], text.data(), text.size());
    _exit(written == static_cast<ssize_t>(text.size()) ? 0 : 1);
  }
  close(pipes[1]);
  std::string told;
  char c = 0;
  while (read(pipes[0], &c, 1) == 1)
    told += c;
  close(pipes[0]);
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(status == 0);
  return told;
}

TEST_CASE("core files are switched off") {
  CHECK(told_by_child(false) == "limit 0");
}

TEST_CASE("where core files cannot be switched off, that has a code and the system's reason") {
  const std::string told = told_by_child(true);
  if (told == "no sandbox") {
    machine::skipped("this machine allows no seccomp filter");
    return;
  }
  CHECK_THAT(told, Catch::StartsWith(
                       "[crypto.core-files] core files could not be switched off: Operation not "
                       "permitted"));
}

}  // namespace
}  // namespace sfteams::crypto
