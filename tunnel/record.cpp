#include "tunnel/record.h"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <type_traits>

#include "base/crypto/hash.h"
#include "tunnel/byte_order.h"
#include "tunnel/byte_reader.h"
#include "tunnel/codes.h"
#include "tunnel/limits.h"
#include "tunnel/wire_text.h"

namespace sfteams::tunnel {
namespace {

constexpr std::string_view kResumeLabel = label("starface-teams/1 resume");
constexpr std::uint8_t kMoreFragments = 0x01;

[[gnu::cold, gnu::noinline]] tl::unexpected<Error> malformed_record(std::string_view record) {
  return fail(codes::kRecordMalformed, "a malformed record " + std::string(record) + " came",
              "the peer's software breaks the protocol");
}

Result<std::optional<Record>> read_open(ByteReader& body) {
  OpenRecord out;
  out.version = body.u8();
  // What stands behind the version of another version is not ours to read.
  if (body.intact() && out.version != kProtocolVersion) return Record(out);
  out.software = body.text(body.u8());
  if (!body.complete() || !is_software(out.software)) return malformed_record("OPEN");
  return Record(out);
}

Result<std::optional<Record>> read_opened(ByteReader& body) {
  OpenedRecord out;
  out.session_id = body.array<std::tuple_size_v<SessionId>>();
  out.resume_secret = body.bytes(kResumeSecret);
  out.window = body.u32();
  if (!body.complete()) return malformed_record("OPENED");
  return Record(out);
}

Result<std::optional<Record>> read_resume(ByteReader& body) {
  ResumeRecord out;
  out.version = body.u8();
  if (body.intact() && out.version != kProtocolVersion) return Record(out);
  out.session_id = body.array<std::tuple_size_v<SessionId>>();
  out.proof = body.array<std::tuple_size_v<Proof>>();
  out.received = body.u64();
  if (!body.complete()) return malformed_record("RESUME");
  return Record(out);
}

template <typename T>
Result<std::optional<Record>> read_end(ByteReader& body, std::string_view name) {
  T out;
  out.code = static_cast<WireCode>(body.u16());
  out.reason = body.rest_text();
  if (!body.complete() || !is_reason(out.reason)) return malformed_record(name);
  return Record(out);
}

Result<std::optional<Record>> read_message(ByteReader& body) {
  MessageRecord out;
  const std::uint8_t flags = body.u8();
  out.more = flags == kMoreFragments;
  out.number = body.u64();
  out.fragment = body.bytes(body.left());
  if (!body.intact() || flags > kMoreFragments || out.number == 0 || out.fragment.empty()) {
    return malformed_record("MESSAGE");
  }
  return Record(out);
}

template <typename T>
Result<std::optional<Record>> read_number(ByteReader& body, std::uint64_t T::*field,
                                          std::string_view name) {
  T out;
  out.*field = body.u64();
  if (!body.complete()) return malformed_record(name);
  return Record(out);
}

template <typename T>
Result<std::optional<Record>> read_ping(ByteReader& body, std::string_view name) {
  T out;
  out.data = body.array<8>();
  if (!body.complete()) return malformed_record(name);
  return Record(out);
}

Result<std::optional<Record>> read_body(RecordType type, ByteReader& body) {
  switch (type) {
    case RecordType::open:
      return read_open(body);
    case RecordType::opened:
      return read_opened(body);
    case RecordType::resume:
      return read_resume(body);
    case RecordType::resumed:
      return read_number(body, &ResumedRecord::received, "RESUMED");
    case RecordType::refused:
      return read_end<RefusedRecord>(body, "REFUSED");
    case RecordType::message:
      return read_message(body);
    case RecordType::ack:
      return read_number(body, &AckRecord::number, "ACK");
    case RecordType::ping:
      return read_ping<PingRecord>(body, "PING");
    case RecordType::pong:
      return read_ping<PongRecord>(body, "PONG");
    case RecordType::close:
      return read_end<CloseRecord>(body, "CLOSE");
  }
  return fail(codes::kRecordType,
              "a record of unknown type " + std::to_string(static_cast<unsigned>(type)) + " came",
              "the peer's software breaks the protocol");
}

/// Writes fields into a span that is known to be long enough.
class BodyWriter {
 public:
  explicit BodyWriter(std::span<std::uint8_t> out) : out_(out) {}

  template <std::size_t kSize>
  void integer(std::uint64_t value) {
    store(out_.subspan(position_).first<kSize>(), value);
    position_ += kSize;
  }
  void bytes(std::span<const std::uint8_t> in) {
    std::copy(in.begin(), in.end(), out_.subspan(position_).begin());
    position_ += in.size();
  }
  void text(std::string_view in) { bytes(crypto::bytes_of(in)); }

