#include "simulator/switchboard.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "simulator/codes.h"

namespace sfteams::simulator {
namespace {

constexpr std::size_t kMostCalls = 100;  // of one user at a time
constexpr std::size_t kMostId = 64;

bool all_of(std::string_view text, std::string_view others) {
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= '0' && c <= '9') || others.find(c) != std::string_view::npos;
  });
}

bool is_number(std::string_view text) {
  return !text.empty() && text.size() <= kMostNumber && all_of(text, "+*#");
}

bool is_id(std::string_view text) {
  return text.size() <= kMostId && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                  c == '-';
         });
}

/// Dates on the wire have no fractions, and clients ask for what came after the last one they saw.
WallTime whole_seconds(WallTime time) {
  return std::chrono::floor<std::chrono::seconds>(time);
}

std::chrono::seconds length(const Leg& leg) {
  if (!leg.connected) return std::chrono::seconds(0);
  return std::chrono::duration_cast<std::chrono::seconds>(leg.changed - *leg.connected);
}

}  // namespace

Switchboard::Switchboard(Environment environment)
    : environment_(std::move(environment)),
      routing_(environment_.directory, environment_.extensions,
               [this](const User& user) { return !of(user).empty(); }),
      by_user_(environment_.directory.users().size()) {}

Result<std::string> Switchboard::place(const User& caller, std::string_view number,
                                       std::string_view phone, std::string_view id) {
  const auto& own = of(caller);
  const bool dialling = std::any_of(
      own.begin(), own.end(), [](const Leg* one) { return one->state == CallState::requested; });
  const auto& phones = caller.phones;
  const bool known_phone =
      phone.empty() || std::find(phones.begin(), phones.end(), phone) != phones.end();
  if (!is_number(number)) return fail(codes::kRefused, "that is no number to dial");
  if (!known_phone) return fail(codes::kRefused, "the user has no such phone");
  if (!is_id(id)) return fail(codes::kRefused, "that is no identifier of a call");
  if (find(id) != nullptr) return fail(codes::kRefused, "the identifier is in use");
  if (dialling) return fail(codes::kRefused, "another call is just being placed");
  if (own.size() >= kMostCalls) return fail(codes::kRefused, "the user has too many calls");

  Conversation& talk = begin(party(caller), number);
  Leg& leg = add_leg(talk, caller, id.empty() ? environment_.ids() : std::string(id));
  leg.outgoing = true;
  leg.phone_id = phone;
  leg.called = party_of_number(talk.dialled);
  talk.caller_leg = &leg;
  set_timer(talk, environment_.options.dial_time, &Switchboard::leave_dialling);
  return leg.id;
}

Result<std::vector<std::string>> Switchboard::ring(const Party& from, std::string_view to) {
  if (!is_number(to)) return fail(codes::kRefused, "that is no number to call");
  Route route = routing_.to(to);
  if (route.kind == Route::Kind::outside) {
    return fail(codes::kRefused, fmt::format("nobody here has the number {}", to));
  }
  const bool refused = route.kind == Route::Kind::refused;
  Conversation& talk = begin(from, to);
  const std::uint64_t id = talk.id;
  reach(talk, std::move(route));
  if (refused) return fail(codes::kRefused, fmt::format("{} takes no calls now", to));
  std::vector<std::string> ringing;
  for (const Leg* leg : talks_.at(id).called_legs)
    ringing.push_back(leg->id);
  return ringing;
}

Switchboard::Conversation& Switchboard::begin(Party caller, std::string_view dialled) {
  Conversation& talk = talks_[++last_talk_];
  talk.id = last_talk_;
  talk.caller = std::move(caller);
  talk.dialled = dialled;
  talk.started = environment_.wall();
  return talk;
}

Leg& Switchboard::add_leg(Conversation& talk, const User& owner, std::string id) {
  Leg& leg = legs_[id];
  leg.id = std::move(id);
  leg.owner = &owner;
  leg.caller = talk.caller;
  leg.started = environment_.wall();
  leg.changed = leg.started;
  leg.conversation = talk.id;
  by_user_[owner.index].push_back(&leg);
  return leg;
}

void Switchboard::set_timer(Conversation& talk, transport::Duration delay,
                            void (Switchboard::*next)(Conversation&)) {
  talk.timer = environment_.scheduler.after(
      delay, [this, id = talk.id, next] { (this->*next)(talks_.at(id)); });
}

void Switchboard::leave_dialling(Conversation& talk) {
  change(*talk.caller_leg, CallState::proceeding);
  reach(talk, routing_.to(talk.dialled));
}

void Switchboard::reach(Conversation& talk, Route route) {
  talk.route = std::move(route);
  talk.phase = Phase::reaching;
  if (talk.route.kind == Route::Kind::refused) {
    for (const User* user : talk.route.users)
      record_missed(talk, *user);
    end(talk);
    return;
  }
  if (talk.route.kind == Route::Kind::users) {
    for (const User* user : talk.route.users)
      add_called_leg(talk, *user);
  }
  set_timer(talk, environment_.options.ring_time, &Switchboard::start_ringing);
}

