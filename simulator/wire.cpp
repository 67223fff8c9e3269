#include "simulator/wire.h"

namespace sfteams::simulator {
namespace {

using std::chrono::duration_cast;
using std::chrono::minutes;
using std::chrono::seconds;

std::int64_t seconds_between(WallTime from, WallTime to) {
  return duration_cast<seconds>(to - from).count();
}

}  // namespace

std::string_view to_string(Dialect dialect) {
  switch (dialect) {
    case Dialect::v20:
      return "v20";
    case Dialect::v22:
      return "v22";
    case Dialect::v30:
      return "v30";
  }
  return "";
}

uci::Value Wire::text(const std::string& value) const {
  const bool as_nil = dialect_ != Dialect::v20 && options_.empty_values == EmptyValue::nil;
  if (value.empty() && as_nil) return uci::Nil{};
  return value;
}

uci::Value Wire::date(WallTime time) const {
  return to_date_time(time, options_);
}

uci::Value Wire::timestamp(WallTime time) const {
  switch (options_.timestamps) {
    case TimestampType::string:
      break;
    case TimestampType::date:
      return date(time);
    case TimestampType::number:
      return static_cast<double>(time.time_since_epoch().count());
  }
  return uci::to_iso8601(to_date_time(time, options_));
}

uci::Value Wire::nothing() const {
  if (options_.void_result == VoidResult::nil) return uci::Nil{};
  return true;
}

uci::Struct Wire::call(const Leg& leg, WallTime now) const {
  return make(leg, now, true, true);
}

uci::Struct Wire::call_event(const Leg& leg, WallTime now) const {
  const bool first = leg.announced == 0;
  return make(leg, now, !(first && options_.first_state_empty), !(first && options_.late_names));
}

uci::Struct Wire::make(const Leg& leg, WallTime now, bool with_state, bool with_names) const {
  std::string state(to_string(leg.state));
  if (leg.state == CallState::proceeding && options_.outgoing_state == OutgoingState::outgoing) {
    state = "OUTGOING";
  }
  const Party unknown;
  const Party& caller = with_names ? leg.caller : unknown;
  const Party& called = with_names ? leg.called : unknown;
  uci::Struct call{
      {"id", leg.id},
      {"state", with_state ? state : std::string()},
      {"timestamp", timestamp(leg.changed)},
      {"callerNumber", text(caller.number)},
      {"callerName", text(caller.name)},
      {"calledNumber", text(called.number)},
      {"calledName", text(called.name)},
  };
  if (dialect_ == Dialect::v22) call.push_back({"groupID", text(leg.group_id)});
  if (dialect_ == Dialect::v30) add_v30(call, leg, now);
  return call;
}

void Wire::add_v30(uci::Struct& call, const Leg& leg, WallTime now) const {
  const std::string nothing;
  const std::string channel = leg.phone_id.empty() ? leg.owner->phones.front() : leg.phone_id;
  const std::string far = leg.peer().user == nullptr ? nothing : leg.peer().user->login;
  const std::int64_t talked = leg.connected ? seconds_between(*leg.connected, now) : 0;
  uci::Array peers;
  if (!leg.peer().name.empty()) peers.emplace_back(leg.peer().name);
  const auto add = [&](const char* name, uci::Value value) {
    call.push_back({name, std::move(value)});
  };
  add("accountId", static_cast<std::int64_t>(leg.owner->index) + 1000);
  add("avatarHash", text(nothing));
  add("channelNames", uci::Array{channel});
  add("conferenceRoomId", text(nothing));
  add("connectedTimestamp", leg.connected ? timestamp(*leg.connected) : text(nothing));
  add("doorlineCamUrl", text(nothing));
  add("doorlineDtmfCode", text(nothing));
  add("doorlineImageProviderId", text(nothing));
  add("duration", talked);
  add("forwarderCallerIdName", text(leg.forwarder.name));
  add("forwarderCallerIdNumber", text(leg.forwarder.number));
  add("forwardType", leg.forward_type);
  add("groupId", text(leg.group_id));
  add("jabberId", text(far.empty() ? far : far + "@127.0.0.1"));
  add("peerNames", std::move(peers));
  add("referenceOfConsultation", text(nothing));
  add("sipCallIds", uci::Array{});
}

WallTime to_wall(const uci::DateTime& date, const Options& options) {
  const std::chrono::year_month_day day(std::chrono::year(date.year),
                                        std::chrono::month(static_cast<unsigned>(date.month)),
                                        std::chrono::day(static_cast<unsigned>(date.day)));
  const std::int64_t offset =
      date.offset_minutes ? *date.offset_minutes : options.utc_offset_minutes;
  return std::chrono::sys_days(day) + std::chrono::hours(date.hour) + minutes(date.minute) +
         seconds(date.second) - minutes(offset);
}

uci::DateTime to_date_time(WallTime time, const Options& options) {
  const auto local = std::chrono::floor<seconds>(time) + minutes(options.utc_offset_minutes);
  const auto midnight = std::chrono::floor<std::chrono::days>(local);
  const std::chrono::year_month_day day(midnight);
  const std::chrono::hh_mm_ss clock(local - midnight);
  return {static_cast<int>(day.year()),
          static_cast<int>(static_cast<unsigned>(day.month())),
          static_cast<int>(static_cast<unsigned>(day.day())),
          static_cast<int>(clock.hours().count()),
          static_cast<int>(clock.minutes().count()),
          static_cast<int>(clock.seconds().count()),
          std::nullopt};
}

}  // namespace sfteams::simulator
