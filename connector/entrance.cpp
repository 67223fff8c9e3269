#include "connector/entrance.h"

#include <utility>

#include "base/log/log.h"
#include "connector/codes.h"
#include "connector/link.h"
#include "tunnel/wire_code.h"

namespace sfteams::connector {

using tunnel::WireCode;

OrRefusal<void> take_admission_to(LinkContext& context, const std::string& name) {
  if (context.admissions_to.take(name, context.scheduler.now())) return {};
  context.tallies.limits.add("admissions-per-name");
  log::warn("admission",
            Error{codes::kTooManyOfName, "too many clients come to " + name + " at once",
                  "they are told to come later; if it lasts, raise [limits] admissions-per-name"});
  return tl::unexpected(tunnel::Refusal{WireCode::try_again_later, spread_retry(2, 20),
                                        "too many clients of this PBX come at once"});
}

OrRefusal<std::unique_ptr<RelayEnd>> open_stream(AgentLink& agent, const tunnel::KeyId& key_id,
                                                 const AgentLink::FarEnd& far_end) {
  Result<std::unique_ptr<RelayEnd>> opened = agent.open(key_id, far_end);
  if (opened) return std::move(*opened);
  return tl::unexpected(tunnel::Refusal{tunnel::wire_code_for(opened.error()), spread_retry(2, 10),
                                        opened.error().message});
}

tunnel::Refusal admission_refused() {
  return {WireCode::admission_refused, 0, "the name or the key is wrong"};
}

}  // namespace sfteams::connector
