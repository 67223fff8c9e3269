#pragma once

namespace sfteams::crypto {

/// For a program that has secrets in its memory: no core file is written of it (core(5), also where
/// the kernel pipes them to a program), and no other process of the same user may look into it.
/// False when the system did not let us, with errno set.
[[nodiscard]] bool forbid_core_dumps() noexcept;

}  // namespace sfteams::crypto
