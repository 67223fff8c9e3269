#pragma once

#include <string>
#include <string_view>

#include "base/error/error.h"
#include "connector/web_origin.h"

namespace sfteams::connector {

/// Who stands behind the app, as Teams shows it to users; empty URLs are those of the page.
struct AppDeveloper {
  std::string name = "Teams Integration for STARFACE";  ///< at most 32 characters
  std::string website;
  std::string privacy;
  std::string terms;
};

struct AppPackageOptions {
  std::string url;        ///< "https://host" or "https://host:port"
  std::string version;    ///< the product's: MAJOR.MINOR.PATCH, with or without something behind it
  unsigned revision = 0;  ///< [app] package-revision: 0 to 99
  AppDeveloper developer;
};

/// What a Teams administrator uploads.
struct AppPackage {
  std::string zip;
  std::string id;       ///< the manifest's: of the URL, the same for ever
  std::string version;  ///< rises with the product and with the revision
  std::string url;      ///< in its one spelling
};

/// Makes the package for a connector. Equal options give equal bytes. Fails with
/// connector.app-url-unusable (none, http, an address instead of a name, a name of this host only, a
/// path, user information) or connector.app-package-failed.
[[nodiscard]] Result<AppPackage> make_app_package(const AppPackageOptions& options);

/// The UUID of version 5 of a URL (RFC 9562 section 5.5).
[[nodiscard]] std::string uuid_of_url(std::string_view url);

}  // namespace sfteams::connector
