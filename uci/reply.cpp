#include "uci/reply.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "uci/codes.h"

namespace sfteams::uci {
namespace {

constexpr std::string_view kRefusedHint =
    "check user and password; a PBX that redirects every request looks the same, so check the URL "
    "too";
/// A fault's text goes into messages: enough to understand it, not enough to flood a log.
constexpr std::size_t kMaxFaultText = 300;

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool contains(std::string_view text, std::string_view mark) {
  return std::search(text.begin(), text.end(), mark.begin(), mark.end(),
                     [](char a, char b) { return lower(a) == lower(b); }) != text.end();
}

bool contains_any(std::string_view text, const std::vector<std::string>& marks) {
  return std::any_of(marks.begin(), marks.end(),
                     [text](const std::string& mark) { return contains(text, mark); });
}

bool turns_away(int status) {
  return status == 401 || status == 403 || status == 407;
}

/// The first bytes of a text, never ending inside a UTF-8 character.
std::string_view shortened(std::string_view text) {
  if (text.size() <= kMaxFaultText) return text;
  std::size_t size = kMaxFaultText;
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0U) == 0x80U)
    --size;
  return text.substr(0, size);
}

Result<Response> read_status(const RpcReply& reply) {
  if (turns_away(reply.status))
    return fail(codes::kAccessRefused,
                fmt::format("the PBX refused the request (HTTP {})", reply.status));
  if (reply.status >= 300 && reply.status < 400)
    return fail(codes::kAccessRefused,
                fmt::format("the PBX redirected the request (HTTP {})", reply.status));
  if (reply.status >= 500)
    return fail(codes::kPbxError, fmt::format("the PBX failed (HTTP {})", reply.status));
  return fail(codes::kBrokenReply,
              fmt::format("the PBX answered with HTTP {} and no XML-RPC", reply.status),
              reply.status == 404 ? "check the URL of the PBX: it has no UCI there" : "");
}

}  // namespace

Result<Response> read_reply(Result<RpcReply> reply) {
  if (!reply) return fail(std::move(reply.error()));
  if (turns_away(reply->status)) return read_status(*reply);
  auto response = parse_response(reply->body);
  if (response) return response;
  if (reply->status != 200) return read_status(*reply);
  if (response.error().code == codes::kReplyIsHtml || contains(reply->content_type, "text/html"))
    return fail(codes::kAccessRefused, "the PBX answered with a web page instead of XML-RPC");
  const Code code = response.error().code;
  if (code == codes::kXmlTooLarge || code == codes::kXmlTooDeep ||
      code == codes::kXmlTooManyElements)
    return response;
  return fail(codes::kBrokenReply,
              fmt::format("the PBX's answer cannot be read: {}", response.error().message));
}

Result<Response> read_call_reply(Result<RpcReply> reply) {
  const bool answered = reply && (reply->status == 204 || reply->status == 200);
  if (answered && reply->body.find_first_not_of(" \t\r\n") == std::string::npos)
    return Response(Value());
  return read_reply(std::move(reply));
}

Error to_error(const Fault& fault, const Dialect& dialect) {
  const std::string message =
      fmt::format("the PBX answered with fault {}: {}", fault.code, shortened(fault.text));
  if (contains_any(fault.text, dialect.not_connected_marks))
    return {codes::kNotConnected, message, {}};
  if (contains_any(fault.text, dialect.no_right_marks))
    return {codes::kAccessRefused, message, "the user lacks a right at the PBX"};
  return {codes::kFault, message, {}};
}

bool is_true(const Value& value) {
  if (const bool* truth = value.as_bool()) return *truth;
  if (const std::int64_t* number = value.as_int()) return *number == 1;
  const std::string* text = value.as_string();
  return text != nullptr && (*text == "1" || *text == "true");
}

bool is_false(const Value& value) {
  if (const bool* truth = value.as_bool()) return !*truth;
  if (const std::int64_t* number = value.as_int()) return *number == 0;
  const std::string* text = value.as_string();
  return text != nullptr && (*text == "0" || *text == "false");
}

Result<void> read_login(Result<RpcReply> reply) {
  const auto refused = [](std::string_view how) {
    return fail(codes::kLoginRefused, fmt::format("the PBX refused the login: {}", how),
                std::string(kRefusedHint));
  };
  const auto response = read_reply(std::move(reply));
  if (!response) {
    if (response.error().code == codes::kAccessRefused) return refused(response.error().message);
    return fail(response.error());
  }
  if (const Fault* fault = std::get_if<Fault>(&*response))
    return refused(fmt::format("fault {}: {}", fault->code, shortened(fault->text)));
  const Value& value = std::get<Value>(*response);
  if (value.is_nil())
    return fail(codes::kBrokenReply, "the PBX answered the login without saying yes or no");
  if (!is_true(value)) return refused("it answered false");
  return {};
}

KeepAliveAnswer read_keep_alive(Result<RpcReply> reply) {
  auto response = read_reply(std::move(reply));
  if (!response) {
    if (response.error().code == codes::kAccessRefused)
      return {
          KeepAlive::refused,
          {codes::kLoginRefused,
           fmt::format("the PBX no longer takes the user's token: {}", response.error().message),
           std::string(kRefusedHint)}};
    return {KeepAlive::unreachable, std::move(response.error())};
  }
  // No fault is known for a keepAlive. Whatever one means, a single login settles it.
  const bool alive =
      std::holds_alternative<Value>(*response) && is_true(std::get<Value>(*response));
  if (alive) return {KeepAlive::alive, {}};
  return {KeepAlive::gone, {codes::kNotConnected, "the PBX has ended the user's login", {}}};
}

}  // namespace sfteams::uci
