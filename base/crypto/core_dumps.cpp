#include "base/crypto/core_dumps.h"

#include <cerrno>

#include <sys/prctl.h>
#include <sys/resource.h>

#include "base/crypto/codes.h"
#include "base/error/system_error.h"

namespace sfteams::crypto {
namespace {

// The leak check of the address sanitizer looks into its own process as a debugger would.
#if defined(__SANITIZE_ADDRESS__)
constexpr bool kLeaksAreChecked = true;
#elif defined(__has_feature)
constexpr bool kLeaksAreChecked = __has_feature(address_sanitizer);
#else
constexpr bool kLeaksAreChecked = false;
#endif

}  // namespace

Result<void> forbid_core_dumps() {
  const rlimit none{0, 0};
  // The limit alone does not stop a core pattern that pipes.
  const bool forbidden =
      setrlimit(RLIMIT_CORE, &none) == 0 && (kLeaksAreChecked || prctl(PR_SET_DUMPABLE, 0) == 0);
  if (forbidden) return {};
  const int problem = errno;
  return fail(
      codes::kCoreFiles, "core files could not be switched off: " + system_message(problem),
      "keys and passwords in memory may get into a core file: allow the process setrlimit() "
      "and prctl()");
}

}  // namespace sfteams::crypto
