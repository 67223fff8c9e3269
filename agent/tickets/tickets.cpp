#include "agent/tickets/tickets.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "agent/tickets/codes.h"
#include "base/log/log.h"
#include "base/text/encoding.h"
#include "tunnel/ticket_proof.h"

namespace sfteams::agent {
namespace {

using clock::UnixSeconds;

/// Everybody with a key file can send what is none: that fills no log.
tl::unexpected<Error> refuse_unknown(const char* why) {
  log::debug("tickets", "what was to be a ticket was refused: {}", why);
  return fail(ticket_refused());
}

tl::unexpected<Error> refuse(const Ticket& ticket, const char* why) {
  log::info("tickets", "a ticket of user {} was refused: {}", ticket.user, why);
  return fail(ticket_refused());
}

std::optional<crypto::P256Signature> signature_in(std::string_view text) {
  const auto bytes = text::from_base64(text);
  crypto::P256Signature signature{};
  if (!bytes || bytes->size() != signature.size()) return std::nullopt;
  std::ranges::copy(*bytes, signature.begin());
  return signature;
}

UnixSeconds seconds_of(std::chrono::seconds duration) {
  return duration.count();
}

}  // namespace

Error ticket_refused() {
  return {codes::kTicketRefused, "this device is not signed in any more",
          "sign in with your password"};
}

Error no_tickets() {
  return {codes::kNoTickets, "that user is not kept signed in, or not on that device",
          "ticket list shows who is, and on which devices"};
}

Error tickets_off() {
  return {codes::kTicketsOff, "this system lets nobody stay signed in",
          "the administrator would have to set [limits] ticket-lifetime"};
}

Tickets::Tickets(Setup setup)
    : setup_(std::move(setup)),
      keys_(setup_.keys_file),
      book_(&setup_.scheduler, setup_.book_file) {}

UnixSeconds Tickets::longest() const {
  return std::min(seconds_of(setup_.lifetime), SealingKeys::kLongestLife);
}

/// Installation, PBX and system name: the first two have a fixed length, so that no two of them make
/// the same bytes.
std::vector<std::uint8_t> Tickets::binding() const {
  const crypto::Sha256Digest pbx = crypto::sha256({crypto::bytes_of(setup_.pbx())});
  const std::string name = setup_.system_name();
  std::vector<std::uint8_t> bytes(setup_.installation.begin(), setup_.installation.end());
  bytes.insert(bytes.end(), pbx.begin(), pbx.end());
  const auto name_bytes = crypto::bytes_of(name);
  bytes.insert(bytes.end(), name_bytes.begin(), name_bytes.end());
  return bytes;
}

Result<Tickets::Made> Tickets::make(const Asked& asked) {
  if (longest() == 0) return fail(tickets_off());
  const auto not_made = [&](const std::string& why) {
    log::error("tickets", Error{codes::kTicketNotMade,
                                "user " + std::string(asked.user) + " gets no ticket: " + why,
                                "make the state directory writable, with room on its disk"});
    return fail(codes::kTicketNotMade, "this device cannot be kept signed in at the moment",
                "tell your administrator, whose log says why; until then sign in with your "
                "password");
  };
  const UnixSeconds now = setup_.unix_now();
  const UnixSeconds ends =
      now + (asked.life == Life::tab ? std::min(longest(), seconds_of(kTabLifetime)) : longest());
  Ticket ticket{
      std::string(asked.user), asked.secret.clone(), asked.device, asked.key, {}, now, ends};
  if (!pack_ticket(ticket)) return not_made("user name or token is too long");
  const Result<Ticket::Series> series =
      book_.add({asked.user, asked.after, asked.software}, now, ends);
  if (!series) return not_made(describe(series.error()));
  ticket.series = *series;
  Result<std::string> text = keys_.seal(pack_ticket(ticket)->bytes(), binding(), now);
  if (!text) return not_made(describe(text.error()));
  return Made{std::move(*text), ends, *series};
}

Result<Ticket> Tickets::take(std::string_view text, std::string_view proof,
                             std::span<const std::uint8_t> handshake_hash) const {
  if (text.size() > kMostTicketText) return refuse_unknown("it is too long");
  const std::optional<crypto::Secret> content = keys_.open(text, binding());
  if (!content) return refuse_unknown("it was not made here, or is damaged");
  std::optional<Ticket> ticket = unpack_ticket(content->bytes());
  if (!ticket) return refuse_unknown("what is in it makes no sense");
  const auto signature = signature_in(proof);
  if (!signature ||
      !crypto::verify_p256(ticket->device, tunnel::ticket_proof_message(handshake_hash, text),
                           *signature))
    return refuse(*ticket, "the proof is not its device's for this session");
  if (const char* fault = fault_of(*ticket)) return refuse(*ticket, fault);
  return std::move(*ticket);
}

const char* Tickets::fault_of(const Ticket& ticket) const {
  const UnixSeconds now = setup_.unix_now();
  if (now >= std::min(ticket.ends, ticket.issued + longest())) return "it has ended";
  if (ticket.issued > now + seconds_of(kClockStep)) return "it comes from the future";
  if (!setup_.key_in_force(ticket.key)) return "its system key is not in force any more";
  if (!book_.is_good(ticket.user, ticket.series)) return "the tickets of this device were ended";
  return nullptr;
}

Tickets::Presence::~Presence() {
  const auto [first, last] = tickets_.here_.equal_range(series_);
  const auto own =
      std::find_if(first, last, [this](const auto& each) { return each.second == this; });
  if (own != last) tickets_.here_.erase(own);
}

std::unique_ptr<Tickets::Presence> Tickets::be_here(const Ticket::Series& series,
                                                    std::function<void()> ended) {
  std::unique_ptr<Presence> presence(new Presence(*this, series, std::move(ended)));
  here_.emplace(series, presence.get());
  return presence;
}

Result<bool> Tickets::end_device(std::string_view user, std::string_view device) {
  const TicketBook::Device* const found = book_.find(user, device);
  const std::optional<Ticket::Series> series =
      found == nullptr ? std::nullopt : std::optional(found->series);
  Result<bool> ended = book_.end(user, device);
  if (!series) return ended;
  // Who stays signed in could ask for the next ticket at once.
  for (auto here = here_.find(*series); here != here_.end(); here = here_.find(*series)) {
    const std::function<void()> tell = std::move(here->second->ended_);
    here_.erase(here);
    tell();
  }
  return ended;
}

Result<bool> Tickets::end(std::string_view user) {
  if (setup_.ended) setup_.ended(std::string(user));
  return book_.end(user);
}

Result<std::size_t> Tickets::end_all() {
  if (setup_.ended) {
    for (const TicketBook::Entry& entry : book_.entries(0))
      setup_.ended(entry.user);
  }
  return book_.end_all();
}

void Tickets::end(std::string_view user, const char* why) {
  const Result<bool> ended = end(user);
  if (!ended) return log::error("tickets", ended.error());
  if (*ended) log::info("tickets", "the tickets of user {} are ended: {}", user, why);
}

}  // namespace sfteams::agent
