#include "agent/probe/event_trial.h"

#include <catch2/catch.hpp>

#include "tests/contains.h"
#include "uci/xmlrpc.h"

// What came of a login with a callback.

namespace sfteams::probe {
namespace {

std::vector<Heard> one_call() {
  std::vector<Heard> heard;
  heard.push_back(read_query(""));
  heard.back().method = "ucp.v30.events.call.receiveCallState";
  return heard;
}

EventTrial trial_with(const std::vector<Heard>& heard) {
  EventTrial trial;
  trial.logged_in = trial.subscribed = trial.waited = true;
  trial.login = trial.subscription = "HTTP 200, text/xml, XML-RPC boolean true";
  trial.heard = &heard;
  return trial;
}

TEST_CASE("an event settles that events come; silence settles nothing, and says why") {
  const std::vector<Heard> call = one_call();
  const std::vector<Heard> silence;
  CHECK(judge_events_by_older_token(trial_with(call)).answer == Answer::yes);
  EventTrial trial = trial_with(silence);
  CHECK(contains(judge_events_by_older_token(trial).why, "while the phone was to be called"));
  trial.other_port = true;
  CHECK(contains(judge_events_by_older_token(trial).why, "stop the agent meanwhile"));
  trial.strangers = 1;
  CHECK(contains(judge_events_by_older_token(trial).why, "callback-from"));
  trial.waited = false;
  CHECK(judge_events_by_older_token(trial).why == "skipped");
  trial.subscribed = false;
  CHECK(contains(judge_events_by_older_token(trial).why, "does not grant events"));
  trial.broken_off = true;
  CHECK(judge_events_by_older_token(trial).why == "broken off");
  trial.logged_in = false;
  CHECK(contains(judge_events_by_older_token(trial).why, "was not taken"));
}

RenewalTrial renewed(const std::vector<Heard>& heard) {
  RenewalTrial trial;
  trial.events = trial_with(heard);
  trial.renewed = trial.all_true = true;
  trial.renewal = "HTTP 200, application/json, JSON";
  trial.kept = {"HTTP 200, text/xml, XML-RPC boolean true"};
  return trial;
}

TEST_CASE("a login that outlives its token is told from one that does not") {
  const std::vector<Heard> call = one_call();
  RenewalTrial trial = renewed(call);
  auto findings = judge_renewal(trial);
  REQUIRE(findings.size() == 2);
  CHECK(findings[0].answer == Answer::yes);
  CHECK(findings[1].answer == Answer::yes);
  trial.all_true = false;
  trial.new_login = "HTTP 200, text/xml, XML-RPC boolean true";
  trial.new_login_taken = true;
  findings = judge_renewal(trial);
  CHECK(findings[0].answer == Answer::no);
  CHECK(contains(to_text(findings[0]), "new login: HTTP 200"));
  CHECK(findings[1].answer == Answer::yes);
  trial.new_login_taken = false;
  CHECK(judge_renewal(trial)[1].why == "the login was lost");
}

TEST_CASE("without a renewal there is no answer, and a reason") {
  const std::vector<Heard> call = one_call();
  RenewalTrial trial = renewed(call);
  trial.renewed = false;
  CHECK(judge_renewal(trial)[0].why == "the renewal was refused");
  trial.renewal.clear();
  CHECK(judge_renewal(trial)[0].why == "no refresh token came");
  trial.lost_before = true;
  CHECK(judge_renewal(trial)[0].why == "the login was lost before the token changed");
  trial.why_no_wait = "skipped";
  CHECK(judge_renewal(trial)[1].why == "skipped");
  trial.events.logged_in = false;
  CHECK(judge_renewal(trial)[1].why == "the login by a JWT was not taken");
}

TEST_CASE("an expired token is turned away, or it is taken") {
  transport::HttpReply reply;
  reply.status = 401;
  CHECK(judge_expired(reply, false).answer == Answer::yes);
  CHECK(contains(to_text(judge_expired(reply, true)), "token: one with another signature\n"));
  reply.status = 200;
  reply.body = uci::write_response(uci::Value("10.0.2.6")).value();
  CHECK(judge_expired(reply, false).answer == Answer::no);
  CHECK(judge_expired(fail(Code{"transport.timeout"}, "x"), false).answer == Answer::unknown);
  crypto::Secret token = crypto::Secret::from_text("eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnc2ln");
  const crypto::Secret right = token.clone();
  garble(token);
  CHECK_FALSE(token == right);
  CHECK(token.size() == right.size());
}

TEST_CASE("a refused older token says something only of a password that is right") {
  EventTrial trial;
  CHECK(judge_older_token(trial, true).answer == Answer::no);
  CHECK(judge_older_token(trial, false).answer == Answer::unknown);
  // Silence is no refusal.
  trial.unanswered = true;
  CHECK(judge_older_token(trial, true).why == kNoAnswer);
  CHECK(judge_events_by_older_token(trial).why == kNoAnswer);
  RenewalTrial renewal;
  renewal.events = trial;
  CHECK(judge_renewal(renewal)[0].why == kNoAnswer);
  trial.logged_in = true;
  trial.unanswered = false;
  CHECK(judge_older_token(trial, false).answer == Answer::yes);
}

}  // namespace
}  // namespace sfteams::probe
