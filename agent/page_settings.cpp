#include "agent/page_settings.h"

#include <system_error>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "agent/codes.h"
#include "crypto/hash.h"
#include "files/atomic_file.h"
#include "files/small_file.h"
#include "json/json.h"
#include "keygen/codes.h"
#include "settings/edit.h"
#include "settings/ini.h"

namespace sfteams::agent {
namespace {

constexpr std::size_t kMaxIni = 1U << 20U;

Result<std::string> changed(std::string_view text, const std::string& origin,
                            const PageSettings& settings) {
  Result<std::string> result{std::string(text)};
  if (settings.name)
    result = settings::set_value(*result, "system", "name", *settings.name, origin);
  if (result && settings.uci_enabled) {
    result = settings::set_value(*result, "uci", "enabled", *settings.uci_enabled ? "yes" : "no",
                                 origin);
  }
  return result;
}

/// The file itself, where configuration management has put a link in its place.
std::filesystem::path behind_links(const std::filesystem::path& file) {
  std::error_code error;
  const std::filesystem::path found = std::filesystem::canonical(file, error);
  return error ? file : found;
}

Error not_writable(const std::filesystem::path& file, const Error& why) {
  return {codes::kNotWritable,
          "the configuration cannot be saved by the agent's user: " + why.message,
          "edit " + file.string() + " as root and reload, or allow it as docs/admin-page.md says"};
}

}  // namespace

PageSettings PageSettings::from(const Json::Value& request) {
  PageSettings settings;
  if (const auto name = json::string_member(request, "name")) settings.name = *name;
  const Json::Value* const enabled = json::member(request, "uciEnabled");
  if (enabled != nullptr && enabled->isBool()) settings.uci_enabled = enabled->asBool();
  return settings;
}

Result<void> save_settings(const std::filesystem::path& file, const PageSettings& settings) {
  const Result<crypto::Secret> before = files::read_small_file(file, kMaxIni);
  if (!before) return fail(before.error());
  const Result<std::string> after = changed(before->text(), file.string(), settings);
  if (!after) return fail(after.error());
  const Result<settings::Ini> ini = settings::Ini::parse(*after, file.string());
  if (!ini) return fail(ini.error());
  settings::Reader reader(*ini);
  if (const Result<Configuration> good = read_configuration(reader); !good)
    return fail(good.error());
  if (*after == before->text()) return {};
  Result<void> written = files::write_file_atomically(behind_links(file), crypto::bytes_of(*after),
                                                      files::Existing::replace_in_kind);
  if (!written && !is_writable(file)) return fail(not_writable(file, written.error()));
  return written;
}

bool is_writable(const std::filesystem::path& file) {
  const std::filesystem::path place = behind_links(file);
  return ::faccessat(AT_FDCWD, place.c_str(), W_OK, AT_EACCESS) == 0 &&
         ::faccessat(AT_FDCWD, place.parent_path().c_str(), W_OK, AT_EACCESS) == 0;
}

}  // namespace sfteams::agent
