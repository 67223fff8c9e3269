#include "connector/cluster/node_proof.h"

#include <string>

#include <catch2/catch.hpp>

#include "connector/cluster/codes.h"

namespace sfteams::connector {
namespace {

ClusterKeys proof_keys(char key) {
  return std::move(
      ClusterKeys::parse(
          "log-secret = " + std::string(64, 'a') + "\nkey = " + std::string(64, key) + "\n", "test")
          .value());
}

constexpr tunnel::Nonce kChallenge{1};
constexpr tunnel::Nonce kOurs{2};

}  // namespace

TEST_CASE("two nodes with one key prove themselves, and any changed byte is refused") {
  const ClusterKeys keys = proof_keys('1');
  const NodeIdentity one{"one", {1}, ""};
  const NodeIdentity two{"two", {2}, ""};
  tunnel::Bytes hello = make_node_hello(keys, one, "two", kChallenge, kOurs);
  const auto dialler = verify_node_hello(keys, hello, kChallenge);
  REQUIRE(dialler);
  CHECK(dialler->node == "one");
  CHECK(dialler->wanted == "two");
  tunnel::Bytes welcome = make_node_welcome(keys, two, *dialler, kChallenge);
  REQUIRE(verify_node_welcome(keys, one, welcome, kChallenge, kOurs));
  CHECK_FALSE(verify_node_welcome(keys, one, welcome, kChallenge, kChallenge));
  CHECK_FALSE(verify_node_welcome(keys, two, welcome, kChallenge, kOurs));
  CHECK_FALSE(verify_node_hello(keys, hello, kOurs));
  CHECK(verify_node_hello(proof_keys('2'), hello, kChallenge).error().code ==
        codes::kNodeProofWrong);
  for (tunnel::Bytes* payload : {&hello, &welcome}) {
    for (std::uint8_t& byte : *payload) {
      byte ^= 1U;
      const bool taken =
          payload == &hello
              ? verify_node_hello(keys, hello, kChallenge).has_value()
              : verify_node_welcome(keys, one, welcome, kChallenge, kOurs).has_value();
      CHECK_FALSE(taken);
      byte ^= 1U;
    }
    payload->push_back(0);  // What a later version adds is covered, too.
  }
  CHECK(verify_node_hello(keys, hello, kChallenge).error().code == codes::kNodeProofWrong);
  CHECK(verify_node_welcome(keys, one, welcome, kChallenge, kOurs).error().code ==
        codes::kNodeProofWrong);
}

TEST_CASE("what a later version adds at the end is ignored, what is cut is malformed") {
  const tunnel::Bytes hello = encode_node_hello({{}, "one", "two", {1}, {2}});
  const tunnel::Bytes welcome = encode_node_welcome({{}, "one", {1}});
  const tunnel::Bytes enter = encode_enter({{1}, {2}, tunnel::Bytes(75, 3)});
  const auto longer = [](tunnel::Bytes payload) {
    payload.resize(payload.size() + 9, 0xff);
    return payload;
  };
  CHECK(encode_node_hello(decode_node_hello(longer(hello)).value()) == hello);
  CHECK(encode_node_welcome(decode_node_welcome(longer(welcome)).value()) == welcome);
  CHECK(encode_enter(decode_enter(longer(enter)).value()) == enter);
  const auto cut = [](const tunnel::Bytes& payload, std::size_t size) {
    return tunnel::ByteView(payload).first(size);
  };
  for (std::size_t size = 0; size < hello.size(); ++size)
    CHECK_FALSE(decode_node_hello(cut(hello, size)));
  for (std::size_t size = 0; size < welcome.size(); ++size)
    CHECK_FALSE(decode_node_welcome(cut(welcome, size)));
  for (std::size_t size = 0; size < enter.size(); ++size)
    CHECK_FALSE(decode_enter(cut(enter, size)));
  CHECK_THROWS_AS(encode_enter({{}, {}, tunnel::Bytes(74)}), std::invalid_argument);
  CHECK_THROWS_AS(encode_node_welcome({{}, "No Node", {}}), std::invalid_argument);
}

}  // namespace sfteams::connector
