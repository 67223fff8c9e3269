#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/error/error.h"
#include "simulator/directory.h"
#include "simulator/extension.h"
#include "simulator/leg.h"
#include "simulator/options.h"
#include "simulator/routing.h"
#include "transport/scheduler.h"

namespace sfteams::simulator {

/// Characters of a number that is called or redirected to.
inline constexpr std::size_t kMostNumber = 64;

/// The calls of the PBX: walks them through their states in the times that Options has, and writes
/// finished ones into the call lists. Knows nothing of UCI.
class Switchboard {
 public:
  /// Everything outlives the switchboard. `on_state` is told of every state of every leg, in order;
  /// it must not call back.
  struct Environment {
    const Directory& directory;
    Extensions& extensions;
    const Options& options;
    transport::Scheduler& scheduler;
    WallClock wall;
    IdSource ids;
    std::function<void(const Leg&)> on_state;
  };

  explicit Switchboard(Environment environment);

  /// Dials for a user. `phone` and `id` may be empty. The identifier of the call; simulator.refused
  /// for a number or phone that is none, an identifier in use, a user who is just dialling or has
  /// too many calls.
  [[nodiscard]] Result<std::string> place(const User& caller, std::string_view number,
                                          std::string_view phone, std::string_view id);
  /// A call from outside. The identifiers of the legs that ring; simulator.refused when none does.
  [[nodiscard]] Result<std::vector<std::string>> ring(const Party& from, std::string_view to);

  // What people do at their phones. False when there is no such call or it is not in that state.
  /// Lifts a ringing phone; the far end's when `id` is the caller's leg.
  bool answer(std::string_view id);
  bool hang_up(std::string_view id);
  /// Puts on hold, or takes back.
  bool hold(std::string_view id);
  /// Joins connected calls of one user, two at least. The one that is left in the end is a call of
  /// two again.
  bool join(const User& owner, const std::vector<std::string>& ids);
  /// Sends the call to another number: a ringing one away, a connected one on.
  bool forward(std::string_view id, std::string_view number);

  [[nodiscard]] const Leg* find(std::string_view id) const;
  [[nodiscard]] const std::vector<Leg*>& of(const User& user) const { return by_user_[user.index]; }
  [[nodiscard]] std::size_t count() const { return legs_.size(); }

 private:
  enum class Phase { dialling, reaching, ringing, talking };
  struct Conversation {
    std::uint64_t id = 0;
    Phase phase = Phase::dialling;
    Party caller;
    std::string dialled;
    Leg* caller_leg = nullptr;  ///< nullptr: the caller is outside
    std::vector<Leg*> called_legs;
    Route route;
    int redirects = 0;
    bool transferred = false;
    WallTime started{};
    std::unique_ptr<transport::Timer> timer;
  };

  Conversation& begin(Party caller, std::string_view dialled);
  Leg& add_leg(Conversation& talk, const User& owner, std::string id);
  void set_timer(Conversation& talk, transport::Duration delay,
                 void (Switchboard::*next)(Conversation&));

  void leave_dialling(Conversation& talk);
  void reach(Conversation& talk, Route route);
  void add_called_leg(Conversation& talk, const User& user);
  void start_ringing(Conversation& talk);
  void answer_by_itself(Conversation& talk);
  void answered(Conversation& talk, Leg* by);
  void give_up(Conversation& talk);
  void end(Conversation& talk);

  void change(Leg& leg, CallState state);
  void retire(Conversation& talk, Leg& leg);
  void leave_conference(const User& owner);
  void retire_called(Conversation& talk, const Leg* except);
  void record_missed(const Conversation& talk, const User& user);
  void record_voicemail(const Conversation& talk);
  [[nodiscard]] Party party(const User& user) const;
  [[nodiscard]] Party party_of_number(const std::string& number) const;
  [[nodiscard]] Leg* leg(std::string_view id);
  [[nodiscard]] Conversation& talk_of(const Leg& leg) { return talks_.at(leg.conversation); }

  Environment environment_;
  Routing routing_;
  std::uint64_t last_talk_ = 0;
  std::map<std::uint64_t, Conversation> talks_;
  std::map<std::string, Leg, std::less<>> legs_;
  std::vector<std::vector<Leg*>> by_user_;
};

}  // namespace sfteams::simulator
