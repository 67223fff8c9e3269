#include <fmt/format.h>

#include "base/program/service_view.h"
#include "base/settings/codes.h"
#include "base/settings/ini.h"

namespace sfteams::settings {

std::vector<Error> warnings_about_hidden_files(const Ini& ini) {
  namespace fs = std::filesystem;
  std::vector<Error> warnings;
  if (program::hidden_from_services(ini.origin())) return warnings;
  const fs::path directory = fs::path(ini.origin()).parent_path();
  for (const Entry& entry : ini.entries()) {
    if (!program::hidden_from_services(directory / entry.value)) continue;
    warnings.push_back(
        {codes::kHiddenFile,
         fmt::format("{}:{}: [{}] {} = {}: the service sees neither homes nor /tmp, so for it "
                     "there is nothing",
                     ini.origin(), entry.line, entry.section, entry.key, entry.value),
         "put the file into " + directory.string()});
  }
  return warnings;
}

}  // namespace sfteams::settings
