#include "connector/cluster/cluster_keys.h"

#include <stdexcept>
#include <string>
#include <utility>

#include <catch2/catch.hpp>

#include "connector/cluster/codes.h"
#include "tests/contains.h"

namespace sfteams::connector {
namespace {

const std::string kOnes(64, '1');
const std::string kTwos(64, '2');
const std::string kThrees(64, '3');

ClusterKeys keys(const std::string& log, const std::string& key, const std::string& also = "") {
  std::string text = "log-secret = " + log + "\nkey = " + key + "\n";
  if (!also.empty()) text += "also-key=" + also + "\r\n";
  return ClusterKeys::parse(text, "test").value();
}

const auto kBytes = crypto::bytes_of("what is said");

TEST_CASE("a file that was just made has keys, and another one has others") {
  const auto one = ClusterKeys::parse(ClusterKeys::make_file()->text(), "one");
  const auto other = ClusterKeys::parse(ClusterKeys::make_file()->text(), "other");
  REQUIRE(one);
  REQUIRE(other);
  CHECK(one->hash_of("pbx.example.com") != other->hash_of("pbx.example.com"));
  CHECK(one->key_fingerprint() != other->key_fingerprint());
  CHECK(one->log_fingerprint() != other->log_fingerprint());
  CHECK(one->log_fingerprint() != one->key_fingerprint());
}

TEST_CASE("a name stays the same on the bus while the cluster key is rotated") {
  const ClusterKeys before = keys(kOnes, kTwos);
  const ClusterKeys after = keys(kOnes, kThrees, kTwos);
  CHECK(before.hash_of("pbx.example.com") == after.hash_of("pbx.example.com"));
  CHECK(before.hash_of("pbx.example.com") != before.hash_of("pbx.example.org"));
  CHECK(before.hash_of("pbx.example.com").size() == 32);
  CHECK(before.log_key() == after.log_key());
  CHECK(keys(kTwos, kTwos).hash_of("pbx.example.com") != before.hash_of("pbx.example.com"));
}

TEST_CASE("during a rotation nodes with the old and the new key take each other's proofs") {
  const ClusterKeys old = keys(kOnes, kTwos, kThrees);
  const ClusterKeys young = keys(kOnes, kThrees, kTwos);
  CHECK(young.verifies("bus", old.mac("bus", {kBytes}), {kBytes}));
  CHECK(old.verifies("bus", young.mac("bus", {kBytes}), {kBytes}));
  CHECK_FALSE(keys(kOnes, kTwos).verifies("bus", young.mac("bus", {kBytes}), {kBytes}));
}

TEST_CASE("keys give the same proofs wherever they were moved, and know two purposes") {
  ClusterKeys first = keys(kOnes, kTwos, kThrees);
  const crypto::Sha256Digest mac = first.mac("node", {kBytes});
  const NameHash hash = first.hash_of("pbx.example.com");
  ClusterKeys moved = std::move(first);
  CHECK(moved.mac("node", {kBytes}) == mac);
  CHECK(moved.hash_of("pbx.example.com") == hash);
  moved = keys(kOnes, kThrees, kTwos);
  CHECK(moved.mac("node", {kBytes}) != mac);
  CHECK(moved.verifies("node", mac, {kBytes}));
  CHECK_THROWS_AS(moved.mac("cake", {kBytes}), std::invalid_argument);
}

TEST_CASE("fingerprints show which keys two nodes have, also while they are exchanged") {
  const ClusterKeys old = keys(kOnes, kTwos, kThrees);
  const ClusterKeys young = keys(kOnes, kThrees, kTwos);
  CHECK(old.key_fingerprint() == young.also_key_fingerprint());
  CHECK(old.also_key_fingerprint() == young.key_fingerprint());
  CHECK_FALSE(keys(kOnes, kTwos).also_key_fingerprint());
}

TEST_CASE("a proof is good for what it was made for, and as a whole or its first half") {
  const ClusterKeys mine = keys(kOnes, kTwos);
  crypto::Sha256Digest mac = mine.mac("bus", {kBytes});
  CHECK(mine.verifies("bus", mac, {kBytes}));
  CHECK(mine.verifies("bus", std::span(mac).first(16), {kBytes}));
  CHECK_FALSE(mine.verifies("bus", std::span(mac).first(15), {kBytes}));
  CHECK_FALSE(mine.verifies("bus", {}, {kBytes}));
  CHECK_FALSE(mine.verifies("node", mac, {kBytes}));
  CHECK_FALSE(mine.verifies("bus", mac, {crypto::bytes_of("what is sais")}));
  mac[3] ^= 1U;
  CHECK_FALSE(mine.verifies("bus", mac, {kBytes}));
}

TEST_CASE("a file of keys that is not in order is refused without being quoted") {
  const std::string log = "log-secret = " + kOnes + "\n";
  const std::string bad = GENERATE_COPY(
      std::string(), std::string("\n# only a comment\n"), log, "key = " + kTwos + "\n",
      log + "key = " + kTwos + "\nkey = " + kTwos + "\n", log + "key = " + kTwos + "2\n",
      log + "key = " + kTwos.substr(1) + "x\n", log + "key " + kTwos + "\n",
      log + "key = " + kTwos + "\nother = " + kThrees + "\n", kTwos + "\n");
  const auto parsed = ClusterKeys::parse(bad, "cluster.key");
  REQUIRE_FALSE(parsed);
  CHECK(parsed.error().code == codes::kClusterKeyMalformed);
  CHECK(contains(parsed.error().message, "cluster.key"));
  CHECK_FALSE(contains(parsed.error().message, "2222"));
  CHECK_FALSE(parsed.error().hint.empty());
}

TEST_CASE("a file of keys that is not there is named") {
  const auto read = ClusterKeys::read("/nonexistent/cluster.key");
  REQUIRE_FALSE(read);
  CHECK(read.error().code == codes::kClusterKeyUnreadable);
  CHECK(contains(read.error().message, "/nonexistent/cluster.key"));
}

}  // namespace
}  // namespace sfteams::connector
