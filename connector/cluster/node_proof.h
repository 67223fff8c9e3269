#pragma once

#include "connector/cluster/cluster_keys.h"
#include "connector/cluster/node_frames.h"
#include "connector/cluster/node_identity.h"
#include "tunnel/control.h"

/// How two nodes show each other that both have the cluster's key. Each side's proof covers both
/// nonces, both node ids, its own boot id and its role, so that none can be used again, elsewhere,
/// or sent back. Nothing of the key can be learnt from a wrong answer: it is the same for all.
///
///   acceptor                            dialler
///     CHALLENGE{nonce}            →
///                                 ←     NODE_HELLO{node, wanted, boot, nonce, mac}
///     NODE_WELCOME{node, boot, mac} →
namespace sfteams::connector {

/// The payload of NODE_HELLO: `self` dials and wants to reach `wanted`; `theirs` is the nonce of
/// CHALLENGE, `ours` the one that the acceptor has to answer to.
[[nodiscard]] tunnel::Bytes make_node_hello(const ClusterKeys& keys, const NodeIdentity& self,
                                            const std::string& wanted, const tunnel::Nonce& theirs,
                                            const tunnel::Nonce& ours);
/// Who dialled; `ours` is the nonce of CHALLENGE. Fails with tunnel.control-malformed, and with
/// connector.node-proof-wrong when it does not have a key that is taken here. Whether it wanted to
/// reach this node is not checked: it finds that out by NODE_WELCOME.
[[nodiscard]] Result<NodeHello> verify_node_hello(const ClusterKeys& keys, tunnel::ByteView payload,
                                                  const tunnel::Nonce& ours);

/// The payload of NODE_WELCOME, in answer to `hello`; `challenge` is the nonce of CHALLENGE.
[[nodiscard]] tunnel::Bytes make_node_welcome(const ClusterKeys& keys, const NodeIdentity& self,
                                              const NodeHello& hello,
                                              const tunnel::Nonce& challenge);
/// Who was reached by `self`; `challenge` and `ours` are the nonces of CHALLENGE and NODE_HELLO.
/// Fails as verify_node_hello(). Whether it is who was wanted is the caller's question.
[[nodiscard]] Result<NodeWelcome> verify_node_welcome(const ClusterKeys& keys,
                                                      const NodeIdentity& self,
                                                      tunnel::ByteView payload,
                                                      const tunnel::Nonce& challenge,
                                                      const tunnel::Nonce& ours);

}  // namespace sfteams::connector
