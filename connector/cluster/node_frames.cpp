#include "connector/cluster/node_frames.h"

#include <stdexcept>
#include <string_view>

#include "tunnel/byte_order.h"
#include "tunnel/byte_reader.h"
#include "tunnel/codes.h"

namespace sfteams::connector {

using tunnel::ByteReader;
using tunnel::Bytes;
using tunnel::ByteView;

namespace {

constexpr std::size_t kMac = std::tuple_size_v<crypto::Sha256Digest>;
constexpr std::size_t kShortestAdmit = 75;
constexpr std::size_t kLongestAdmit = 327;

bool is_admit_size(std::size_t size) {
  return size >= kShortestAdmit && size <= kLongestAdmit;
}

void append_field(Bytes& out, ByteView bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}

void append_node(Bytes& out, std::string_view node) {
  if (!is_node_id(node)) throw std::invalid_argument("a node's id is needed");
  out.push_back(static_cast<std::uint8_t>(node.size()));
  append_field(out, crypto::bytes_of(node));
}

tl::unexpected<Error> malformed_node_frame(std::string_view frame) {
  return fail(tunnel::codes::kControlMalformed, "a malformed " + std::string(frame) + " came",
              "the other node's software breaks the protocol");
}

}  // namespace

Bytes encode_node_hello(const NodeHello& hello) {
  Bytes out;
  append_field(out, hello.mac);
  append_node(out, hello.node);
  append_node(out, hello.wanted);
  append_field(out, hello.boot);
  append_field(out, hello.nonce);
  return out;
}

Result<NodeHello> decode_node_hello(ByteView payload) {
  ByteReader reader(payload);
  NodeHello hello;
  hello.mac = reader.array<kMac>();
  hello.node = reader.text(reader.u8());
  hello.wanted = reader.text(reader.u8());
  hello.boot = reader.array<std::tuple_size_v<BootId>>();
  hello.nonce = reader.array<std::tuple_size_v<tunnel::Nonce>>();
  if (!reader.intact() || !is_node_id(hello.node) || !is_node_id(hello.wanted))
    return malformed_node_frame("NODE_HELLO");
  return hello;
}

Bytes encode_node_welcome(const NodeWelcome& welcome) {
  Bytes out;
  append_field(out, welcome.mac);
  append_node(out, welcome.node);
  append_field(out, welcome.boot);
  return out;
}

Result<NodeWelcome> decode_node_welcome(ByteView payload) {
  ByteReader reader(payload);
  NodeWelcome welcome;
  welcome.mac = reader.array<kMac>();
  welcome.node = reader.text(reader.u8());
  welcome.boot = reader.array<std::tuple_size_v<BootId>>();
  if (!reader.intact() || !is_node_id(welcome.node)) return malformed_node_frame("NODE_WELCOME");
  return welcome;
}

ByteView covered_by_mac(ByteView payload) {
  return payload.size() < kMac ? ByteView() : payload.subspan(kMac);
}

Bytes encode_enter(const Enter& enter) {
  if (!is_admit_size(enter.admit.size())) throw std::invalid_argument("ENTER needs an ADMIT");
  Bytes out;
  append_field(out, enter.nonce);
  append_field(out, enter.sender);
  std::array<std::uint8_t, 2> size{};
  tunnel::store(std::span(size), enter.admit.size());
  append_field(out, size);
  append_field(out, enter.admit);
  return out;
}

Result<Enter> decode_enter(ByteView payload) {
  ByteReader reader(payload);
  Enter enter;
  enter.nonce = reader.array<std::tuple_size_v<tunnel::Nonce>>();
  enter.sender = reader.array<std::tuple_size_v<decltype(Enter::sender)>>();
  const ByteView admit = reader.bytes(reader.u16());
  if (!reader.intact() || !is_admit_size(admit.size())) return malformed_node_frame("ENTER");
  enter.admit.assign(admit.begin(), admit.end());
  return enter;
}

Bytes encode_turned_away(const tunnel::Refusal& refusal) {
  return tunnel::encode_refused(refusal);
}

Result<tunnel::Refusal> decode_turned_away(ByteView payload) {
  Result<tunnel::Refusal> refusal = tunnel::decode_refused(payload);
  if (!refusal) return malformed_node_frame("TURNED_AWAY");
  return refusal;
}

}  // namespace sfteams::connector
