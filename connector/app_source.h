#pragma once

#include <optional>
#include <string>

#include "base/error/error.h"
#include "connector/app_files.h"
#include "connector/configuration.h"

namespace sfteams::connector {

/// The page's files as [app] serve and [app] directory say. nullopt: it is not to be served, because
/// of "no", or because "automatic" finds no directory. Fails as AppFiles::read().
[[nodiscard]] Result<std::optional<AppFiles>> read_app(const App& app);

/// The package's name below /app/.
inline constexpr const char* kAppPackageName = "teams-app.zip";

/// Of this connector: for `url` instead of [app] url where it is given. Fails as make_app_package().
[[nodiscard]] Result<AppPackage> package_of(const App& app, const std::string& version,
                                            const std::string& url = {});

/// "12 files of /usr/share/…/app, without these: .git, notes" or why there is none.
[[nodiscard]] std::string describe_app(const App& app, const std::optional<AppFiles>& files);

}  // namespace sfteams::connector
