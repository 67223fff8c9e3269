#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include <tl/expected.hpp>

#include "connector/agent_link.h"
#include "connector/buffer_budget.h"
#include "connector/link_context.h"
#include "connector/relay_end.h"
#include "tunnel/control.h"
#include "tunnel/limits.h"
#include "tunnel/outbox.h"

/// How a client comes to an agent of this node, whether it is connected here or at another node of
/// the cluster: it has the key, its name has not too many at once, and the agent takes one more.
namespace sfteams::connector {

/// What came of it; a refusal has the code, reason and seconds that the client is told.
template <typename T>
using OrRefusal = tl::expected<T, tunnel::Refusal>;

/// One more client of a name, that has proved the key. Counted and logged when it is too many.
[[nodiscard]] OrRefusal<void> take_admission_to(LinkContext& context, const std::string& name);

/// The stream to `agent` for a client that the key `key_id` has admitted, as AgentLink::open().
[[nodiscard]] OrRefusal<std::unique_ptr<RelayEnd>> open_stream(AgentLink& agent,
                                                               const tunnel::KeyId& key_id,
                                                               const AgentLink::FarEnd& far_end);

/// Said of a wrong key, and of a name that nobody has: the same bytes.
[[nodiscard]] tunnel::Refusal admission_refused();

}  // namespace sfteams::connector
