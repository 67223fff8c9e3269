#pragma once

#include "base/error/error.h"
#include "uci/dialect.h"
#include "uci/rpc_transport.h"
#include "uci/token_gate.h"
#include "uci/xmlrpc.h"

namespace sfteams::uci {

/// What a reply means before anybody asks what it answers. Fails with
///   uci.access-refused  HTTP 401, 403, 407, any redirect, or a web page instead of an answer
///                       (HTTP 200): the shapes in which web servers turn a stranger away
///   uci.pbx-error       HTTP 5xx: the PBX answers but is not well; says nothing about the password
///   uci.broken-reply    any other status, or a document that is no XML-RPC
///   uci.xml-too-large, uci.xml-too-deep, uci.xml-too-many-elements
///                       a document beyond the limits
/// and hands on the errors of the transport. A document that is a methodResponse counts whatever
/// the status, except 401, 403 and 407.
[[nodiscard]] Result<Response> read_reply(Result<RpcReply> reply);

/// A fault as the error of the call: uci.not-connected, uci.access-refused or uci.fault.
[[nodiscard]] Error to_error(const Fault& fault, const Dialect& dialect);

/// True for boolean true, and for what a PBX might write instead: 1, "1" and "true".
[[nodiscard]] bool is_true(const Value& value);
/// True for boolean false, and for 0, "0" and "false". A method without a result is neither.
[[nodiscard]] bool is_false(const Value& value);

/// What came back, read once for both questions: what it says about the token, and what it means.
struct Reading {
  TokenAnswer token{};
  Result<Response> response = Response(Value());
};
/// `outcome` is good for every value but false, which a PBX may as well answer to a wrong token; a
/// fault, a status, a page and no answer at all are doubtful.
[[nodiscard]] Reading read_with_sign(Result<RpcReply> reply, const Dialect& dialect);

/// As read_with_sign(), for every call that may have no result: HTTP 204 is nil, and so is a
/// methodResponse without a value; 204 says nothing about the token. A 200 without a body is
/// neither: it is what a web server answers that is there before its PBX is, and the call was not
/// carried out.
[[nodiscard]] Reading read_call(Result<RpcReply> reply, const Dialect& dialect);

/// A login that was not taken: `false`, a fault, and all that read_reply() calls
/// uci.access-refused, fail with uci.login-refused; no value, with uci.broken-reply; everything
/// else with its own code. Only TokenGate::judge() can say whether it was the token's fault.
struct LoginAnswer {
  TokenAnswer token{};
  Result<void> outcome{};
};
[[nodiscard]] LoginAnswer read_login(Result<RpcReply> reply, const Dialect& dialect);

/// A keepAlive: `token.sign` is good (still logged in), no_login (another value than true, or a
/// fault that says so or names access: log in again), or a doubt for TokenGate::judge(). `error`
/// unless good.
struct KeepAliveAnswer {
  TokenAnswer token{};
  Error error{};
};
[[nodiscard]] KeepAliveAnswer read_keep_alive(Result<RpcReply> reply, const Dialect& dialect);

}  // namespace sfteams::uci
