#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <utility>

#include "agent/sessions/holdings.h"
#include "base/error/error.h"
#include "tunnel/session_ledger.h"

namespace sfteams::agent {

/// The ledger of a session whose client is away. As long as it is here, its bytes are the session's
/// holding; nobody else sees the ledger meanwhile, so the two cannot disagree.
class KeptLedger {
 public:
  /// `holding` outlives it.
  explicit KeptLedger(Holding& holding) : holding_(holding) {}
  ~KeptLedger() { static_cast<void>(take()); }
  KeptLedger(const KeptLedger&) = delete;
  KeptLedger& operator=(const KeptLedger&) = delete;

  [[nodiscard]] bool there() const { return ledger_ != nullptr; }

  /// nullptr: none.
  void put(std::unique_ptr<tunnel::SessionLedger> ledger) {
    ledger_ = std::move(ledger);
    count();
  }
  /// nullptr when none is there.
  [[nodiscard]] std::unique_ptr<tunnel::SessionLedger> take() {
    std::unique_ptr<tunnel::SessionLedger> ledger = std::move(ledger_);
    count();
    return ledger;
  }
  /// As SessionLedger::send(); only when one is there.
  [[nodiscard]] Result<void> send(std::string_view message) {
    Result<void> sent = ledger_->send(message);
    count();
    return sent;
  }

 private:
  void count() { holding_.set(ledger_ ? ledger_->queue.held() : 0, ledger_ != nullptr); }

  Holding& holding_;
  std::unique_ptr<tunnel::SessionLedger> ledger_;
};

}  // namespace sfteams::agent
