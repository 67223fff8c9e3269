#include "simulator/switches.h"

#include <algorithm>
#include <array>
#include <vector>

#include <fmt/format.h>

#include "simulator/codes.h"
#include "simulator/switch_access.h"

namespace sfteams::simulator {
namespace {

constexpr std::array kTokenKinds{
    Choice<TokenKinds>{"sha512", TokenKinds::sha512}, Choice<TokenKinds>{"md5", TokenKinds::md5},
    Choice<TokenKinds>{"both", TokenKinds::both}, Choice<TokenKinds>{"none", TokenKinds::none}};
constexpr auto kNoTokenAnswers = [] {
  std::array<Choice<Refusal>, kRefusals.size() + 1> all{};
  std::copy(kRefusals.begin(), kRefusals.end(), all.begin());
  all.back() = {"as-wrong-token", Refusal::as_wrong_token};
  return all;
}();
constexpr std::array kFrontEnds{Choice<FrontEnd>{"none", FrontEnd::none},
                                Choice<FrontEnd>{"https-redirect", FrontEnd::to_https},
                                Choice<FrontEnd>{"other-redirect", FrontEnd::to_other},
                                Choice<FrontEnd>{"login-redirect", FrontEnd::to_login},
                                Choice<FrontEnd>{"page", FrontEnd::page},
                                Choice<FrontEnd>{"http-404", FrontEnd::not_found},
                                Choice<FrontEnd>{"http-403", FrontEnd::forbidden},
                                Choice<FrontEnd>{"http-503", FrontEnd::unavailable}};
constexpr std::array kStarting{Choice<Starting>{"no", Starting::no},
                               Choice<Starting>{"page", Starting::page},
                               Choice<Starting>{"redirect", Starting::redirect},
                               Choice<Starting>{"http-403", Starting::http_403},
                               Choice<Starting>{"http-404", Starting::http_404},
                               Choice<Starting>{"http-503", Starting::http_503},
                               Choice<Starting>{"fault", Starting::fault},
                               Choice<Starting>{"empty", Starting::empty}};
constexpr std::array kIgnoring{Choice<Ignoring>{"close", Ignoring::close},
                               Choice<Ignoring>{"silent", Ignoring::silent}};
constexpr std::array kLoginScopes{Choice<LoginScope>{"callback", LoginScope::callback},
                                  Choice<LoginScope>{"account", LoginScope::account}};
constexpr std::array kKeptAliveBy{Choice<KeptAliveBy>{"keep-alive", KeptAliveBy::keep_alive},
                                  Choice<KeptAliveBy>{"any-request", KeptAliveBy::any_request}};
constexpr std::array kEmptyValues{Choice<EmptyValue>{"string", EmptyValue::string},
                                  Choice<EmptyValue>{"nil", EmptyValue::nil}};
constexpr std::array kTimestamps{Choice<TimestampType>{"string", TimestampType::string},
                                 Choice<TimestampType>{"date", TimestampType::date},
                                 Choice<TimestampType>{"double", TimestampType::number}};
constexpr std::array kVoidResults{Choice<VoidResult>{"true", VoidResult::yes},
                                  Choice<VoidResult>{"nil", VoidResult::nil}};
constexpr std::array kOutgoing{Choice<OutgoingState>{"proceeding", OutgoingState::proceeding},
                               Choice<OutgoingState>{"outgoing", OutgoingState::outgoing}};
constexpr std::array kResets{Choice<ResetEvent>{"none", ResetEvent::none},
                             Choice<ResetEvent>{"v20", ResetEvent::v20},
                             Choice<ResetEvent>{"all", ResetEvent::all}};
constexpr std::array kVersions{Choice<VersionShape>{"string", VersionShape::string},
                               Choice<VersionShape>{"struct", VersionShape::structure}};
constexpr std::array kPostings{Choice<EventPosting>{"length", EventPosting::length},
                               Choice<EventPosting>{"chunked", EventPosting::chunked},
                               Choice<EventPosting>{"http-1.0", EventPosting::http_1_0},
                               Choice<EventPosting>{"mixed", EventPosting::mixed}};
constexpr std::array kFramings{Choice<ReplyFraming>{"length", ReplyFraming::length},
                               Choice<ReplyFraming>{"chunked", ReplyFraming::chunked},
                               Choice<ReplyFraming>{"trailers", ReplyFraming::trailers},
                               Choice<ReplyFraming>{"mixed", ReplyFraming::mixed}};
std::string get_preset(const Options& options) {
  return options.preset;
}

constexpr std::array kUciSwitches{
    // The first one: in a file, the others stand over it wherever they are.
    Switch{kPresetSwitch, "6.7.3 | 8 | 9 | 10 | none",
           "switches as a PBX of that release has them; others that come later stand over it",
           Switch::Access{set_preset, get_preset}},
    Switch{"tokens", "sha512 | md5 | both | none", "which tokens are taken",
           kChoice<&Options::tokens, kTokenKinds>},
    Switch{"refused-login", kRefusalNames, "how a wrong token is turned away",
           kChoice<&Options::refusal, kRefusals>},
    Switch{"missing-right", kRefusalNames, "how a login without the right `uci` is turned away",
           kChoice<&Options::missing_right, kRefusals>},
    Switch{"no-token", "as-wrong-token, or as refused-login",
           "how a request without a token is turned away",
           kChoice<&Options::no_token, kNoTokenAnswers>},
    Switch{"no-token-counts", "yes | no", "whether the blacklist counts such a request",
           kChoice<&Options::no_token_counts, kYesNo>},
    Switch{"starting", "no | page | redirect | http-403 | http-404 | http-503 | fault | empty",
           "the PBX is starting: how it answers every request",
           kChoice<&Options::starting, kStarting>},
    Switch{"starting-time", "milliseconds",
           "how long it starts, from the moment when `starting` was set; 0: until it is `no`",
           kDuration<&Options::starting_time, 0>},
    Switch{"fault-code", "-2147483648..2147483647", "faultCode of every fault",
           kNumber<&Options::fault_code, -2'147'483'648LL, 2'147'483'647LL>},
    Switch{"login-scope", "callback | account", "what a login is tied to",
           kChoice<&Options::login_scope, kLoginScopes>},
    Switch{"keep-alive-timeout", "milliseconds", "a login ends so long after its last keepAlive",
           kDuration<&Options::keep_alive_timeout, 1>},
    Switch{"kept-alive-by", "keep-alive | any-request", "which requests keep a login alive",
           kChoice<&Options::kept_alive_by, kKeptAliveBy>},
    Switch{"logins-per-user", "1..10000", "callbacks that one user may be logged in with",
           kNumber<&Options::logins_per_user, 1, 10'000>},
    Switch{"blacklist-after", "0..1000000", "wrong tokens before an address is ignored; 0: never",
           kNumber<&Options::blacklist_after, 0, 1'000'000>},
    Switch{"blacklist-window", "milliseconds", "how long a wrong token counts; 0: for ever",
           kDuration<&Options::blacklist_window, 0>},
    Switch{"blacklist-time", "milliseconds", "how long an address is ignored",
           kDuration<&Options::blacklist_time, 1>},
    Switch{"blacklist-as", "close | silent", "an ignored address is cut off, or gets no answer",
           kChoice<&Options::blacklist_as, kIgnoring>},
    Switch{"success-whitelists", "yes | no", "a right token spares its address from the blacklist",
           kChoice<&Options::success_whitelists, kYesNo>},
    Switch{"whitelist-time", "milliseconds", "for how long it does",
           kDuration<&Options::whitelist_time, 1>},
    Switch{"empty-values", "string | nil", "how an unknown value is written in v22 and v30",
           kChoice<&Options::empty_values, kEmptyValues>},
    Switch{"timestamps", "string | date | double", "the type of a call's timestamp",
           kChoice<&Options::timestamps, kTimestamps>},
    Switch{"void-result", "true | nil", "what a request without a result answers",
           kChoice<&Options::void_result, kVoidResults>},
    Switch{"outgoing-state", "proceeding | outgoing", "the first state of an outgoing call",
           kChoice<&Options::outgoing_state, kOutgoing>},
    Switch{"first-state-empty", "yes | no", "the first event of a call has an empty state",
           kChoice<&Options::first_state_empty, kYesNo>},
    Switch{"late-names", "yes | no", "the first event of a call has no names and numbers yet",
           kChoice<&Options::late_names, kYesNo>},
    Switch{"reset-event", "none | v20 | all", "who is told when the PBX ends a login",
           kChoice<&Options::reset_event, kResets>},
    Switch{"version", "text", "what system.getServerVersion answers",
           kText<&Options::version, 1, 100>},
    Switch{"version-shape", "string | struct", "in which shape it does",
           kChoice<&Options::version_shape, kVersions>},
    Switch{"utc-offset-minutes", "-840..840", "zone of the dates that are sent and read",
           kNumber<&Options::utc_offset_minutes, -840, 840>},
    Switch{"odd-values", "yes | no", "odd members, characters and encodings in answers and events",
           kChoice<&Options::odd_values, kYesNo>},
    Switch{"module-entry", "yes | no", "whether simulator.echo, which is not UCI, can be called",
           kChoice<&Options::module_entry, kYesNo>},
    Switch{"dial-time", "milliseconds", "from placing a call to its first state",
           kDuration<&Options::dial_time, 0>},
    Switch{"ring-time", "milliseconds", "from there to RINGBACK and RINGING",
           kDuration<&Options::ring_time, 0>},
    Switch{"answer-time", "milliseconds", "from there to CONNECTED",
           kDuration<&Options::answer_time, 0>},
    Switch{"auto-answer", "yes | no", "whether phones answer by themselves",
           kChoice<&Options::auto_answer, kYesNo>},
    Switch{"no-answer-time", "milliseconds", "how long a phone rings",
           kDuration<&Options::no_answer_time, 1>},
    Switch{"talk-time", "milliseconds", "when a connected call ends by itself; 0: never",
           kDuration<&Options::talk_time, 0>},
    Switch{"event-attempts", "1..100", "how often an event is sent before it is given up",
           kNumber<&Options::event_attempts, 1, 100>},
    Switch{"event-retry-time", "milliseconds", "between two attempts",
           kDuration<&Options::event_retry_time, 0>},
    Switch{"event-timeout", "milliseconds", "for one attempt",
           kDuration<&Options::event_timeout, 1>},
    Switch{"event-queue", "1..100000", "events that wait for one callback; more are dropped",
           kNumber<&Options::event_queue, 1, 100'000>},
    Switch{"event-posting", "length | chunked | http-1.0 | mixed", "how events are posted",
           kChoice<&Options::event_posting, kPostings>},
    Switch{"reply-framing", "length | chunked | trailers | mixed", "how answers are framed",
           kChoice<&Options::reply_framing, kFramings>},
    Switch{"latency", "milliseconds", "before every answer", kDuration<&Options::latency, 0>},
    Switch{"latency-jitter", "milliseconds", "a random time up to this is added",
           kDuration<&Options::latency_jitter, 0>},
    Switch{"front-end",
           "none | https-redirect | other-redirect | login-redirect | page | http-404 | http-403 | "
           "http-503",
           "what answers every request instead of the PBX",
           kChoice<&Options::front_end, kFrontEnds>},
    Switch{"journal-size", "0..10000000", "entries that the journal keeps; the oldest go",
           kNumber<&Options::journal_size, 0, 10'000'000>},
    Switch{"drip-time", "milliseconds", "after each byte of the misbehaviour slow-drip",
           kDuration<&Options::drip_time, 1>},
    Switch{"past-calls", "0..4400", "made-up entries that every call list has, of 850 bytes each",
           kNumber<&Options::past_calls, 0, 4'400>},
    Switch{"huge-array", "1..10000000", "elements of the answer of the misbehaviour huge-array",
           kNumber<&Options::huge_array, 1, 10'000'000>},
};

}  // namespace

std::span<const Switch> switches() {
  static const std::vector<Switch> all = [] {
    std::vector<Switch> every(kUciSwitches.begin(), kUciSwitches.end());
    every.insert(every.end(), oauth_switches().begin(), oauth_switches().end());
    every.insert(every.end(), rest_switches().begin(), rest_switches().end());
    return every;
  }();
  return all;
}

Result<void> set_switch(Options& options, std::string_view name, std::string_view text) {
  const std::span<const Switch> all = switches();
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const Switch& one) { return one.name == name; });
  if (found == all.end()) {
    return fail(codes::kUnknownSwitch, fmt::format("there is no switch `{}`", name),
                "starface-uci-simulator --list-switches prints all of them");
  }
  if (found->access.set(options, text)) return {};
  return fail(codes::kBadSwitch, fmt::format("`{}` is no value of the switch `{}`", text, name),
              fmt::format("take {}", found->values));
}

Result<void> set_switch(Options& options, std::string_view assignment) {
  const std::size_t equals = assignment.find('=');
  if (equals == std::string_view::npos) {
    return fail(codes::kBadSwitch, fmt::format("`{}` sets nothing", assignment),
                "write NAME=VALUE");
  }
  return set_switch(options, assignment.substr(0, equals), assignment.substr(equals + 1));
}

}  // namespace sfteams::simulator
