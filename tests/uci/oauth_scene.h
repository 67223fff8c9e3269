#pragma once

#include <memory>
#include <string>

#include "tests/oauth/scene.h"
#include "uci/codes.h"
#include "uci/dialect.h"
#include "uci/oauth_binding.h"
#include "uci/xmlrpc.h"

namespace sfteams::uci::test {

inline constexpr const char* kRpc = "/xml-rpc";

inline transport::HttpReply rpc_value(const Value& value) {
  return oauth::test::reply_of(200, write_response(value).value(), "text/xml");
}
inline transport::HttpReply page(int status = 200) {
  return oauth::test::reply_of(status, "<html><body>Sign in</body></html>", "text/html");
}

/// A binding whose PBX, with what gives out its tokens, the test plays.
struct OauthScene : oauth::test::Scene {
  explicit OauthScene(const std::string& password = "p", const std::string& refresh = "",
                      Dialect the_dialect = dialect_of(Version::v30))
      : dialect(std::move(the_dialect)), tokens(make_tokens(password, refresh)) {
    offers_oauth();
  }

  std::unique_ptr<oauth::UserTokens> make_tokens(const std::string& password,
                                                 const std::string& refresh) {
    return std::make_unique<oauth::UserTokens>(
        *issuer, scheduler,
        oauth::UserTokens::Start{"0001", oauth::test::secret(password),
                                 oauth::test::secret(refresh)});
  }

  Dialect dialect;
  HttpBinding::Pbx pbx{.url = transport::parse_url("https://pbx.example").value(),
                       .ca_file = "/ca.pem"};
  std::unique_ptr<oauth::UserTokens> tokens;
  OauthBinding binding{http,
                       scheduler,
                       pbx,
                       dialect,
                       "0001",
                       *tokens,
                       CallbackAddress{"127.0.0.1", 4711, "/events/x"}};
};

}  // namespace sfteams::uci::test
