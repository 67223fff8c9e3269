#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "agent/uplink/wire.h"
#include "transport/scheduler.h"

namespace sfteams::bench {

/// Lets so many dials of one process be under way at a time, the others wait for their turn. Agents
/// have a machine each; thousands in one process go on in turns, so that all of them would be
/// half-way until the first of them times out, and what it cost was for nothing.
class Turnstile {
 public:
  Turnstile(transport::Scheduler& scheduler, std::size_t places)
      : scheduler_(scheduler), places_(places) {}

  /// The same dial, once it has its turn. The Turnstile outlives what it returns.
  [[nodiscard]] agent::Dial guard(agent::Dial dial) {
    return [this, dial = std::move(dial)](
               transport::WebsocketHandler& handler) -> Result<std::unique_ptr<agent::Wire>> {
      return std::make_unique<Guarded>(*this, dial, handler);
    };
  }

 private:
  class Guarded final : public agent::Wire, public transport::WebsocketHandler {
   public:
    Guarded(Turnstile& turnstile, agent::Dial dial, transport::WebsocketHandler& handler)
        : turnstile_(turnstile), dial_(std::move(dial)), handler_(handler) {
      turnstile_.enter(this);
    }
    ~Guarded() override { turnstile_.leave(this); }
    Guarded(const Guarded&) = delete;
    Guarded& operator=(const Guarded&) = delete;

    void begin() {
      Result<std::unique_ptr<agent::Wire>> wire = dial_(*this);
      if (wire) {
        wire_ = std::move(*wire);
      } else {
        on_close({transport::CloseInfo::Cause::refused, 0, {}, wire.error()});
      }
    }

    void wake() override { wire_->wake(); }
    void start_keepalive(const transport::Keepalive& keepalive) override {
      wire_->start_keepalive(keepalive);
    }
    void close(transport::CloseStatus status, std::string_view reason) override {
      wire_->close(status, reason);
    }
    [[nodiscard]] std::optional<std::chrono::microseconds> round_trip() const override {
      return wire_->round_trip();
    }

    void on_open() override {
      turnstile_.leave(this);
      handler_.on_open();
    }
    void on_message(std::span<const std::uint8_t> message) override {
      handler_.on_message(message);
    }
    [[nodiscard]] std::size_t next_message(std::span<std::uint8_t> out) override {
      return handler_.next_message(out);
    }
    void on_close(const transport::CloseInfo& info) override {
      turnstile_.leave(this);
      handler_.on_close(info);
    }

   private:
    Turnstile& turnstile_;
    agent::Dial dial_;
    transport::WebsocketHandler& handler_;
    std::unique_ptr<agent::Wire> wire_;
  };

  void enter(Guarded* dial) {
    waiting_.push_back(dial);
    let_in_soon();
  }

  void leave(Guarded* dial) {
    std::erase(waiting_, dial);
    if (inside_.erase(dial) > 0) let_in_soon();
  }

  void let_in_soon() {
    if (!soon_) soon_ = scheduler_.after(transport::Duration(0), [this] { let_in(); });
  }

  void let_in() {
    soon_.reset();
    while (!waiting_.empty() && inside_.size() < places_) {
      Guarded* const next = waiting_.front();
      waiting_.pop_front();
      inside_.insert(next);
      next->begin();
    }
  }

  transport::Scheduler& scheduler_;
  std::size_t places_;
  std::deque<Guarded*> waiting_;
  std::set<Guarded*> inside_;
  std::unique_ptr<transport::Timer> soon_;
};

}  // namespace sfteams::bench
