#include "agent/commands/report_file.h"

#include <fstream>

#include "agent/diagnosis/report.h"
#include "base/crypto/hash.h"
#include "base/files/atomic_file.h"
#include "base/files/codes.h"

namespace sfteams::commands {
namespace {

/// Whether a file is an earlier report.
bool is_report(const std::filesystem::path& file) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(file, ignored)) return false;
  std::string begin(diagnosis::kFirstWords.size(), '\0');
  std::ifstream stream(file, std::ios::binary);
  stream.read(begin.data(), static_cast<std::streamsize>(begin.size()));
  return stream.gcount() == static_cast<std::streamsize>(begin.size()) &&
         begin == diagnosis::kFirstWords;
}

Error no_report(const std::filesystem::path& file) {
  return {files::codes::kFileExists, file.string() + " is there already, and is no earlier report",
          "choose another name for the report"};
}

}  // namespace

Result<void> check_report_file(const std::filesystem::path& file) {
  std::error_code ignored;
  const auto kind = std::filesystem::symlink_status(file, ignored).type();
  const bool free = kind == std::filesystem::file_type::not_found || is_report(file);
  return free ? Result<void>() : fail(no_report(file));
}

Result<void> write_report_file(const std::filesystem::path& file, const std::string& text) {
  const bool older = is_report(file);
  Result<void> written = files::write_file_atomically(
      file, crypto::bytes_of(text), older ? files::Existing::replace : files::Existing::refuse);
  // There is no --force here, which its hint would name.
  if (!written && written.error().code == files::codes::kFileExists) return fail(no_report(file));
  return written;
}

}  // namespace sfteams::commands
