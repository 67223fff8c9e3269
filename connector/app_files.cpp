#include "connector/app_files.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <optional>
#include <utility>

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/crypto/hash.h"
#include "base/error/system_error.h"
#include "base/files/descriptor.h"
#include "base/text/ascii.h"
#include "base/text/encoding.h"
#include "connector/codes.h"
#include "connector/gzip.h"

namespace sfteams::connector {
namespace {

constexpr std::string_view kAssets = "assets";
constexpr std::size_t kMostName = 100;
/// A directory of something else, as / or a home, is not looked through.
constexpr std::size_t kMostEntries = 1000;
constexpr const char* kPageHint =
    "let [app] directory name the page's files as the package or \"make app\" makes them, or set "
    "[app] serve = no";

struct Type {
  std::string_view ending;
  std::string_view content_type;
  bool compressible;
};

constexpr std::array<Type, 9> kTypes{{{".html", "text/html; charset=utf-8", true},
                                      {".js", "text/javascript; charset=utf-8", true},
                                      {".css", "text/css; charset=utf-8", true},
                                      {".svg", "image/svg+xml", true},
                                      {".json", "application/json", true},
                                      {".webmanifest", "application/manifest+json", true},
                                      {".txt", "text/plain; charset=utf-8", true},
                                      {".png", "image/png", false},
                                      {".woff2", "font/woff2", false}}};

const Type* type_of(std::string_view name) {
  const auto found = std::ranges::find_if(
      kTypes, [name](const Type& type) { return name.ends_with(type.ending); });
  return found == kTypes.end() ? nullptr : &*found;
}

bool may_be_served(std::string_view name) {
  const auto allowed = [](char c) {
    return text::is_letter_or_digit(c) || c == '.' || c == '_' || c == '-';
  };
  return name.size() <= kMostName && !name.starts_with('.') && std::ranges::all_of(name, allowed) &&
         type_of(name) != nullptr;
}

/// esbuild writes it before the ending, behind '-': eight characters of base32.
bool has_hash(std::string_view name) {
  constexpr std::size_t kHash = 8;
  const std::string_view stem = name.substr(0, name.find('.'));
  if (stem.size() < kHash + 2 || stem[stem.size() - kHash - 1] != '-') return false;
  return std::ranges::all_of(stem.substr(stem.size() - kHash), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '2' && c <= '7');
  });
}

Error unreadable(const std::filesystem::path& path, int problem) {
  return {codes::kAppUnreadable,
          "[app] directory: " + path.string() + " cannot be read: " + system_message(problem),
          kPageHint};
}

std::string digest_of(std::string_view bytes) {
  return text::to_base64url(crypto::sha256({crypto::bytes_of(bytes)}));
}

AppFile made_of(std::string bytes, std::string_view name) {
  AppFile file;
  const Type& type = *type_of(name);
  file.content_type = type.content_type;
  file.immutable = has_hash(name);
  file.digest = digest_of(bytes);
  std::optional<std::string> small;
  if (type.compressible) small = gzipped(bytes);
  if (small && small->size() < bytes.size())
    file.gzipped = std::make_shared<const std::string>(std::move(*small));
  file.plain = std::make_shared<const std::string>(std::move(bytes));
  return file;
}

}  // namespace

/// One reading of the directory.
class AppFiles::Reading {
 public:
  explicit Reading(AppFiles& into) : into_(into) {}

  /// `prefix` is "" or "assets/".
  [[nodiscard]] Result<void> take_directory(int at, const char* name,
                                            const std::filesystem::path& path,
                                            const std::string& prefix);

 private:
  [[nodiscard]] Result<void> take(int directory, const std::string& name,
                                  const std::filesystem::path& path, const std::string& prefix);
  [[nodiscard]] Result<void> take_file(int directory, const std::string& name,
                                       const std::filesystem::path& path,
                                       const std::string& prefix);
  [[nodiscard]] Result<std::string> content(int file, const std::filesystem::path& path);

  AppFiles& into_;
  std::size_t entries_ = 0;
  std::size_t bytes_ = 0;
};

