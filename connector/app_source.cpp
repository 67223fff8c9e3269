#include "connector/app_source.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include "base/error/counted.h"
#include "base/text/line.h"

namespace sfteams::connector {
namespace {

/// Of the names that are told: enough to see what kind of files they are.
constexpr std::size_t kToldNames = 5;

bool is_missing(const std::filesystem::path& directory) {
  std::error_code ignored;
  return std::filesystem::status(directory, ignored).type() ==
         std::filesystem::file_type::not_found;
}

}  // namespace

Result<std::optional<AppFiles>> read_app(const App& app) {
  const bool maybe = app.serve == App::Serve::automatic;
  if (app.serve == App::Serve::no || (maybe && is_missing(app.directory)))
    return std::optional<AppFiles>();
  Result<AppFiles> files = AppFiles::read(app.directory);
  if (!files) return fail(files.error());
  return std::optional<AppFiles>(std::move(*files));
}

Result<AppPackage> package_of(const App& app, const std::string& version, const std::string& url) {
  const std::string own = app.url ? app.url->to_string() : std::string();
  return make_app_package({url.empty() ? own : url, version, app.package_revision, app.developer});
}

std::string describe_app(const App& app, const std::optional<AppFiles>& files) {
  if (app.serve == App::Serve::no) return "none ([app] serve = no)";
  if (!files) return "none (there is no " + app.directory.string() + ")";
  std::string text = counted(files->size(), "file") + " of " + app.directory.string();
  const std::vector<std::string>& others = files->left_out();
  for (std::size_t i = 0; i < std::min(kToldNames, others.size()); ++i)
    text += (i == 0 ? ", without these: " : ", ") + text::one_line(others[i]);
  return others.size() > kToldNames ? text + ", …" : text;
}

}  // namespace sfteams::connector
