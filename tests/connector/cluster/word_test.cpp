#include "connector/cluster/word.h"

#include <stdexcept>

#include <catch2/catch.hpp>

#include "connector/cluster/codes.h"
#include "connector/cluster/messages.h"
#include "tests/connector/cluster/cluster_stage.h"
#include "tests/contains.h"
#include "tests/log_lines.h"
#include "tests/seed.h"

namespace sfteams::connector {
namespace {

using test::ClusterNode;
using test::ClusterStage;
using test::keys_of;

const std::string kSubject = "sft1.test.a.0123456789abcdef0123456789abcdef";
const bus::Bytes kPayload{1, 2, 3};

struct WordFixture {
  ClusterStage stage;
  ClusterNode alice{stage, "alice"};
  ClusterNode bob{stage, "bob"};

  bus::Bytes say(WordKind kind = WordKind::claim) {
    bus::Bytes body = alice.context.maker.make(kSubject, kind, kPayload);
    sfteams::test::keep_seed("bus", body);
    return body;
  }
  std::optional<Word> hear(const bus::Bytes& body, const std::string& subject = kSubject) {
    return bob.context.reader.read(subject, body);
  }
  const DroppedWords& dropped() { return bob.context.reader.dropped(); }
};

TEST_CASE("a word arrives as it was said") {
  WordFixture fixture;
  const auto word = fixture.hear(fixture.say());
  REQUIRE(word);
  CHECK(word->kind == WordKind::claim);
  CHECK(word->node == "alice");
  CHECK(word->boot == BootId{1});
  CHECK(word->counter == 1);
  CHECK(word->sent == test::kStart);
  CHECK(word->payload == kPayload);
  CHECK(fixture.hear(fixture.say())->counter == 2);
  CHECK(fixture.dropped() == DroppedWords{});
}

TEST_CASE("a word with any bit changed, cut or lengthened is dropped") {
  WordFixture fixture;
  const bus::Bytes good = fixture.say();
  for (std::size_t at = 0; at < good.size(); ++at) {
    bus::Bytes bad = good;
    bad[at] ^= 4U;
    CHECK_FALSE(fixture.hear(bad));
    CHECK_FALSE(fixture.hear({good.begin(), good.begin() + static_cast<std::ptrdiff_t>(at)}));
  }
  bus::Bytes longer = good;
  longer.push_back(0);
  CHECK_FALSE(fixture.hear(longer));
  CHECK(fixture.dropped().malformed + fixture.dropped().wrong_mac == 2 * good.size() + 1);
  CHECK(fixture.dropped().wrong_mac > 0);
  CHECK(fixture.dropped().malformed > 0);
  CHECK(fixture.bob.context.reader.senders() == 0);
  CHECK(fixture.hear(good));
}

TEST_CASE("a word is good on its own subject only") {
  WordFixture fixture;
  const bus::Bytes body = fixture.say();
  CHECK_FALSE(fixture.hear(body, "sft1.test.a.1123456789abcdef0123456789abcdef"));
  CHECK_FALSE(fixture.hear(body, ""));
  CHECK(fixture.dropped().wrong_mac == 2);
}

TEST_CASE("a word of another cluster key is dropped, except while both are taken") {
  WordFixture fixture;
  const ClusterKeys foreign = keys_of('3');
  const ClusterKeys next = keys_of('4', '2');
  const ClusterNode& alice = fixture.alice;
  WordMaker stranger(foreign, alice.context.identity, alice.context.unix_ms);
  CHECK_FALSE(fixture.hear(stranger.make(kSubject, WordKind::claim, kPayload)));
  CHECK(fixture.dropped().wrong_mac == 1);
  WordReader rotated(fixture.stage.scheduler, next, fixture.bob.context.identity,
                     alice.context.unix_ms);
  CHECK(rotated.read(kSubject, fixture.say()));
}

TEST_CASE("a word that is older or younger than 30 s is dropped") {
  WordFixture fixture;
  const std::int64_t late = GENERATE(-30'001, 30'001, 3'600'000, -3'600'000);
  fixture.alice.ahead_ms = late;
  CHECK_FALSE(fixture.hear(fixture.say()));
  CHECK(fixture.dropped().stale == 1);
  fixture.alice.ahead_ms = late > 0 ? 30'000 : -30'000;
  CHECK(fixture.hear(fixture.say()));
}

TEST_CASE("a word is heard once, also when others overtake it") {
  WordFixture fixture;
  std::vector<bus::Bytes> said;
  for (int number = 0; number < 70; ++number)
    said.push_back(fixture.say());
  CHECK(fixture.hear(said[10]));
  CHECK_FALSE(fixture.hear(said[10]));
  CHECK(fixture.hear(said[69]));
  CHECK(fixture.hear(said[6]));
  CHECK_FALSE(fixture.hear(said[6]));
  CHECK_FALSE(fixture.hear(said[5]));  // 64 behind: it may have been heard
  CHECK_FALSE(fixture.hear(said[10]));
  CHECK(fixture.hear(said[68]));
  CHECK_FALSE(fixture.hear(said[69]));
  CHECK(fixture.dropped().replayed == 5);
}

TEST_CASE("what a node said before it was started again is heard by its age only") {
  WordFixture fixture;
  const bus::Bytes before = fixture.say();
  ClusterNode again(fixture.stage, "alice", 2);
  CHECK(fixture.hear(before));
  CHECK(fixture.hear(again.context.maker.make(kSubject, WordKind::claim, kPayload)));
  CHECK_FALSE(fixture.hear(before));
  fixture.stage.scheduler.advance(std::chrono::seconds(31));
  CHECK_FALSE(fixture.hear(before));
  CHECK(fixture.dropped().stale == 1);
  CHECK(fixture.dropped().replayed == 1);
}

TEST_CASE("what this process said itself is dropped, and what an earlier one of it said is not") {
  WordFixture fixture;
  ClusterNode earlier(fixture.stage, "alice", 9);
  CHECK_FALSE(fixture.alice.context.reader.read(kSubject, fixture.say()));
  CHECK(fixture.alice.context.reader.dropped().own == 1);
  CHECK(fixture.alice.context.reader.read(
      kSubject, earlier.context.maker.make(kSubject, WordKind::claim, kPayload)));
}

TEST_CASE("an answer is good for its question only") {
  WordFixture fixture;
  const auto question = fixture.hear(fixture.say(WordKind::find));
  REQUIRE(question);
  const bus::Bytes answer =
      fixture.bob.context.maker.answer(kSubject, *question, WordKind::place, kPayload);
  sfteams::test::keep_seed("bus", answer);
  WordReader& asker = fixture.alice.context.reader;
  const auto word = asker.read_answer(kSubject, question->counter, answer);
  REQUIRE(word);
  CHECK(word->node == "bob");
  CHECK_FALSE(asker.read_answer(kSubject, question->counter + 1, answer));
  CHECK_FALSE(asker.read_answer("sft1.test.beat", question->counter, answer));
  CHECK_FALSE(asker.read(kSubject, answer));
  CHECK_FALSE(
      asker.read_answer(kSubject, question->counter,
                        fixture.bob.context.maker.make(kSubject, WordKind::place, kPayload)));
  CHECK_FALSE(ClusterNode(fixture.stage, "alice", 2)
                  .context.reader.read_answer(kSubject, question->counter, answer));
}

TEST_CASE("the senders that are remembered are bounded") {
  WordFixture fixture;
  for (std::size_t number = 0; number < WordReader::kMostSenders + 10; ++number) {
    NodeIdentity identity{"node-" + std::to_string(number), {1}, ""};
    WordMaker maker(fixture.stage.keys, identity, fixture.alice.context.unix_ms);
    CHECK(fixture.hear(maker.make(kSubject, WordKind::beat, {})));
  }
  CHECK(fixture.bob.context.reader.senders() == WordReader::kMostSenders);
}

TEST_CASE("dropped words are logged once a minute for each reason, without what they say") {
  WordFixture fixture;
  const sfteams::test::LogLines log;
  const std::string secret = "sEcrEt";
  bus::Bytes bad =
      fixture.alice.context.maker.make(kSubject, WordKind::claim, crypto::bytes_of(secret));
  bad.back() ^= 1U;
  for (int time = 0; time < 1'000; ++time) {
    (void)fixture.hear(bad);
    (void)fixture.hear({});
  }
  REQUIRE(log.lines.size() == 2);
  CHECK(contains(log.lines[0], "warn [connector.bus-word-dropped] 1 message dropped"));
  fixture.stage.scheduler.advance(std::chrono::seconds(60));
  (void)fixture.hear(bad);
  REQUIRE(log.lines.size() == 3);
  CHECK(contains(log.lines[2], "1000 messages dropped"));
  for (const std::string& line : log.lines)
    CHECK_FALSE(contains(line, secret));
}

TEST_CASE("a node whose clock is far off is named in the log") {
  WordFixture fixture;
  const sfteams::test::LogLines log;
  fixture.alice.ahead_ms = 3 * 3'600'000;
  (void)fixture.hear(fixture.say());
  (void)fixture.hear(fixture.say());
  REQUIRE(log.lines.size() == 1);
  CHECK(contains(log.lines[0], "[connector.node-clock-differs]"));
  CHECK(contains(log.lines[0], "node alice"));
}

TEST_CASE(
    "a payload that is too long is a programmer's error at its sender and dropped elsewhere") {
  WordFixture fixture;
  const bus::Bytes most(Word::kMostPayload);
  const bus::Bytes more(Word::kMostPayload + 1);
  CHECK(fixture.hear(fixture.alice.context.maker.make(kSubject, WordKind::beat, most)));
  CHECK_THROWS_AS(fixture.alice.context.maker.make(kSubject, WordKind::beat, more),
                  std::length_error);
  CHECK_FALSE(fixture.hear(bus::Bytes(bus::kMaxBody, 1)));
}

TEST_CASE("a payload from a later version is read as far as it is known") {
  bus::Bytes claim = pack(ClaimWord{7, true});
  bus::Bytes place = pack(PlaceWord{8, "wss://a:1"});
  bus::Bytes beat = pack(BeatWord{"wss://a:1", "1.2.3", 4, 5, true, 6});
  for (bus::Bytes* const payload : {&claim, &place, &beat})
    payload->insert(payload->end(), {9, 9, 9});
  CHECK(read_claim(claim)->epoch == 7);
  CHECK(read_claim(claim)->old_link);
  CHECK(read_place(place)->url == "wss://a:1");
  CHECK(read_beat(beat)->version == "1.2.3");
  CHECK(read_beat(beat)->clients == 5);
  CHECK(read_beat(beat)->draining);
  CHECK(read_beat(beat)->uptime == 6);
}

TEST_CASE("a payload that is not in order is refused") {
  CHECK_FALSE(read_claim(pack(ClaimWord{0})));
  CHECK_FALSE(read_claim(pack(ClaimWord{kEpochEnd})));
  CHECK_FALSE(read_claim(bus::Bytes{0, 0, 0, 0, 0, 0, 0, 1, 2}));
  CHECK_FALSE(read_claim({}));
  CHECK_FALSE(read_held(pack(HeldWord{{}, 0})));
  CHECK_FALSE(read_place(pack(PlaceWord{1, ""})));
  CHECK_FALSE(read_place(pack(PlaceWord{1, "wss://a b"})));
  CHECK_FALSE(read_beat(pack(BeatWord{"wss://a", "", 0, 0, false, 0})));
  CHECK_FALSE(read_beat(pack(BeatWord{"wss://a", "1\n2", 0, 0, false, 0})));
  CHECK_FALSE(read_beat(pack(BeatWord{"wss://a", std::string(65, '1'), 0, 0, false, 0})));
  CHECK_FALSE(read_throttled(bus::Bytes(15)));
}

}  // namespace
}  // namespace sfteams::connector
