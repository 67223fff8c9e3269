#include "rest/answer.h"

#include <utility>

#include <fmt/format.h>

#include "base/text/ascii.h"
#include "rest/codes.h"
#include "rest/values.h"
#include "transport/codes.h"

namespace sfteams::rest {

Head head_of(const transport::HttpReply& reply) {
  const int status = reply.status;
  if (status >= 200 && status < 300) {
    const bool page = text::lower_case(reply.content_type).starts_with("text/html");
    return page ? Head::turned_away : Head::usable;
  }
  if (status == 401 || (status >= 300 && status < 400)) return Head::turned_away;
  if (status == 403 || status == 404 || status == 405 || status == 410 || status == 501)
    return Head::not_offered;
  return status == 400 ? Head::refused : Head::unwell;
}

transport::HttpCall rest_call(const transport::Url& pbx, std::string_view path) {
  transport::Url url = pbx;
  url.path = path;
  transport::HttpCall call;
  call.method = "GET";
  call.url = crypto::Secret::from_text(url.to_string());
  call.headers = {{"Accept", "application/json"}, {"X-Version", "2"}};
  call.max_body = kMostAnswer;
  return call;
}

Error not_offered(std::string_view path, int status) {
  return {codes::kNotOffered,
          fmt::format("the PBX does not offer {} to this user (HTTP {})", path, status),
          "if users are to have it, give them the right at the PBX, or update the PBX"};
}

Error not_signed_in(std::string_view path, int status) {
  return {codes::kNotSignedIn,
          fmt::format("the PBX does not take the user's sign-in for {} (HTTP {})", path, status),
          "sign in again; if it stays so, REST may be switched off for this user or this client"};
}

Error pbx_error(std::string_view path, int status) {
  const std::string_view with = status < 300 ? "a web page" : "an error";
  return {codes::kPbxError,
          fmt::format("the PBX answered {} with {} (HTTP {})", path, with, status),
          "it is starting, or in trouble; try again in a moment"};
}

Error failed_call(Error error) {
  if (error.code != transport::codes::kReplyTooLarge) return error;
  return {codes::kTooLarge, std::move(error.message),
          "search for more letters of the name, or ask for fewer entries"};
}

}  // namespace sfteams::rest
