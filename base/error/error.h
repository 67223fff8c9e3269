#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

namespace sfteams {

/// Exit status of every program here (sysexits.h, BSD).
enum class Exit : int {
  ok = 0,
  failure = 1,         ///< the thing asked for did not happen; nothing below says it better
  usage = 64,          ///< EX_USAGE: the command line is wrong
  data_error = 65,     ///< EX_DATAERR: a file's content is wrong
  no_input = 66,       ///< EX_NOINPUT: a file is missing or cannot be read
  unavailable = 69,    ///< EX_UNAVAILABLE: a service did not answer
  software = 70,       ///< EX_SOFTWARE: an error in this program
  os_error = 71,       ///< EX_OSERR: the system refused something (sockets, processes)
  cant_create = 73,    ///< EX_CANTCREAT: an output file cannot be made
  io_error = 74,       ///< EX_IOERR: reading or writing failed on the way
  temp_failure = 75,   ///< EX_TEMPFAIL: try again later; another instance is running
  protocol = 76,       ///< EX_PROTOCOL: the peer broke the protocol
  no_permission = 77,  ///< EX_NOPERM: refused: wrong key, wrong password, no right
  config = 78,         ///< EX_CONFIG: the configuration is wrong
};

/// The name of one kind of failure. It is part of the interface: it never changes its meaning,
/// stands in every message, and docs/errors.md explains it. A room lists its own in its codes.h
/// (JSON-RPC's: base/json/rpc_codes.h); the form is "area.what-happened" in [a-z0-9-], with one
/// dot.
struct Code {
  std::string_view id;
  Exit exit = Exit::failure;

  friend bool operator==(const Code& a, const Code& b) { return a.id == b.id; }
};

/// A failure that a user can meet. `message` says what happened and where, as a sentence without a
/// full stop; `hint` says what to do next, and may be empty. Neither ever holds a secret.
struct Error {
  Code code;
  std::string message;
  std::string hint;
  /// When the same may succeed, where that is known; the hint says it in words.
  std::optional<std::chrono::seconds> retry_after{};
};

/// "[key.checksum] the system key … — compare it with …", one line, for stderr and the log.
[[nodiscard]] std::string describe(const Error& error);

template <typename T>
using Result = tl::expected<T, Error>;

/// `return fail(codes::kChecksum, "…", "…");`
[[nodiscard]] inline tl::unexpected<Error> fail(Code code, std::string message,
                                                std::string hint = {}) {
  return tl::unexpected<Error>(Error{code, std::move(message), std::move(hint)});
}

/// `return fail(other.error());`: hands a failure up.
[[nodiscard]] inline tl::unexpected<Error> fail(Error error) {
  return tl::unexpected<Error>(std::move(error));
}

}  // namespace sfteams
