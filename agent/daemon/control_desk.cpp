#include "agent/daemon/control_desk.h"

#include <stdexcept>
#include <string>
#include <utility>

#include "agent/daemon/codes.h"
#include "base/json/json.h"
#include "base/log/log.h"

namespace sfteams::agent {
namespace {

Error unknown_command() {
  return {codes::kBadControl, "the running agent does not know this command",
          "check that it has the same version as this program"};
}

}  // namespace

void ControlDesk::add(const char* name, Rights rights, Command command) {
  if (!entries_.emplace(name, Entry{rights, std::move(command)}).second)
    throw std::logic_error(std::string("the command ") + name + " was added before");
}

void ControlDesk::add(const char* name, Rights rights, QuickCommand command) {
  add(name, rights,
      Command([command = std::move(command)](const Json::Value& request, const Answer& answer) {
        answer(command(request));
      }));
}

const ControlDesk::Entry* ControlDesk::find(const Json::Value& request) const {
  const auto name = json::string_member(request, "command");
  const auto found = name ? entries_.find(*name) : entries_.end();
  return found == entries_.end() ? nullptr : &found->second;
}

void ControlDesk::carry_out(const Json::Value& request, const Answer& answer) const {
  const Entry* const entry = find(request);
  if (entry == nullptr) return answer(fail(unknown_command()));
  entry->command(request, answer);
}

void ControlDesk::carry_out_for_page(const Json::Value& request, const Answer& answer) const {
  const Entry* const entry = find(request);
  if (entry == nullptr || !entry->rights.page) return answer(fail(unknown_command()));
  entry->command(request, [answer, log = entry->rights.log](const Result<Json::Value>& result) {
    if (result && log != nullptr) log::info("admin", "{}", log);
    answer(result);
  });
}

std::set<std::string, std::less<>> ControlDesk::page_commands() const {
  std::set<std::string, std::less<>> names;
  for (const auto& [name, entry] : entries_)
    if (entry.rights.page) names.insert(name);
  return names;
}

}  // namespace sfteams::agent
