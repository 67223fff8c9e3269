#include "tunnel/record.h"

#include <algorithm>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "base/crypto/hash.h"
#include "tests/base/crypto/hexadecimal.h"
#include "tests/seed.h"
#include "tunnel/codes.h"
#include "tunnel/control.h"

namespace sfteams::tunnel {
namespace {

using crypto::hex;

Bytes written(const Record& record) {
  Bytes out(4064);
  RecordWriter writer(out);
  REQUIRE(writer.write(record));
  out.resize(writer.size());
  return out;
}

template <typename T>
T read_one(const Bytes& plaintext) {
  sfteams::test::keep_seed("record", plaintext);
  RecordReader reader(plaintext);
  const auto record = reader.next();
  REQUIRE((record && *record));
  const auto end = reader.next();
  REQUIRE((end && !*end));
  return std::get<T>(**record);
}

std::string record_failure(const Bytes& plaintext) {
  RecordReader reader(plaintext);
  for (;;) {
    const auto record = reader.next();
    if (!record) return std::string(record.error().code.id);
    if (!*record) return {};
  }
}

SessionId some_id() {
  SessionId id{};
  id.fill(0xA1);
  return id;
}

TEST_CASE("every record stands on the wire as documented") {
  const Bytes secret(32, 0x5E);
  Proof proof{};
  proof.fill(0x9F);
  CHECK(written(OpenRecord{1, "c/1"}) == hex("01000501"
                                             "03632f31"));
  Bytes opened = hex("020034");
  opened.insert(opened.end(), 16, 0xA1);
  opened.insert(opened.end(), 32, 0x5E);
  opened.insert(opened.end(), {0, 0, 0, 60});
  CHECK(written(OpenedRecord{some_id(), secret, 60}) == opened);
  Bytes resume = hex("03003901");
  resume.insert(resume.end(), 16, 0xA1);
  resume.insert(resume.end(), 32, 0x9F);
  resume.insert(resume.end(), {0, 0, 0, 0, 0, 0, 0, 7});
  CHECK(written(ResumeRecord{1, some_id(), proof, 7}) == resume);
  CHECK(written(ResumedRecord{258}) == hex("0400080000000000000102"));
  CHECK(written(RefusedRecord{WireCode::session_unknown, "no"}) == hex("050004000f6e6f"));
  const Bytes fragment{0x7B, 0x7D};
  CHECK(written(MessageRecord{false, 1, fragment}) == hex("10000b0000000000000000017b7d"));
  CHECK(written(MessageRecord{true, 2, fragment}) == hex("10000b0100000000000000027b7d"));
  CHECK(written(AckRecord{3}) == hex("1100080000000000000003"));
  CHECK(written(PingRecord{{1, 2, 3, 4, 5, 6, 7, 8}}) == hex("1200080102030405060708"));
  CHECK(written(PongRecord{{1, 2, 3, 4, 5, 6, 7, 8}}) == hex("1300080102030405060708"));
  CHECK(written(CloseRecord{WireCode::normal, ""}) == hex("1400020000"));
}

TEST_CASE("every record is read back as it was written") {
  const Bytes secret(32, 0x5E);
  const Bytes fragment(4000, 3);
  CHECK(read_one<OpenRecord>(written(OpenRecord{1, "c/1"})).software == "c/1");
  const Bytes opened_bytes = written(OpenedRecord{some_id(), secret, 60});
  const auto opened = read_one<OpenedRecord>(opened_bytes);
  CHECK(opened.session_id == some_id());
  CHECK(std::equal(opened.resume_secret.begin(), opened.resume_secret.end(), secret.begin()));
  CHECK(opened.window == 60);
  const auto resume = read_one<ResumeRecord>(written(ResumeRecord{1, some_id(), Proof{4}, 7}));
  CHECK(resume.session_id == some_id());
  CHECK(resume.proof == Proof{4});
  CHECK(resume.received == 7);
  CHECK(read_one<ResumedRecord>(written(ResumedRecord{9})).received == 9);
  const Bytes refused_bytes = written(RefusedRecord{WireCode::key_revoked, "new key"});
  CHECK(read_one<RefusedRecord>(refused_bytes).reason == "new key");
  const Bytes message_bytes = written(MessageRecord{true, 1ULL << 63U, fragment});
  const auto message = read_one<MessageRecord>(message_bytes);
  CHECK(message.more);
  CHECK(message.number == 1ULL << 63U);
  CHECK(message.fragment.size() == 4000);
  const Bytes close_bytes = written(CloseRecord{WireCode::shutting_down, std::string(130, 'x')});
  CHECK(read_one<CloseRecord>(close_bytes).reason == std::string(120, 'x'));
}

TEST_CASE("an empty plaintext holds no record and is legal") {
  CHECK(record_failure({}).empty());
}

TEST_CASE("a record that is cut anywhere is malformed") {
  Bytes secret(32, 1);
  const Bytes record = GENERATE_COPY(
      written(OpenRecord{1, "client"}), written(OpenedRecord{some_id(), secret, 1}),
      written(ResumeRecord{}), written(ResumedRecord{1}),
      written(RefusedRecord{WireCode::internal, "reason"}),
      written(MessageRecord{false, 1, secret}), written(AckRecord{1}), written(PingRecord{}),
      written(PongRecord{}), written(CloseRecord{WireCode::internal, "reason"}));
  for (std::size_t size = 1; size < record.size(); ++size) {
    INFO(size);
    CHECK(record_failure(Bytes(record.begin(), record.begin() + static_cast<long>(size))) ==
          "tunnel.record-malformed");
  }
}

TEST_CASE("a record with a length of its own that is too short or too long is malformed") {
  const std::string record =
      GENERATE("010000", "01000101", "0100020105", "0100030100ff",  // OPEN
               "020001ff",
               "030001"
               "01",
               "04000701020304050607",
               "0400090102030405060708"
               "09",
               "050001"
               "00",
               "140001"
               "00",  // short codes
               "100009"
               "000000000000000001",  // MESSAGE without a fragment
               "1100070102030405060708", "120009010203040506070809", "130000");
  INFO(record);
  CHECK(record_failure(hex(record)) == "tunnel.record-malformed");
}

TEST_CASE("a message with reserved flags or number 0 is malformed") {
  CHECK(record_failure(hex("10000a"
                           "02"
                           "0000000000000001"
                           "aa")) == "tunnel.record-malformed");
  CHECK(record_failure(hex("10000a"
                           "81"
                           "0000000000000001"
                           "aa")) == "tunnel.record-malformed");
  CHECK(record_failure(hex("10000a"
                           "00"
                           "0000000000000000"
                           "aa")) == "tunnel.record-malformed");
}

TEST_CASE("texts that are no UTF-8, no ASCII or too long are malformed") {
  CHECK(record_failure(hex("050003"
                           "0001ff")) == "tunnel.record-malformed");
  CHECK(record_failure(hex("010003"
                           "0101"
                           "0a")) == "tunnel.record-malformed");
  Bytes close = hex("14007b0001");
  close.insert(close.end(), 121, 'x');
  CHECK(record_failure(close) == "tunnel.record-malformed");
}

TEST_CASE("an unknown record is refused, also behind known ones") {
  for (unsigned type = 0; type <= 0xFF; ++type) {
    const bool known = (type >= 0x01 && type <= 0x05) || (type >= 0x10 && type <= 0x14);
    if (known) continue;
    Bytes plaintext = written(AckRecord{1});
    plaintext.insert(plaintext.end(), {static_cast<std::uint8_t>(type), 0, 0});
    INFO(type);
    CHECK(record_failure(plaintext) == "tunnel.record-unknown-type");
  }
}

TEST_CASE("an OPEN of another version is read as far as its version") {
  CHECK(read_one<OpenRecord>(hex("010001"
                                 "07"))
            .version == 7);
  CHECK(read_one<ResumeRecord>(hex("030004"
                                   "02ffffff"))
            .version == 2);
}

TEST_CASE("a writer takes what fits and says so when a record does not") {
  Bytes out(12);
  RecordWriter writer(out);
  CHECK(writer.write(AckRecord{1}));
  CHECK(writer.room() == 1);
  CHECK_FALSE(writer.write(AckRecord{2}));
  CHECK(writer.size() == 11);
}

TEST_CASE("writing a record that no reader takes is a mistake of the programmer") {
  Bytes out(200);
  RecordWriter writer(out);
  CHECK_THROWS_AS((void)writer.write(OpenRecord{1, "a\n"}), std::invalid_argument);
  CHECK_THROWS_AS((void)writer.write(OpenedRecord{}), std::invalid_argument);
  CHECK_THROWS_AS((void)writer.write(MessageRecord{false, 1, {}}), std::invalid_argument);
  CHECK_THROWS_AS((void)writer.write(MessageRecord{false, 0, out}), std::invalid_argument);
}

TEST_CASE("the proof to resume depends on the secret and on the handshake") {
  const Bytes secret(32, 1);
  const Bytes hash(32, 2);
  const Proof proof = resume_proof(secret, hash);
  CHECK(proof != resume_proof(hash, secret));
  // By hand: HMAC-SHA256 over label, zero byte and hash.
  const std::string label = "starface-teams/1 resume";
  Bytes text(label.begin(), label.end());
  text.push_back(0);
  text.insert(text.end(), hash.begin(), hash.end());
  CHECK(proof == crypto::hmac_sha256(secret, {text}));
}

TEST_CASE("random plaintexts never crash the reader") {
  std::mt19937 random(3);
  for (int round = 0; round < 20'000; ++round) {
    Bytes plaintext(random() % 150);
    for (auto& byte : plaintext)
      byte = static_cast<std::uint8_t>(random());
    if (plaintext.size() > 3 && round % 4 != 0) {
      plaintext[0] = static_cast<std::uint8_t>(random() % 0x15);
      plaintext[1] = 0;
      plaintext[2] = static_cast<std::uint8_t>(random() % 64);
    }
    RecordReader reader(plaintext);
    std::size_t records = 0;
    for (;;) {
      const auto record = reader.next();
      if (!record || !*record) break;
      ++records;
    }
    REQUIRE(records <= plaintext.size() / 3);
  }
}

}  // namespace
}  // namespace sfteams::tunnel
