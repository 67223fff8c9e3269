#include "tests/integration/child_process.h"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace sfteams::integration {
namespace {

std::filesystem::path with_suffix(const std::filesystem::path& base, const char* suffix) {
  return base.string() + suffix;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  result.reserve(texts.size() + 1);
  for (std::string& text : texts)
    result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

/// Whether "NAME=value" has its NAME in common with one of `assignments`; of two, getenv(3) finds
/// the first.
bool is_set_anew(std::string_view entry, const std::vector<std::string>& assignments) {
  const std::string_view name = entry.substr(0, entry.find('=') + 1);
  return std::any_of(assignments.begin(), assignments.end(),
                     [&](const std::string& assignment) { return assignment.starts_with(name); });
}

}  // namespace

bool eventually(const std::function<bool()>& happened, std::chrono::milliseconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (true) {
    if (happened()) return true;
    if (std::chrono::steady_clock::now() >= deadline) return false;
    std::this_thread::sleep_for(10ms);
  }
}

ChildProcess::ChildProcess(const std::filesystem::path& program, const Options& options)
    : output_(options.output) {
  const std::filesystem::path input = with_suffix(output_, ".in");
  write_file(input, options.input);

  std::vector<std::string> arguments{program.string()};
  arguments.insert(arguments.end(), options.arguments.begin(), options.arguments.end());
  std::vector<std::string> environment;
  for (char** entry = environ; *entry != nullptr; ++entry)
    if (!is_set_anew(*entry, options.environment)) environment.emplace_back(*entry);
  environment.insert(environment.end(), options.environment.begin(), options.environment.end());

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, input.c_str(), O_RDONLY, 0);
  constexpr int kWrite = O_WRONLY | O_CREAT | O_APPEND;
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, with_suffix(output_, ".out").c_str(),
                                   kWrite, 0600);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, with_suffix(output_, ".err").c_str(),
                                   kWrite, 0600);
  const int failed = posix_spawn(&pid_, program.c_str(), &actions, nullptr,
                                 pointers(arguments).data(), pointers(environment).data());
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) throw std::runtime_error("cannot start " + program.string());
}

ChildProcess::~ChildProcess() {
  if (!running()) return;
  kill(pid_, SIGCONT);
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

bool ChildProcess::running() {
  if (status_) return false;
  int status = 0;
  const pid_t ended = waitpid(pid_, &status, WNOHANG);
  if (ended == 0) return true;
  status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return false;
}

void ChildProcess::signal(int number) {
  if (running()) kill(pid_, number);
}

std::optional<int> ChildProcess::wait(std::chrono::milliseconds patience) {
  if (!eventually([this] { return !running(); }, patience)) return std::nullopt;
  return status_;
}

std::string ChildProcess::out() const {
  return read_file(with_suffix(output_, ".out"));
}

std::string ChildProcess::err() const {
  return read_file(with_suffix(output_, ".err"));
}

Finished run(const std::filesystem::path& program, const ChildProcess::Options& options) {
  // A name used twice must not show the first run's output again.
  std::filesystem::remove(with_suffix(options.output, ".out"));
  std::filesystem::remove(with_suffix(options.output, ".err"));
  ChildProcess child(program, options);
  Finished finished;
  finished.status = child.wait().value_or(-1);
  finished.out = child.out();
  finished.err = child.err();
  return finished;
}

std::string read_file(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream content;
  content << stream.rdbuf();
  return content.str();
}

void write_file(const std::filesystem::path& file, const std::string& content) {
  std::ofstream stream(file, std::ios::binary | std::ios::trunc);
  stream << content;
  if (!stream.flush()) throw std::runtime_error("cannot write " + file.string());
}

ScratchDirectory::ScratchDirectory() {
  std::string pattern = (std::filesystem::temp_directory_path() / "sfteams-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("cannot make " + pattern);
  path_ = pattern;
}

ScratchDirectory::~ScratchDirectory() {
  if (std::getenv("SFTEAMS_KEEP") != nullptr) return;
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace sfteams::integration
