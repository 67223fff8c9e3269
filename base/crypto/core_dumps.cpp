#include "base/crypto/core_dumps.h"

#include <sys/prctl.h>
#include <sys/resource.h>

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

bool forbid_core_dumps() noexcept {
  const rlimit none{0, 0};
  if (setrlimit(RLIMIT_CORE, &none) != 0) return false;
  // The limit alone does not stop a core pattern that pipes.
  return kLeaksAreChecked || prctl(PR_SET_DUMPABLE, 0) == 0;
}

}  // namespace sfteams::crypto
