#include "simulator/configuration.h"

#include <utility>

#include "base/settings/ini.h"
#include "simulator/switches.h"

namespace sfteams::simulator {
namespace {

constexpr std::string_view kSection = "pbx";

void read_switches(Options& options, const settings::Ini& ini, settings::Reader& reader) {
  for (const Switch& one : switches()) {
    if (ini.find(kSection, one.name) == nullptr) {
      static_cast<void>(reader.text(kSection, one.name, ""));  // known, so that finish() takes it
      continue;
    }
    const auto set = set_switch(options, one.name, reader.text(kSection, one.name, ""));
    if (!set) reader.reject(kSection, one.name, set.error().message, set.error().hint);
  }
}

}  // namespace

Result<Configuration> read_configuration(const std::filesystem::path& file,
                                         const std::vector<std::string>& switches) {
  const Result<settings::Ini> ini = settings::Ini::read(file);
  if (!ini) return fail(ini.error());
  settings::Reader reader(*ini);
  Configuration configuration;
  read_switches(configuration.options, *ini, reader);
  configuration.rules.read(*ini, reader);
  Result<Directory> directory = Directory::read(*ini, reader);
  if (!directory) return fail(directory.error());
  configuration.directory = std::move(*directory);
  if (const auto finished = reader.finish(); !finished) return fail(finished.error());
  for (const std::string& assignment : switches) {
    if (auto set = set_switch(configuration.options, assignment); !set) return fail(set.error());
  }
  return configuration;
}

}  // namespace sfteams::simulator
