#include "uci/method_kind.h"

namespace sfteams::uci {

MethodKind kind_of(std::string_view method) {
  if (method.ends_with(".connection.login") || method.ends_with(".connection.logout"))
    return MethodKind::reserved;
  if (method.ends_with(".service.subscribeEvents")) return MethodKind::subscribe;
  if (method.ends_with(".service.unsubscribeEvents")) return MethodKind::unsubscribe;
  if (method.ends_with(".connection.setProvidedServices")) return MethodKind::subscribe_list;
  return MethodKind::ordinary;
}

}  // namespace sfteams::uci
