#include "agent/probe/reply_form.h"

#include <catch2/catch.hpp>

#include "transport/codes.h"
#include "uci/xmlrpc.h"

// What an answer is, without what it says.

namespace sfteams::probe {
namespace {

Reply reply(int status, std::string type, std::string body) {
  transport::HttpReply made;
  made.status = status;
  made.content_type = std::move(type);
  made.body = std::move(body);
  return made;
}

TEST_CASE("the forms in which a PBX may turn a token away are told apart") {
  CHECK(form_of(reply(401, "text/html;charset=utf-8", "<html>1001</html>")) ==
        "HTTP 401, text/html, a web page");
  CHECK(form_of(reply(302, "", "")) == "HTTP 302, no type, empty");
  CHECK(form_of(reply(200, "text/html", "<!DOCTYPE html><html></html>")) ==
        "HTTP 200, text/html, a web page");
  CHECK(form_of(reply(200, "text/xml",
                      uci::write_fault({5, "de.vertico.UcpNotConnectedException: 1001 x"}))) ==
        "HTTP 200, text/xml, XML-RPC fault 5 UcpNotConnectedException");
  CHECK(form_of(reply(200, "text/xml", uci::write_response(uci::Value(false)).value())) ==
        "HTTP 200, text/xml, XML-RPC boolean false");
  CHECK(form_of(reply(400, "application/json",
                      R"({"error":"invalid_grant","error_description":"1001"})")) ==
        "HTTP 400, application/json, JSON, error invalid_grant");
  CHECK(form_of(reply(403, "text/plain", "no")) == "HTTP 403, text/plain, something else");
  CHECK(form_of(fail(transport::codes::kTimeout, "192.0.2.7 is silent")) ==
        "no answer (transport.timeout)");
}

TEST_CASE("nothing that an answer says comes through its form") {
  for (const std::string& form :
       {form_of(reply(400, "application/json", R"({"error":"user 1001 is wrong"})")),
        form_of(reply(400, "application/json", R"({"error":"anna_1001"})")),
        form_of(reply(200, "pbx/1001 anna", "anna")),
        form_of(reply(200, "text/xml", uci::write_fault({0, "Exception of anna 1001"}))),
        form_of(reply(200, "text/xml", uci::write_response(uci::Value("anna 1001")).value()))}) {
    CAPTURE(form);
    CHECK(form.find("anna") == std::string::npos);
    CHECK(form.find("1001 ") == std::string::npos);
  }
}

TEST_CASE("a value counts only where the PBX did not turn the request away") {
  const std::string yes = uci::write_response(uci::Value(true)).value();
  CHECK(value_of(reply(200, "text/xml", yes)).has_value());
  CHECK_FALSE(value_of(reply(401, "text/xml", yes)).has_value());
  CHECK_FALSE(value_of(reply(200, "text/xml", uci::write_fault({0, "no"}))).has_value());
}

}  // namespace
}  // namespace sfteams::probe