Result<void> AppFiles::Reading::take_directory(int at, const char* name,
                                               const std::filesystem::path& path,
                                               const std::string& prefix) {
  const int follow = prefix.empty() ? 0 : O_NOFOLLOW;
  const int descriptor = ::openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | follow);
  if (descriptor < 0) {
    const int problem = errno;
    return fail(unreadable(path, problem));
  }
  const auto close = [](DIR* directory) { ::closedir(directory); };
  const std::unique_ptr<DIR, decltype(close)> directory(::fdopendir(descriptor), close);
  if (directory == nullptr) {
    const int problem = errno;
    ::close(descriptor);
    return fail(unreadable(path, problem));
  }
  while (true) {
    errno = 0;
    const dirent* const entry = ::readdir(directory.get());
    const int problem = errno;
    if (entry == nullptr && problem != 0) return fail(unreadable(path, problem));
    if (entry == nullptr) return {};
    const std::string found = entry->d_name;
    if (found == "." || found == "..") continue;
    if (++entries_ > kMostEntries) {
      return fail(codes::kAppTooLarge,
                  "[app] directory: " + path.string() + " holds more than 1,000 files", kPageHint);
    }
    if (Result<void> taken = take(descriptor, found, path / found, prefix); !taken) return taken;
  }
}

Result<void> AppFiles::Reading::take(int directory, const std::string& name,
                                     const std::filesystem::path& path, const std::string& prefix) {
  struct stat found {};
  if (::fstatat(directory, name.c_str(), &found, AT_SYMLINK_NOFOLLOW) != 0) {
    const int problem = errno;
    return fail(unreadable(path, problem));
  }
  if (S_ISDIR(found.st_mode) && prefix.empty() && name == kAssets)
    return take_directory(directory, name.c_str(), path, name + "/");
  if (S_ISREG(found.st_mode) && may_be_served(name))
    return take_file(directory, name, path, prefix);
  into_.left_out_.push_back(prefix + name);
  return {};
}

Result<void> AppFiles::Reading::take_file(int directory, const std::string& name,
                                          const std::filesystem::path& path,
                                          const std::string& prefix) {
  if (into_.files_.size() >= kMostFiles) {
    return fail(
        codes::kAppTooLarge,
        fmt::format("[app] directory: there are more than {} files to be served", kMostFiles),
        kPageHint);
  }
  const files::Descriptor file(
      ::openat(directory, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  const int problem = errno;
  if (!file) return fail(unreadable(path, problem));
  Result<std::string> bytes = content(file.get(), path);
  if (!bytes) return fail(bytes.error());
  into_.files_.emplace(prefix + name, made_of(std::move(*bytes), name));
  return {};
}

Result<std::string> AppFiles::Reading::content(int file, const std::filesystem::path& path) {
  constexpr std::size_t kPiece = 65'536;
  std::string bytes;
  while (true) {
    const std::size_t before = bytes.size();
    bytes.resize(before + kPiece);
    const ssize_t got = ::read(file, bytes.data() + before, kPiece);
    const int problem = errno;
    if (got < 0 && problem != EINTR) return fail(unreadable(path, problem));
    bytes.resize(before + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    if (got == 0) break;
    if (bytes.size() > kMostBytes || bytes_ + bytes.size() > kMostInAll) {
      return fail(codes::kAppTooLarge,
                  fmt::format("[app] directory: {} is larger than {} MiB, or all files together "
                              "are larger than {} MiB",
                              path.string(), kMostBytes >> 20U, kMostInAll >> 20U),
                  kPageHint);
    }
  }
  bytes_ += bytes.size();
  return bytes;
}

Result<AppFiles> AppFiles::read(const std::filesystem::path& directory) {
  AppFiles files;
  Reading reading(files);
  const Result<void> read = reading.take_directory(AT_FDCWD, directory.c_str(), directory, "");
  if (!read) return fail(read.error());
  if (files.find(kIndex) == nullptr) {
    return fail(codes::kAppUnreadable,
                "[app] directory: " + directory.string() + " has no index.html that can be served",
                kPageHint);
  }
  std::ranges::sort(files.left_out_);
  return files;
}

void AppFiles::add(const std::string& name, std::string_view content_type, std::string content) {
  AppFile file;
  file.content_type = content_type;
  file.digest = digest_of(content);
  file.plain = std::make_shared<const std::string>(std::move(content));
  files_.insert_or_assign(name, std::move(file));
}

const AppFile* AppFiles::find(std::string_view name) const {
  const auto found = files_.find(name);
  return found == files_.end() ? nullptr : &found->second;
}

}  // namespace sfteams::connector
