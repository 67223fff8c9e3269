#include <array>

#include <catch2/catch.hpp>

#include "agent/guard/codes.h"
#include "agent/licensing/codes.h"
#include "agent/pbx/codes.h"
#include "agent/sessions/codes.h"
#include "base/json/codes.h"
#include "base/json/rpc_codes.h"
#include "rest/codes.h"
#include "transport/codes.h"
#include "uci/codes.h"

namespace sfteams::agent {
namespace {

TEST_CASE(
    "every code that a client can be told has a number, and the same exit status everywhere") {
  const std::array told{codes::kNotSignedIn,
                        codes::kAlreadySignedIn,
                        codes::kLoginPaused,
                        codes::kMethodNotAllowed,
                        codes::kTooManyCalls,
                        codes::kAnswerTooLarge,
                        codes::kSignedOut,
                        codes::kShuttingDown,
                        codes::kUciDisabled,
                        codes::kNotNamed,
                        codes::kNoSeat,
                        codes::kSeatWithdrawn,
                        codes::kNotAdministrator,
                        codes::kNoSuchHolder,
                        uci::codes::kLoginRefused,
                        uci::codes::kUnreachable,
                        uci::codes::kTimeout,
                        uci::codes::kBrokenReply,
                        uci::codes::kPbxError,
                        uci::codes::kFault,
                        uci::codes::kAccessRefused,
                        uci::codes::kNotConnected,
                        uci::codes::kConnectionClosed,
                        uci::codes::kTooManyWaiting,
                        uci::codes::kTooManyServices,
                        uci::codes::kMethodReserved,
                        uci::codes::kRedirectedToHttps,
                        uci::codes::kRedirectedElsewhere,
                        uci::codes::kNoUciAtUrl,
                        transport::codes::kListenFailed,
                        rest::codes::kDisabled,
                        rest::codes::kNotOffered,
                        rest::codes::kBusy,
                        rest::codes::kNotSignedIn,
                        rest::codes::kLoginRefused,
                        rest::codes::kActiveDirectory,
                        rest::codes::kPbxError,
                        rest::codes::kBrokenReply,
                        rest::codes::kTooLarge,
                        transport::codes::kResolveFailed,
                        transport::codes::kConnectFailed,
                        transport::codes::kTimeout,
                        transport::codes::kTlsUntrusted,
                        transport::codes::kTlsFailed,
                        transport::codes::kBrokenReply,
                        uci::codes::kReplyIsHtml,
                        uci::codes::kXmlTooLarge,
                        uci::codes::kXmlTooDeep,
                        uci::codes::kXmlTooManyElements,
                        uci::codes::kXmlDoctype,
                        uci::codes::kXmlSyntax,
                        uci::codes::kXmlNotRpc,
                        json::codes::kNumberTooLarge,
                        uci::codes::kBadServiceName,
                        uci::codes::kBadParams,
                        uci::codes::kBadMethodName,
                        uci::codes::kIntOutOfRange,
                        uci::codes::kNotFinite,
                        uci::codes::kTextNotAllowed,
                        uci::codes::kBadTag,
                        uci::codes::kBadDate,
                        uci::codes::kBadBase64,
                        uci::codes::kValueTooDeep};
  for (const Code& code : told) {
    CAPTURE(code.id);
    const std::optional<Code> known = json::rpc::known_code(code.id);
    REQUIRE(known);
    CHECK(known->exit == code.exit);
    CHECK(json::rpc::number_of(code.id) != json::rpc::kServerError);
  }
}

}  // namespace
}  // namespace sfteams::agent
