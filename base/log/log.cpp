#include "base/log/log.h"

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log/codes.h"
#include "base/log/limiter.h"
#include "base/text/line.h"

namespace sfteams::log {
namespace {

/// The process has one stderr, so it has one log; this is the one place that holds state for it.
struct ProcessLog {
  std::shared_ptr<spdlog::logger> logger;
  Format format = Format::text;  ///< never automatic
  std::atomic<bool> started{false};
  std::atomic<Level> level{Level::info};
  Observer observer;
  std::mutex limiting;
  Limiter limiter;
};

ProcessLog& process_log() {
  static ProcessLog log;
  return log;
}

/// $JOURNAL_STREAM holds "device:inode" of the socket; it is inherited by children whose stderr
/// goes elsewhere, so it is compared (systemd.exec(5)).
bool stderr_is_journal() {
  const char* stream = std::getenv("JOURNAL_STREAM");
  struct stat status {};
  if (stream == nullptr || fstat(STDERR_FILENO, &status) != 0) return false;
  return fmt::format("{}:{}", status.st_dev, status.st_ino) == stream;
}

/// What spdlog puts around a line ("%v"): the time, where the format has one.
const char* pattern_of(Format format) {
  switch (format) {
    case Format::journal:
      return "%v";
    case Format::json:
      return R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ",%v})";
    case Format::text:
    case Format::automatic:
      break;
  }
  return "%Y-%m-%dT%H:%M:%S.%eZ %v";
}

/// sd-daemon(3).
int priority(Level level) {
  switch (level) {
    case Level::error:
      return 3;
    case Level::warn:
      return 4;
    case Level::info:
      return 6;
    case Level::debug:
    case Level::trace:
      break;
  }
  return 7;
}

}  // namespace

Result<Level> parse_level(std::string_view text) {
  for (const Level level : {Level::error, Level::warn, Level::info, Level::debug, Level::trace}) {
    if (text == to_string(level)) return level;
  }
  return fail(codes::kLevelUnknown,
              "\"" + text::one_line(text.substr(0, 32)) + "\" is no log level",
              "use error, warn, info, debug or trace");
}

std::string_view to_string(Level level) {
  switch (level) {
    case Level::trace:
      return "trace";
    case Level::debug:
      return "debug";
    case Level::info:
      return "info";
    case Level::warn:
      return "warn";
    case Level::error:
      break;
  }
  return "error";
}

std::optional<Format> format_of(std::string_view text) {
  if (text == "automatic") return Format::automatic;
  if (text == "text") return Format::text;
  if (text == "journal") return Format::journal;
  if (text == "json") return Format::json;
  return std::nullopt;
}

std::string_view error_mark() {
  return stderr_is_journal() ? "<3>" : "";
}

void start(Level level, Format format) {
  ProcessLog& log = process_log();
  if (format == Format::automatic) format = stderr_is_journal() ? Format::journal : Format::text;
  log.format = format;
  // The level is checked in enabled(), so spdlog lets everything through.
  log.logger = std::make_shared<spdlog::logger>("starface-teams",
                                                std::make_shared<spdlog::sinks::stderr_sink_mt>());
  log.logger->set_level(spdlog::level::trace);
  log.logger->set_pattern(pattern_of(format), spdlog::pattern_time_type::utc);
  log.level = level;
  log.started = true;
}

void set_level(Level level) {
  process_log().level = level;
}

Level level() {
  return process_log().level;
}

void observe(Observer observer) {
  process_log().observer = std::move(observer);
}

bool enabled(Level level) {
  const ProcessLog& log = process_log();
  return log.started && level >= log.level;
}

void write(Level level, std::string_view area, std::string_view message) {
  if (!enabled(level)) return;
  const ProcessLog& log = process_log();
  if (log.observer) log.observer(level, area, text::one_line(message));
  const auto put = [&log](const std::string& line) {
    log.logger->log(spdlog::level::info, spdlog::string_view_t(line.data(), line.size()));
  };
  switch (log.format) {
    case Format::journal:
      return put(fmt::format("<{}>{}: {}", priority(level), area, text::one_line(message)));
    case Format::json:
      return put(fmt::format(R"("level":"{}","area":"{}","message":"{}")", to_string(level),
                             text::json_text(area), text::json_text(message)));
    case Format::text:
    case Format::automatic:
      break;
  }
  put(fmt::format("{} {}: {}", to_string(level), area, text::one_line(message)));
}

void write_limited(Level level, std::string_view area, const void* place,
                   std::string_view message) {
  if (!enabled(level)) return;
  ProcessLog& log = process_log();
  std::optional<std::uint64_t> left_out;
  {
    const std::lock_guard lock(log.limiting);
    left_out = log.limiter.admit(place, std::chrono::steady_clock::now());
  }
  if (!left_out) return;
  if (*left_out == 0) return write(level, area, message);
  write(level, area, fmt::format("{} (left out before: {} more like this)", message, *left_out));
}

}  // namespace sfteams::log
