#include "connector/cluster/log_entry.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "base/crypto/hash.h"
#include "base/crypto/random.h"
#include "base/text/encoding.h"
#include "connector/cluster/log_streams.h"
#include "tunnel/byte_order.h"
#include "tunnel/byte_reader.h"
#include "tunnel/limits.h"
#include "tunnel/system_name.h"

namespace sfteams::connector {
namespace {

using Bytes = std::vector<std::uint8_t>;
using Kind = LogEntry::Kind;

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kMostText = 255;
constexpr std::size_t kOverhead = crypto::AesGcm::kNonceSize + crypto::AesGcm::kTagSize;
constexpr std::size_t kMostContent = kMostLogValue - kOverhead;
// Version, four texts with their lengths, numbers, an identity and keys.
static_assert(4 * (kMostText + 1) + 64 + 32 + tunnel::kMaxAdmissionKeys * 48 <= kMostContent);

template <std::size_t kSize>
void put(Bytes& out, std::uint64_t value) {
  std::array<std::uint8_t, kSize> bytes{};
  tunnel::store<kSize>(bytes, value);
  out.insert(out.end(), bytes.begin(), bytes.end());
}

void put(Bytes& out, std::span<const std::uint8_t> bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}

/// Cut where a character of UTF-8 begins.
void put_text(Bytes& out, std::string_view text) {
  std::size_t size = std::min(text.size(), kMostText);
  while (size < text.size() && size > 0 &&
         (static_cast<std::uint8_t>(text.at(size)) & 0xc0U) == 0x80U)
    --size;
  put<1>(out, size);
  put(out, crypto::bytes_of(text.substr(0, size)));
}

/// nullopt: it is not UTF-8. Past the end it is empty, and the reader knows.
std::optional<std::string> take_text(tunnel::ByteReader& reader) {
  std::string text(reader.text(reader.u8()));
  if (!text::is_utf8(text)) return std::nullopt;
  return text;
}

/// Generations and numbers beyond it are nobody's: one more has to fit.
constexpr std::uint32_t kMostNumber = 1'000'000'000;

/// A number from 1 to kMostNumber, without a zero before it.
std::optional<std::uint32_t> number_in(std::string_view text) {
  std::uint32_t number = 0;
  if (text.empty() || text.front() == '0') return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number > kMostNumber)
    return std::nullopt;
  return number;
}

bool is_hash(std::string_view text) {
  constexpr std::size_t kDigits = 32;
  return text.size() == kDigits &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace

std::vector<std::uint8_t> pack_entry(const LogEntry& entry) {
  Bytes out{kVersion};
  put_text(out, entry.name);
  put_text(out, entry.by.who);
  put<8>(out, static_cast<std::uint64_t>(entry.by.at));
  if (entry.kind == Kind::pinned) put(out, entry.identity);
  if (entry.kind == Kind::switched) {
    put<1>(out, entry.disabled ? 1 : 0);
    if (entry.disabled) put_text(out, entry.reason);
  }
  return out;
}

std::optional<LogEntry> unpack_entry(Kind kind, std::span<const std::uint8_t> content) {
  tunnel::ByteReader reader(content);
  if (reader.u8() != kVersion) return std::nullopt;
  LogEntry entry;
  entry.kind = kind;
  const auto name = take_text(reader);
  const auto who = take_text(reader);
  if (!name || !who || !tunnel::is_system_name(*name)) return std::nullopt;
  entry.name = *name;
  entry.by = {*who, static_cast<clock::UnixSeconds>(reader.u64())};
  if (kind == Kind::pinned) entry.identity = reader.array<32>();
  if (kind == Kind::switched) {
    const std::uint8_t disabled = reader.u8();
    if (disabled > 1) return std::nullopt;
    entry.disabled = disabled == 1;
    if (entry.disabled) {
      auto reason = take_text(reader);
      if (!reason) return std::nullopt;
      entry.reason = std::move(*reason);
    }
  }
  if (!reader.complete()) return std::nullopt;
  return entry;
}

std::vector<std::uint8_t> pack_keys(const LogKeys& keys) {
  Bytes out{kVersion};
  put_text(out, keys.name);
  put<4>(out, keys.generation);
  put<8>(out, keys.epoch);
  put<8>(out, static_cast<std::uint64_t>(keys.seen));
  put(out, keys.identity);
  put<1>(out, keys.keys.size());
  for (const tunnel::AdmissionKey& key : keys.keys) {
    put(out, key.id);
    put(out, key.key);
    put<8>(out, key.expires);
  }
  return out;
}

std::optional<LogKeys> unpack_keys(std::span<const std::uint8_t> content) {
  tunnel::ByteReader reader(content);
  if (reader.u8() != kVersion) return std::nullopt;
  LogKeys keys;
  const auto name = take_text(reader);
  if (!name || !tunnel::is_system_name(*name)) return std::nullopt;
  keys.name = *name;
  keys.generation = reader.u32();
  keys.epoch = reader.u64();
  keys.seen = static_cast<clock::UnixSeconds>(reader.u64());
  keys.identity = reader.array<32>();
  const std::size_t count = reader.u8();
  if (count > tunnel::kMaxAdmissionKeys || keys.generation == 0 || keys.generation > kMostNumber)
    return std::nullopt;
  // SQLite's numbers have a sign.
  if (keys.epoch > static_cast<std::uint64_t>(INT64_MAX)) return std::nullopt;
  for (std::size_t number = 0; number < count; ++number) {
    tunnel::AdmissionKey key;
    key.id = reader.array<std::tuple_size_v<tunnel::KeyId>>();
    key.key = reader.array<32>();
    key.expires = reader.u64();
    keys.keys.push_back(key);
  }
  if (!reader.complete()) return std::nullopt;
  return keys;
}

LogSeal::LogSeal(const ClusterKeys& keys, const std::string& cluster)
    : keys_(keys),
      names_stream_(connector::names_stream(cluster)),
      keys_stream_(connector::keys_stream(cluster)),
      names_prefix_("sft1." + cluster + ".reg."),
      keys_prefix_("sft1." + cluster + ".keys."),
      cipher_(keys.log_key().bytes()) {}

std::string LogSeal::subject(const LogEntry& entry) const {
  std::string subject = fmt::format("{}{}.{}.{}", names_prefix_, keys_.hash_of(entry.name),
                                    entry.generation, static_cast<char>(entry.kind));
  if (entry.kind == Kind::switched) subject += std::to_string(entry.number);
  return subject;
}

std::string LogSeal::keys_subject(std::string_view name) const {
  return keys_prefix_ + keys_.hash_of(name);
}

std::optional<LogSubject> LogSeal::parse_subject(std::string_view subject) const {
  if (!subject.starts_with(names_prefix_)) return std::nullopt;
  subject.remove_prefix(names_prefix_.size());
  const std::size_t one = subject.find('.');
  const std::size_t other = subject.rfind('.');
  if (one == std::string_view::npos || one == other) return std::nullopt;
  LogSubject parsed;
  parsed.hash = subject.substr(0, one);
  const auto generation = number_in(subject.substr(one + 1, other - one - 1));
  const std::string_view kind = subject.substr(other + 1);
  if (!is_hash(parsed.hash) || !generation || kind.empty()) return std::nullopt;
  parsed.generation = *generation;
  parsed.kind = static_cast<Kind>(kind.front());
  if (parsed.kind == Kind::switched) {
    const auto number = number_in(kind.substr(1));
    if (!number) return std::nullopt;
    parsed.number = *number;
    return parsed;
  }
  if (kind != "e" && kind != "p" && kind != "f") return std::nullopt;
  return parsed;
}

Result<Bytes> LogSeal::seal(std::string_view subject, std::span<const std::uint8_t> content) const {
  crypto::AesGcm::Nonce nonce{};
  if (const Result<void> filled = crypto::fill_random(nonce); !filled) return fail(filled.error());
  Bytes value(kOverhead + content.size());
  std::ranges::copy(nonce, value.begin());
  cipher_.seal(nonce, crypto::bytes_of(subject), content,
               std::span(value).subspan(crypto::AesGcm::kNonceSize));
  return value;
}

std::optional<Bytes> LogSeal::unseal(std::string_view subject,
                                     std::span<const std::uint8_t> value) const {
  if (value.size() < kOverhead || value.size() > kMostLogValue) return std::nullopt;
  crypto::AesGcm::Nonce nonce{};
  std::ranges::copy(value.first(nonce.size()), nonce.begin());
  Bytes content(value.size() - kOverhead);
  if (!cipher_.open(nonce, crypto::bytes_of(subject), value.subspan(nonce.size()), content))
    return std::nullopt;
  return content;
}

Result<LogReplica::Stored> LogSeal::seal(const LogEntry& entry) const {
  LogReplica::Stored stored;
  stored.entry = entry;
  stored.subject = subject(entry);
  Result<Bytes> value = seal(stored.subject, pack_entry(entry));
  if (!value) return fail(value.error());
  stored.value = std::move(*value);
  return stored;
}

Result<Bytes> LogSeal::seal_keys(const LogKeys& keys) const {
  return seal(keys_subject(keys.name), pack_keys(keys));
}

std::optional<LogEntry> LogSeal::open(std::string_view subject,
                                      std::span<const std::uint8_t> value) const {
  const auto parsed = parse_subject(subject);
  if (!parsed) return std::nullopt;
  const auto content = unseal(subject, value);
  if (!content) return std::nullopt;
  auto entry = unpack_entry(parsed->kind, *content);
  if (!entry || keys_.hash_of(entry->name) != parsed->hash) return std::nullopt;
  entry->generation = parsed->generation;
  entry->number = parsed->number;
  return entry;
}

std::optional<LogKeys> LogSeal::open_keys(std::string_view subject,
                                          std::span<const std::uint8_t> value) const {
  const auto content = unseal(subject, value);
  if (!content) return std::nullopt;
  auto keys = unpack_keys(*content);
  if (!keys || keys_subject(keys->name) != subject) return std::nullopt;
  return keys;
}

}  // namespace sfteams::connector
