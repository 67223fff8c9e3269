#include "agent/probe/offered.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error/counted.h"
#include "base/json/json.h"
#include "base/text/ascii.h"
#include "oauth/codes.h"

namespace sfteams::probe {
namespace {

constexpr std::size_t kMostNames = 200;

/// The services that docs/uci.md describes, and that the agent lets pass with their parameters and
/// values as they are.
constexpr std::array<std::string_view, 13> kKnownServices{
    "connection", "system",      "service", "call",    "phone",         "userState", "callList",
    "redirect",   "functionKey", "group",   "faxList", "voicemailList", "fax"};
constexpr std::array<std::string_view, 5> kKnownEvents{"call", "conferencecall", "ccbscall", "fax",
                                                       "faxList"};

/// "callList" of "ucp.v30.requests.callList" and of "ucp.v30.requests.callList.getCallList".
std::string_view service_of(std::string_view name) {
  for (const std::string_view mark : {".requests.", ".events."}) {
    const std::size_t at = name.find(mark);
    if (at == std::string_view::npos) continue;
    name.remove_prefix(at + mark.size());
    return name.substr(0, name.find('.'));
  }
  return name;
}

template <std::size_t N>
void add_names(const Reply& reply, const char* what, const std::array<std::string_view, N>& known,
               std::vector<Fact>& facts) {
  const auto value = value_of(reply);
  const uci::Array* const list = value ? value->as_array() : nullptr;
  if (list == nullptr) {
    facts.push_back({what, form_of(reply)});
    return;
  }
  std::vector<std::string> seen;
  std::vector<std::string> unknown;
  std::size_t left_out = 0;
  for (const uci::Value& item : *list) {
    const std::string* const name = item.as_string();
    if (name == nullptr || !name->starts_with("ucp.") || !is_word(*name) ||
        seen.size() == kMostNames) {
      ++left_out;
      continue;
    }
    seen.push_back(*name);
    if (std::ranges::find(known, service_of(*name)) == known.end()) unknown.push_back(*name);
  }
  std::ranges::sort(seen);
  std::ranges::sort(unknown);
  facts.push_back({what, fmt::format("{}", fmt::join(seen, ", "))});
  if (left_out > 0) facts.push_back({fmt::format("{} left out", what), std::to_string(left_out)});
  facts.push_back({fmt::format("{} that the agent does not know", what),
                   unknown.empty() ? "none" : fmt::format("{}", fmt::join(unknown, ", "))});
}

bool is_list(const Reply& reply) {
  const auto value = value_of(reply);
  return value && value->as_array() != nullptr;
}

/// Digits and what stands between them in a version, with a digit in front.
bool is_version(std::string_view text) {
  constexpr std::size_t kMost = 48;
  return !text.empty() && text.size() <= kMost && text::is_digit(text.front()) && is_word(text) &&
         text.find('.') != std::string_view::npos;
}

constexpr std::string_view kOtherHost = "another host";

std::string host_of(const transport::Url& url, const transport::Url& pbx) {
  // Names of the vendor's own, which name no customer.
  constexpr std::string_view kVendor = "ucapi.unified-cloud.eu";
  if (url.host == pbx.host) return "the PBX";
  if (url.host == kVendor) return url.host;
  return std::string(kOtherHost);
}

/// Paths of a PBX are the same everywhere; one that is not made of words is not shown.
std::string path_of(std::string_view path) {
  constexpr std::size_t kMost = 120;
  const bool plain =
      path.size() <= kMost && std::ranges::all_of(path, [](char c) {
        return text::is_letter_or_digit(c) || c == '/' || c == '.' || c == '-' || c == '_';
      });
  return plain ? std::string(path) : "(not shown)";
}

std::string place_of(std::string_view text, const transport::Url& pbx) {
  if (text.starts_with('/')) return path_of(text);
  // gRPC's addresses are those of http otherwise.
  std::string address(text);
  const bool grpc = address.starts_with("grpc");
  if (grpc) address.replace(0, 4, "http");
  const Result<transport::Url> url = transport::parse_url(address);
  if (!url) return "no URL";
  const std::string scheme = (grpc ? "grpc" : "http") + url->scheme.substr(4);
  const std::string host = host_of(*url, pbx);
  // Elsewhere it may name a customer.
  const std::string path = host == kOtherHost ? "a path" : path_of(url->path);
  return fmt::format("{} at {}, {}", path, host, scheme);
}

std::string words_in(const Json::Value& list) {
  std::vector<std::string> words;
  if (!list.isArray()) return "no list";
  for (const Json::Value& item : list) {
    const auto text = json::text_of(item);
    if (text && is_word(*text) && words.size() < kMostNames) words.emplace_back(*text);
  }
  return fmt::format("{}", fmt::join(words, ", "));
}

std::optional<Json::Value> object_in(const Reply& reply) {
  if (!reply || reply->status != 200) return std::nullopt;
  Result<Json::Value> document = json::parse(reply->body);
  if (!document || !document->isObject()) return std::nullopt;
  return std::move(*document);
}

}  // namespace

Finding judge_lists(const Reply& requests, const Reply& events) {
  std::vector<Fact> facts;
  add_names(requests, "requests", kKnownServices, facts);
  add_names(events, "events", kKnownEvents, facts);
  if (!requests || !events) return not_found_out(kListsGiven, kNoAnswer, std::move(facts));
  return found(kListsGiven, is_list(requests) && is_list(events), std::move(facts));
}

std::string version_in(const Reply& reply) {
  const auto value = value_of(reply);
  if (!value) return {};
  if (const std::string* const text = value->as_string()) return is_version(*text) ? *text : "";
  if (const uci::Struct* const members = value->as_struct()) {
    for (const uci::Member& member : *members) {
      const std::string* const text = member.value.as_string();
      if (text != nullptr && is_version(*text)) return *text;
    }
  }
  return {};
}

Finding judge_version(const Reply& reply) {
  const auto value = value_of(reply);
  if (!reply) return not_found_out(kVersionTold, kNoAnswer, {{"answer", form_of(reply)}});
  if (!value) return found(kVersionTold, false, {{"answer", form_of(reply)}});
  std::vector<Fact> facts{{"type", std::string(value->type_name())}};
  const std::string version = version_in(reply);
  facts.push_back({"text", version.empty() ? "(none of a version's form)" : version});
  if (const uci::Struct* const members = value->as_struct()) {
    std::vector<std::string> names;
    for (const uci::Member& member : *members) {
      if (is_word(member.name))
        names.push_back(fmt::format("{} ({})", member.name, member.value.type_name()));
    }
    facts.push_back({"members", fmt::format("{}", fmt::join(names, ", "))});
  }
  return found(kVersionTold, !version.empty(), std::move(facts));
}

Finding judge_discovery(const Reply& reply, int redirects, const transport::Url& pbx) {
  if (!reply && reply.error().code == oauth::codes::kElsewhere) {
    return not_found_out(kOauthOffered,
                         "it is at another host, which [uci] oauth-hosts does not name");
  }
  if (!reply) return not_found_out(kOauthOffered, kNoAnswer, {{"answer", form_of(reply)}});
  const auto document = object_in(reply);
  if (!document) return found(kOauthOffered, false, {{"answer", form_of(reply)}});
  std::vector<Fact> facts{{"redirects", std::to_string(redirects)}};
  const auto place = [&](const char* name) {
    const auto text = json::string_member(*document, name);
    facts.push_back({name, text ? place_of(*text, pbx) : "none"});
  };
  const auto words = [&](const char* name) {
    const Json::Value* const list = json::member(*document, name);
    facts.push_back({name, list == nullptr ? "none" : words_in(*list)});
  };
  place("issuer");
  place("token_endpoint");
  place("revocation_endpoint");
  words("grant_types_supported");
  words("token_endpoint_auth_methods_supported");
  return found(kOauthOffered, json::string_member(*document, "token_endpoint").has_value(),
               std::move(facts));
}

Finding judge_login_config(const Reply& reply, const transport::Url& pbx) {
  if (!reply) return not_found_out(kLoginConfig, kNoAnswer, {{"answer", form_of(reply)}});
  const auto document = object_in(reply);
  if (!document) return found(kLoginConfig, false, {{"answer", form_of(reply)}});
  std::vector<Fact> facts;
  for (const std::string& name : document->getMemberNames()) {
    if (!is_word(name)) continue;
    const auto text = json::text_of((*document)[name]);
    const bool url = text && (text->starts_with("http") || text->starts_with("grpc"));
    facts.push_back({name, url    ? place_of(*text, pbx)
                           : text ? counted(text->size(), "character", "characters")
                                  : std::string("no text")});
  }
  if (facts.empty()) facts.push_back({"members", "none"});
  return found(kLoginConfig, true, std::move(facts));
}

}  // namespace sfteams::probe
