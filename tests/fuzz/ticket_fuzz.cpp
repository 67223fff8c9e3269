// Any bytes as what is inside of a ticket, after the seal was opened: refused, or read; and what was
// read is packed the same.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "agent/tickets/ticket.h"

namespace agent = sfteams::agent;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span<const std::uint8_t> bytes(data, size);
  const auto ticket = agent::unpack_ticket(bytes);
  if (!ticket) return 0;
  const auto packed = agent::pack_ticket(*ticket);
  if (!packed || !std::ranges::equal(packed->bytes(), bytes)) std::abort();
  if (ticket->user.empty() || ticket->user.size() > agent::Ticket::kMostUserBytes ||
      ticket->secret.empty() || ticket->secret.size() > agent::Ticket::kMostSecretBytes)
    std::abort();
  return 0;
}
