#include "connector/commands.h"

#include <cerrno>
#include <ostream>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock/utc_time.h"
#include "base/crypto/hash.h"
#include "base/files/atomic_file.h"
#include "connector/app_source.h"
#include "connector/certificate.h"
#include "connector/codes.h"
#include "connector/name_switch.h"
#include "connector/registry/codes.h"
#include "transport/endpoint.h"

namespace sfteams::connector {
Result<void> check_configuration(const Configuration& configuration, std::ostream& out) {
  const Listen& listen = configuration.listen;
  std::string security = "plain, for a TLS proxy on this host";
  if (listen.tls) {
    const auto validity = check_certificate(*listen.tls, std::chrono::system_clock::now());
    if (!validity) return fail(validity.error());
    security = "TLS";
    if (*validity) security += ", certificate good until " + clock::utc_text((*validity)->until);
  }
  out << "the configuration is right: "
      << transport::Endpoint{listen.address, listen.port}.to_string() << ", " << security
      << ", registration " << to_string(configuration.registration) << '\n';
  return {};
}

Result<void> check_page(const App& app, std::ostream& out, std::ostream& warnings) {
  const Result<std::optional<AppFiles>> files = read_app(app);
  if (files) {
    out << "the Teams app's page: " << describe_app(app, *files) << '\n';
  } else if (app.serve == App::Serve::yes) {
    return fail(files.error());
  } else {
    warnings << "warning: " << describe(files.error()) << '\n';
  }
  return {};
}

Result<void> write_app_package(const App& app, const std::string& version, const std::string& url,
                               const std::filesystem::path& file, std::ostream& out) {
  const Result<AppPackage> package = package_of(app, version, url);
  if (!package) return fail(package.error());
  Result<void> written =
      files::write_file_atomically(file, crypto::bytes_of(package->zip), files::Existing::replace);
  if (!written) return written;
  out << file.string() << ": the app of " << package->url << ", version " << package->version
      << ", id " << package->id << "\n"
      << "A Teams administrator uploads it (docs/teams-admin-guide.md).\n";
  return {};
}

Result<void> check_registry_place(const std::filesystem::path& file) {
  constexpr const char* kHint =
      "its directory has to be there, and both have to belong to the user that the connector runs "
      "as";
  const std::filesystem::path directory = std::filesystem::absolute(file).parent_path();
  struct stat found {};
  errno = 0;
  if (stat(directory.c_str(), &found) != 0 || !S_ISDIR(found.st_mode)) {
    return fail(
        codes::kRegistryCannotOpen,
        "[registry] file: " + (errno == EACCES ? directory.string() + " cannot be looked at"
                                               : "there is no directory " + directory.string()),
        kHint);
  }
  if (geteuid() != 0 && geteuid() != found.st_uid) return {};
  const auto may = [](const std::filesystem::path& path, int how) {
    return faccessat(AT_FDCWD, path.c_str(), how, AT_EACCESS) == 0;
  };
  const bool there = may(file, F_OK);
  if (may(directory, W_OK | X_OK) && (!there || may(file, R_OK | W_OK))) return {};
  return fail(codes::kRegistryReadOnly,
              "[registry] file: " + (there ? file : directory).string() + " cannot be written",
              kHint);
}

Result<void> enroll_name(const NameChanges& names, const std::string& name, RegistrationMode mode,
                         std::ostream& out) {
  const Result<std::string> enrolled = name_as_given(name);
  if (!enrolled) return fail(enrolled.error());
  const auto known = names.registry().ownership(*enrolled);
  if (!known) return fail(known.error());
  const Result<bool> changed = names.enroll(*enrolled, by_operator());
  if (!changed) return fail(changed.error());

  out << *enrolled << (*changed ? " is enrolled" : " was enrolled already") << '\n';
  if (*known && (*known)->identity) {
    out << "It belongs to the installation " << identity_text(**known)
        << "; to give it to another one, run \"forget\" and then \"enroll\" again.\n";
  } else {
    out << "The first agent that registers this name from now on owns it: start yours soon, and "
           "compare the identity that \"list\" shows then.\n";
  }
  if (mode == RegistrationMode::open) {
    out << "Note: with registration = open, names need not be enrolled.\n";
  }
  return {};
}

Result<void> forget_name(const NameChanges& names, const std::string& name, RegistrationMode mode,
                         std::ostream& out) {
  const Result<std::string> forgotten = name_as_given(name);
  if (!forgotten) return fail(forgotten.error());
  const Result<bool> changed = names.forget(*forgotten, by_operator());
  if (!changed) return fail(changed.error());
  if (!*changed) {
    return fail(codes::kNameUnknown, "the registry has no name " + *forgotten,
                "\"list\" shows those it has");
  }
  out << *forgotten
      << " is free again: its agent, if there is one, is cut off within moments, and its users "
         "with "
         "it.\n";
  if (mode == RegistrationMode::enrolled)
    out << "Nobody can have the name until: starface-teams-connector enroll " << *forgotten << '\n';
  return {};
}

}  // namespace sfteams::connector
