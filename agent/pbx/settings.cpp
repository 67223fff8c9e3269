#include "agent/pbx/settings.h"

namespace sfteams::agent {

std::string_view to_string(SignInBy by) {
  switch (by) {
    case SignInBy::automatic:
      return "automatic";
    case SignInBy::sha512:
      return "sha512";
    case SignInBy::md5:
      return "md5";
    case SignInBy::oauth:
      return "oauth";
  }
  return "";
}

const std::string& told_callback_host(const PbxSettings& uci) {
  return uci.callback_host.empty() ? uci.callback_address : uci.callback_host;
}

bool is_callback_on_loopback(const PbxSettings& uci) {
  return transport::is_loopback(uci.callback_address) ||
         transport::is_loopback(told_callback_host(uci));
}

}  // namespace sfteams::agent
