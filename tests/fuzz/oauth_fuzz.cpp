// Any bytes as what a PBX says about its OAuth, and as its answer to a token request: refused, or read,
// and then no stranger is asked, and every token can be sent.

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/text/ascii.h"
#include "oauth/provider.h"
#include "oauth/token.h"

namespace oauth = sfteams::oauth;
namespace text = sfteams::text;
namespace transport = sfteams::transport;

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

bool may_be_asked(const std::string& address, const oauth::Hosts& hosts) {
  const auto url = transport::parse_url(address);
  return url.has_value() && hosts.allow(*url);
}

void read_documents(std::string_view document) {
  static const std::array kHosts{
      oauth::Hosts{{"https", "pbx.example", 443, "/"}, {"login.example", "127.0.0.1"}},
      oauth::Hosts{{"http", "::1", 8080, "/"}, {}},
  };
  for (const oauth::Hosts& hosts : kHosts) {
    const auto provider = oauth::parse_discovery(document, hosts);
    if (!provider) continue;
    check(may_be_asked(provider->token_url, hosts));
    check(provider->revocation_url.empty() || may_be_asked(provider->revocation_url, hosts));
  }
  if (const auto config = oauth::parse_login_config(document)) {
    check(text::is_visible(config->edge_node));
    check(config->discovery_url.size() <= document.size());
  }
}

void read_reply(oauth::Grant grant, int status, std::string_view reply) {
  std::string body(reply);
  const auto tokens = oauth::read_token_reply(grant, status, body);
  check(body.empty());
  if (!tokens) return check(tokens.error().message.size() < 200);
  check(status == 200);
  check(!tokens->access.empty() && tokens->access.size() <= oauth::kMostToken);
  check(text::is_visible(tokens->access.text()) && text::is_visible(tokens->refresh.text()));
  check(tokens->lifetime >= oauth::kShortest && tokens->lifetime <= oauth::kLongest);
  check(tokens->refresh_lifetime.count() >= 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // A byte may be looked at as a char ([basic.lval]).
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  read_documents(bytes);
  for (const int status : {200, 302, 400, 401, 404, 503}) {
    read_reply(oauth::Grant::password, status, bytes);
    read_reply(oauth::Grant::refresh, status, bytes);
  }
  return 0;
}