void Switchboard::add_called_leg(Conversation& talk, const User& user) {
  Leg& leg = add_leg(talk, user, environment_.ids());
  leg.called = party_of_number(talk.dialled);
  leg.group_id = talk.route.group_id;
  leg.forward_type = talk.route.forward_type;
  if (talk.route.forwarder != nullptr) leg.forwarder = party(*talk.route.forwarder);
  talk.called_legs.push_back(&leg);
  change(leg, CallState::incoming);
}

void Switchboard::start_ringing(Conversation& talk) {
  const Options& options = environment_.options;
  talk.phase = Phase::ringing;
  // Somebody who is being transferred goes on hearing the one who transfers.
  if (talk.caller_leg != nullptr && talk.caller_leg->state == CallState::proceeding) {
    change(*talk.caller_leg, CallState::ringback);
  }
  for (Leg* leg : talk.called_legs)
    change(*leg, CallState::ringing);
  if (talk.route.kind == Route::Kind::voicemail) {
    answered(talk, nullptr);
    return;
  }
  transport::Duration answer = options.answer_time;
  for (const Leg* leg : talk.called_legs) {
    const transport::Duration own = leg->owner->answer_time.value_or(options.answer_time);
    answer = leg == talk.called_legs.front() ? own : std::min(answer, own);
  }
  transport::Duration patience = options.no_answer_time;
  if (talk.route.patience) patience = std::min<transport::Duration>(patience, *talk.route.patience);
  if (options.auto_answer && answer < patience) {
    set_timer(talk, answer, &Switchboard::answer_by_itself);
  } else {
    set_timer(talk, patience, &Switchboard::give_up);
  }
}

void Switchboard::answer_by_itself(Conversation& talk) {
  const transport::Duration usual = environment_.options.answer_time;
  const auto first = std::min_element(
      talk.called_legs.begin(), talk.called_legs.end(), [&](const Leg* a, const Leg* b) {
        return a->owner->answer_time.value_or(usual) < b->owner->answer_time.value_or(usual);
      });
  answered(talk, first == talk.called_legs.end() ? nullptr : *first);
}

void Switchboard::answered(Conversation& talk, Leg* by) {
  talk.phase = Phase::talking;
  talk.timer.reset();
  retire_called(talk, by);
  if (Leg* leg = talk.caller_leg) {
    if (talk.transferred)
      leg->peer() = by != nullptr ? party(*by->owner) : party_of_number(talk.dialled);
    change(*leg, CallState::connected);
  }
  if (by != nullptr) change(*by, CallState::connected);
  const bool nobody_here = talk.caller_leg == nullptr && by == nullptr;
  if (nobody_here) {
    end(talk);  // an outside caller has spoken to a voice mail box; no phone of ours could end it
  } else if (environment_.options.talk_time.count() > 0) {
    set_timer(talk, environment_.options.talk_time, &Switchboard::end);
  }
}

void Switchboard::give_up(Conversation& talk) {
  const bool redirect =
      talk.route.patience && talk.redirects < kMostRedirects && !talk.route.users.empty();
  if (!redirect) {
    end(talk);
    return;
  }
  ++talk.redirects;
  const User& user = *talk.route.users.front();
  retire_called(talk, nullptr);
  reach(talk, routing_.after_timeout(user));
}

void Switchboard::end(Conversation& talk) {
  talk.timer.reset();
  if (talk.phase == Phase::talking) record_voicemail(talk);
  if (talk.caller_leg != nullptr) retire(talk, *talk.caller_leg);
  retire_called(talk, nullptr);
  const std::uint64_t id = talk.id;
  talks_.erase(id);
}

bool Switchboard::answer(std::string_view id) {
  Leg* const one = leg(id);
  if (one == nullptr || talk_of(*one).phase != Phase::ringing) return false;
  Conversation& talk = talk_of(*one);
  if (one != talk.caller_leg) {
    answered(talk, one);
  } else {
    answered(talk, talk.called_legs.empty() ? nullptr : talk.called_legs.front());
  }
  return true;
}

bool Switchboard::hang_up(std::string_view id) {
  Leg* const one = leg(id);
  if (one == nullptr) return false;
  Conversation& talk = talk_of(*one);
  if (one != talk.caller_leg) {
    std::erase(talk.called_legs, one);
    retire(talk, *one);
    if (!talk.called_legs.empty()) return true;  // the rest of a group goes on ringing
  }
  end(talk);
  return true;
}

bool Switchboard::hold(std::string_view id) {
  Leg* const one = leg(id);
  if (one == nullptr || one->state != CallState::connected) return false;
  one->held = !one->held;
  return true;
}

