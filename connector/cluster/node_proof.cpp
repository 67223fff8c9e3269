#include "connector/cluster/node_proof.h"

#include <algorithm>

#include "connector/cluster/codes.h"
#include "tunnel/wire_text.h"

namespace sfteams::connector {

using tunnel::Bytes;
using tunnel::ByteView;
using tunnel::Nonce;

namespace {

constexpr std::string_view kNodePurpose = "node";
constexpr std::string_view kDialler = tunnel::label("dialler");
constexpr std::string_view kAcceptor = tunnel::label("acceptor");

/// The acceptor's own part has its id, but neither the dialler's id nor its nonce.
Bytes of_dialler(const std::string& node, const Nonce& nonce) {
  Bytes out{static_cast<std::uint8_t>(node.size())};
  const ByteView id = crypto::bytes_of(node);
  out.insert(out.end(), id.begin(), id.end());
  out.insert(out.end(), nonce.begin(), nonce.end());
  return out;
}

void put_mac(Bytes& payload, const crypto::Sha256Digest& mac) {
  std::ranges::copy(mac, payload.begin());
}

tl::unexpected<Error> wrong_proof() {
  return fail(codes::kNodeProofWrong, "the proof of the cluster's key is wrong",
              "compare [cluster] key-file of both nodes");
}

}  // namespace

Bytes make_node_hello(const ClusterKeys& keys, const NodeIdentity& self, const std::string& wanted,
                      const Nonce& theirs, const Nonce& ours) {
  Bytes payload = encode_node_hello({{}, self.id, wanted, self.boot, ours});
  put_mac(payload,
          keys.mac(kNodePurpose, {crypto::bytes_of(kDialler), theirs, covered_by_mac(payload)}));
  return payload;
}

Result<NodeHello> verify_node_hello(const ClusterKeys& keys, ByteView payload, const Nonce& ours) {
  Result<NodeHello> hello = decode_node_hello(payload);
  if (hello && !keys.verifies(kNodePurpose, hello->mac,
                              {crypto::bytes_of(kDialler), ours, covered_by_mac(payload)})) {
    return wrong_proof();
  }
  return hello;
}

Bytes make_node_welcome(const ClusterKeys& keys, const NodeIdentity& self, const NodeHello& hello,
                        const Nonce& challenge) {
  Bytes payload = encode_node_welcome({{}, self.id, self.boot});
  put_mac(payload,
          keys.mac(kNodePurpose, {crypto::bytes_of(kAcceptor), challenge,
                                  of_dialler(hello.node, hello.nonce), covered_by_mac(payload)}));
  return payload;
}

Result<NodeWelcome> verify_node_welcome(const ClusterKeys& keys, const NodeIdentity& self,
                                        ByteView payload, const Nonce& challenge,
                                        const Nonce& ours) {
  Result<NodeWelcome> welcome = decode_node_welcome(payload);
  if (welcome && !keys.verifies(kNodePurpose, welcome->mac,
                                {crypto::bytes_of(kAcceptor), challenge, of_dialler(self.id, ours),
                                 covered_by_mac(payload)})) {
    return wrong_proof();
  }
  return welcome;
}

}  // namespace sfteams::connector
