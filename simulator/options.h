#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "simulator/oauth_options.h"
#include "simulator/refusal.h"
#include "simulator/rest_options.h"
#include "transport/scheduler.h"

namespace sfteams::simulator {

// Public sources say a lot about UCI, but not everything. Every point that they leave open, or on
// which real clients differ, is one of these enumerations; docs/simulator.md says where each
// variant comes from.

/// Which of the two token formulas is taken.
enum class TokenKinds { sha512, md5, both, none };
/// What answers in front of the PBX, to every request.
enum class FrontEnd {
  none,         ///< the PBX itself
  to_https,     ///< a redirect to the same host by https
  to_other,     ///< a redirect to another host
  to_login,     ///< a redirect to /login here
  page,         ///< a web page with HTTP 200
  not_found,    ///< HTTP 404
  forbidden,    ///< HTTP 403
  unavailable,  ///< HTTP 503
};
/// How every request is answered while the PBX is starting.
enum class Starting { no, page, redirect, http_403, http_404, http_503, fault, empty };
/// What becomes of requests from an address on the blacklist.
enum class Ignoring { close, silent };
/// What a login is tied to.
enum class LoginScope { callback, account };
/// Which requests keep a login alive.
enum class KeptAliveBy { keep_alive, any_request };
/// How a value that is not known is written (v22 and v30; v20 always has the empty string).
enum class EmptyValue { string, nil };
/// The type of `timestamp` in a call struct.
enum class TimestampType { string, date, number };
/// What a request without a result answers.
enum class VoidResult { yes, nil };
/// The first state of an outgoing call.
enum class OutgoingState { proceeding, outgoing };
/// In which dialects `connection.reset` is sent when the PBX ends a login.
enum class ResetEvent { none, v20, all };
/// How events are posted; mixed: one way after the other.
enum class EventPosting { length, chunked, http_1_0, mixed };
/// How answers are framed; mixed: one way after the other.
enum class ReplyFraming { length, chunked, trailers, mixed };
/// The shape of system.getServerVersion's answer.
enum class VersionShape { string, structure };

/// Every switch of the simulator, with its default. Plain data: may be changed at any time.
struct Options {
  using Duration = transport::Duration;

  std::string preset = "none";  ///< the last one that was taken (simulator/switches.h)

  // Signing in.
  TokenKinds tokens = TokenKinds::both;
  Refusal refusal = Refusal::fault;
  Refusal missing_right = Refusal::fault;
  Refusal no_token = Refusal::as_wrong_token;
  bool no_token_counts = false;  ///< a request without a token counts for the blacklist
  Starting starting = Starting::no;
  Duration starting_time{0};  ///< from the moment when `starting` was set; 0: until it is `no`
  std::int64_t fault_code = 0;
  LoginScope login_scope = LoginScope::callback;
  Duration keep_alive_timeout{60'000};
  KeptAliveBy kept_alive_by = KeptAliveBy::keep_alive;
  std::int64_t logins_per_user = 100;

  OauthOptions oauth;
  RestOptions rest;

  // The blacklist of addresses.
  std::int64_t blacklist_after = 10;  ///< wrong passwords; 0: no blacklist
  Duration blacklist_window{0};       ///< they count for so long; 0: for ever
  Duration blacklist_time{600'000};
  Ignoring blacklist_as = Ignoring::close;
  bool success_whitelists = true;
  Duration whitelist_time{86'400'000};

  // Shapes of answers.
  EmptyValue empty_values = EmptyValue::string;
  TimestampType timestamps = TimestampType::string;
  VoidResult void_result = VoidResult::yes;
  OutgoingState outgoing_state = OutgoingState::proceeding;
  bool first_state_empty = false;
  bool late_names = false;
  ResetEvent reset_event = ResetEvent::v20;
  std::string version = "8.1.0.0-simulator";
  VersionShape version_shape = VersionShape::string;
  std::int64_t utc_offset_minutes = 0;  ///< of the dates that are sent and read
  bool odd_values = false;              ///< simulator/odd_values.h
  bool module_entry = true;             ///< `simulator.echo`, an entry point that is not UCI

  // Calls.
  Duration dial_time{20};     ///< from the request to the first state: the own phone is lifted
  Duration ring_time{20};     ///< from there to RINGBACK and RINGING
  Duration answer_time{500};  ///< from there to CONNECTED, unless the user has another
  bool auto_answer = true;    ///< off: phones ring until somebody answers
  Duration no_answer_time{30'000};
  Duration talk_time{0};  ///< 0: until somebody hangs up

  // Events.
  std::int64_t event_attempts = 3;
  Duration event_retry_time{500};
  Duration event_timeout{5'000};
  std::int64_t event_queue = 1'000;  ///< waiting for one callback; further ones are dropped
  EventPosting event_posting = EventPosting::length;

  // Behaviour of the whole.
  FrontEnd front_end = FrontEnd::none;
  ReplyFraming reply_framing = ReplyFraming::length;
  Duration latency{0};
  Duration latency_jitter{0};
  std::int64_t journal_size = 20'000;   ///< entries kept
  Duration drip_time{1'000};            ///< after each byte of the misbehaviour slow-drip
  std::int64_t past_calls = 0;          ///< made-up entries of every call list
  std::int64_t huge_array = 1'000'000;  ///< elements of the misbehaviour of that name
};

}  // namespace sfteams::simulator
