#include <algorithm>
#include <array>

#include "simulator/switch_access.h"

namespace sfteams::simulator {
namespace {

/// What is known of a release and differs from others.
struct Preset {
  std::string_view name;
  std::string_view version;
  OauthMode oauth;
  LoginConfig login_config;
  RestLoginKind rest_login;
};

constexpr std::array kPresets{
    Preset{"6.7.3", "6.7.3.11", OauthMode::no, LoginConfig::missing, RestLoginKind::nonce},
    Preset{"8", "8.1.0.4", OauthMode::no, LoginConfig::missing, RestLoginKind::nonce},
    Preset{"9", "9.0.0.9", OauthMode::no, LoginConfig::missing, RestLoginKind::nonce},
    Preset{"10", "10.0.2.6", OauthMode::yes, LoginConfig::empty, RestLoginKind::nonce},
};

}  // namespace

bool set_preset(Options& options, std::string_view text) {
  const auto* const found = std::find_if(kPresets.begin(), kPresets.end(),
                                         [&](const Preset& one) { return one.name == text; });
  if (found == kPresets.end() && text != "none") return false;
  options.preset = text;
  if (found == kPresets.end()) return true;
  options.version = found->version;
  options.tokens = TokenKinds::both;
  options.oauth.mode = found->oauth;
  options.oauth.login_config = found->login_config;
  options.rest.mode = RestMode::yes;
  options.rest.login = found->rest_login;
  return true;
}

}  // namespace sfteams::simulator
