#include "agent/sessions/session.h"

#include <utility>

#include <fmt/format.h>

#include "base/error/counted.h"
#include "base/log/log.h"
#include "tunnel/codes.h"

namespace sfteams::agent {

using tunnel::SessionLedger;
using tunnel::WireCode;

Session::Session(Setup setup)
    : setup_(std::move(setup)), holding_(setup_.holdings), ledger_(holding_) {}

Session::~Session() = default;

void Session::open_on(SessionCarrier& carrier, std::string_view software,
                      const crypto::Sha256Digest& handshake_hash) {
  carrier_ = &carrier;
  talk_->on_opened({software, setup_.key, handshake_hash});
}

std::unique_ptr<SessionLedger> Session::move_to(SessionCarrier& carrier, std::uint64_t received) {
  if (over_) return nullptr;
  std::unique_ptr<SessionLedger> ledger = ledger_.take();
  if (carrier_ != nullptr) {
    // Its client knows better than we whether that stream is of any use.
    SessionCarrier* old = std::exchange(carrier_, nullptr);
    ledger = old->leave();
    old->abort(WireCode::replaced, "the session goes on elsewhere");
  }
  if (!ledger || !ledger->can_go_on_after(received)) {
    give_up(refusal_ == WireCode::too_slow ? "more is held for its client than the limits allow"
                                           : "its client has lost more than was kept");
    return nullptr;
  }
  log::info("session", "a client is back; to be sent to it: {}",
            counted(ledger->queue.size(), "byte"));
  window_.reset();
  carrier_ = &carrier;
  setup_.owner.on_resumed();
  return ledger;
}

void Session::on_message(std::string_view text) {
  if (!over_) talk_->on_message(text);
}

void Session::on_held() {
  if (carrier_ == nullptr || over_) return;
  holding_.set(carrier_->held(), false);
  setup_.owner.on_held(*this);
}

void Session::on_lost(std::unique_ptr<SessionLedger> ledger) {
  carrier_ = nullptr;
  if (over_) return;
  // Without a sign-in there is nothing to come back to.
  if (!ledger || setup_.window == transport::Duration(0) || sign_in_ == SignIn::none) {
    return be_over();
  }
  ledger_.put(std::move(ledger));
  log::debug("session", "a client is gone; held for it: {}", counted(holding_.bytes(), "byte"));
  window_ =
      setup_.scheduler.after(setup_.window, [this] { give_up("its client did not come back"); });
  setup_.owner.on_away(*this);
}

void Session::on_closed() {
  carrier_ = nullptr;
  be_over();
}

bool Session::say(std::string_view text) {
  if (over_) return true;
  const Result<void> queued = carrier_ != nullptr ? carrier_->send(text) : keep(text);
  if (!queued && queued.error().code == tunnel::codes::kTooLarge) return false;
  if (!queued) {
    drop("queue", "too much waits for this client");
  } else if (carrier_ != nullptr) {
    on_held();
  } else {
    setup_.owner.on_held(*this);
  }
  return true;
}

Result<void> Session::keep(std::string_view text) {
  // Dropped a moment ago.
  if (!ledger_.there()) return {};
  return ledger_.send(text);
}

void Session::drop(std::string_view limit, std::string_view reason) {
  if (over_) return;
  log::warn("session",
            Error{tunnel::codes::kTooSlow,
                  fmt::format("a session of {} ends with {} held for it: {} ([limits] {})",
                              holding_.user().empty() ? "nobody" : holding_.user(),
                              counted(holding_.bytes(), "byte"), reason, limit),
                  "check the network between this client and the connector"});
  setup_.owner.on_dropped(limit);
  // Also where there is a stream: a client that takes nothing may well lose it before it hears
  // this.
  refusal_ = WireCode::too_slow;
  if (SessionCarrier* carrier = std::exchange(carrier_, nullptr)) {
    carrier->abort(WireCode::too_slow, reason);
    return be_over();
  }
  // In a later turn: what talks is in the middle of a sentence, perhaps one to all sessions of a
  // user, and is not to sign anybody out meanwhile. Nothing is kept from here on.
  ledger_.put(nullptr);
  window_ = setup_.scheduler.after(transport::Duration(0), [this] {
    give_up("more is held for its client than the limits allow");
  });
}

void Session::on_sign_in(SignIn state, std::string_view user) {
  if (over_) return;
  sign_in_ = state;
  holding_.set_user(state == SignIn::done ? user : std::string_view());
  setup_.owner.on_sign_in(*this, state);
  if (state == SignIn::done) setup_.owner.on_held(*this);
}

void Session::end(WireCode code, std::string_view reason) {
  if (over_) return;
  if (SessionCarrier* carrier = std::exchange(carrier_, nullptr)) {
    // A client that takes nothing would only keep what is queued in memory.
    if (carrier->is_stuck()) {
      carrier->abort(code, reason);
    } else {
      carrier->finish(code, reason);
    }
  }
  be_over();
}

void Session::give_up(const char* why) {
  log::info("session", "a session was given up: {}", why);
  setup_.owner.on_given_up();
  // Nobody will come for it: whoever signed in is signed out at once.
  talk_->on_abandoned();
  be_over();
}

void Session::be_over() {
  if (std::exchange(over_, true)) return;
  window_.reset();
  ledger_.put(nullptr);
  holding_.set(0, false);
  setup_.owner.on_over(*this);
}

}  // namespace sfteams::agent
