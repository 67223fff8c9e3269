#include "client/access.h"

#include <utility>

#include "keygen/connector_url.h"
#include "tunnel/limits.h"

namespace sfteams::client {

Result<std::shared_ptr<const Access>> Access::from(const keygen::KeyFile& key_file) {
  // A key file has been through this; what was put together elsewhere may not.
  const Result<std::string> checked = keygen::checked_connector_url(key_file.connector);
  if (!checked) return fail(checked.error());
  Result<transport::Url> url = transport::parse_url(*checked);
  if (!url) return fail(url.error());
  // A connector may live below a path of a shared host.
  while (!url->path.empty() && url->path.back() == '/')
    url->path.pop_back();
  url->path += tunnel::kClientPath;
  return std::shared_ptr<const Access>(new Access(key_file, std::move(*url)));
}

Access::Access(const keygen::KeyFile& key_file, transport::Url connector)
    : name_(key_file.name),
      connector_(std::move(connector)),
      key_id_(keygen::derive_key_id(key_file.key)),
      admission_key_(keygen::derive_admission_key(key_file.key)),
      pre_shared_key_(keygen::derive_noise_psk(key_file.key)) {}

}  // namespace sfteams::client
