#include "connector/zip_archive.h"

#include <memory>

#include <zip.h>

namespace sfteams::connector {
namespace {

/// 1 January 1980, 0:00: the first moment that MS-DOS knows.
constexpr zip_uint16_t kDosDate = 0x0021;
constexpr zip_uint16_t kDosTime = 0;
/// A regular file, rw-r--r--, in the upper half, where Unix looks for it.
constexpr zip_uint32_t kAttributes = 0100644U << 16U;

struct Discard {
  void operator()(zip_t* archive) const { zip_discard(archive); }
};
struct Free {
  void operator()(zip_source_t* source) const { zip_source_free(source); }
};

bool add(zip_t* archive, const ZipEntry& entry) {
  zip_source_t* const content =
      zip_source_buffer(archive, entry.content.data(), entry.content.size(), 0);
  if (content == nullptr) return false;
  const std::string name(entry.name);
  const zip_int64_t index = zip_file_add(archive, name.c_str(), content, ZIP_FL_ENC_UTF_8);
  if (index < 0) {
    zip_source_free(content);
    return false;
  }
  const auto at = static_cast<zip_uint64_t>(index);
  return zip_set_file_compression(archive, at, ZIP_CM_STORE, 0) == 0 &&
         zip_file_set_dostime(archive, at, kDosTime, kDosDate, 0) == 0 &&
         zip_file_set_external_attributes(archive, at, 0, ZIP_OPSYS_UNIX, kAttributes) == 0;
}

std::optional<std::string> read_all(zip_source_t* source) {
  if (zip_source_open(source) != 0) return std::nullopt;
  zip_stat_t found;
  zip_stat_init(&found);
  std::optional<std::string> bytes;
  if (zip_source_stat(source, &found) == 0) {
    bytes.emplace(found.size, '\0');
    const zip_int64_t got = zip_source_read(source, bytes->data(), found.size);
    if (got < 0 || static_cast<zip_uint64_t>(got) != found.size) bytes.reset();
  }
  zip_source_close(source);
  return bytes;
}

}  // namespace

std::optional<std::string> zip_archive(std::span<const ZipEntry> entries) {
  zip_error_t error;
  zip_error_init(&error);
  std::unique_ptr<zip_source_t, Free> target(zip_source_buffer_create(nullptr, 0, 0, &error));
  if (target == nullptr) return std::nullopt;
  std::unique_ptr<zip_t, Discard> archive(
      zip_open_from_source(target.get(), ZIP_CREATE | ZIP_TRUNCATE, &error));
  if (archive == nullptr) return std::nullopt;
  // The archive has the source now, and frees its one use of it.
  zip_source_keep(target.get());
  for (const ZipEntry& entry : entries) {
    if (!add(archive.get(), entry)) return std::nullopt;
  }
  if (zip_close(archive.get()) != 0) return std::nullopt;
  static_cast<void>(archive.release());
  return read_all(target.get());
}

}  // namespace sfteams::connector
