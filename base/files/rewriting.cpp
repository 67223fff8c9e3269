#include "base/files/rewriting.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <optional>
#include <string>
#include <system_error>

#include <fcntl.h>

#include "base/crypto/hash.h"
#include "base/crypto/secret.h"
#include "base/error/system_error.h"
#include "base/files/atomic_file.h"
#include "base/files/codes.h"
#include "base/files/descriptor.h"
#include "base/files/small_file.h"

namespace sfteams::files {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMost = 1U << 20U;
constexpr std::size_t kMostSpare = 2 * kMost + 32;

/// What the file was, and what it is to be.
struct Texts {
  std::string_view before;
  std::string_view after;
};

/// The length of the old text, a line feed, the old text, the new one.
crypto::Secret spare_text(std::string_view before, std::string_view after) {
  const std::string length = std::to_string(before.size()) + "\n";
  crypto::Secret text(length.size() + before.size() + after.size());
  auto rest = text.bytes();
  for (const std::string_view part : {std::string_view(length), before, after}) {
    std::ranges::copy(crypto::bytes_of(part), rest.begin());
    rest = rest.subspan(part.size());
  }
  return text;
}

std::optional<Texts> texts_of(std::string_view spare) {
  std::size_t length = 0;
  const char* const end = spare.data() + spare.size();
  const auto [rest, error] = std::from_chars(spare.data(), end, length);
  if (error != std::errc() || rest == end || *rest != '\n') return std::nullopt;
  spare.remove_prefix(static_cast<std::size_t>(rest - spare.data()) + 1);
  if (length > spare.size()) return std::nullopt;
  return Texts{spare.substr(0, length), spare.substr(length)};
}

/// Whether a text is what a write that was cut off leaves: neither the old one nor the new one, and
/// every byte of it is that of one of them, or none that was written yet. What somebody has written
/// since is something else.
bool is_between(std::string_view now, const Texts& texts) {
  if (now == texts.before || now == texts.after) return false;
  const auto [least, most] = std::minmax({texts.before.size(), texts.after.size()});
  if (now.size() < least || now.size() > most) return false;
  const auto is_of = [](std::string_view text, std::size_t i, char c) {
    return i < text.size() && text[i] == c;
  };
  for (std::size_t i = 0; i < now.size(); ++i) {
    const bool known = is_of(texts.before, i, now[i]) || is_of(texts.after, i, now[i]);
    if (!known && now[i] != '\0') return false;
  }
  return true;
}

tl::unexpected<Error> not_rewritten(const fs::path& file, int error) {
  return fail(codes::kFileNotWritten,
              "cannot write " + file.string() + ": " + system_message(error),
              error == ENOSPC || error == EDQUOT ? "make room on the disk"
                                                 : "check the disk and the rights on the file");
}

/// 0, or the system's error; the file may be half written then.
int write_over(int descriptor, std::string_view text) {
  off_t at = 0;
  for (std::string_view rest = text; !rest.empty();) {
    const ssize_t written = ::pwrite(descriptor, rest.data(), rest.size(), at);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return written < 0 ? errno : EIO;
    rest.remove_prefix(static_cast<std::size_t>(written));
    at += written;
  }
  if (::ftruncate(descriptor, at) != 0 || ::fsync(descriptor) != 0) return errno;
  return 0;
}

Descriptor opened(const fs::path& file) {
  return Descriptor(::open(file.c_str(), O_WRONLY | O_NOFOLLOW | O_CLOEXEC));
}

}  // namespace

Result<void> rewrite(const fs::path& file, std::string_view text, const fs::path& spare) {
  const Result<crypto::Secret> before = read_small_file(file, kMost);
  if (!before) return fail(before.error());
  const Descriptor descriptor = opened(file);
  if (!descriptor) return not_rewritten(file, errno);
  // A full disk is told now, while nothing has changed; file systems that cannot tell are tried.
  const auto size = static_cast<off_t>(text.size());
  if (::fallocate(descriptor.get(), FALLOC_FL_KEEP_SIZE, 0, size) != 0 &&
      (errno == ENOSPC || errno == EDQUOT))
    return not_rewritten(file, errno);
  const crypto::Secret both = spare_text(before->text(), text);
  if (Result<void> kept = write_file_atomically(spare, both.bytes(), Existing::replace); !kept)
    return kept;
  const int error = write_over(descriptor.get(), text);
  if (error != 0 && write_over(descriptor.get(), before->text()) != 0) {
    // Neither the one nor the other: the next start has the spare.
    return not_rewritten(file, error);
  }
  std::error_code ignored;
  fs::remove(spare, ignored);
  if (error != 0) return not_rewritten(file, error);
  return {};
}

Result<bool> end_rewriting(const fs::path& file, const fs::path& spare) {
  std::error_code ignored;
  if (!fs::exists(spare, ignored)) return false;
  const Result<crypto::Secret> kept = read_small_file(spare, kMostSpare);
  if (!kept) return fail(kept.error());
  const Result<crypto::Secret> now = read_small_file(file, kMost);
  if (!now) return fail(now.error());
  const std::optional<Texts> texts = texts_of(kept->text());
  const bool cut_off = texts && is_between(now->text(), *texts);
  if (cut_off) {
    const Descriptor descriptor = opened(file);
    if (!descriptor) return not_rewritten(file, errno);
    if (const int error = write_over(descriptor.get(), texts->after); error != 0)
      return not_rewritten(file, error);
  }
  fs::remove(spare, ignored);
  return cut_off;
}

}  // namespace sfteams::files
