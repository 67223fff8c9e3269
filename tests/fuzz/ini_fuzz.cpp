// Any bytes as a configuration: refused with a message, or read; and what was read stands in the
// text.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "agent/configuration/configuration.h"
#include "base/settings/codes.h"
#include "base/settings/ini.h"
#include "connector/configuration.h"

namespace {

using sfteams::settings::Entry;
using sfteams::settings::Ini;

// Read, written plainly, and read again: the same entries.
void write_and_read_again(const Ini& ini) {
  std::string text;
  std::string section;
  for (const Entry& entry : ini.entries()) {
    if (entry.section != section) text += "[" + entry.section + "]\n";
    section = entry.section;
    // A space before a semicolon would make a comment of the value.
    text += entry.key + "=" + entry.value + "\n";
  }
  const auto again = Ini::parse(text, "again");
  if (!again || again->entries().size() != ini.entries().size()) std::abort();
  for (std::size_t i = 0; i < ini.entries().size(); ++i) {
    const Entry& before = ini.entries()[i];
    const Entry& after = again->entries()[i];
    if (before.section != after.section || before.key != after.key || before.value != after.value) {
      std::abort();
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // A byte may be looked at as a char ([basic.lval]).
  const auto ini = Ini::parse({reinterpret_cast<const char*>(data), size}, "fuzz.ini");
  if (!ini) {
    if (ini.error().message.find("fuzz.ini") == std::string::npos) std::abort();
    return 0;
  }
  write_and_read_again(*ini);
  sfteams::settings::Reader reader(*ini);
  (void)sfteams::agent::read_configuration(reader);
  (void)sfteams::connector::Configuration::from(*ini);
  return 0;
}
