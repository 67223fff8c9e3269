#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error/error.h"

namespace sfteams::connector {

/// A file of the page, as it is sent.
struct AppFile {
  std::string_view content_type;
  std::shared_ptr<const std::string> plain;
  /// By gzip (RFC 1952); nullptr where that saves nothing.
  std::shared_ptr<const std::string> gzipped;
  std::string digest;      ///< base64url of its SHA-256: what its entity tags are made of
  bool immutable = false;  ///< its name holds a hash of its content, as esbuild writes it
};

/// The files of the Teams app's page, read whole into memory, so that no request ever reaches the
/// disk. What may be served is decided here: regular files of the directory and of its
/// sub-directory "assets", with names of letters, digits, '.', '_' and '-' that do not begin with
/// '.', and endings that have a content type here. Symbolic links are not followed.
class AppFiles {
 public:
  static constexpr std::size_t kMostFiles = 200;
  static constexpr std::size_t kMostBytes = 4U << 20U;  ///< of a file
  static constexpr std::size_t kMostInAll = 16U << 20U;
  static constexpr std::string_view kIndex = "index.html";

  /// Fails with connector.app-unreadable (the directory or a file of it cannot be read, or there
  /// is no index.html) or connector.app-too-large.
  [[nodiscard]] static Result<AppFiles> read(const std::filesystem::path& directory);

  /// Beside those of the directory: one that is made here.
  void add(const std::string& name, std::string_view content_type, std::string content);
  /// By its name, behind "assets/" where it lies there; nullptr when it is not served.
  [[nodiscard]] const AppFile* find(std::string_view name) const;
  [[nodiscard]] std::size_t size() const { return files_.size(); }
  /// What lies there and is not served, sorted.
  [[nodiscard]] const std::vector<std::string>& left_out() const { return left_out_; }

 private:
  class Reading;
  std::map<std::string, AppFile, std::less<>> files_;
  std::vector<std::string> left_out_;
};

}  // namespace sfteams::connector
