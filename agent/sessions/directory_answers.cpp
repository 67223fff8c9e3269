#include "agent/sessions/directory_answers.h"

#include <algorithm>
#include <utility>

#include "base/json/json.h"
#include "base/json/rpc.h"
#include "base/json/values.h"
#include "rest/client.h"
#include "rest/shape.h"

namespace sfteams::agent {
namespace {

/// What there is beside a list: the members, the largest id, and numbers.
constexpr std::size_t kAround = 2'048;

/// A whole number of that member; `missing` when there is none, nullopt when it is another value.
std::optional<std::int64_t> whole_in(const Json::Value& params, const char* name,
                                     std::int64_t missing) {
  const Json::Value* const value = json::member(params, name);
  if (value == nullptr) return missing;
  // isInt64() takes 1.0, too.
  const bool whole = value->type() == Json::intValue || value->type() == Json::uintValue;
  if (!whole || !value->isInt64()) return std::nullopt;
  return value->asInt64();
}

/// Leaves out the end of a list, so that its texts have at most `most` bytes; says how many.
std::size_t cut(Json::Value& list, std::size_t most) {
  std::size_t bytes = 0;
  Json::ArrayIndex kept = 0;
  while (kept < list.size()) {
    bytes += json::write(list[kept]).size() + 1;
    if (bytes > most) break;
    ++kept;
  }
  const std::size_t left_out = list.size() - kept;
  list.resize(kept);
  return left_out;
}

std::string whole_answer(const Json::Value& id, Json::Value result, const char* list,
                         std::size_t most) {
  std::string text = json::rpc::write_result(id, result);
  // As a rule there is nothing to cut, and nothing is written twice.
  if (text.size() <= most) return text;
  const std::size_t cut_off = cut(result[list], most - std::min(most, kAround));
  result["leftOut"] = Json::UInt64{result["leftOut"].asUInt64() + cut_off};
  return json::rpc::write_result(id, result);
}

}  // namespace

std::optional<ContactSearch> contact_search_in(const Json::Value& params) {
  ContactSearch search;
  if (!params.isObject()) return std::nullopt;
  const auto text = json::string_member(params, "text");
  const auto page = whole_in(params, "page", search.page);
  const auto size = whole_in(params, "size", search.size);
  if (!text || !page || !size) return std::nullopt;
  const Json::ArrayIndex known = 1U + (json::member(params, "page") != nullptr ? 1U : 0U) +
                                 (json::member(params, "size") != nullptr ? 1U : 0U);
  if (params.size() != known || text->size() > rest::Client::kMostSearch) return std::nullopt;
  if (*page < 0 || *page >= rest::Client::kMostPages) return std::nullopt;
  if (*size < 1 || *size > std::int64_t{rest::kMostContacts}) return std::nullopt;
  return ContactSearch{*text, *page, *size};
}

std::optional<std::string> avatar_owner_in(const Json::Value& params) {
  if (!params.isObject() || params.size() != 1) return std::nullopt;
  const auto user = json::string_member(params, "user");
  if (!user || !rest::Client::is_user_id(*user)) return std::nullopt;
  return std::string(*user);
}

std::string contacts_answer(const Json::Value& id, rest::ContactPage page,
                            const ContactSearch& asked, std::size_t most) {
  const std::int64_t next = asked.page + 1;
  const auto found = static_cast<std::int64_t>(page.contacts.size() + page.left_out);
  // A PBX that does not count its pages has another one, perhaps, when this one is full.
  const bool more =
      next < rest::Client::kMostPages && (page.pages ? next < *page.pages : found >= asked.size);
  for (rest::Contact& contact : page.contacts)
    contact.avatar.clear();
  page.pages.reset();
  page.page = asked.page;
  Json::Value result = rest::as_json(page);
  result["more"] = more;
  return whole_answer(id, std::move(result), "contacts", most);
}

std::string users_answer(const Json::Value& id, const rest::Colleagues& colleagues,
                         std::size_t most) {
  return whole_answer(id, rest::as_json(colleagues), "users", most);
}

}  // namespace sfteams::agent
