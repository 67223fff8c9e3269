#include "agent/daemon/page_settings.h"

#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "agent/daemon/codes.h"
#include "base/crypto/hash.h"
#include "base/files/atomic_file.h"
#include "base/files/rewriting.h"
#include "base/files/small_file.h"
#include "base/json/json.h"
#include "base/settings/edit.h"
#include "base/settings/ini.h"
#include "keygen/codes.h"
#include "keygen/system_name.h"

namespace sfteams::agent {
namespace {

std::string canonical(const std::string& name) {
  Result<std::string> found = keygen::canonical_system_name(name);
  // What is wrong with it is told by whoever reads the whole configuration.
  return found.value_or(name);
}

Result<std::string> changed(std::string_view text, const std::string& origin,
                            const PageSettings& settings) {
  Result<std::string> result{std::string(text)};
  if (settings.name)
    result = settings::set_value(*result, "system", "name", canonical(*settings.name), origin);
  if (result && settings.uci_enabled) {
    result = settings::set_value(*result, "uci", "enabled", *settings.uci_enabled ? "yes" : "no",
                                 origin);
  }
  return result;
}

Error changed_by_hand(const std::string& what) {
  return {codes::kChangedByHand, what,
          "have the file read first: starface-teams-agent reload; then look at the page again"};
}

/// What stands in the file, is not in force, and is about to be overwritten.
Result<void> check_by_hand(const settings::Ini& ini, const Configuration& in_force,
                           const PageSettings& settings) {
  const auto differs = [&](const char* section, const char* key) {
    const settings::Entry* const entry = ini.find(section, key);
    return fail(changed_by_hand(
        fmt::format("{}:{}: [{}] {} was changed by hand and is not in force yet", ini.origin(),
                    entry == nullptr ? 0 : entry->line, section, key)));
  };
  const settings::Entry* const name = ini.find("system", "name");
  if (settings.name && name != nullptr) {
    const std::string there = canonical(name->value);
    if (there != in_force.name && there != canonical(*settings.name))
      return differs("system", "name");
  }
  const settings::Entry* const enabled = ini.find("uci", "enabled");
  if (settings.uci_enabled && enabled != nullptr) {
    const bool there = settings::Reader(ini).yes_no("uci", "enabled", true);
    if (there != in_force.uci.enabled && there != *settings.uci_enabled)
      return differs("uci", "enabled");
  }
  return {};
}

/// The file itself, where configuration management has put a link in its place.
std::filesystem::path behind_links(const std::filesystem::path& file) {
  std::error_code error;
  const std::filesystem::path found = std::filesystem::canonical(file, error);
  return error ? file : found;
}

bool may_write(const std::filesystem::path& place) {
  return ::faccessat(AT_FDCWD, place.c_str(), W_OK, AT_EACCESS) == 0;
}

Error not_writable(const std::filesystem::path& file) {
  return {codes::kNotWritable, "the agent's user may not write " + file.string(),
          "edit " + file.string() +
              " as root and reload, or let the agent's group write: chgrp starface-teams " +
              file.string() + " && chmod 660 " + file.string()};
}

}  // namespace

PageSettings PageSettings::from(const Json::Value& request) {
  PageSettings settings;
  if (const auto name = json::string_member(request, "name")) settings.name = *name;
  const Json::Value* const enabled = json::member(request, "uciEnabled");
  if (enabled != nullptr && enabled->isBool()) settings.uci_enabled = enabled->asBool();
  return settings;
}

Result<EditedSettings> edit_settings(const std::filesystem::path& path,
                                     const Configuration& in_force, const PageSettings& settings) {
  const Result<std::filesystem::path> file = settings::find_one(path);
  if (!file) return fail(file.error());
  Result<crypto::Secret> before = files::read_small_file(*file, settings::Ini::kMostBytes);
  if (!before) return fail(before.error());
  const Result<settings::Ini> there = settings::Ini::parse(before->text(), file->string());
  if (!there) return fail(there.error());
  if (const Result<void> kept = check_by_hand(*there, in_force, settings); !kept)
    return fail(kept.error());
  Result<std::string> after = changed(before->text(), file->string(), settings);
  if (!after) return fail(after.error());
  const Result<settings::Ini> ini = settings::Ini::parse(*after, file->string());
  if (!ini) return fail(ini.error());
  settings::Reader reader(*ini);
  Result<Configuration> configuration = read_configuration(reader);
  if (!configuration) return fail(configuration.error());
  configuration->origin = *file;
  EditedSettings edited;
  edited.before_ = std::move(*before);
  edited.after_ = std::move(*after);
  edited.configuration_ = std::move(*configuration);
  return edited;
}

Result<void> EditedSettings::save(const std::filesystem::path& spare) const {
  const std::filesystem::path& file = configuration_.origin;
  const Result<crypto::Secret> now = files::read_small_file(file, settings::Ini::kMostBytes);
  if (!now) return fail(now.error());
  if (now->text() != before_.text())
    return fail(changed_by_hand(file.string() + " was changed by hand at this moment"));
  if (after_ == before_.text()) return {};
  // A directory that may be written is no leave to replace a file that may not.
  if (!is_writable(file)) return fail(not_writable(file));
  const std::filesystem::path place = behind_links(file);
  if (!may_write(place.parent_path())) return files::rewrite(place, after_, spare);
  return files::write_file_atomically(place, crypto::bytes_of(after_),
                                      files::Existing::replace_in_kind);
}

bool is_writable(const std::filesystem::path& file) {
  return may_write(behind_links(file));
}

}  // namespace sfteams::agent
