#pragma once

#include <filesystem>
#include <iosfwd>
#include <string>

#include "base/error/error.h"
#include "connector/configuration.h"
#include "connector/name_changes.h"
#include "connector/registry/registry.h"

namespace sfteams::connector {

// The commands that an operator runs beside the daemon, those about names on the same registry.

/// Says that the configuration is right, after a look at what it names. Fails with
/// transport.certificate-unreadable, transport.certificate-mismatch, connector.certificate-expired
/// or connector.certificate-not-yet.
[[nodiscard]] Result<void> check_configuration(const Configuration& configuration,
                                               std::ostream& out);
/// Says what is served as the page. Fails as read_app() where the page has to be there ([app] serve =
/// yes); otherwise that is a warning, because agents and clients can do without.
[[nodiscard]] Result<void> check_page(const App& app, std::ostream& out, std::ostream& warnings);
/// Writes the package for Teams. Fails as package_of() or files::write_file_atomically().
[[nodiscard]] Result<void> write_app_package(const App& app, const std::string& version,
                                             const std::string& url,
                                             const std::filesystem::path& file, std::ostream& out);
/// Whether this process may write the registry, or make it; makes none. Whoever is neither root nor
/// the directory's owner cannot tell, and is told nothing. Fails with
/// connector.registry-cannot-open or connector.registry-read-only.
[[nodiscard]] Result<void> check_registry_place(const std::filesystem::path& file);
/// Lets the name in. Fails with keygen.bad-name (as a usage error).
[[nodiscard]] Result<void> enroll_name(const NameChanges& names, const std::string& name,
                                       RegistrationMode mode, std::ostream& out);
/// Frees the name. Fails with keygen.bad-name or connector.name-unknown.
[[nodiscard]] Result<void> forget_name(const NameChanges& names, const std::string& name,
                                       RegistrationMode mode, std::ostream& out);
}  // namespace sfteams::connector
