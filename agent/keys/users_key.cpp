#include "agent/keys/users_key.h"

namespace sfteams::agent {

std::string connector_of(const Configuration& configuration) {
  const transport::Url& url = configuration.connector.url;
  return url.scheme + "://" + url.authority();
}

keygen::KeyFile users_key(const Configuration& configuration, const StoredKey& key) {
  return {configuration.name, key.key.clone(), connector_of(configuration), key.created};
}

}  // namespace sfteams::agent
