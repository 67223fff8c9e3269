#include "agent/session.h"

#include <utility>

#include "error/counted.h"
#include "log/log.h"
#include "tunnel/codes.h"
#include "tunnel/limits.h"

namespace sfteams::agent {

using tunnel::SessionLedger;
using tunnel::WireCode;

Session::Session(Setup setup) : setup_(std::move(setup)), ledger_(setup_.kept_in_all) {}

Session::~Session() = default;

void Session::open_on(SessionCarrier& carrier, std::string_view software) {
  carrier_ = &carrier;
  talk_->on_opened(software);
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
    give_up("its client has lost more than was kept");
    return nullptr;
  }
  log::info("session", "a client is back; to be sent to it: {}",
            counted(ledger->queue.size(), "byte"));
  window_.reset();
  ledger->set_most(tunnel::kMaxQueuedToClient);
  carrier_ = &carrier;
  setup_.owner.on_resumed();
  return ledger;
}

void Session::on_message(std::string_view text) {
  if (!over_) talk_->on_message(text);
}

void Session::on_lost(std::unique_ptr<SessionLedger> ledger) {
  carrier_ = nullptr;
  if (over_) return;
  if (!ledger || setup_.window == transport::Duration(0)) return be_over();
  ledger_.put(std::move(ledger), setup_.kept);
  log::debug("session", "a client is gone; kept for it: {}", counted(ledger_.size(), "byte"));
  window_ =
      setup_.scheduler.after(setup_.window, [this] { give_up("its client did not come back"); });
}

void Session::on_closed() {
  carrier_ = nullptr;
  be_over();
}

bool Session::say(std::string_view text) {
  if (over_) return true;
  const Result<void> queued = carrier_ != nullptr ? carrier_->send(text) : keep(text);
  if (queued) return true;
  if (queued.error().code == tunnel::codes::kTooLarge) return false;
  if (SessionCarrier* carrier = std::exchange(carrier_, nullptr)) {
    carrier->abort(tunnel::wire_code_for(queued.error()), "");
    be_over();
  } else {
    // In a later turn: what talks is in the middle of a sentence, perhaps one to all sessions of a
    // user, and is not to sign anybody out meanwhile. Nothing is kept from here on.
    ledger_.put(nullptr, 0);
    window_ = setup_.scheduler.after(transport::Duration(0),
                                     [this] { give_up("too much is to be kept for its client"); });
  }
  return true;
}

Result<void> Session::keep(std::string_view text) {
  if (!ledger_.there()) return {};
  if (!setup_.owner.may_keep(text.size())) return fail(tunnel::codes::kQueueFull, "");
  return ledger_.send(text);
}

void Session::end(WireCode code, std::string_view reason) {
  if (over_) return;
  if (SessionCarrier* carrier = std::exchange(carrier_, nullptr)) carrier->finish(code, reason);
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
  ledger_.put(nullptr, 0);
  setup_.owner.on_over(*this);
}

}  // namespace sfteams::agent
