#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/tickets/sealing_keys.h"
#include "agent/tickets/ticket.h"
#include "agent/tickets/ticket_book.h"
#include "base/clock/unix_time.h"
#include "base/crypto/ecdsa_p256.h"
#include "base/crypto/hash.h"
#include "base/crypto/secret.h"
#include "base/error/error.h"
#include "transport/scheduler.h"

namespace sfteams::agent {

/// session.ticket-refused, which says nothing of why.
[[nodiscard]] Error ticket_refused();
/// session.no-tickets: of a user, or of a device, whose tickets were to be ended.
[[nodiscard]] Error no_tickets();
/// session.tickets-off.
[[nodiscard]] Error tickets_off();

/// Makes tickets, by which users sign in again without a password, and judges them. A ticket is good
/// with a signature of the device that asked for it, in the session that it was signed for; in this
/// installation, under its system name, at the PBX that took the secret; as long as the system key
/// is in force by which the device had come in; until its end; and until the user's tickets are
/// ended.
class Tickets {
 public:
  using UnixSeconds = clock::UnixSeconds;
  /// Of a ticket for a page that is loaded again.
  static constexpr std::chrono::hours kTabLifetime{12};
  /// How far a ticket may come from the future: when the clock was ahead and has been set.
  static constexpr std::chrono::hours kClockStep{24};

  struct Setup {
    transport::Scheduler& scheduler;
    std::filesystem::path keys_file;
    std::filesystem::path book_file;
    crypto::Sha256Digest installation{};  ///< stands for the installation's identity
    /// 0: none are made, and none is taken.
    std::chrono::days lifetime{30};
    std::function<std::string()> system_name;
    /// Stands for the PBX, and how it is asked: what another one took is worth nothing.
    std::function<std::string()> pbx;
    std::function<bool(const tunnel::KeyId&)> key_in_force;
    std::function<UnixSeconds()> unix_now = clock::unix_now;
    /// The user has no tickets any more: what was kept for them is worth nothing. May be empty.
    std::function<void(const std::string& user)> ended{};
  };

  explicit Tickets(Setup setup);

  /// Of those that are there, too: none lives longer than this from when it was issued.
  void set_lifetime(std::chrono::days lifetime) { setup_.lifetime = lifetime; }

  enum class Life {
    tab,      ///< kTabLifetime at most
    lasting,  ///< Setup::lifetime
  };
  struct Asked {
    std::string_view user;
    const crypto::Secret& secret;  ///< what the PBX has taken of that user in this session
    const crypto::P256PublicKey& device;
    const tunnel::KeyId& key;  ///< of the system key by which the session came in
    Life life = Life::tab;
    /// Of the ticket that this device has already; nullopt: none is known.
    std::optional<Ticket::Series> after{};
    std::string_view software{};  ///< what the client calls itself
  };
  struct Made {
    std::string text;  ///< at most kMostTicketText printable ASCII characters
    UnixSeconds ends = 0;
    Ticket::Series series{};
  };
  /// Fails with session.tickets-off and session.ticket-not-made.
  [[nodiscard]] Result<Made> make(const Asked& asked);

  /// The ticket, if it is good in the session whose opening handshake had this hash. Fails with
  /// session.ticket-refused, which says nothing more; the log does.
  [[nodiscard]] Result<Ticket> take(std::string_view text, std::string_view proof,
                                    std::span<const std::uint8_t> handshake_hash) const;

  /// Whether one that was taken is good still. It needs no secret for that.
  [[nodiscard]] bool is_good(const Ticket& ticket) const { return fault_of(ticket) == nullptr; }

  /// A session on a device that has a ticket, as long as this lives.
  class Presence {
   public:
    ~Presence();
    Presence(const Presence&) = delete;
    Presence& operator=(const Presence&) = delete;
    [[nodiscard]] const Ticket::Series& series() const { return series_; }

   private:
    friend class Tickets;
    Presence(Tickets& tickets, const Ticket::Series& series, std::function<void()> ended)
        : tickets_(tickets), series_(series), ended_(std::move(ended)) {}

    Tickets& tickets_;
    Ticket::Series series_;
    std::function<void()> ended_;
  };
  /// `ended` comes at most once, when the tickets of that device alone are ended; it may destroy the
  /// presence. These tickets outlive it.
  [[nodiscard]] std::unique_ptr<Presence> be_here(const Ticket::Series& series,
                                                  std::function<void()> ended);
  /// Somebody has signed in by it, as the PBX says.
  void use(const Ticket& ticket) { book_.use(ticket.user, ticket.series, setup_.unix_now()); }

  /// Ends the tickets of one device (device_name()) of a user, on disk too, and tells its sessions.
  /// False: there is no such device. Fails as end().
  [[nodiscard]] Result<bool> end_device(std::string_view user, std::string_view device);
  /// Ends all tickets of a user, on disk too. False: there were none. Fails with
  /// session.tickets-not-saved: they are ended until a restart.
  [[nodiscard]] Result<bool> end(std::string_view user);
  /// The same where nobody could do anything about a failure but the administrator: it is logged.
  void end(std::string_view user, const char* why);
  [[nodiscard]] Result<std::size_t> end_all();

  [[nodiscard]] std::vector<TicketBook::Entry> entries() const {
    return book_.entries(setup_.unix_now());
  }

 private:
  [[nodiscard]] std::vector<std::uint8_t> binding() const;
  [[nodiscard]] UnixSeconds longest() const;
  /// Why it is not good, for the log; nullptr: it is.
  [[nodiscard]] const char* fault_of(const Ticket& ticket) const;

  Setup setup_;
  std::multimap<Ticket::Series, Presence*> here_;
  SealingKeys keys_;
  TicketBook book_;
};

}  // namespace sfteams::agent