 private:
  std::span<std::uint8_t> out_;
  std::size_t position_ = 0;
};

std::size_t body_size(const OpenRecord& r) {
  return 2 + r.software.size();
}
std::size_t body_size(const OpenedRecord& r) {
  return r.session_id.size() + r.resume_secret.size() + 4;
}
std::size_t body_size(const ResumeRecord& r) {
  return 1 + r.session_id.size() + r.proof.size() + 8;
}
std::size_t body_size(const ResumedRecord& /*r*/) {
  return 8;
}
std::size_t body_size(const RefusedRecord& r) {
  return 2 + cut_reason(r.reason).size();
}
std::size_t body_size(const MessageRecord& r) {
  return 9 + r.fragment.size();
}
std::size_t body_size(const AckRecord& /*r*/) {
  return 8;
}
std::size_t body_size(const PingRecord& r) {
  return r.data.size();
}
std::size_t body_size(const PongRecord& r) {
  return r.data.size();
}
std::size_t body_size(const CloseRecord& r) {
  return 2 + cut_reason(r.reason).size();
}

RecordType write_body(const OpenRecord& r, BodyWriter& out) {
  out.integer<1>(r.version);
  out.integer<1>(r.software.size());
  out.text(r.software);
  return RecordType::open;
}
RecordType write_body(const OpenedRecord& r, BodyWriter& out) {
  out.bytes(r.session_id);
  out.bytes(r.resume_secret);
  out.integer<4>(r.window);
  return RecordType::opened;
}
RecordType write_body(const ResumeRecord& r, BodyWriter& out) {
  out.integer<1>(r.version);
  out.bytes(r.session_id);
  out.bytes(r.proof);
  out.integer<8>(r.received);
  return RecordType::resume;
}
RecordType write_body(const ResumedRecord& r, BodyWriter& out) {
  out.integer<8>(r.received);
  return RecordType::resumed;
}
RecordType write_body(const RefusedRecord& r, BodyWriter& out) {
  out.integer<2>(static_cast<std::uint16_t>(r.code));
  out.text(cut_reason(r.reason));
  return RecordType::refused;
}
RecordType write_body(const MessageRecord& r, BodyWriter& out) {
  out.integer<1>(r.more ? kMoreFragments : 0);
  out.integer<8>(r.number);
  out.bytes(r.fragment);
  return RecordType::message;
}
RecordType write_body(const AckRecord& r, BodyWriter& out) {
  out.integer<8>(r.number);
  return RecordType::ack;
}
RecordType write_body(const PingRecord& r, BodyWriter& out) {
  out.bytes(r.data);
  return RecordType::ping;
}
RecordType write_body(const PongRecord& r, BodyWriter& out) {
  out.bytes(r.data);
  return RecordType::pong;
}
RecordType write_body(const CloseRecord& r, BodyWriter& out) {
  out.integer<2>(static_cast<std::uint16_t>(r.code));
  out.text(cut_reason(r.reason));
  return RecordType::close;
}

void require_writable(const Record& record) {
  const auto* const open = std::get_if<OpenRecord>(&record);
  const auto* const opened = std::get_if<OpenedRecord>(&record);
  const auto* const message = std::get_if<MessageRecord>(&record);
  const bool bad = (open != nullptr && !is_software(open->software)) ||
                   (opened != nullptr && opened->resume_secret.size() != kResumeSecret) ||
                   (message != nullptr && (message->fragment.empty() || message->number == 0));
  if (bad) throw std::invalid_argument("RecordWriter: a record that no reader would take");
}

}  // namespace

Result<std::optional<Record>> RecordReader::next() {
  if (plaintext_.empty()) return std::optional<Record>();
  if (plaintext_.size() < kRecordHeader) return malformed_record("header");
  const auto type = static_cast<RecordType>(plaintext_[0]);
  const std::size_t length = load_u16(plaintext_.subspan<1, 2>());
  if (length > plaintext_.size() - kRecordHeader) return malformed_record("length");
  ByteReader body(plaintext_.subspan(kRecordHeader, length));
  plaintext_ = plaintext_.subspan(kRecordHeader + length);
  return read_body(type, body);
}

bool RecordWriter::write(const Record& record) {
  require_writable(record);
  const std::size_t body = std::visit([](const auto& r) { return body_size(r); }, record);
  if (room() < kRecordHeader || body > room() - kRecordHeader) return false;
  const auto out = out_.subspan(size_, kRecordHeader + body);
  BodyWriter writer(out.subspan(kRecordHeader));
  const RecordType type =
      std::visit([&writer](const auto& r) { return write_body(r, writer); }, record);
  out[0] = static_cast<std::uint8_t>(type);
  store(out.subspan<1, 2>(), body);
  size_ += out.size();
  return true;
}

Proof resume_proof(std::span<const std::uint8_t> resume_secret,
                   std::span<const std::uint8_t> handshake_hash) {
  return crypto::hmac_sha256(resume_secret, {crypto::bytes_of(kResumeLabel), handshake_hash});
}

}  // namespace sfteams::tunnel