bool Switchboard::join(const User& owner, const std::vector<std::string>& ids) {
  std::vector<Leg*> joined;
  for (const std::string& id : ids) {
    Leg* const one = leg(id);
    if (one == nullptr || one->owner != &owner) return false;
    if (one->state != CallState::connected && one->state != CallState::conference) return false;
    if (std::ranges::count(joined, one) == 0) joined.push_back(one);
  }
  if (joined.size() < 2) return false;
  for (Leg* one : joined) {
    one->held = false;
    change(*one, CallState::conference);
  }
  return true;
}

void Switchboard::leave_conference(const User& owner) {
  std::vector<Leg*> left;
  for (Leg* one : of(owner)) {
    if (one->state == CallState::conference) left.push_back(one);
  }
  if (left.size() == 1) change(*left.front(), CallState::connected);
}

bool Switchboard::forward(std::string_view id, std::string_view number) {
  Leg* const one = leg(id);
  if (one == nullptr || !is_number(number)) return false;
  Conversation& talk = talk_of(*one);
  const User& owner = *one->owner;
  if (one == talk.caller_leg) {
    if (talk.phase != Phase::talking) return false;
    // The one who was called is now the one for whom a number is dialled.
    Leg* const far = talk.called_legs.empty() ? nullptr : talk.called_legs.front();
    talk.caller = one->called;
    talk.caller_leg = far;
    talk.called_legs.clear();
    retire(talk, *one);
  } else {
    if (talk.phase == Phase::dialling) return false;
    retire_called(talk, nullptr);
  }
  talk.transferred = true;
  talk.dialled = number;
  Route route = routing_.to(number);
  if (route.forwarder == nullptr) {
    route.forwarder = &owner;
    route.forward_type = "BLINDTRANSFER";
  }
  reach(talk, std::move(route));
  return true;
}

const Leg* Switchboard::find(std::string_view id) const {
  const auto found = legs_.find(id);
  return found == legs_.end() ? nullptr : &found->second;
}

Leg* Switchboard::leg(std::string_view id) {
  const auto found = legs_.find(id);
  return found == legs_.end() ? nullptr : &found->second;
}

void Switchboard::change(Leg& leg, CallState state) {
  leg.state = state;
  leg.changed = environment_.wall();
  if (state == CallState::connected && !leg.connected) leg.connected = leg.changed;
  environment_.on_state(leg);
  ++leg.announced;
}

void Switchboard::retire(Conversation& talk, Leg& leg) {
  if (talk.caller_leg == &leg) talk.caller_leg = nullptr;
  change(leg, CallState::hangup);
  CallListEntry entry;
  entry.id = environment_.ids();
  entry.inbound = !leg.outgoing;
  entry.answered = leg.connected.has_value();
  entry.caller_number = leg.caller.number;
  entry.called_number = leg.called.number;
  entry.description = leg.peer().name;
  entry.start = whole_seconds(leg.started);
  entry.duration = length(leg);
  entry.group_id = leg.group_id;
  environment_.extensions.of(*leg.owner).add_call(std::move(entry));
  std::erase(by_user_[leg.owner->index], &leg);
  const User& owner = *leg.owner;
  const std::string id = leg.id;  // a copy: the leg goes with its entry
  legs_.erase(id);
  leave_conference(owner);
}

void Switchboard::retire_called(Conversation& talk, const Leg* except) {
  std::vector<Leg*> kept;
  for (Leg* leg : std::exchange(talk.called_legs, {})) {
    if (leg == except) {
      kept.push_back(leg);
    } else {
      retire(talk, *leg);
    }
  }
  talk.called_legs = std::move(kept);
}

void Switchboard::record_missed(const Conversation& talk, const User& user) {
  CallListEntry entry;
  entry.id = environment_.ids();
  entry.inbound = true;
  entry.caller_number = talk.caller.number;
  entry.called_number = talk.dialled;
  entry.description = talk.caller.name;
  entry.start = whole_seconds(talk.started);
  environment_.extensions.of(user).add_call(std::move(entry));
}

void Switchboard::record_voicemail(const Conversation& talk) {
  if (talk.route.kind != Route::Kind::voicemail) return;
  Voicemail entry;
  entry.id = environment_.ids();
  entry.description = talk.caller.name;
  entry.caller_number = talk.caller.number;
  entry.called_number = talk.dialled;
  entry.start = whole_seconds(talk.started);
  entry.duration =
      std::chrono::duration_cast<std::chrono::seconds>(environment_.wall() - talk.started);
  environment_.extensions.of(*talk.route.users.front()).add_voicemail(std::move(entry));
}

Party Switchboard::party(const User& user) const {
  return {&user, user.number, user.name};
}

Party Switchboard::party_of_number(const std::string& number) const {
  if (const User* user = environment_.directory.by_number(number)) {
    return {user, number, user->name};
  }
  const Group* group = environment_.directory.group_by_number(number);
  return {nullptr, number, group == nullptr ? std::string() : group->name};
}

}  // namespace sfteams::simulator
