#pragma once

#include <string>
#include <string_view>

#include "base/error/error.h"
#include "transport/http_client.h"
#include "transport/url.h"

namespace sfteams::rest {

/// What an answer is by its head, before anything is read in it.
enum class Head {
  usable,       ///< 2xx
  turned_away,  ///< 401, a redirect or a web page: the PBX wants a sign-in
  not_offered,  ///< 403, 404 and the like: there is no such thing, or not for this user
  refused,      ///< 400: of a login, that the secret is wrong
  unwell,       ///< everything else
};

[[nodiscard]] Head head_of(const transport::HttpReply& reply);

/// A request as all of REST wants it, without a sign-in: GET, X-Version, JSON of at most kMostAnswer
/// bytes.
/// `path` begins with "/rest/" and may have a query.
[[nodiscard]] transport::HttpCall rest_call(const transport::Url& pbx, std::string_view path);

/// rest.not-offered. `path`: "/rest/contacts".
[[nodiscard]] Error not_offered(std::string_view path, int status);
/// rest.not-signed-in
[[nodiscard]] Error not_signed_in(std::string_view path, int status);
/// rest.pbx-error
[[nodiscard]] Error pbx_error(std::string_view path, int status);
/// Of the HTTP client: rest.too-large where a reply was, otherwise as it is.
[[nodiscard]] Error failed_call(Error error);

}  // namespace sfteams::rest
