#include "rest/values.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "base/json/json.h"
#include "base/json/values.h"
#include "base/json/view.h"
#include "base/text/ascii.h"
#include "rest/codes.h"

namespace sfteams::rest {
namespace {

Error too_large(std::string_view what) {
  return {codes::kTooLarge,
          fmt::format("the PBX's answer with {} is larger than the agent reads", what),
          "search for more letters of the name, or ask for fewer entries"};
}

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == '\x7f';
}

}  // namespace

Result<Json::Value> read_document(std::string_view body, std::string_view what) {
  if (body.size() > kMostAnswer || !json::check_values(body, kMostValues))
    return fail(too_large(what));
  // Numbers of any size: a timestamp that somebody else made must not cost the contact its name.
  Result<Json::Value> document = json::parse_rounding(body, {.bytes = kMostAnswer, .depth = 16});
  if (!document) {
    return fail(
        codes::kBrokenReply,
        fmt::format("the PBX's answer with {} is no JSON ({})", what, document.error().code.id),
        "check that a STARFACE answers at [uci] url, and look into its log");
  }
  return document;
}

Error broken_reply(std::string_view what) {
  return {codes::kBrokenReply, fmt::format("the PBX's answer is JSON, but not {}", what),
          "report the PBX's version: its REST interface has changed"};
}

std::string_view cut(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text;
  std::size_t end = most;
  const auto continues = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; };
  while (end > 0 && continues(text[end]))
    --end;
  return text.substr(0, end);
}

std::string text_in(const Json::Value& value, std::size_t most) {
  // type(), because jsoncpp's isInt64() is also true for 1.0.
  if (value.type() == Json::intValue || value.type() == Json::uintValue) return json::write(value);
  // Blanks in front must not eat the text's place; far more of them are no text.
  std::string text(cut(json::text_of(value).value_or(""), 4 * most));
  std::ranges::replace_if(text, is_control, ' ');
  const std::size_t begin = std::min(text.find_first_not_of(' '), text.size());
  const std::string_view shown = cut(std::string_view(text).substr(begin), most);
  return std::string(shown.substr(0, shown.find_last_not_of(' ') + 1));
}

std::string member_text(const Json::Value& object, const char* name, std::size_t most) {
  return text_in(json::part(object, name), most);
}

std::string member_whole(const Json::Value& object, const char* name, std::size_t most) {
  // One character more, of up to four bytes: it would not be cut away unseen.
  std::string text = member_text(object, name, most + 4);
  return text.size() > most ? std::string() : text;
}

std::optional<std::int64_t> member_count(const Json::Value& object, const char* name) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int32_t>::max();
  const Json::Value& value = json::part(object, name);
  if (value.isInt64() && value.asInt64() >= 0 && value.asInt64() <= kMost) return value.asInt64();
  const auto text = json::text_of(value);
  if (!text || text->empty() || text->size() > 9) return std::nullopt;
  if (!std::ranges::all_of(*text, text::is_digit)) return std::nullopt;
  return std::stoll(std::string(*text));
}

}  // namespace sfteams::rest
