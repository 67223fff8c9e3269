#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "tests/contains.h"

namespace sfteams::integration {

using namespace std::chrono_literals;

/// How long anything in these tests may take before it counts as hung; generous, for sanitizer
/// builds on a busy machine.
inline constexpr std::chrono::seconds kPatience{30};

/// Asks `happened` again and again until it says yes; false when the patience is over.
[[nodiscard]] bool eventually(const std::function<bool()>& happened,
                              std::chrono::milliseconds patience = kPatience);

/// A program of ours in a process of its own, with its output in files. Killed when it goes.
class ChildProcess {
 public:
  struct Options {
    std::vector<std::string> arguments;
    std::filesystem::path output;            ///< stdout goes to output.out, stderr to output.err
    std::string input;                       ///< what stands on its stdin
    std::vector<std::string> environment{};  ///< "NAME=value", added to ours
  };

  ChildProcess(const std::filesystem::path& program, const Options& options);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] bool running();
  void signal(int number);
  /// The exit status; 128 + n for a signal; nullopt when it still runs after the patience.
  [[nodiscard]] std::optional<int> wait(std::chrono::milliseconds patience = kPatience);
  [[nodiscard]] std::string out() const;
  [[nodiscard]] std::string err() const;

 private:
  std::filesystem::path output_;
  pid_t pid_ = -1;
  std::optional<int> status_;
};

/// Runs a program to its end.
struct Finished {
  int status = -1;  ///< -1: it hung and was killed
  std::string out;
  std::string err;
};
[[nodiscard]] Finished run(const std::filesystem::path& program,
                           const ChildProcess::Options& options);

using sfteams::contains;

[[nodiscard]] std::string read_file(const std::filesystem::path& file);
void write_file(const std::filesystem::path& file, const std::string& content);

/// A directory of its own, gone with the object (kept when SFTEAMS_KEEP is set, to look at the
/// logs).
class ScratchDirectory {
 public:
  ScratchDirectory();
  ~ScratchDirectory();
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace sfteams::integration
