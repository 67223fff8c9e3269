#include "oauth/token.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/json/json.h"
#include "base/text/ascii.h"
#include "base/text/encoding.h"
#include "base/text/percent.h"
#include "oauth/codes.h"

namespace sfteams::oauth {
namespace {

using std::chrono::seconds;

/// Grows in one piece, so that no copy of a secret is left behind.
class Form {
 public:
  /// `others`: the bytes of what comes besides what the client always says.
  Form(const Client& client, std::size_t others) {
    text_.reserve(kNames + 3 * (client.id.size() + client.secret.size() + client.scope.size() +
                                client.resource.size() + others));
  }
  ~Form() { crypto::wipe(text_); }
  Form(const Form&) = delete;
  Form& operator=(const Form&) = delete;

  Form& add(std::string_view name, std::string_view value) {
    if (!text_.empty()) text_ += '&';
    text_ += name;
    text_ += '=';
    text::append_percent_encoded(text_, value);
    return *this;
  }
  Form& add(const Client& client, bool secret_in_body) {
    if (secret_in_body || client.secret.empty()) add("client_id", client.id);
    if (secret_in_body && !client.secret.empty()) add("client_secret", client.secret.text());
    return *this;
  }
  Form& add_target(const Client& client) {
    if (!client.scope.empty()) add("scope", client.scope);
    if (!client.resource.empty()) add("resource", client.resource);
    return *this;
  }
  [[nodiscard]] crypto::Secret secret() const { return crypto::Secret::from_text(text_); }

