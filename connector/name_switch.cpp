#include "connector/name_switch.h"

#include <ostream>
#include <span>

#include "base/error/counted.h"
#include "base/text/encoding.h"
#include "base/text/invisible.h"
#include "connector/codes.h"
#include "connector/operator.h"
#include "keygen/system_name.h"
#include "tunnel/limits.h"

namespace sfteams::connector {
namespace {

constexpr std::string_view kToldBegin = "the connector's operator disabled it";
static_assert(kToldBegin.size() + 2 + kMostOfReason <= tunnel::kMaxReason);

Result<Ownership> ownership_of(Registry& registry, const std::string& name) {
  const auto found = registry.ownership(name);
  if (!found) return fail(found.error());
  if (*found) return **found;
  return fail(codes::kNameUnknown, "the registry has no name " + name,
              "\"list\" shows those it has");
}

}  // namespace

Result<std::string> name_as_given(const std::string& name) {
  Result<std::string> canonical = keygen::canonical_system_name(name);
  if (!canonical) canonical.error().code.exit = Exit::usage;
  return canonical;
}

std::string identity_text(const Ownership& ownership) {
  if (!ownership.identity) return "-";
  constexpr std::size_t kShown = 8;
  return text::to_hex(std::span(*ownership.identity).first<kShown>());
}

Registry::By by_operator() {
  return {operator_name(), clock::unix_now()};
}

Result<std::string> reason_of(const std::string& given) {
  if (given.size() > kMostOfReason) {
    return fail(codes::kBadReason, "the reason has " + counted(given.size(), "byte"),
                "shorten it: at most " + counted(kMostOfReason, "byte") + " reach the agent");
  }
  if (!text::is_utf8(given))
    return fail(codes::kBadReason, "the reason is not UTF-8", "give it as UTF-8");
  if (const auto invisible = text::find_invisible(given)) {
    return fail(codes::kBadReason, "the reason has " + invisible->describe(),
                std::string(text::kInvisibleHint));
  }
  return given;
}

std::string told_to_agent(const Disabling& disabling) {
  std::string told(kToldBegin);
  if (!disabling.reason.empty()) told.append(": ").append(disabling.reason);
  return told;
}

Result<void> disable_name(const NameChanges& names, const std::string& name,
                          const std::string& reason, std::ostream& out) {
  const Result<std::string> disabled = name_as_given(name);
  if (!disabled) return fail(disabled.error());
  const Result<std::string> why = reason_of(reason);
  if (!why) return fail(why.error());
  if (const Result<Ownership> before = ownership_of(names.registry(), *disabled); !before)
    return fail(before.error());
  const Result<bool> changed = names.disable(*disabled, *why, by_operator());
  if (!changed) return fail(changed.error());
  if (!*changed) {
    out << *disabled << " was disabled already\n";
    return {};
  }
  out << *disabled
      << " is disabled: its agent, if there is one, is cut off within moments, and its users with "
         "it.\nIts owner stays. To let it in again: starface-teams-connector enable "
      << *disabled << '\n';
  return {};
}

Result<void> enable_name(const NameChanges& names, const std::string& name, std::ostream& out) {
  const Result<std::string> enabled = name_as_given(name);
  if (!enabled) return fail(enabled.error());
  if (const Result<Ownership> before = ownership_of(names.registry(), *enabled); !before)
    return fail(before.error());
  const Result<bool> changed = names.enable(*enabled, by_operator());
  if (!changed) return fail(changed.error());
  out << *enabled
      << (*changed ? " is enabled: its agent comes back within a minute or two\n"
                   : " was not disabled\n");
  return {};
}

}  // namespace sfteams::connector
