#include "connector/cluster_node.h"

#include <utility>

#include "connector/link_context.h"

namespace sfteams::connector {

ClusterNode::ClusterNode(LinkContext& links, NodeLines& lines, Parts parts, Hooks hooks)
    : self_(parts.self),
      name_(parts.cluster),
      keys_(parts.keys),
      bus_(links.scheduler, parts.bus),
      context_(links.scheduler, parts.bus, parts.keys, parts.cluster, parts.self,
               std::move(parts.unix_ms)),
      directory_(context_, std::move(hooks.names)),
      log_(links.scheduler, parts.bus, links.registry, parts.replica, parts.keys, parts.cluster,
           std::move(hooks.log), links.unix_now),
      lines_(lines),
      notes_(context_, links.configuration.throttle.forget_after),
      members_(context_,
               {.describe =
                    [describe = std::move(hooks.describe), version = std::move(parts.version)] {
                      BeatWord beat = describe();
                      beat.version = version;
                      return beat;
                    },
                .back = [this] { directory_.claim_again(); }}) {}

}  // namespace sfteams::connector
