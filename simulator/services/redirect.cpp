// Where a user's calls go instead: always, when busy, or after a time.

#include <algorithm>
#include <array>

#include "simulator/services/table.h"

namespace sfteams::simulator {
namespace {

constexpr std::int64_t kMostTimeout = 3'600;

constexpr std::array<std::pair<std::string_view, RedirectType>, 3> kRedirectTypes{{
    {"ALWAYS", RedirectType::always},
    {"BUSY", RedirectType::busy},
    {"TIMEOUT", RedirectType::timeout},
}};

uci::Value redirect_to_value(std::string_view type, const Redirect& redirect, const User& user) {
  uci::Array mailboxes;
  if (redirect.to_voicemail) mailboxes.emplace_back(user.login);
  return uci::Struct{
      {"id", user.number + "-" + std::string(type)},
      {"type", type},
      {"calledNumber", user.number},
      {"group", false},
      {"enabled", redirect.enabled},
      {"destinationType", redirect.to_voicemail ? "VOICEMAIL" : "PHONENUMBER"},
      {"destination", redirect.to_voicemail ? user.login : redirect.destination},
      {"timeout", redirect.timeout.count()},
      {"mailboxes", std::move(mailboxes)},
  };
}

/// getRedirectSettings(type, group, orderProperty, orderDirection). Groups have none here.
Answer get_redirects(const Asking& asking) {
  Params params(asking, 4);
  const std::string wanted = params.text(0);
  const std::string group = params.text(1);
  const std::string property = params.text(2);
  const std::string order = params.text(3);
  if (const auto problem = params.problem()) return *problem;
  uci::Array settings;
  if (!group.empty() && group != kNonGroup) return uci::Value(std::move(settings));
  for (const auto& [name, type] : kRedirectTypes) {
    if (!wanted.empty() && wanted != name) continue;
    settings.push_back(redirect_to_value(name, asking.own().redirect(type), asking.user));
  }
  // By type, the only property in which a user's settings differ for sure.
  if (order == "DESCENDING") std::reverse(settings.begin(), settings.end());
  return uci::Value(std::move(settings));
}

std::string text_of(const uci::Value& setting, std::string_view name) {
  const uci::Value* member = setting.find(name);
  const std::string* text = member == nullptr ? nullptr : member->as_string();
  return text == nullptr ? std::string() : *text;
}

/// The reason why a setting cannot be; empty when it is taken.
std::string_view apply_redirect(const uci::Value& setting, const User& user, Extension& own) {
  const std::string type = text_of(setting, "type");
  const auto* const known = std::find_if(kRedirectTypes.begin(), kRedirectTypes.end(),
                                         [&](const auto& one) { return one.first == type; });
  if (known == kRedirectTypes.end()) return "the type is none of ALWAYS, BUSY and TIMEOUT";
  if (text_of(setting, "calledNumber") != user.number) return "the number is not the user's";

  Redirect redirect = own.redirect(known->second);
  if (const uci::Value* member = setting.find("enabled")) {
    const bool* enabled = member->as_bool();
    if (enabled == nullptr) return "enabled is no boolean";
    redirect.enabled = *enabled;
  }
  if (const uci::Value* member = setting.find("timeout")) {
    const std::int64_t* timeout = member->as_int();
    if (timeout == nullptr || *timeout < 1 || *timeout > kMostTimeout) {
      return "timeout is not 1 to 3600";
    }
    redirect.timeout = std::chrono::seconds(*timeout);
  }
  const std::string destination_type = text_of(setting, "destinationType");
  if (destination_type == "VOICEMAIL") {
    redirect.to_voicemail = true;
  } else if (destination_type == "PHONENUMBER") {
    redirect.to_voicemail = false;
    redirect.destination = text_of(setting, "destination");
  } else {
    return "destinationType is neither PHONENUMBER nor VOICEMAIL";
  }
  const bool leads_somewhere = redirect.to_voicemail || !redirect.destination.empty();
  if (redirect.enabled && !leads_somewhere) return "the destination is missing";
  if (redirect.destination.size() > kMostNumber) return "the destination is too long";
  own.redirect(known->second) = std::move(redirect);
  return {};
}

Answer set_redirects(const Asking& asking, const uci::Array& settings) {
  for (const uci::Value& setting : settings) {
    const std::string_view reason = apply_redirect(setting, asking.user, asking.own());
    if (!reason.empty()) return fault(asking.exchange.options, "UciException", reason);
  }
  return asking.wire().nothing();
}

Answer set_one_redirect(const Asking& asking) {
  return with_one_struct(asking, set_redirects);
}

Answer set_many_redirects(const Asking& asking) {
  return with_many_structs(asking, set_redirects);
}

constexpr std::array kRedirectMethods{
    Method{"redirect", "getRedirectSettings", kV22Up, true, get_redirects},
    Method{"redirect", "setRedirectSetting", kV22Up, true, set_one_redirect},
    Method{"redirect", "setRedirectSettings", kV22Up, true, set_many_redirects},
};

}  // namespace

std::span<const Method> redirect_methods() {
  return kRedirectMethods;
}

}  // namespace sfteams::simulator
