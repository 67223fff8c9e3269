#include "agent/probe/offered.h"

#include <catch2/catch.hpp>

#include "agent/probe/rest_trial.h"
#include "tests/contains.h"
#include "uci/xmlrpc.h"

// What the PBX says about itself.

namespace sfteams::probe {
namespace {

const transport::Url kPbx = transport::parse_url("https://pbx.example.com").value();

Reply json_reply(std::string body) {
  transport::HttpReply made;
  made.status = 200;
  made.content_type = "application/json";
  made.body = std::move(body);
  return made;
}

Reply xml_reply(const uci::Value& value) {
  transport::HttpReply made;
  made.status = 200;
  made.content_type = "text/xml";
  made.body = uci::write_response(value).value();
  return made;
}

TEST_CASE("a version is read from a text and from a struct, and nothing else is repeated") {
  CHECK(version_in(xml_reply("10.0.2.6")) == "10.0.2.6");
  CHECK(version_in(xml_reply(uci::Struct{{"name", "STARFACE"}, {"version", "9.0.0.9"}})) ==
        "9.0.0.9");
  const std::string of_struct =
      to_text(judge_version(xml_reply(uci::Struct{{"version", "9.0.0.9"}, {"build", 7}})));
  CHECK(contains(of_struct, "5 the PBX says its version: yes\n"));
  CHECK(contains(of_struct, "type: struct\n"));
  CHECK(contains(of_struct, "members: version (string), build (int)\n"));
  const std::string odd = to_text(judge_version(xml_reply("the PBX of Zoe, 072155501")));
  CHECK(contains(odd, ": no\n"));
  CHECK_FALSE(contains(odd, "Zoe"));
  CHECK_FALSE(contains(odd, "0721"));
}

TEST_CASE("lists are given with what of them the agent does not know") {
  const std::string text =
      to_text(judge_lists(xml_reply(uci::Array{"ucp.v30.requests.call", "ucp.v30.requests.queue"}),
                          xml_reply(uci::Array{"ucp.v30.events.call", "ucp.v30.events.presence",
                                               "Zoe 0721", "com.customer", 7})));
  CHECK(contains(text, "4 the PBX lists its requests and events: yes\n"));
  CHECK(contains(text, "requests that the agent does not know: ucp.v30.requests.queue\n"));
  CHECK(contains(text, "events that the agent does not know: ucp.v30.events.presence\n"));
  CHECK(contains(text, "events left out: 3\n"));
  CHECK_FALSE(contains(text, "Zoe"));
  CHECK_FALSE(contains(text, "customer"));
  CHECK(contains(to_text(judge_lists(xml_reply(false), xml_reply(uci::Array{}))),
                 "requests: HTTP 200, text/xml, XML-RPC boolean false\n"));
}

TEST_CASE("of the discovery document paths are told, and hosts only as the PBX or another") {
  const std::string text =
      to_text(judge_discovery(json_reply(R"({"issuer":"https://pbx.example.com/auth/realms/pbx",
        "token_endpoint":"https://login.customer.example/auth/token",
        "grant_types_supported":["password","refresh_token"],
        "token_endpoint_auth_methods_supported":["client_secret_post"]})"),
                              1, kPbx));
  CHECK(contains(text, "8 OAuth is offered: yes\n"));
  CHECK(contains(text, "redirects: 1\n"));
  CHECK(contains(text, "issuer: /auth/realms/pbx at the PBX, https\n"));
  CHECK(contains(text, "token_endpoint: a path at another host, https\n"));
  CHECK(contains(text, "revocation_endpoint: none\n"));
  CHECK(contains(text, "grant_types_supported: password, refresh_token\n"));
  CHECK_FALSE(contains(text, "example"));
}

TEST_CASE("of login-config the vendor's own service is named, and no node") {
  const std::string text = to_text(judge_login_config(
      json_reply(R"({"edgeNodeId":"node-of-zoe","gRpcUrl":"grpcs://ucapi.unified-cloud.eu",
        "oauthConfigUrl":"https://login.customer.example/x"})"),
      kPbx));
  CHECK(contains(text, "edgeNodeId: 11 characters\n"));
  CHECK(contains(text, "gRpcUrl: / at ucapi.unified-cloud.eu, grpcs\n"));
  CHECK(contains(text, "oauthConfigUrl: a path at another host, https\n"));
  CHECK_FALSE(contains(text, "zoe"));
  CHECK(contains(to_text(judge_login_config(json_reply("{}"), kPbx)), "members: none\n"));
}

TEST_CASE("what is not answered is not found out") {
  const Reply silence = fail(Code{"transport.timeout"}, "x");
  CHECK(judge_version(silence).why == kNoAnswer);
  CHECK(judge_lists(silence, silence).why == kNoAnswer);
  CHECK(judge_discovery(silence, 0, kPbx).why == kNoAnswer);
  CHECK(judge_login_config(silence, kPbx).why == kNoAnswer);
  RestTrial trial{.by = "a nonce", .login = {}};
  trial.answers.emplace_back("/rest/users/me", silence);
  CHECK(judge_rest(trial).why == kNoAnswer);
  trial.signed_in = false;
  CHECK(judge_rest(trial).answer == Answer::no);
  trial.unanswered = true;
  CHECK(judge_rest(trial).why == kNoAnswer);
}

TEST_CASE("REST is offered where one resource is served") {
  RestTrial trial{.by = "a nonce", .login = "HTTP 200, application/json, JSON"};
  transport::HttpReply missing;
  missing.status = 404;
  trial.answers.emplace_back("/rest/users/me", missing);
  CHECK(judge_rest(trial).answer == Answer::no);
  trial.answers.emplace_back("/rest/contacts?page=0&pagesize=1", json_reply("{}"));
  const std::string text = to_text(judge_rest(trial));
  CHECK(contains(text, "8 REST is offered: yes\n"));
  CHECK(contains(text, "/rest/users/me: HTTP 404, no type, empty\n"));
  CHECK(contains(text, "/rest/contacts: HTTP 200, application/json, JSON\n"));
}

}  // namespace
}  // namespace sfteams::probe
