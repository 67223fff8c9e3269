#include "connector/cluster/log_entry.h"

#include <catch2/catch.hpp>

#include "tests/connector/cluster/log_nodes.h"
#include "tests/seed.h"

namespace sfteams::connector {
namespace {

using Kind = LogEntry::Kind;

LogEntry sample(Kind kind) {
  LogEntry entry;
  entry.kind = kind;
  entry.name = "pbx.example.com";
  entry.generation = 3;
  entry.by = {"anna (uid 1000)", 1'800'000'000};
  if (kind == Kind::pinned) entry.identity = {7, 8, 9};
  if (kind == Kind::switched) {
    entry.number = 2;
    entry.disabled = true;
    entry.reason = "unpaid";
  }
  return entry;
}

TEST_CASE("an entry is opened as it was sealed, on its own subject only") {
  const LogSeal seal(test::log_keys(), "t");
  const Kind kind = GENERATE(Kind::enrolled, Kind::pinned, Kind::forgotten, Kind::switched);
  const LogEntry entry = sample(kind);
  const auto stored = seal.seal(entry).value();
  sfteams::test::keep_seed("log_value", pack_entry(entry));
  const auto opened = seal.open(stored.subject, stored.value);
  REQUIRE(opened);
  CHECK(opened->agrees(entry));
  CHECK(opened->by.who == entry.by.who);
  CHECK(opened->by.at == entry.by.at);
  // A second seal is another one, of the same.
  CHECK(seal.seal(entry)->value != stored.value);
  LogEntry elsewhere = entry;
  elsewhere.generation = 4;
  CHECK_FALSE(seal.open(seal.subject(elsewhere), stored.value));
  elsewhere = entry;
  elsewhere.name = "other.example.com";
  CHECK_FALSE(seal.open(seal.subject(elsewhere), stored.value));
  CHECK_FALSE(LogSeal(test::log_keys(), "u").open(stored.subject, stored.value));
  for (std::size_t at = 0; at < stored.value.size(); ++at) {
    auto changed = stored.value;
    changed[at] ^= 1U;
    CHECK_FALSE(seal.open(stored.subject, changed));
    changed.resize(at);
    CHECK_FALSE(seal.open(stored.subject, changed));
  }
  // The name does not stand in it.
  const std::string bytes(stored.value.begin(), stored.value.end());
  CHECK(bytes.find("pbx") == std::string::npos);
}

TEST_CASE("a name that is not the subject's is refused, though the seal is right") {
  const LogSeal seal(test::log_keys(), "t");
  LogEntry entry = sample(Kind::enrolled);
  auto content = pack_entry(entry);
  content[2] = 'q';  // of the name
  CHECK(unpack_entry(Kind::enrolled, content)->name == "qbx.example.com");
}

TEST_CASE("subjects have one form") {
  const LogSeal seal(test::log_keys(), "t");
  const std::string hash = test::log_keys().hash_of("pbx.example.com");
  CHECK(seal.subject(sample(Kind::switched)) == "sft1.t.reg." + hash + ".3.s2");
  CHECK(seal.parse_subject("sft1.t.reg." + hash + ".3.s2") ==
        LogSubject{hash, 3, Kind::switched, 2});
  CHECK(seal.keys_subject("pbx.example.com") == "sft1.t.keys." + hash);
  for (const std::string& bad :
       {"sft1.u.reg." + hash + ".3.p", "sft1.t.reg." + hash + ".0.p",
        "sft1.t.reg." + hash + ".03.p", "sft1.t.reg." + hash + ".3", "sft1.t.reg." + hash + ".3.",
        "sft1.t.reg." + hash + ".3.x", "sft1.t.reg." + hash + ".3.pp",
        "sft1.t.reg." + hash + ".3.s", "sft1.t.reg." + hash + ".3.s0",
        "sft1.t.reg." + hash + ".3.s1.p", "sft1.t.reg." + hash + ".1000000001.p",
        "sft1.t.reg." + hash + ".99999999999999999999.p", "sft1.t.reg." + hash.substr(1) + ".3.p",
        "sft1.t.reg.A" + hash.substr(1) + ".3.p", std::string("sft1.t.reg.")}) {
    CAPTURE(bad);
    CHECK_FALSE(seal.parse_subject(bad));
  }
}

TEST_CASE("contents are read in one form only") {
  const Kind kind = GENERATE(Kind::enrolled, Kind::pinned, Kind::forgotten, Kind::switched);
  const auto content = pack_entry(sample(kind));
  REQUIRE(unpack_entry(kind, content));
  for (std::size_t size = 0; size < content.size(); ++size)
    CHECK_FALSE(unpack_entry(kind, std::span(content).first(size)));
  auto longer = content;
  longer.push_back(0);
  CHECK_FALSE(unpack_entry(kind, longer));
  auto later = content;
  later[0] = 2;
  CHECK_FALSE(unpack_entry(kind, later));
  auto bad_name = content;
  bad_name[2] = '.';
  CHECK_FALSE(unpack_entry(kind, bad_name));
}

TEST_CASE("who did something is cut where a character begins") {
  LogEntry entry = sample(Kind::enrolled);
  entry.by.who = std::string(254, 'x') + "ä";
  const auto read = unpack_entry(Kind::enrolled, pack_entry(entry));
  REQUIRE(read);
  CHECK(read->by.who == std::string(254, 'x'));
}

TEST_CASE("keys are opened as they were sealed, on their name's subject only") {
  const LogSeal seal(test::log_keys(), "t");
  const LogKeys keys{"pbx.example.com", 2, 1'800'000'000'123, {1}, {{{1}, {2}, 3}, {{4}, {5}, 6}},
                     1'800'000'000};
  sfteams::test::keep_seed("log_value", pack_keys(keys));
  const auto value = seal.seal_keys(keys).value();
  CHECK(seal.open_keys(seal.keys_subject(keys.name), value) == keys);
  CHECK_FALSE(seal.open_keys(seal.keys_subject("other.example.com"), value));
  const auto content = pack_keys(keys);
  for (std::size_t size = 0; size < content.size(); ++size)
    CHECK_FALSE(unpack_keys(std::span(content).first(size)));
  LogKeys many = keys;
  many.keys.resize(5);
  CHECK_FALSE(unpack_keys(pack_keys(many)));
  many = keys;
  many.generation = 0;
  CHECK_FALSE(unpack_keys(pack_keys(many)));
}

}  // namespace
}  // namespace sfteams::connector
