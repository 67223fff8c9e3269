#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "agent/guard/book_days.h"
#include "base/crypto/secret.h"
#include "base/error/error.h"
#include "transport/background.h"

namespace sfteams::agent {

/// The file of known users: what is in it, and how it is sealed with AES-256-GCM, read and written.
/// What the entries mean is agent/guard/known_users.h's.
class KnownUsersFile {
 public:
  using Name = std::array<std::uint8_t, 16>;      ///< a keyed hash of a name
  using Verifier = std::array<std::uint8_t, 32>;  ///< a key made of a password
  /// Wipes its verifier, copies and what a vector has moved away included.
  struct Entry {
    Name name{};
    Verifier verifier{};
    std::int64_t day = 0;    ///< of the last sign-in, by the book
    std::size_t misses = 0;  ///< at most 255 are kept
    ~Entry() { crypto::wipe(verifier); }
  };
  struct Content {
    Name judge{};            ///< a keyed hash of who took the passwords
    BookDays::Marks days{};  ///< an older agent wrote none: the last day of a user
    std::vector<Entry> users{};
  };
  /// Replaces the file's text, on any thread.
  using Save = std::function<Result<void>(const std::filesystem::path& file, std::string text)>;
  using Written = std::function<void(const Result<void>&)>;

  /// The sealed bytes. unpacked() finds nothing in bytes of another length than pack(), or an older
  /// agent that wrote no days, makes.
  [[nodiscard]] static crypto::Secret pack(const Content& content);
  [[nodiscard]] static std::optional<Content> unpacked(std::span<const std::uint8_t> bytes);

  /// `file` empty: nothing may be read or written. `key`: 32 bytes.
  KnownUsersFile(std::filesystem::path file, crypto::Secret key, Save save);
  /// Nothing that is being written beside the loop reaches the file any more.
  ~KnownUsersFile();
  KnownUsersFile(const KnownUsersFile&) = delete;
  KnownUsersFile& operator=(const KnownUsersFile&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return file_; }
  struct Read {
    std::optional<Content> content{};
    std::string problem{};  ///< why there is a file but no content
  };
  /// Neither content nor a problem: there is no file.
  [[nodiscard]] Read read() const;
  /// Here and now.
  [[nodiscard]] Result<void> write(const Content& content) const;
  /// On a thread of `background`, because with many users it takes milliseconds, and on a slow disk
  /// longer. Not while writing(). `written` comes once, in a later turn, unless it is given up.
  void write_beside(transport::Background& background, const Content& content, Written written);
  [[nodiscard]] bool writing() const { return work_ != nullptr; }
  /// Afterwards nothing of what is being written beside the loop reaches the file any more; waits
  /// for the disk when it is just being written. False: nothing was being written.
  bool give_up();

 private:
  /// One text that is written beside the loop.
  struct Job;

  std::filesystem::path file_;
  crypto::Secret key_;
  Save save_;
  std::unique_ptr<transport::BackgroundWork> work_;
  std::shared_ptr<Job> job_;  ///< of work_
};

}  // namespace sfteams::agent