 private:
  static constexpr std::size_t kNames = 256;  ///< of all fields, and what stands between them
  std::string text_;
};

/// The member as a secret; its text inside the JSON value is wiped. Empty when it is no token.
crypto::Secret take_token(Json::Value& document, const char* name) {
  if (!document.isMember(name)) return {};
  Json::Value& member = document[name];
  const auto text = json::text_of(member);
  crypto::Secret token;
  if (text && text->size() <= kMostToken && text::is_visible(*text))
    token = crypto::Secret::from_text(*text);
  json::wipe(member);
  return token;
}

/// A lifetime in seconds; nullopt when it is no positive number.
std::optional<seconds> lifetime_in(const Json::Value& document, const char* name) {
  const Json::Value* const member = json::member(document, name);
  if (member == nullptr) return std::nullopt;
  double value = 0;
  if (member->isNumeric()) value = member->asDouble();
  // Some write numbers as texts.
  constexpr std::size_t kMostDigits = 18;
  if (const auto text = json::text_of(*member); text && !text->empty() &&
                                                text->size() <= kMostDigits &&
                                                std::ranges::all_of(*text, text::is_digit))
    value = std::stod(std::string(*text));
  if (!(value >= 1)) return std::nullopt;
  constexpr double kMost = 1e9;
  return seconds(static_cast<std::int64_t>(std::min(value, kMost)));
}

std::optional<Tokens> tokens_in(Json::Value& document) {
  Tokens tokens;
  tokens.access = take_token(document, "access_token");
  tokens.refresh = take_token(document, "refresh_token");
  const auto type = json::string_member(document, "token_type");
  if (tokens.access.empty() || (type && text::lower_case(*type) != "bearer")) return std::nullopt;
  const bool said = document.isMember("expires_in");
  // 0 or less is nonsense from a server that has just given the token out.
  tokens.lifetime_said = said;
  tokens.lifetime = std::clamp<seconds>(
      lifetime_in(document, "expires_in").value_or(said ? kShortest : kUsualLifetime), kShortest,
      kLongest);
  tokens.refresh_lifetime = lifetime_in(document, "refresh_expires_in").value_or(seconds(0));
  return tokens;
}

constexpr std::string_view kRightOrSecret =
    "check user and password; if they are right, the user lacks the PBX's right \"API access with "
    "password grant\", or [uci] client-id and client-secret-file are not those that the PBX shows "
    "(Admin > Server > Status > REST-API)";

Error refusal(Grant grant, int status, std::string_view named) {
  const std::string how =
      named.empty() ? fmt::format("HTTP {}", status) : fmt::format("HTTP {}, {}", status, named);
  const std::string message = fmt::format("the PBX gives no token ({})", how);
  const bool ours = named == "invalid_client" || named == "unauthorized_client" ||
                    named == "invalid_scope" || named == "invalid_request" ||
                    named == "invalid_target" || named == "unsupported_grant_type";
  // Once the user had a token, it is what the agent asks with that is not right any more.
  if (ours && grant == Grant::refresh) {
    return {codes::kClientRefused,
            fmt::format("the PBX does not know the agent as a client ({})", how),
            "write the client's id and secret as the PBX shows them (Admin > Server > Status > "
            "REST-API) into [uci] client-id and the file of client-secret-file"};
  }
  if (named == "unsupported_grant_type") return no_password_grant();
  if (named == "invalid_scope" || named == "invalid_request" || named == "invalid_target") {
    return {codes::kRequestRefused, message, "check [uci] scope and client-id"};
  }
  if (grant == Grant::refresh) {
    return {codes::kRenewalRefused, fmt::format("the PBX does not renew the sign-in ({})", how),
            "sign in with the password"};
  }
  if (named == "invalid_grant")
    return {codes::kPasswordRefused, message, std::string(kRightOrSecret)};
  return {codes::kRefused, message, std::string(kRightOrSecret)};
}

/// The name of an error, if RFC 6749 or 8707 knows it: nothing else of an answer is repeated.
std::string_view error_in(const Json::Value& document) {
  constexpr std::array kKnown{
      std::string_view("invalid_grant"),           std::string_view("invalid_client"),
      std::string_view("unauthorized_client"),     std::string_view("unsupported_grant_type"),
      std::string_view("invalid_scope"),           std::string_view("invalid_request"),
      std::string_view("invalid_target"),          std::string_view("access_denied"),
      std::string_view("temporarily_unavailable"), std::string_view("server_error")};
  const auto name = json::string_member(document, "error");
  const auto* const found = std::ranges::find(kKnown, name.value_or(""));
  return found == kKnown.end() ? std::string_view() : *found;
}

}  // namespace

Error no_password_grant() {
  return {
      codes::kNoPasswordGrant, "the PBX gives no tokens for passwords",
      "with an external identity provider the PBX has no passwords, and this integration cannot "
      "sign in there; a PBX that still takes the older sign-in needs [uci] auth = sha512"};
}

crypto::Secret password_form(const Client& client, bool secret_in_body, std::string_view user,
                             const crypto::Secret& password) {
  Form form(client, user.size() + password.size());
  form.add("grant_type", "password").add(client, secret_in_body);
  form.add("username", user).add("password", password.text()).add_target(client);
  return form.secret();
}

crypto::Secret refresh_form(const Client& client, bool secret_in_body,
                            const crypto::Secret& refresh) {
  Form form(client, refresh.size());
  form.add("grant_type", "refresh_token").add(client, secret_in_body);
  form.add("refresh_token", refresh.text());
  if (!client.resource.empty()) form.add("resource", client.resource);
  return form.secret();
}

crypto::Secret revocation_form(const Client& client, bool secret_in_body,
                               const crypto::Secret& refresh) {
  Form form(client, refresh.size());
  form.add(client, secret_in_body).add("token", refresh.text());
  form.add("token_type_hint", "refresh_token");
  return form.secret();
}

crypto::Secret basic_authorization(const Client& client) {
  if (client.secret.empty()) return {};
  // RFC 6749, section 2.3.1: both are encoded as in a form before they are joined.
  std::string pair;
  pair.reserve(3 * (client.id.size() + client.secret.size()) + 1);
  text::append_percent_encoded(pair, client.id);
  pair += ':';
  text::append_percent_encoded(pair, client.secret.text());
  std::string encoded = text::to_base64(crypto::Secret::from_text(pair).bytes());
  std::string header;
  header.reserve(encoded.size() + 8);
  header.append("Basic ").append(encoded);
  crypto::Secret result = crypto::Secret::from_text(header);
  crypto::wipe(pair);
  crypto::wipe(encoded);
  crypto::wipe(header);
  return result;
}

Result<Tokens> read_token_reply(Grant grant, int status, std::string& body) {
  // A number beyond all sense is no reason to do without the token beside it.
  Result<Json::Value> document = json::parse_rounding(body, {.bytes = kMostReply, .depth = 16});
  crypto::wipe(body);
  const bool object = document && document->isObject();
  if (status == 200 && object) {
    if (std::optional<Tokens> tokens = tokens_in(*document)) return std::move(*tokens);
    return fail(codes::kBrokenReply, "the PBX's answer to a token request holds no token",
                "look into the PBX's log");
  }
  const std::string_view named = object ? error_in(*document) : std::string_view();
  if (named == "temporarily_unavailable" || named == "server_error" || status == 200 ||
      status == 429 || status >= 500 || (status >= 300 && status < 400)) {
    return fail(codes::kUnwell,
                fmt::format("the PBX answered a token request with {} (HTTP {})",
                            object ? "an error" : "a page", status),
                "it is starting, or in trouble; try again in a moment");
  }
  if (status == 400 || status == 401 || status == 403) return fail(refusal(grant, status, named));
  return fail(
      codes::kBadDocument,
      fmt::format("there is nobody who gives out tokens where the PBX says (HTTP {})", status),
      "check [uci] url, and that a PBX of version 10 or later answers there");
}

}  // namespace sfteams::oauth
