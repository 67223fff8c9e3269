// Any bytes as what is inside of a value of the cluster's log, after the seal was opened: refused, or
// read; and what was read is packed the same. And as a subject and a sealed value: refused.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>

#include "connector/cluster/log_entry.h"

using sfteams::connector::ClusterKeys;
using sfteams::connector::LogEntry;
using sfteams::connector::LogSeal;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using Kind = LogEntry::Kind;
  const std::span<const std::uint8_t> bytes(data, size);
  for (const Kind kind : {Kind::enrolled, Kind::pinned, Kind::forgotten, Kind::switched}) {
    const auto entry = sfteams::connector::unpack_entry(kind, bytes);
    if (entry && !std::ranges::equal(sfteams::connector::pack_entry(*entry), bytes)) std::abort();
  }
  const auto keys = sfteams::connector::unpack_keys(bytes);
  if (keys && !std::ranges::equal(sfteams::connector::pack_keys(*keys), bytes)) std::abort();

  static const ClusterKeys secrets =
      ClusterKeys::parse("log-secret = " + std::string(64, '1') + "\nkey = " + std::string(64, '2'),
                         "fuzzer")
          .value();
  static const LogSeal seal(secrets, "t");
  const std::string text(bytes.begin(), bytes.end());
  const auto subject = seal.parse_subject("sft1.t.reg." + text);
  if (subject && (subject->generation == 0 || subject->hash.size() != 32)) std::abort();
  if (seal.open("sft1.t.reg." + secrets.hash_of("a.example.com") + ".1.p", bytes)) std::abort();
  if (seal.open_keys(seal.keys_subject("a.example.com"), bytes)) std::abort();
  return 0;
}
