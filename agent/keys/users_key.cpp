#include "agent/keys/users_key.h"

namespace sfteams::agent {

std::string connector_of(const transport::Url& url) {
  return url.scheme + "://" + url.authority();
}

keygen::KeyFile users_key(const std::string& name, const transport::Url& connector,
                          const StoredKey& key) {
  return {name, key.key.clone(), connector_of(connector), key.created};
}

}  // namespace sfteams::agent
