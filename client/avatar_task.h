#pragma once

#include <filesystem>
#include <string>
#include <utility>

#include <json/value.h>

#include "client/program.h"

namespace sfteams::client {

/// Writes the picture of a user of the PBX into a file; prints that there is none, and ends with
/// EX_UNAVAILABLE, where the user has none.
class AvatarTask final : public Task {
 public:
  /// `user`: an accountId of users.list, the id of users.me, or empty for the user who signs in.
  /// `file` is replaced.
  AvatarTask(std::string user, std::filesystem::path file)
      : user_(std::move(user)), file_(std::move(file)) {}
  void start(Program& program) override;

 private:
  void ask(Program& program);
  void keep(Program& program, const Json::Value& result);

  std::string user_;
  std::filesystem::path file_;
};

}  // namespace sfteams::client
