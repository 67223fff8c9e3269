#pragma once

#include <list>
#include <memory>
#include <optional>
#include <string>

#include <catch2/catch.hpp>

#include "agent/guard/known_users.h"
#include "agent/pbx/accounts.h"
#include "tests/agent/pbx/model_pbx.h"

namespace sfteams::agent::test {

using namespace std::chrono_literals;

inline constexpr int kThreshold = 10;  ///< wrong tokens of which the PBX takes none
inline constexpr const char* kCall = "ucp.v30.requests.call.getCallIds";

struct Guest final : agent::Guest {
  void on_event(const std::string&) override {}
  void on_pbx(bool) override {}
  void on_signed_out(const Error& error) override {
    if (on_out) on_out(name, describe(error));
    told = error;
    seat.reset();
  }
  std::function<void(const std::string&, const std::string&)> on_out;
  std::string name;
  std::string password;
  std::unique_ptr<Accounts::Waiting> waiting;
  std::unique_ptr<Seat> seat;
  std::optional<Error> told;
  int calls = 0;
  int answered = 0;
  int failed = 0;
};

struct Scene {
  Scene() {
    for (int i = 0; i < 40; ++i)
      pbx.passwords[name(i)] = "right";
  }
  static std::string name(int i) { return std::to_string(1001 + i); }

  KnownUsers::Setup known_setup() { return {scheduler, {}, crypto::Secret(32), "the PBX"}; }
  Guest& ask(const std::string& name, const std::string& password) {
    Guest& guest = guests.emplace_back();
    ask_again(guest, name, password);
    return guest;
  }
  void ask_again(Guest& guest, const std::string& name, const std::string& password) {
    guest.name = name;
    guest.password = password;
    guest.told.reset();
    guest.waiting = accounts.sign_in(name, crypto::Secret::from_text(password), guest,
                                     [&guest](Result<std::unique_ptr<Seat>> seat) {
                                       if (seat) {
                                         guest.seat = std::move(*seat);
                                       } else {
                                         guest.told = seat.error();
                                       }
                                     });
  }
  Guest& signed_in(int i) {
    Guest& guest = ask(name(i), "right");
    scheduler.advance(2s);
    REQUIRE(guest.seat);
    return guest;
  }
  void call(Guest& guest) {
    if (!guest.seat) return;
    ++guest.calls;
    guest.seat->call(kCall, {}, [&guest](const Result<uci::Value>& value) {
      ++guest.answered;
      if (!value) ++guest.failed;
    });
  }
  /// Guesses until the agent asks the PBX no more.
  void guess_all() {
    for (int i = 20; i < 40; ++i)
      ask(name(i), "guess");
    scheduler.advance(5s);
  }
  void settle() {
    // Longer than the window of the guard.
    scheduler.advance(15min);
  }

  FakeScheduler scheduler;
  ModelPbx pbx{scheduler};
  LoginGuard guard{{}, crypto::Secret(32), {}, [this] { return known.size() > 0; }};
  KnownUsers known{known_setup()};
  std::list<Guest> guests;
  Accounts accounts{{pbx, scheduler, guard, 10s, &known}};
};

}  // namespace sfteams::agent::test
