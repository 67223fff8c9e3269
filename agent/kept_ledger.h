#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <utility>

#include "error/error.h"
#include "tunnel/session_ledger.h"

namespace sfteams::agent {

/// The ledger of a session whose client is away. As long as it is here, its bytes stand in a sum
/// over all sessions; nobody else changes the sum or sees the ledger, so they cannot disagree.
class KeptLedger {
 public:
  /// `sum` outlives it.
  explicit KeptLedger(std::size_t& sum) : sum_(sum) {}
  ~KeptLedger() { static_cast<void>(take()); }
  KeptLedger(const KeptLedger&) = delete;
  KeptLedger& operator=(const KeptLedger&) = delete;

  [[nodiscard]] bool there() const { return ledger_ != nullptr; }
  /// Bytes of messages; 0 when none is there.
  [[nodiscard]] std::size_t size() const { return counted_; }

  /// `most`: as SessionLedger::set_most().
  void put(std::unique_ptr<tunnel::SessionLedger> ledger, std::size_t most) {
    ledger_ = std::move(ledger);
    if (ledger_) ledger_->set_most(most);
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
  void count() {
    sum_ -= counted_;
    counted_ = ledger_ ? ledger_->queue.size() : 0;
    sum_ += counted_;
  }

  std::size_t& sum_;
  std::size_t counted_ = 0;
  std::unique_ptr<tunnel::SessionLedger> ledger_;
};

}  // namespace sfteams::agent
