#pragma once

#include "base/error/error.h"

namespace sfteams::crypto {

/// For a program that has secrets in its memory: no core file is written of it (core(5), also where
/// the kernel pipes them to a program), and no other process of the same user may look into it.
/// Fails with crypto.core-files and the system's reason.
[[nodiscard]] Result<void> forbid_core_dumps();

}  // namespace sfteams::crypto
