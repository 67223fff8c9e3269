#include "agent/licensing/license_view.h"

#include <cstdint>

#include <fmt/format.h>

#include "base/error/counted.h"
#include "base/json/error_json.h"
#include "base/json/json.h"
#include "base/json/printable.h"
#include "base/json/view.h"
#include "base/text/line.h"

namespace sfteams::agent {
namespace {

std::string texts_of(const Json::Value& list) {
  std::string all;
  for (const Json::Value& text : list)
    all += (all.empty() ? "" : ", ") + text::one_line(json::text_of(text).value_or(""));
  return all;
}

std::uint64_t count_of(const Json::Value& object, const char* member) {
  const Json::Value& value = json::part(object, member);
  return value.isUInt64() ? value.asUInt64() : 0;
}

}  // namespace

Json::Value license_json(const LicenseBook::Entry& entry) {
  Json::Value json = keygen::terms_json(entry.license);
  json["problem"] = json::error_json(entry.problem);
  return json;
}

Json::Value license_list_json(const LicenseBook& book, const Seats& seats, LicenseBook::Now now) {
  Json::Value json = seats_json(seats);
  json["named"] = Json::Value(Json::arrayValue);
  json["everybodyNamed"] = seats.rules().everybody_named;
  for (const std::string& user : seats.rules().named)
    json["named"].append(user);
  json["pbxRights"] = Json::Value(Json::arrayValue);
  for (const std::string& right : seats.rules().pbx_rights)
    json["pbxRights"].append(right);
  json["licenses"] = Json::Value(Json::arrayValue);
  for (const LicenseBook::Entry& entry : book.entries(now))
    json["licenses"].append(license_json(entry));
  return json;
}

std::string license_line(const Json::Value& license) {
  std::string lines = fmt::format(
      "licence {}: {}, {} to {} (UTC), for {}; holder {}\n", json::printable_member(license, "id"),
      counted(count_of(license, "seats"), "seat"), json::printable_member(license, "from"),
      json::printable_member(license, "until"), texts_of(json::part(license, "systems")),
      json::printable_member(license, "holder"));
  const Json::Value& problem = json::part(license, "problem");
  if (problem.isObject()) {
    lines += fmt::format("  gives no seats: {}\n", json::describe_error_json(problem));
  }
  return lines;
}

std::string license_list_text(const Json::Value& list) {
  std::string lines;
  if (json::is_true(list, "everybodyNamed")) {
    lines += "named users: everybody whom the PBX lets in; no seat is needed\n";
  } else {
    lines += fmt::format("named users: {}\n", json::part(list, "named").size());
  }
  if (const Json::Value& rights = json::part(list, "pbxRights"); !rights.empty()) {
    lines += fmt::format("named by a right at the PBX, one of: {}\n", texts_of(rights));
  }
  for (const Json::Value& license : json::part(list, "licenses"))
    lines += license_line(license);
  lines += fmt::format("seats: {} of {} taken\n", json::number_text(list, "taken"),
                       json::number_text(list, "seats"));
  for (const Json::Value& holder : json::part(list, "holders")) {
    lines += fmt::format("  {} since {}, {}\n", json::printable_member(holder, "user"),
                         json::printable_member(holder, "since"),
                         counted(count_of(holder, "sessions"), "session"));
  }
  return lines;
}

}  // namespace sfteams::agent
