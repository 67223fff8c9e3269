#pragma once

namespace sfteams::simulator {

/// How a request with a wrong token (or a login without the right) is turned away.
enum class Refusal {
  fault,
  http_401,
  http_403,
  redirect,
  answer_false,
  page,  ///< with HTTP 200
  http_500,
  empty,  ///< HTTP 200 without a body
  http_204,
  http_400,
  http_404,
  close,           ///< the connection ends without an answer
  as_wrong_token,  ///< for a request without a token: as one with a wrong token
};

}  // namespace sfteams::simulator
