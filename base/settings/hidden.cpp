#include <fmt/format.h>

#include "base/error/service_view.h"
#include "base/settings/ini.h"

namespace sfteams::settings {

std::vector<std::string> warnings_about_hidden_files(const Ini& ini) {
  namespace fs = std::filesystem;
  std::vector<std::string> warnings;
  if (hidden_from_services(ini.origin())) return warnings;
  const fs::path directory = fs::path(ini.origin()).parent_path();
  for (const Entry& entry : ini.entries()) {
    if (!hidden_from_services(directory / entry.value)) continue;
    warnings.push_back(fmt::format(
        "{}:{}: [{}] {} = {}: the service sees neither homes nor /tmp, so for it there "
        "is nothing; put the file into {}",
        ini.origin(), entry.line, entry.section, entry.key, entry.value, directory.string()));
  }
  return warnings;
}

}  // namespace sfteams::settings
