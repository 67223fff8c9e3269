#include "agent/tickets/ticket.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/crypto/hash.h"
#include "base/text/encoding.h"

namespace sfteams::agent {
namespace {

// version u8 | issued u64 | ends u64 | series[16] | key_id[8] | device[65] |
// user: u8 and that many bytes | secret: u16 and that many bytes
constexpr std::uint8_t kContentVersion = 1;
constexpr unsigned kByte = 8;

/// Writes into a secret that is as large as what is written.
class TicketWriter {
 public:
  explicit TicketWriter(std::size_t size) : out_(size) {}

  void number(std::uint64_t value, std::size_t bytes) {
    for (std::size_t i = bytes; i > 0; --i)
      out_.bytes()[at_++] = static_cast<std::uint8_t>(value >> (kByte * (i - 1)));
  }
  void bytes(std::span<const std::uint8_t> bytes) {
    std::ranges::copy(bytes, out_.bytes().subspan(at_).begin());
    at_ += bytes.size();
  }
  [[nodiscard]] crypto::Secret finish() { return std::move(out_); }

 private:
  crypto::Secret out_;
  std::size_t at_ = 0;
};

/// Once too little is left, everything that is read is empty.
class TicketReader {
 public:
  explicit TicketReader(std::span<const std::uint8_t> in) : in_(in) {}

  [[nodiscard]] std::span<const std::uint8_t> bytes(std::size_t size) {
    if (size > in_.size()) {
      whole_ = false;
      in_ = {};
      return {};
    }
    const auto taken = in_.first(size);
    in_ = in_.subspan(size);
    return taken;
  }
  [[nodiscard]] std::uint64_t number(std::size_t size) {
    std::uint64_t value = 0;
    for (const std::uint8_t byte : bytes(size))
      value = value << kByte | byte;
    return value;
  }
  template <std::size_t kSize>
  void array(std::array<std::uint8_t, kSize>& out) {
    const auto taken = bytes(kSize);
    std::ranges::copy(taken, out.begin());
  }
  [[nodiscard]] bool at_end() const { return whole_ && in_.empty(); }

 private:
  std::span<const std::uint8_t> in_;
  bool whole_ = true;
};

bool fits(std::size_t size, std::size_t most) {
  return size > 0 && size <= most;
}

bool fits(const Ticket& ticket) {
  return fits(ticket.user.size(), Ticket::kMostUserBytes) &&
         fits(ticket.secret.size(), Ticket::kMostSecretBytes) && ticket.issued >= 0 &&
         ticket.ends >= 0;
}

}  // namespace

std::string device_name(const Ticket::Series& series) {
  constexpr std::size_t kShown = 4;
  return text::to_hex(std::span(series).first(kShown));
}

std::optional<crypto::Secret> pack_ticket(const Ticket& ticket) {
  if (!fits(ticket)) return std::nullopt;
  TicketWriter out(1 + 8 + 8 + ticket.series.size() + ticket.key.size() + ticket.device.size() + 1 +
                   ticket.user.size() + 2 + ticket.secret.size());
  out.number(kContentVersion, 1);
  out.number(static_cast<std::uint64_t>(ticket.issued), 8);
  out.number(static_cast<std::uint64_t>(ticket.ends), 8);
  out.bytes(ticket.series);
  out.bytes(ticket.key);
  out.bytes(ticket.device);
  out.number(ticket.user.size(), 1);
  out.bytes(crypto::bytes_of(ticket.user));
  out.number(ticket.secret.size(), 2);
  out.bytes(ticket.secret.bytes());
  return out.finish();
}

std::optional<Ticket> unpack_ticket(std::span<const std::uint8_t> bytes) {
  TicketReader in(bytes);
  if (in.number(1) != kContentVersion) return std::nullopt;
  Ticket ticket;
  const std::uint64_t issued = in.number(8);
  const std::uint64_t ends = in.number(8);
  in.array(ticket.series);
  in.array(ticket.key);
  in.array(ticket.device);
  const auto user = in.bytes(in.number(1));
  ticket.user.assign(user.begin(), user.end());
  ticket.secret = crypto::Secret(in.bytes(in.number(2)));
  constexpr std::uint64_t kLatest = std::numeric_limits<clock::UnixSeconds>::max();
  if (!in.at_end() || issued > kLatest || ends > kLatest) return std::nullopt;
  ticket.issued = static_cast<clock::UnixSeconds>(issued);
  ticket.ends = static_cast<clock::UnixSeconds>(ends);
  if (!fits(ticket)) return std::nullopt;
  return ticket;
}

}  // namespace sfteams::agent
