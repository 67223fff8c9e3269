#include "simulator/pbx.h"

#include <utility>

#include "base/crypto/random.h"
#include "simulator/summary.h"
#include "simulator/text.h"

namespace sfteams::simulator {
namespace {

constexpr std::string_view kModuleEntry = "simulator.echo";
constexpr std::size_t kMostMethod = 255;
/// Far more than any request of UCI needs.
constexpr uci::XmlLimits kLimits{.bytes = 1024UL * 1024, .elements = 20'000, .depth = 16};

}  // namespace

/// A request on its way through.
struct Pbx::Request {
  Credentials credentials;
  std::string_view address;
  uci::Call call;
  std::string unreadable;  ///< why there is no call
  const User* user = nullptr;
  std::string known_user;  ///< whose token it was, when it is good no more
  bool login = false;
  bool executed = true;
  std::string_view misbehaviour;
};

Pbx::Pbx(Directory directory, Options options, Rules rules, Environment environment)
    : directory_(std::move(directory)),
      options_(std::move(options)),
      starting_since_(environment.scheduler.now()),
      rules_(std::move(rules)),
      scheduler_(environment.scheduler),
      reach_(environment.reach),
      journal_(options_, scheduler_),
      blacklist_(options_),
      gate_(directory_, options_),
      tokens_(options_, scheduler_, environment.wall),
      oauth_({directory_, options_, gate_, tokens_, blacklist_, journal_, scheduler_}),
      rest_({directory_, options_, gate_, tokens_, blacklist_, journal_, scheduler_}),
      extensions_(directory_),
      logins_(options_, scheduler_, directory_.users().size(),
              [this](const Login& login, bool timed_out) { login_ended(login, timed_out); }),
      outbox_(environment.http, scheduler_, options_, journal_, std::move(environment.events_ca)),
      odd_(options_),
      events_(options_, logins_, outbox_, environment.wall),
      switchboard_({directory_, extensions_, options_, scheduler_, environment.wall,
                    environment.ids, [this](const Leg& leg) { events_.call_state(leg); }}),
      exchange_{directory_, options_, methods_,     gate_,           extensions_,
                logins_,    outbox_,  switchboard_, environment.wall} {}

void Pbx::change(const Options& options) {
  if (options.starting != options_.starting) starting_since_ = scheduler_.now();
  options_ = options;
  logins_.reschedule();
}

bool Pbx::is_starting() const {
  if (options_.starting == Starting::no) return false;
  return options_.starting_time.count() == 0 ||
         scheduler_.now() < starting_since_ + options_.starting_time;
}

Reply Pbx::ignore() const {
  Reply reply;
  reply.way = options_.blacklist_as == Ignoring::close ? Reply::Way::close : Reply::Way::hold;
  return reply;
}

Reply Pbx::starting_reply() {
  switch (options_.starting) {
    case Starting::no:
    case Starting::page:
      break;
    case Starting::redirect: {
      Reply reply = html_reply(302, "Starting");
      reply.location = "/starting";
      return reply;
    }
    case Starting::http_403:
      return html_reply(403, "Not allowed");
    case Starting::http_404:
      return html_reply(404, "Not found");
    case Starting::http_503:
      return html_reply(503, "Starting");
    case Starting::fault:
      return reply_with(fault(options_, "java.lang.IllegalStateException", "not initialized yet"));
    case Starting::empty:
      return empty_reply(200);
  }
  return html_reply(200, "The telephone system is starting");
}

Reply Pbx::handle(const Incoming& incoming) {
  Request request;
  request.address = incoming.address;
  request.credentials = read_credentials(incoming.query, reach_);
  // A PBX without OAuth does not know the parameter.
  if (options_.oauth.mode == OauthMode::no) request.credentials.jwt = crypto::Secret();
  if (blacklist_.ignores(incoming.address, scheduler_.now())) {
    note(request, "ignored");
    return ignore();
  }
  if (is_starting()) {  // nobody's token is looked at
    request.executed = false;
    note(request, "starting");
    return starting_reply();
  }
  if (Result<uci::Call> call = uci::parse_call(incoming.body, kLimits)) {
    request.call = std::move(*call);
    request.login = is_login(request.call.method);
  } else {
    request.unreadable = describe(call.error());
  }
  const std::optional<MisbehaviourRule> rule = rules_.misbehave(request.call.method);
  if (rule) {
    request.misbehaviour = to_string(rule->kind);
    request.executed = rule->execute;
  }
  Reply reply = take(request);
  reply.delay = latency(request.call.method);
  if (rule) spoil(reply, rule->kind, options_);
  return reply;
}

std::optional<Reply> Pbx::handle_web(const WebRequest& request) {
  if (const OauthRoute* const route = find_oauth_route(options_, request.path)) {
    return pass_to(oauth_, *route, request);
  }
  if (const std::optional<RestRoute> route = find_rest_route(options_, request.path)) {
    return pass_to(rest_, *route, request);
  }
  return std::nullopt;
}

template <typename Part, typename Route>
Reply Pbx::pass_to(Part& part, const Route& route, const WebRequest& request) {
  if (blacklist_.ignores(request.address, scheduler_.now())) {
    part.note(route, request, "ignored");
    return ignore();
  }
  if (is_starting()) {
    part.note(route, request, "starting");
    return starting_reply();
  }
  const std::optional<MisbehaviourRule> rule = rules_.misbehave(route.name);
  Reply reply = empty_reply(200);
  if (!rule || rule->execute) {
    reply = part.answer(route, request);
  } else {
    part.note(route, request, "not executed");
  }
  reply.delay += latency(route.name);
  if (rule) {
    journal_.count("misbehaved");
    spoil(reply, rule->kind, options_);
  }
  return reply;
}

Reply Pbx::take(Request& request) {
  if (!request.executed) {
    note(request, "not executed");
    return reply_with(uci::Value(uci::Nil{}));
  }
  if (std::optional<Reply> refusal = identify(request)) return std::move(*refusal);
  if (request.login && !request.user->may_use_uci) {
    return refuse(request, options_.missing_right, "no right");
  }
  const uci::Response response = run(request);
  if (const auto* fault = std::get_if<uci::Fault>(&response)) {
    note(request, "fault: " + fault->text);
  } else {
    const bool* flag = std::get<uci::Value>(response).as_bool();
    const bool no = flag != nullptr && !*flag;
    note(request, no ? "false" : request.login ? "accepted" : "ok");
  }
  return reply_with(response);
}

std::optional<Reply> Pbx::identify(Request& request) {
  if (!request.credentials.jwt.empty()) return identify_by_jwt(request);
  if (request.credentials.token.empty()) {
    if (options_.no_token_counts) blacklist_.failed(request.address, scheduler_.now());
    const bool same = options_.no_token == Refusal::as_wrong_token;
    return refuse(request, same ? options_.refusal : options_.no_token, "no token");
  }
  request.user = gate_.check(request.credentials);
  if (request.user == nullptr) {
    blacklist_.failed(request.address, scheduler_.now());
    return refuse(request, options_.refusal, "refused");
  }
  blacklist_.succeeded(request.address, scheduler_.now());
  return std::nullopt;
}

std::optional<Reply> Pbx::identify_by_jwt(Request& request) {
  const OauthTokens::Found found = tokens_.access(request.credentials.jwt);
  const std::string& named = request.credentials.user;
  const bool fits = found.user != nullptr && (named.empty() || named == found.user->login);
  const bool count = options_.oauth.failures_count;
  if (found.state == OauthTokens::State::live && fits) {
    request.user = found.user;
    if (count) blacklist_.succeeded(request.address, scheduler_.now());
    return std::nullopt;
  }
  if (count) blacklist_.failed(request.address, scheduler_.now());
  const bool dead = found.state == OauthTokens::State::dead;
  if (dead) request.known_user = found.user->login;
  return refuse(request, options_.oauth.jwt_refusal, dead ? "expired" : "refused");
}

Reply Pbx::refuse(Request& request, Refusal shape, std::string_view outcome) {
  note(request, outcome);
  switch (shape) {
    case Refusal::fault:
    case Refusal::as_wrong_token:
      break;
    case Refusal::http_401:
      return html_reply(401, "Sign in first");
    case Refusal::http_403:
      return html_reply(403, "Not allowed");
    case Refusal::redirect: {
      Reply reply = html_reply(302, "Sign in first");
      reply.location = "/login";
      return reply;
    }
    case Refusal::page:
      return html_reply(200, "Sign in first");
    case Refusal::http_500:
      return html_reply(500, "Internal error");
    case Refusal::empty:
      return empty_reply(200);
    case Refusal::http_204:
      return empty_reply(204);
    case Refusal::http_400:
      return html_reply(400, "Bad request");
    case Refusal::http_404:
      return html_reply(404, "Not found");
    case Refusal::close: {
      Reply reply;
      reply.way = Reply::Way::close;
      return reply;
    }
    case Refusal::answer_false:
      if (request.login) return reply_with(uci::Value(false));
      break;
  }
  return reply_with(illegal_access(options_));
}

Login* Pbx::find_login(const Request& request) {
  Login* const login = logins_.find(*request.user, request.credentials.callback);
  const bool lost = login != nullptr && login->by_jwt &&
                    options_.oauth.after_renewal == AfterRenewal::lost &&
                    !(login->token == request.credentials.jwt);
  if (!lost) return login;
  note_ended(*login, "another access token");
  outbox_.drop(*login);
  logins_.close(*login);
  return nullptr;
}

uci::Response Pbx::run(Request& request) {
  if (!request.unreadable.empty()) return fault(options_, "UciException", request.unreadable);
  if (request.call.method == kModuleEntry && options_.module_entry) return call_module(request);
  const MethodTable::Found found = methods_.find(request.call.method);
  if (found.method == nullptr) {
    return fault(options_, "UciException", "there is no such request");
  }
  Login* const login = find_login(request);
  if (found.method->needs_login && login == nullptr) {
    return fault(options_, "UcpNotConnectedException", "no login is active");
  }
  if (login != nullptr && options_.kept_alive_by == KeptAliveBy::any_request) {
    logins_.keep_alive(*login);
  }
  return found.method->run(Asking{exchange_, *request.user, request.credentials, login,
                                  found.dialect, request.call.params});
}

uci::Response Pbx::call_module(const Request& request) const {
  if (request.call.params.empty()) return uci::Value(uci::Nil{});
  return request.call.params.front();
}

Reply Pbx::reply_with(const uci::Response& response) {
  Reply reply;
  if (const auto* fault = std::get_if<uci::Fault>(&response)) {
    reply.body = odd_.write(uci::write_fault(*fault));
    return reply;
  }
  Result<std::string> body = uci::write_response(std::get<uci::Value>(response));
  reply.body = body ? std::move(*body)
                    : uci::write_fault(fault(options_, "UciException", body.error().message));
  reply.body = odd_.write(std::move(reply.body));
  return reply;
}

void Pbx::note(Request& request, std::string_view outcome) {
  JournalEntry entry;
  entry.kind = request.login ? JournalEntry::Kind::login : JournalEntry::Kind::request;
  entry.address = request.address;
  entry.user = request.user != nullptr      ? request.user->login
               : request.known_user.empty() ? claimed_user(request.credentials)
                                            : request.known_user;
  entry.method = shortened(request.call.method, kMostMethod);
  entry.params = summarise(request.call.params);
  entry.outcome = outcome;
  entry.misbehaviour = request.misbehaviour;

  const bool reached = outcome != "ignored" && request.executed;
  journal_.count("received");
  if (outcome == "ignored") journal_.count("ignored");
  const bool without_token = request.credentials.token.empty() && request.credentials.jwt.empty();
  if (reached && request.user == nullptr)
    journal_.count(without_token ? "withoutToken" : "wrongTokens");
  if (reached && request.user != nullptr) {
    journal_.count(request.login ? (outcome == "accepted" ? "logins" : "loginsRefused")
                                 : "requests");
    journal_.count_method(entry.method);
  }
  if (!request.misbehaviour.empty()) journal_.count("misbehaved");
  journal_.add(std::move(entry));
}

void Pbx::note_ended(const Login& login, std::string_view outcome) {
  JournalEntry entry;
  entry.kind = JournalEntry::Kind::ended;
  entry.user = login.user->login;
  if (login.callback) entry.address = login.callback->origin();
  entry.outcome = outcome;
  journal_.add(std::move(entry));
  journal_.count("loginsEnded");
}

void Pbx::login_ended(const Login& login, bool timed_out) {
  note_ended(login, timed_out ? "no keepAlive in time" : "ended by the PBX");
  outbox_.drop(login);
  events_.reset(login);
}

transport::Duration Pbx::latency(std::string_view method) const {
  transport::Duration time = options_.latency;
  transport::Duration jitter = options_.latency_jitter;
  if (const LatencyRule* rule = rules_.latency(method)) {
    time = rule->time;
    jitter = rule->jitter;
  }
  if (jitter.count() == 0) return time;
  const std::uint64_t more = crypto::random_below(static_cast<std::uint64_t>(jitter.count()) + 1);
  return time + transport::Duration(static_cast<std::int64_t>(more));
}

}  // namespace sfteams::simulator
