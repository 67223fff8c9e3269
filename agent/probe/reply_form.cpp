#include "agent/probe/reply_form.h"

#include <algorithm>
#include <array>
#include <variant>

#include <fmt/format.h>

#include "base/json/json.h"
#include "base/text/ascii.h"
#include "uci/codes.h"
#include "uci/xmlrpc.h"

namespace sfteams::probe {
namespace {

constexpr std::size_t kMostWord = 64;

/// Those of RFC 6749, 6750, 7009 and 8707; nothing else of an error is repeated.
constexpr std::array<std::string_view, 13> kErrors{
    "access_denied",           "insufficient_scope",  "invalid_client",
    "invalid_grant",           "invalid_request",     "invalid_scope",
    "invalid_target",          "invalid_token",       "server_error",
    "temporarily_unavailable", "unauthorized_client", "unsupported_grant_type",
    "unsupported_token_type"};

/// Of a media type, without its parameters.
std::string type_of(const transport::HttpReply& reply) {
  std::string type = text::lower_case(
      std::string_view(reply.content_type).substr(0, reply.content_type.find_first_of("; ")));
  if (type.empty()) return "no type";
  const std::size_t slash = type.find('/');
  const bool known = slash != std::string::npos && is_word(type.substr(0, slash)) &&
                     std::ranges::all_of(type.substr(slash + 1), [](char c) {
                       return text::is_letter_or_digit(c) || c == '+' || c == '.' || c == '-';
                     });
  return known && type.size() <= kMostWord ? type : "an odd type";
}

/// The Java class that a fault names; empty when it names none. Nothing else of its text is
/// repeated, which may hold anything.
std::string exception_in(std::string_view text) {
  constexpr std::string_view kEnd = "Exception";
  const std::size_t at = text.find(kEnd);
  if (at == std::string_view::npos) return {};
  std::size_t begin = at;
  const auto is_letter = [](char c) { return text::is_letter_or_digit(c) && !text::is_digit(c); };
  while (begin > 0 && is_letter(text[begin - 1]))
    --begin;
  const std::string_view name = text.substr(begin, at + kEnd.size() - begin);
  return name.size() > kMostWord ? std::string() : " " + std::string(name);
}

std::string form_of_value(const uci::Value& value) {
  if (const bool* const yes = value.as_bool())
    return fmt::format("XML-RPC boolean {}", *yes ? "true" : "false");
  return fmt::format("XML-RPC {}", value.type_name());
}

bool is_page(std::string_view body) {
  const std::string begin = text::lower_case(body.substr(0, 1'024));
  return begin.find("<html") != std::string::npos ||
         begin.find("<!doctype html") != std::string::npos;
}

std::string body_of(const transport::HttpReply& reply) {
  const std::string& body = reply.body;
  if (body.find_first_not_of(" \t\r\n") == std::string::npos) return "empty";
  const auto response = uci::parse_response(body);
  if (response) {
    if (const auto* const fault = std::get_if<uci::Fault>(&*response))
      return fmt::format("XML-RPC fault {}{}", fault->code, exception_in(fault->text));
    return form_of_value(std::get<uci::Value>(*response));
  }
  if (response.error().code == uci::codes::kReplyIsHtml || is_page(body)) return "a web page";
  const Result<Json::Value> document = json::parse(body);
  if (!document) return "something else";
  const auto error = json::string_member(*document, "error");
  const auto* const known = std::ranges::find(kErrors, error.value_or(""));
  return known == kErrors.end() ? "JSON" : "JSON, error " + std::string(*known);
}

}  // namespace

bool is_word(std::string_view text) {
  return !text.empty() && text.size() <= kMostWord && std::ranges::all_of(text, [](char c) {
    return text::is_letter_or_digit(c) || c == '.' || c == '_' || c == '-';
  });
}

std::string form_of(const Reply& reply) {
  if (!reply) return fmt::format("no answer ({})", reply.error().code.id);
  return fmt::format("HTTP {}, {}, {}", reply->status, type_of(*reply), body_of(*reply));
}

bool is_turned_away(const Reply& reply) {
  if (!reply) return false;
  const int status = reply->status;
  return status == 401 || status == 407 || (status >= 300 && status < 400) || is_page(reply->body);
}

std::optional<uci::Value> value_of(const Reply& reply) {
  if (!reply || reply->status == 401 || reply->status == 403 || reply->status == 407)
    return std::nullopt;
  auto response = uci::parse_response(reply->body);
  if (!response) return std::nullopt;
  auto* const value = std::get_if<uci::Value>(&*response);
  if (value == nullptr) return std::nullopt;
  return std::move(*value);
}

}  // namespace sfteams::probe
