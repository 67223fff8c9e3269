#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/settings/codes.h"
#include "base/settings/ini.h"
#include "base/settings/rights.h"

namespace sfteams::settings {
namespace {

namespace fs = std::filesystem;

tl::unexpected<Error> nothing(std::string message) {
  return fail(codes::kNone, std::move(message),
              "name the file or its directory with --config, or put one *.ini there");
}

}  // namespace

Result<fs::path> find_one(const fs::path& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (status.type() == fs::file_type::not_found) {
    return nothing("there is no configuration: " + path.string() + " does not exist");
  }
  if (error) {
    return fail(codes::kUnreadable, path.string() + " cannot be looked at: " + error.message(),
                "check the path and its permissions");
  }
  if (!fs::is_directory(status)) return path;

  std::vector<std::string> found;
  fs::directory_iterator files(path, error);
  for (; !error && files != fs::directory_iterator(); files.increment(error)) {
    const std::string name = files->path().filename().string();
    if (!name.starts_with('.') && name.ends_with(".ini")) found.push_back(files->path().string());
  }
  if (error) {
    return fail(codes::kUnreadable,
                "the directory " + path.string() + " cannot be listed: " + error.message(),
                hint_to_let_read("0750"));
  }
  if (found.empty())
    return nothing("there is no configuration: " + path.string() + " holds no *.ini");
  if (found.size() > 1) {
    std::ranges::sort(found);
    return fail(codes::kSeveral,
                fmt::format("there is more than one configuration: {}", fmt::join(found, ", ")),
                "exactly one may be in force: rename the others so that they do not end in .ini");
  }
  return found.front();
}

}  // namespace sfteams::settings
