#include "rest/login.h"

#include <utility>

#include <json/value.h>

#include "base/crypto/hash.h"
#include "base/json/json.h"
#include "base/text/ascii.h"
#include "base/text/encoding.h"
#include "rest/answer.h"
#include "rest/codes.h"
#include "rest/values.h"

namespace sfteams::rest {
namespace {

constexpr std::string_view kQuestion = "the nonce of a login";
constexpr std::string_view kAnswer = "the token of a login";

}  // namespace

Result<std::string> read_nonce(const transport::HttpReply& reply) {
  const Head head = head_of(reply);
  if (head == Head::not_offered) return fail(not_offered(kLoginPath, reply.status));
  if (head != Head::usable) return fail(pbx_error(kLoginPath, reply.status));
  const Result<Json::Value> document = read_document(reply.body, kQuestion);
  if (!document) return fail(document.error());
  const auto type = json::string_member(*document, "loginType");
  if (type && text::lower_case(*type) != "internal") {
    return fail(codes::kActiveDirectory,
                "the PBX has passwords checked by Active Directory, and for its REST interface it "
                "wants the password itself, which the agent does not keep",
                "address book and colleagues work there from version 10, with [uci] auth = oauth");
  }
  const auto nonce = json::string_member(*document, "nonce");
  if (!nonce || nonce->empty() || nonce->size() > kMostNonce) return fail(broken_reply(kQuestion));
  return std::string(*nonce);
}

crypto::Secret login_secret(std::string_view login, std::string_view nonce,
                            const crypto::Secret& password_sha512) {
  const crypto::Sha512Digest digest =
      crypto::sha512({crypto::bytes_of(login), crypto::bytes_of(nonce), password_sha512.bytes()});
  std::string hex = text::to_hex(digest);
  std::string secret;
  secret.reserve(login.size() + hex.size() + 1);
  secret.append(login).append(":").append(hex);
  crypto::Secret result = crypto::Secret::from_text(secret);
  crypto::wipe(hex);
  crypto::wipe(secret);
  return result;
}

crypto::Secret login_body(std::string_view login, std::string_view nonce,
                          const crypto::Secret& password_sha512) {
  Json::Value body(Json::objectValue);
  body["loginType"] = "Internal";
  body["nonce"] = std::string(nonce);
  body["secret"] = std::string(login_secret(login, nonce, password_sha512).text());
  std::string text = json::write(body);
  json::wipe(body["secret"]);
  crypto::Secret result = crypto::Secret::from_text(text);
  crypto::wipe(text);
  return result;
}

Result<crypto::Secret> read_token(transport::HttpReply& reply) {
  const Head head = head_of(reply);
  if (head == Head::refused || reply.status == 401) {
    return fail(codes::kLoginRefused,
                "the PBX does not accept the user's login at its REST interface",
                "sign in again with the password; it may have been changed");
  }
  if (head == Head::not_offered) return fail(not_offered(kLoginPath, reply.status));
  if (head != Head::usable) return fail(pbx_error(kLoginPath, reply.status));
  Result<Json::Value> document = read_document(reply.body, kAnswer);
  crypto::wipe(reply.body);
  if (!document) return fail(document.error());
  crypto::Secret token;
  if (const auto text = json::string_member(*document, "token");
      text && text->size() <= kMostToken && text::is_visible(*text))
    token = crypto::Secret::from_text(*text);
  if (document->isObject() && document->isMember("token")) json::wipe((*document)["token"]);
  if (token.empty()) return fail(broken_reply(kAnswer));
  return token;
}

}  // namespace sfteams::rest
