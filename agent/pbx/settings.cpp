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

}  // namespace sfteams::agent
