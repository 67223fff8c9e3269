#include "agent/diagnosis/report.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <fstream>
#include <system_error>

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#include "agent/diagnosis/redaction.h"
#include "agent/diagnosis/step.h"
#include "agent/findings/check_run.h"
#include "base/clock/utc_time.h"
#include "base/files/small_file.h"
#include "base/json/json.h"
#include "base/settings/ini.h"
#include "base/text/line.h"
#include "transport/library_versions.h"

namespace sfteams::diagnosis {
namespace {

constexpr std::size_t kMaxConfiguration = 1U << 16U;

std::size_t count(std::span<const Finding> findings, Verdict verdict) {
  return static_cast<std::size_t>(std::ranges::count(findings, verdict, &Finding::verdict));
}

std::string system_text() {
  std::string text;
  std::ifstream release("/etc/os-release");
  for (std::string line; std::getline(release, line);) {
    constexpr std::string_view kName = "PRETTY_NAME=";
    if (line.starts_with(kName)) text += "system:    " + line.substr(kName.size()) + "\n";
  }
  utsname name{};
  if (::uname(&name) == 0)
    text += fmt::format("kernel:    {} {} {}\n", name.sysname, name.release, name.machine);
  return text + "libraries: " + transport::library_versions() + "\n";
}

/// The one file, if it is one and can be read.
std::string configuration_text(const std::filesystem::path& path) {
  const Result<std::filesystem::path> file = settings::find_one(path);
  if (!file) return describe(file.error()) + "\n";
  const Result<crypto::Secret> text = files::read_small_file(*file, kMaxConfiguration);
  if (!text) return describe(text.error()) + "\n";
  return "# " + file->string() + "\n" + redacted_ini(text->text());
}

std::string listing(const std::filesystem::path& directory) {
  std::vector<std::string> lines;
  std::error_code error;
  std::filesystem::directory_iterator entry(directory, error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    const std::filesystem::path& path = entry->path();
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0) continue;
    lines.push_back(fmt::format("{:06o} uid {} {:>8} bytes {}", status.st_mode, status.st_uid,
                                status.st_size, text::one_line(path.filename().string())));
  }
  if (error) return directory.string() + ": " + error.message() + "\n";
  std::ranges::sort(lines, {},
                    [](const std::string& line) { return line.substr(line.rfind(' ')); });
  return lines.empty() ? "empty\n" : fmt::format("{}\n", fmt::join(lines, "\n"));
}

}  // namespace

std::string to_text(const Finding& finding) {
  std::string line = fmt::format("{:<4}  {:<13} ", to_string(finding.verdict), finding.step);
  if (!finding.code.empty()) line += "[" + finding.code + "] ";
  line += text::one_line(finding.text.text()) + "\n";
  if (!finding.next.empty())
    line += fmt::format("{:<20}→ {}\n", "", text::one_line(finding.next.text()));
  return line;
}

std::string summary(std::span<const Finding> findings) {
  return fmt::format("{} OK, {} WARN, {} FAIL, {} skipped", count(findings, Verdict::ok),
                     count(findings, Verdict::warn), count(findings, Verdict::fail),
                     count(findings, Verdict::skipped));
}

int exit_status(std::span<const Finding> findings) {
  if (count(findings, Verdict::fail) > 0) return 2;
  return count(findings, Verdict::warn) > 0 ? 1 : 0;
}

std::string report(const ReportParts& parts) {
  std::string text = fmt::format("{}{}\ntime:      {}\n", kFirstWords, parts.version,
                                 clock::utc_text(std::chrono::system_clock::now()));
  text += system_text();
  const auto section = [&text](const char* title, const std::string& content) {
    text += fmt::format("\n== {}\n\n{}", title, content);
  };
  std::string findings;
  for (const Finding& finding : parts.findings)
    findings += to_text(finding);
  section("Findings", findings + summary(parts.findings) + "\n");
  section("Configuration", configuration_text(parts.configuration));
  section("State directory", listing(parts.state_directory));
  section("Status", parts.status.isNull() ? std::string("no running agent has answered\n")
                                          : json::write_pretty(parts.status));
  section("Log",
          "Not in here, because users' names are. To add the last hour of it:\n"
          "journalctl -u starface-teams-agent --since -1h\n");
  return text;
}

}  // namespace sfteams::diagnosis
