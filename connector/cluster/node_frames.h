#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "base/crypto/hash.h"
#include "base/error/error.h"
#include "connector/cluster/node_identity.h"
#include "tunnel/control.h"

/// Payloads of the frames that only nodes of one cluster say to each other (docs/protocol.md, "Links
/// between nodes"). As in tunnel/control.h, except that bytes behind the last known field of
/// NODE_HELLO, NODE_WELCOME, ENTER and ENTERED are ignored, so that a node works together with one
/// of the next version. Decoders fail with tunnel.control-malformed.
namespace sfteams::connector {

// --- NODE_HELLO: dialler -> acceptor, the answer to CHALLENGE ------------------------------------

/// mac[32] | the part that it covers: node short text, wanted short text, boot[8], nonce[32], …
struct NodeHello {
  crypto::Sha256Digest mac{};
  std::string node;       ///< who dials; as is_node_id()
  std::string wanted;     ///< whom it wants to reach; as is_node_id()
  BootId boot{};          ///< of who dials
  tunnel::Nonce nonce{};  ///< by which the acceptor is to prove itself
};
/// The part that the mac covers. Ids that are none are a programmer's error (std::invalid_argument).
[[nodiscard]] tunnel::Bytes encode_node_hello(const NodeHello& hello);
[[nodiscard]] Result<NodeHello> decode_node_hello(tunnel::ByteView payload);

// --- NODE_WELCOME: acceptor -> dialler ----------------------------------------------------------

/// mac[32] | the part that it covers: node short text, boot[8], …
struct NodeWelcome {
  crypto::Sha256Digest mac{};
  std::string node;  ///< who was reached; as is_node_id()
  BootId boot{};
};
[[nodiscard]] tunnel::Bytes encode_node_welcome(const NodeWelcome& welcome);
[[nodiscard]] Result<NodeWelcome> decode_node_welcome(tunnel::ByteView payload);

/// What the mac of a NODE_HELLO or NODE_WELCOME covers: all behind it, unknown fields, too.
[[nodiscard]] tunnel::ByteView covered_by_mac(tunnel::ByteView payload);

// --- ENTER, and its answers ENTERED, TURNED_AWAY, NOT_HERE: on the stream that the client gets ---

/// A client asks to be let in to an agent that the other node has.
struct Enter {
  tunnel::Nonce nonce{};                  ///< of the CHALLENGE that the client got
  std::array<std::uint8_t, 16> sender{};  ///< the client's address; IPv4 in its mapped form
  tunnel::Bytes admit;                    ///< its ADMIT, as it came: 75 … 327 bytes
};
/// An ADMIT of another length is a programmer's error (std::invalid_argument).
[[nodiscard]] tunnel::Bytes encode_enter(const Enter& enter);
[[nodiscard]] Result<Enter> decode_enter(tunnel::ByteView payload);

/// ENTERED and NOT_HERE have no fields. TURNED_AWAY is a REFUSED for one stream.
[[nodiscard]] tunnel::Bytes encode_turned_away(const tunnel::Refusal& refusal);
[[nodiscard]] Result<tunnel::Refusal> decode_turned_away(tunnel::ByteView payload);

}  // namespace sfteams::connector
