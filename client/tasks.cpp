#include "client/tasks.h"

#include <array>
#include <iostream>

#include "base/crypto/random.h"
#include "base/error/counted.h"
#include "base/json/json.h"
#include "base/json/view.h"
#include "base/text/encoding.h"
#include "client/codes.h"

namespace sfteams::client {
namespace {

/// How long a hang-up may take to be heard of.
constexpr transport::Duration kHangUpPatience{5'000};

std::string text_member(const Json::Value& value, const char* name) {
  return std::string(json::string_member(value, name).value_or(""));
}

/// A random UUID (RFC 4122, version 4): UCI lets the client name its call.
std::string new_call_id() {
  std::array<std::uint8_t, 16> bytes{};
  // Without randomness the PBX would still take the id; it only has to be new.
  if (!crypto::fill_random(bytes)) return {};
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0FU) | 0x40U);
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3FU) | 0x80U);
  std::string text = text::to_hex(bytes);
  for (const std::size_t place : {20U, 16U, 12U, 8U})
    text.insert(place, "-");
  return text;
}

const Json::Value* call_of(const std::string& method, const Json::Value& params) {
  constexpr std::string_view kCallState = ".receiveCallState";
  const bool fits =
      method.size() > kCallState.size() &&
      method.compare(method.size() - kCallState.size(), kCallState.size(), kCallState) == 0;
  if (!fits || !params.isArray() || params.empty() || !params[0].isObject()) return nullptr;
  return &params[0];
}

}  // namespace

std::string readable_event(const std::string& method, const Json::Value& params) {
  const Json::Value* const call = call_of(method, params);
  if (call == nullptr) return method + " " + json::write(params);
  const auto party = [call](const char* number, const char* name) {
    const std::string full_name = text_member(*call, name);
    return text_member(*call, number) + (full_name.empty() ? "" : " (" + full_name + ")");
  };
  return party("callerNumber", "callerName") + " → " + party("calledNumber", "calledName") + ": " +
         text_member(*call, "state");
}

// --- login ---------------------------------------------------------------------------------------

void LoginTask::start(Program& program) {
  const Json::Value& info = program.system_info();
  const Json::Value& login = program.login_result();
  if (program.json()) {
    Json::Value all = login;
    all["system"] = info;
    program.print(json::write(all));
    return program.finish();
  }
  const Json::Value* const uci = json::member(info, "uci");
  const Json::Value* const version = json::member(login, "serverVersion");
  const Json::Value* const services = json::member(login, "services");
  std::string events;
  if (services != nullptr && services->isArray()) {
    for (const Json::Value& service : *services) {
      if (service.isString()) events += (events.empty() ? "" : ", ") + service.asString();
    }
  }
  program.print("signed in as " + text_member(login, "user") + " at " +
                text_member(info, "system"));
  program.print("agent:      " + text_member(info, "software"));
  program.print("UCI:        " + (uci == nullptr ? "" : text_member(*uci, "version")));
  if (version != nullptr && !version->isNull()) {
    program.print("PBX:        " +
                  (version->isString() ? version->asString() : json::write(*version)));
  }
  program.print("events:     " + (events.empty() ? "none" : events));
  program.finish();
}

// --- call ----------------------------------------------------------------------------------------

CallTask::CallTask(std::string method, const std::vector<std::string>& arguments)
    : method_(std::move(method)) {
  for (const std::string& argument : arguments) {
    const Result<Json::Value> value = json::parse(argument);
    params_.append(value ? *value : Json::Value(argument));
  }
  if (!method_.starts_with("ucp.") && params_.size() == 1 && params_[0].isObject()) {
    Json::Value named = params_[0];
    params_ = std::move(named);
  }
}

void CallTask::start(Program& program) {
  program.call(method_, params_, [&program](const Json::Value& result) {
    program.print(program.json() || !(result.isObject() || result.isArray())
                      ? json::write(result)
                      : json::write_pretty(result));
    program.finish();
  });
}

// --- watch ---------------------------------------------------------------------------------------

void WatchTask::start(Program& program) {
  std::cerr << "listening for events of " << program.user() << "; Ctrl-C ends\n";
  if (limits_.time.count() > 0) {
    timer_ = program.loop().after(limits_.time, [&program] { program.finish(); });
  }
}

void WatchTask::on_event(Program& program, const std::string& method, const Json::Value& params) {
  if (program.json()) {
    Json::Value event(Json::objectValue);
    event["method"] = method;
    event["params"] = params;
    program.print(json::write(event));
  } else {
    program.print(readable_event(method, params));
  }
  if (++seen_ == limits_.events) program.finish();
}

// --- dial ----------------------------------------------------------------------------------------

void DialTask::start(Program& program) {
  call_id_ = new_call_id();
  Json::Value params(Json::arrayValue);
  params.append(number_);
  params.append(phone_);
  params.append(call_id_);
  program.call_uci("call.placeCallWithPhone", params,
                   [this, &program](const Json::Value& result) { placed(program, result); });
}

void DialTask::placed(Program& program, const Json::Value& result) {
  const std::string id = result.isString() ? result.asString() : "";
  if (id.empty()) {
    return program.finish(Error{codes::kCallRefused, "the PBX does not place the call",
                                "check the number and that the user has a telephone; another call "
                                "may be about to be placed"});
  }
  call_id_ = id;
  if (program.json()) {
    Json::Value call(Json::objectValue);
    call["callId"] = id;
    program.print(json::write(call));
  } else {
    program.print("call " + id + " to " + number_);
  }
}

void DialTask::on_event(Program& program, const std::string& method, const Json::Value& params) {
  const Json::Value* const call = call_of(method, params);
  if (call == nullptr || text_member(*call, "id") != call_id_) return;
  const std::string state = text_member(*call, "state");
  // Names may come late, in a second event of the same state.
  if (state.empty() || state == state_) return;
  state_ = state;
  program.print(program.json() ? json::write(*call) : readable_event(method, params));
  if (state == "HANGUP") program.finish();
}

void DialTask::on_interrupt(Program& program) {
  if (hanging_up_) return program.finish();
  hanging_up_ = true;
  Json::Value params(Json::arrayValue);
  params.append(call_id_);
  program.call_uci("call.hangupCall", params, [](const Json::Value&) {});
  timer_ = program.loop().after(kHangUpPatience, [&program] {
    program.finish(Error{codes::kTimeout, "the PBX did not say that the call has ended",
                         "look at the telephone"});
  });
}

// --- license -------------------------------------------------------------------------------------

void ListSeatsTask::start(Program& program) {
  program.call("license.list", Json::Value(Json::arrayValue), [&program](const Json::Value& list) {
    if (program.json()) {
      program.print(json::write(list));
      return program.finish();
    }
    program.print("seats: " + json::number_text(list, "taken") + " of " +
                  json::number_text(list, "seats") + " taken");
    const Json::Value* const holders = json::member(list, "holders");
    if (holders != nullptr && holders->isArray()) {
      for (const Json::Value& holder : *holders) {
        const Json::Value& sessions = json::part(holder, "sessions");
        program.print("  " + text_member(holder, "user") + " since " +
                      text_member(holder, "since") + ", " +
                      counted(sessions.isUInt64() ? sessions.asUInt64() : 0, "session"));
      }
    }
    program.finish();
  });
}

void RevokeSeatTask::start(Program& program) {
  Json::Value params(Json::objectValue);
  params["user"] = user_;
  program.call("license.revoke", params, [this, &program](const Json::Value& result) {
    program.print(program.json() ? json::write(result) : "The seat of " + user_ + " is free.");
    program.finish();
  });
}

}  // namespace sfteams::client
