#include "uci/reply.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/text/ascii.h"
#include "oauth/codes.h"
#include "uci/codes.h"

namespace sfteams::uci {
namespace {

constexpr std::string_view kRefusedHint =
    "check user and password; a PBX that redirects every request looks the same, so check the URL "
    "too";
constexpr std::string_view kNotTakenHint =
    "give the user the right to UCI at the PBX; if all users are refused, check [uci] scope, and "
    "the PBX's clock";
/// A fault's text goes into messages: enough to understand it, not enough to flood a log.
constexpr std::size_t kMaxFaultText = 300;

bool contains(std::string_view text, std::string_view mark) {
  return std::search(text.begin(), text.end(), mark.begin(), mark.end(), [](char a, char b) {
           return text::lower_case(a) == text::lower_case(b);
         }) != text.end();
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

/// Times, counters, identifiers of objects: what may be different in two faults of one kind.
bool is_variable(std::string_view word) {
  constexpr std::size_t kShortestHex = 6;
  const auto is_hex = [](char c) {
    return text::lower_case(c) >= 'a' && text::lower_case(c) <= 'f';
  };
  if (std::ranges::any_of(word, [&](char c) { return text::is_digit(c) || c == '@'; })) return true;
  return word.size() >= kShortestHex && std::ranges::all_of(word, is_hex);
}

std::string without_variables(std::string_view text) {
  constexpr std::string_view kBetween = " \t\r\n,;:()[]{}<>\"'";
  std::string left;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(kBetween), text.size());
    if (!is_variable(text.substr(0, end))) left += text.substr(0, end);
    if (end < text.size()) left += text[end];
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return left;
}

/// FNV-1a.
std::uint64_t hash_of(std::string_view kind, std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  const auto add = [&hash](char c) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  };
  for (const char c : kind)
    add(c);
  add('\0');
  for (const char c : text)
    add(c);
  return hash;
}

TokenAnswer::Issue issue_of(const Error& error) {
  namespace oauth = oauth::codes;
  using Issue = TokenAnswer::Issue;
  if (error.code == codes::kLoginRefused) return Issue::password;
  if (error.code == codes::kSignInOver) return Issue::over;
  if (error.code == oauth::kRefused) return Issue::unclear;
  return error.code == oauth::kRequestRefused ? Issue::client : Issue::none;
}

/// There was no token to send: an error of uci/oauth_binding.h. nullopt: it is another one.
std::optional<TokenAnswer> read_issue(const Error& error) {
  TokenAnswer answer;
  answer.issue = issue_of(error);
  if (answer.issue != TokenAnswer::Issue::none) {
    answer.sign = TokenSign::refused;
    answer.turned_away = true;
    answer.shape = {AnswerShape::Rank::judgement, hash_of("token", error.code.id)};
    return answer;
  }
  // The PBX has seen no token in this request.
  if (error.code == oauth::codes::kClientRefused || error.code == oauth::codes::kNoPasswordGrant) {
    answer.sign = TokenSign::unsent;
    answer.answered = false;
    return answer;
  }
  if (error.code != codes::kNotConnected) return std::nullopt;
  answer.sign = TokenSign::no_login;
  return answer;
}

/// Of a token that was sent. `what` came of it, and `how` the PBX said so.
Error refusal_of(const TokenAnswer& token, std::string_view what, std::string_view how) {
  if (!token.issued)
    return {codes::kLoginRefused, fmt::format("{}: {}", what, how), std::string(kRefusedHint)};
  return {oauth::codes::kTokenNotTaken,
          fmt::format("the PBX gave the user a token and does not take it: {}", how),
          std::string(kNotTakenHint)};
}

Result<Response> read_status(const RpcReply& reply) {
  if (turns_away(reply.status)) {
    return fail(codes::kAccessRefused,
                fmt::format("the PBX refused the request (HTTP {})", reply.status));
  }
  if (reply.status >= 300 && reply.status < 400) {
    return fail(codes::kAccessRefused,
                fmt::format("the PBX redirected the request (HTTP {})", reply.status));
  }
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

Reading read_with_sign(Result<RpcReply> reply, const Dialect& dialect) {
  Reading reading;
  if (!reply) {
    if (const auto issue = read_issue(reply.error())) {
      reading.token = *issue;
      reading.response = fail(std::move(reply.error()));
      return reading;
    }
  }
  // How a connection ended is told in the words of the system, which depend on the moment.
  const bool whole = reply.has_value();
  reading.token.issued = whole && reply->token_issued;
  reading.response = read_reply(std::move(reply));
  using Rank = AnswerShape::Rank;
  if (!reading.response) {
    const Error& error = reading.response.error();
    const bool answered = error.code != codes::kUnreachable && error.code != codes::kTimeout;
    const Rank rank = !answered                        ? Rank::nothing
                      : error.code == codes::kPbxError ? Rank::failure
                                                       : Rank::web;
    reading.token.sign = error.code == codes::kUnreachable ? TokenSign::unsent : TokenSign::odd;
    reading.token.shape = {
        rank, answered ? hash_of(error.code.id, whole ? error.message : std::string()) : 0};
    reading.token.turned_away = error.code == codes::kAccessRefused;
    reading.token.answered = answered;
    return reading;
  }
  if (const Fault* fault = std::get_if<Fault>(&*reading.response)) {
    reading.token.turned_away = true;
    const bool no_login = contains_any(fault->text, dialect.not_connected_marks);
    const bool no_right = contains_any(fault->text, dialect.no_right_marks);
    reading.token.sign = no_login   ? TokenSign::no_login
                         : no_right ? TokenSign::refused
                                    : TokenSign::odd;
    reading.token.shape = {no_login || no_right ? Rank::judgement : Rank::rpc,
                           hash_of("fault", without_variables(shortened(fault->text))) ^
                               static_cast<std::uint64_t>(static_cast<std::uint32_t>(fault->code))};
    return reading;
  }
  const bool no = is_false(std::get<Value>(*reading.response));
  reading.token.sign = no ? TokenSign::odd : TokenSign::good;
  reading.token.shape = {Rank::rpc, no ? 0U : 1U};
  return reading;
}

Reading read_call(Result<RpcReply> reply, const Dialect& dialect) {
  const bool no_content = reply && reply->status == 204;
  Reading reading = read_with_sign(std::move(reply), dialect);
  if (no_content) reading.response = Response(Value());
  return reading;
}

LoginAnswer read_login(Result<RpcReply> reply, const Dialect& dialect) {
  Reading reading = read_with_sign(std::move(reply), dialect);
  const auto refused = [&token = reading.token](std::string_view how) {
    return fail(refusal_of(token, "the PBX refused the login", how));
  };
  if (!reading.response) {
    const Error& error = reading.response.error();
    if (error.code == codes::kAccessRefused) return {reading.token, refused(error.message)};
    return {reading.token, fail(error)};
  }
  if (const Fault* fault = std::get_if<Fault>(&*reading.response)) {
    // "No login is active" is what a PBX may say to a login that it does not take.
    if (reading.token.sign == TokenSign::no_login) reading.token.sign = TokenSign::refused;
    return {reading.token,
            refused(fmt::format("fault {}: {}", fault->code, shortened(fault->text)))};
  }
  const Value& value = std::get<Value>(*reading.response);
  if (is_true(value)) return {reading.token, {}};
  if (value.is_nil()) {
    reading.token.sign = TokenSign::odd;
    return {reading.token,
            fail(codes::kBrokenReply, "the PBX answered the login without saying yes or no")};
  }
  reading.token.sign = is_false(value) ? TokenSign::refused : TokenSign::odd;
  reading.token.turned_away = true;
  return {reading.token, refused("it answered false")};
}

KeepAliveAnswer read_keep_alive(Result<RpcReply> reply, const Dialect& dialect) {
  Reading reading = read_with_sign(std::move(reply), dialect);
  const auto not_taken = [&token = reading.token](std::string_view how) {
    return refusal_of(token, "the PBX no longer takes the user's token", how);
  };
  if (!reading.response) {
    const Error& error = reading.response.error();
    if (error.code == codes::kAccessRefused) return {reading.token, not_taken(error.message)};
    return {reading.token, error};
  }
  if (const Fault* fault = std::get_if<Fault>(&*reading.response)) {
    // No fault is known for a keepAlive. One that names access may mean the login or the token: a
    // single login settles it.
    if (reading.token.sign == TokenSign::refused) reading.token.sign = TokenSign::no_login;
    if (reading.token.sign == TokenSign::odd) {
      reading.token.turned_away = false;
      return {reading.token,
              {codes::kPbxError,
               fmt::format("the PBX answered keepAlive with fault {}: {}", fault->code,
                           shortened(fault->text)),
               {}}};
    }
  } else if (is_true(std::get<Value>(*reading.response))) {
    return {reading.token, {}};
  } else {
    reading.token.sign = TokenSign::no_login;
  }
  return {reading.token, {codes::kNotConnected, "the PBX has ended the user's login", {}}};
}

}  // namespace sfteams::uci
