#include "connector/cluster/messages.h"

#include <algorithm>

#include "base/text/ascii.h"
#include "base/text/encoding.h"
#include "connector/cluster/fields.h"

namespace sfteams::connector {
namespace {

constexpr std::size_t kMostVersion = 64;

bool is_epoch(Epoch epoch) {
  return epoch > 0 && epoch < kEpochEnd;
}

bool is_url(const std::string& url) {
  return !url.empty() && text::is_visible(url);
}

}  // namespace

std::optional<HashBytes> hash_bytes(const NameHash& hash) {
  const auto bytes = text::from_hex(hash);
  HashBytes result{};
  if (!bytes || bytes->size() != result.size()) return std::nullopt;
  std::ranges::copy(*bytes, result.begin());
  return result;
}

NameHash hash_text(const HashBytes& hash) {
  return text::to_hex(hash);
}

bus::Bytes pack(const ClaimWord& claim) {
  const std::uint8_t old_link = claim.old_link ? 1 : 0;
  return FieldWriter().number(claim.epoch).number(old_link).take();
}

std::optional<ClaimWord> read_claim(std::span<const std::uint8_t> payload) {
  FieldReader fields(payload);
  ClaimWord claim;
  claim.epoch = fields.number<std::uint64_t>();
  const auto old_link = fields.number<std::uint8_t>();
  claim.old_link = old_link == 1;
  if (!fields.ok() || !is_epoch(claim.epoch) || old_link > 1) return std::nullopt;
  return claim;
}

bus::Bytes pack(const HeldWord& held) {
  return FieldWriter().bytes(held.hash).number(held.epoch).take();
}

std::optional<HeldWord> read_held(std::span<const std::uint8_t> payload) {
  FieldReader fields(payload);
  HeldWord held;
  held.hash = fields.array<std::tuple_size_v<HashBytes>>();
  held.epoch = fields.number<std::uint64_t>();
  if (!fields.ok() || !is_epoch(held.epoch)) return std::nullopt;
  return held;
}

bus::Bytes pack(const PlaceWord& place) {
  return FieldWriter().number(place.epoch).text(place.url).take();
}

std::optional<PlaceWord> read_place(std::span<const std::uint8_t> payload) {
  FieldReader fields(payload);
  PlaceWord place;
  place.epoch = fields.number<std::uint64_t>();
  place.url = fields.text();
  if (!fields.ok() || !is_epoch(place.epoch) || !is_url(place.url)) return std::nullopt;
  return place;
}

bus::Bytes pack(const BeatWord& beat) {
  const std::uint8_t draining = beat.draining ? 1 : 0;
  return FieldWriter()
      .text(beat.url)
      .text(beat.version)
      .number(beat.agents)
      .number(beat.clients)
      .number(draining)
      .number(beat.uptime)
      .take();
}

std::optional<BeatWord> read_beat(std::span<const std::uint8_t> payload) {
  FieldReader fields(payload);
  BeatWord beat;
  beat.url = fields.text();
  beat.version = fields.text();
  beat.agents = fields.number<std::uint32_t>();
  beat.clients = fields.number<std::uint32_t>();
  const auto draining = fields.number<std::uint8_t>();
  beat.draining = draining == 1;
  beat.uptime = fields.number<std::uint64_t>();
  const bool version_ok = !beat.version.empty() && beat.version.size() <= kMostVersion &&
                          text::is_printable(beat.version);
  if (!fields.ok() || draining > 1 || !is_url(beat.url) || !version_ok) return std::nullopt;
  return beat;
}

std::optional<HashBytes> read_throttled(std::span<const std::uint8_t> payload) {
  FieldReader fields(payload);
  const auto hash = fields.array<std::tuple_size_v<HashBytes>>();
  if (!fields.ok()) return std::nullopt;
  return hash;
}

}  // namespace sfteams::connector
