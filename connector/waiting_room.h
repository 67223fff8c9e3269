#pragma once

#include <cstddef>
#include <unordered_map>
#include <utility>

#include "connector/address.h"

namespace sfteams::connector {

/// Those who are in some state, bounded in all and for each sender: who has connected and not yet
/// proved anything, so that nobody can fill the connector without a key; and clients that are
/// admitted.
class WaitingRoom {
 public:
  /// A place in it, given back when it goes. It outlives neither the room nor its own turn.
  class Seat {
   public:
    Seat() = default;
    Seat(WaitingRoom& room, const Address& sender) : room_(&room), sender_(sender) {}
    ~Seat() { leave(); }
    Seat(Seat&& other) noexcept
        : room_(std::exchange(other.room_, nullptr)), sender_(other.sender_) {}
    Seat& operator=(Seat&& other) noexcept {
      if (this != &other) {
        leave();
        room_ = std::exchange(other.room_, nullptr);
        sender_ = other.sender_;
      }
      return *this;
    }

    void leave() {
      if (room_ != nullptr) std::exchange(room_, nullptr)->left(sender_);
    }
    /// False when the room was full.
    [[nodiscard]] explicit operator bool() const { return room_ != nullptr; }

   private:
    WaitingRoom* room_ = nullptr;
    Address sender_;
  };

  WaitingRoom(std::size_t places, std::size_t per_sender)
      : places_(places), per_sender_(per_sender) {}

  /// An empty Seat when there is no place.
  [[nodiscard]] Seat enter(const Address& address) {
    const Address sender = address.sender();
    if (taken_ >= places_) return {};
    std::size_t& of_sender = senders_[sender];
    if (of_sender >= per_sender_) return {};
    ++of_sender;
    ++taken_;
    return {*this, sender};
  }

  [[nodiscard]] std::size_t taken() const { return taken_; }

 private:
  void left(const Address& sender) {
    const auto found = senders_.find(sender);
    if (--found->second == 0) senders_.erase(found);
    --taken_;
  }

  std::size_t places_;
  std::size_t per_sender_;
  std::size_t taken_ = 0;
  std::unordered_map<Address, std::size_t, AddressHash> senders_;
};

}  // namespace sfteams::connector
