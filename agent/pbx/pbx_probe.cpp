#include "agent/pbx/pbx_probe.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "agent/pbx/meeting.h"
#include "base/log/log.h"
#include "base/text/line.h"
#include "transport/this_host.h"
#include "uci/codes.h"
#include "uci/xmlrpc.h"

namespace sfteams::agent {
namespace {

namespace uci_codes = uci::codes;
using transport::HttpReply;
using transport::Url;

constexpr int kServerFailed = 500;
/// Enough of an answer to see what it is.
constexpr std::size_t kMaxProbeBody = 262'144;
/// A header's text goes into a message.
constexpr std::size_t kMaxQuoted = 200;

bool is_one_of(const Error& problem, std::initializer_list<Code> codes) {
  return std::find(codes.begin(), codes.end(), problem.code) != codes.end();
}

std::string excerpt(std::string_view text) {
  return text::one_line(text.substr(0, kMaxQuoted));
}

bool is_redirect(int status) {
  constexpr std::array kRedirects{301, 302, 303, 307, 308};
  return std::find(kRedirects.begin(), kRedirects.end(), status) != kRedirects.end();
}

/// Web servers turn a client away like this that has not signed in: they know the path.
bool asks_to_sign_in(int status) {
  return status == 401 || status == 403 || status == 407;
}

/// Nothing is at the path, or nothing that takes a POST, which is all that UCI takes.
bool knows_no_uci(int status) {
  return status == 404 || status == 405 || status == 410;
}

bool same_host(const Url& one, const Url& other) {
  return one.host == other.host ||
         (transport::is_loopback(one.host) && transport::is_loopback(other.host));
}

/// What [uci] url would have to be: without a path.
std::string origin_of(const Url& url) {
  return url.scheme + "://" + url.authority();
}

/// What the front page is, in short. Of a redirect only where it leads: behind that may stand a new
/// session's number each time (";jsessionid=…").
std::string front_of(const HttpReply& reply) {
  const std::string_view target = reply.redirect;
  const std::size_t host = target.find("://");
  const std::string_view origin = host == std::string_view::npos
                                      ? ""
                                      : target.substr(0, target.find_first_of("/?#;", host + 3));
  return fmt::format("{} {}", reply.status, origin);
}

Url uci_of(Url url) {
  if (!url.path.ends_with('/')) url.path += '/';
  url.path += "xml-rpc";
  return url;
}

}  // namespace

bool is_doubt(const Error& problem) {
  return is_one_of(problem, {uci_codes::kWebPage, uci_codes::kCallbackNotLoopback});
}

bool is_wrong_address(const Error& problem) {
  return is_one_of(problem, {uci_codes::kRedirectedToHttps, uci_codes::kRedirectedElsewhere,
                             uci_codes::kNoUciAtUrl});
}

bool is_elsewhere(const Error& problem) {
  return problem.code == uci_codes::kCallbackNotLoopback;
}

PbxProbe::PbxProbe(transport::HttpClient& http, const transport::Scheduler& clock,
                   const PbxSettings& uci)
    : PbxProbe(Setup{http, clock, uci.url, uci.ca_file, transport::is_own_address,
                     is_callback_on_loopback(uci)}) {}

PbxProbe::PbxProbe(Setup setup) : setup_(std::move(setup)) {}

void PbxProbe::ask(bool proven, Answer answer) {
  pending_.push_back({proven, std::move(answer), nullptr});
  const Place place = std::prev(pending_.end());
  if (verdict_ && setup_.clock.now() < verdict_->until) return ask_for_front_page(place);
  ask_for_uci(place);
}

transport::HttpCall PbxProbe::call_to(const Url& url) const {
  transport::HttpCall call;
  call.url = crypto::Secret::from_text(url.to_string());
  call.ca_file = setup_.ca_file;
  call.connect_timeout = kPatience;
  call.timeout = kPatience;
  call.max_body = kMaxProbeBody;
  call.read_redirect = true;
  return call;
}

void PbxProbe::ask_for_uci(Place place) {
  transport::HttpCall call = call_to(uci_of(setup_.url));
  call.content_type = "text/xml";
  call.body = uci::write_call("ucp.v30.requests.system.getServerVersion", {}).value();
  place->call = setup_.http.send(
      std::move(call), [this, place](const Result<HttpReply>& reply) { on_uci(place, reply); });
}

void PbxProbe::ask_for_front_page(Place place) {
  transport::HttpCall call = call_to(setup_.url);
  call.method = "GET";
  place->call = setup_.http.send(std::move(call), [this, place](const Result<HttpReply>& reply) {
    on_front_page(place, reply);
  });
}

void PbxProbe::on_uci(Place place, const Result<HttpReply>& reply) {
  verdict_.reset();
  if (!reply) return answer(place, {reply.error(), false});
  note_place(*reply);
  Judgement judged{judge(*reply), false};
  const std::optional<Error>& problem = judged.problem;
  // Some PBXs turn a wrong token away with HTTP 500; a gateway in front of one that is starting
  // says 502 to 504.
  judged.may_be_refusal = problem && (is_doubt(*problem) || reply->status == kServerFailed);
  // What certainly is no PBX cannot take a question amiss, and is put right some time.
  if (!problem || judged.may_be_refusal || problem->code == uci_codes::kRedirectedElsewhere)
    verdict_ = Verdict{judged, setup_.clock.now() + kHolds, {}};
  answer(place, judged);
}

void PbxProbe::note_place(const HttpReply& reply) {
  elsewhere_ = setup_.is_own(reply.peer) == false ? reply.peer : "";
  if (elsewhere_.empty() || setup_.url.secure() || std::exchange(warned_, true)) return;
  log::warn("uci", pbx_in_clear(setup_.url));
}

void PbxProbe::on_front_page(Place place, const Result<HttpReply>& reply) {
  if (!reply || reply->status >= kServerFailed) {
    verdict_.reset();
    return answer(place, {reply ? failed(reply->status) : reply.error(), false});
  }
  const std::string front = front_of(*reply);
  const bool changed = verdict_ && !verdict_->front.empty() && verdict_->front != front;
  if (!verdict_ || (changed && may_ask_early())) return ask_for_uci(place);
  verdict_->front = front;
  answer(place, verdict_->judged);
}

bool PbxProbe::may_ask_early() {
  const transport::TimePoint now = setup_.clock.now();
  if (asked_early_ && now - *asked_early_ < kHolds) return false;
  asked_early_ = now;
  return true;
}

void PbxProbe::answer(Place place, const Judgement& judged) {
  // Kept to the end: the call may not go while its callback runs.
  const Question done = std::move(*place);
  pending_.erase(place);
  std::optional<Error> told = judged.problem;
  if (done.proven && judged.may_be_refusal) told.reset();
  if (!told && !elsewhere_.empty() && setup_.callback_on_loopback)
    told = pbx_is_elsewhere(setup_.url, elsewhere_);
  done.answer(told);
}

Error PbxProbe::failed(int status) const {
  // As uci/reply.cpp judges it, so that who signs in and who watches are told the same.
  return {uci_codes::kPbxError,
          fmt::format("{} answers, but has failed (HTTP {})", setup_.url.to_string(), status),
          "the PBX is starting, or in trouble: look at its own administration"};
}

Error PbxProbe::not_told_apart(const HttpReply& reply) const {
  const std::string type = reply.content_type.empty() ? "no type" : excerpt(reply.content_type);
  return {uci_codes::kWebPage,
          fmt::format("{} answers a request to UCI with something else (HTTP {}, {}): a PBX that "
                      "wants a login, or another web server",
                      uci_of(setup_.url).to_string(), reply.status, type),
          "check [uci] url, then sign a user in, which settles it: starface-teams-agent check "
          "--user USER"};
}

std::optional<Error> PbxProbe::judge(const HttpReply& reply) const {
  if (uci::parse_response(reply.body, {.bytes = kMaxProbeBody})) return std::nullopt;
  if (asks_to_sign_in(reply.status)) return std::nullopt;
  if (reply.status >= kServerFailed) return failed(reply.status);
  if (is_redirect(reply.status)) return judge_redirect(reply);
  if (!knows_no_uci(reply.status)) return not_told_apart(reply);
  return Error{uci_codes::kNoUciAtUrl,
               fmt::format("a web server answers at {}, but there is no UCI at {} (HTTP {})",
                           origin_of(setup_.url), uci_of(setup_.url).path, reply.status),
               "set [uci] url to the PBX's own address and port, as a browser reaches its "
               "administration"};
}

std::optional<Error> PbxProbe::judge_redirect(const HttpReply& reply) const {
  // Without its query, which parse_url() does not take.
  const auto target =
      transport::parse_url(std::string_view(reply.redirect).substr(0, reply.redirect.find('?')));
  if (!target) return not_told_apart(reply);
  const Url& url = setup_.url;
  if (same_host(*target, url) && target->scheme == url.scheme && target->port == url.port)
    return not_told_apart(reply);
  const std::string there = origin_of(*target);
  if (same_host(*target, url) && target->secure() && !url.secure()) {
    return Error{
        uci_codes::kRedirectedToHttps,
        fmt::format("the PBX takes UCI by https only: {} redirects to {}", origin_of(url), there),
        fmt::format("set url = {} in [uci], with the name in the PBX's certificate as the "
                    "host, and ca-file when it signed that itself",
                    there)};
  }
  return Error{uci_codes::kRedirectedElsewhere,
               fmt::format("{} redirects a request to UCI to {}", origin_of(url), there),
               fmt::format("if the PBX is there, set url = {} in [uci]; otherwise set it to the "
                           "PBX's own address",
                           there)};
}

void PbxProbe::give_up(const Error& why) {
  const std::list<Question> left = std::exchange(pending_, {});
  for (const Question& question : left)
    question.answer(why);
}

}  // namespace sfteams::agent
