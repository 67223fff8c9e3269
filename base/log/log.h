#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "base/error/error.h"

namespace sfteams::log {

enum class Level { trace, debug, info, warn, error };

/// "error", "warn", "info", "debug" or "trace"; fails with log.level-unknown.
[[nodiscard]] Result<Level> parse_level(std::string_view text);
[[nodiscard]] std::string_view to_string(Level level);

enum class Format {
  automatic,  ///< journal when stderr is connected to the journal ($JOURNAL_STREAM), text otherwise
  text,       ///< 2026-11-23T10:00:00.123Z info tunnel: …
  journal,    ///< <6>tunnel: … (sd-daemon(3) priority prefixes)
  /// One JSON object a line (RFC 8259): {"time":"2026-11-23T10:00:00.123Z","level":"info",
  /// "area":"tunnel","message":"…"}, the message being what the other formats write.
  json,
};

/// "automatic", "text", "journal" or "json"; nullopt for anything else.
[[nodiscard]] std::optional<Format> format_of(std::string_view text);

/// What stands before a line about a failure that is written without the log: the journal's mark of
/// an error when stderr is the journal, otherwise nothing.
[[nodiscard]] std::string_view error_mark();

/// Sets up the process's one log, to stderr. Called once by main() before anything logs.
void start(Level level, Format format = Format::automatic);
void set_level(Level level);
/// The level in force.
[[nodiscard]] Level level();

/// Is called for every line that is written, from the thread that writes it; nullptr: nobody. The
/// message is as it stands in the log. Not to log anything itself.
using Observer = std::function<void(Level level, std::string_view area, std::string_view message)>;
void observe(Observer observer);
[[nodiscard]] bool enabled(Level level);

/// Writes one line. Line breaks and control characters in `message` are escaped, so that nobody who
/// sends us text can forge a line. Never pass a secret: see base/crypto/secret.h.
/// `area` is the room or part that speaks: "tunnel", "uci", "admission".
void write(Level level, std::string_view area, std::string_view message);

/// The same for a line that somebody else, or a state that lasts, can cause again and again: each
/// `place` in the program (its format's address) writes some tens of lines a minute at most, and
/// says how many it has left out (base/log/limiter.h).
void write_limited(Level level, std::string_view area, const void* place, std::string_view message);

/// Warnings and errors are limited, each by its place in the program.
/// log::info("tunnel", "connected to {} in {} ms", host, ms);
template <typename... Args>
void trace(std::string_view area, fmt::format_string<Args...> format, Args&&... args) {
  if (enabled(Level::trace))
    write(Level::trace, area, fmt::format(format, std::forward<Args>(args)...));
}
template <typename... Args>
void debug(std::string_view area, fmt::format_string<Args...> format, Args&&... args) {
  if (enabled(Level::debug))
    write(Level::debug, area, fmt::format(format, std::forward<Args>(args)...));
}
template <typename... Args>
void info(std::string_view area, fmt::format_string<Args...> format, Args&&... args) {
  if (enabled(Level::info))
    write(Level::info, area, fmt::format(format, std::forward<Args>(args)...));
}
/// A failure is written as describe() does it. Its code is the place: "{}" as a format would be one
/// place for all that use it, because the linker keeps one copy of equal literals.
inline void warn(std::string_view area, const Error& failure) {
  if (enabled(Level::warn))
    write_limited(Level::warn, area, failure.code.id.data(), describe(failure));
}
inline void error(std::string_view area, const Error& failure) {
  if (enabled(Level::error))
    write_limited(Level::error, area, failure.code.id.data(), describe(failure));
}
template <typename... Args>
void warn(std::string_view area, fmt::format_string<Args...> format, Args&&... args) {
  if (enabled(Level::warn)) {
    write_limited(Level::warn, area, fmt::string_view(format).data(),
                  fmt::format(format, std::forward<Args>(args)...));
  }
}
template <typename... Args>
void error(std::string_view area, fmt::format_string<Args...> format, Args&&... args) {
  if (enabled(Level::error)) {
    write_limited(Level::error, area, fmt::string_view(format).data(),
                  fmt::format(format, std::forward<Args>(args)...));
  }
}

}  // namespace sfteams::log
