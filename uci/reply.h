#pragma once

#include "error/error.h"
#include "uci/dialect.h"
#include "uci/rpc_transport.h"
#include "uci/xmlrpc.h"

namespace sfteams::uci {

/// What a reply means before anybody asks what it answers. Fails with
///   uci.access-refused  HTTP 401, 403, 407, any redirect, or a web page instead of an answer (HTTP
///   200): the shapes in
///                       which web servers turn a stranger away
///   uci.pbx-error       HTTP 5xx: the PBX answers but is not well; says nothing about the password
///   uci.broken-reply    any other status, or a document that is no XML-RPC
///   uci.xml-…           a document beyond the limits
/// and hands on the errors of the transport. A document that is a methodResponse counts whatever
/// the status, except 401, 403 and 407.
[[nodiscard]] Result<Response> read_reply(Result<RpcReply> reply);

/// As read_reply(), for every call that may have no result: an answer without a body (HTTP 204, or
/// 200 and nothing but white space) is then Nil, as <methodResponse/> is. A login and a keepAlive
/// have a result, so for them it stays uci.broken-reply.
[[nodiscard]] Result<Response> read_call_reply(Result<RpcReply> reply);

/// A fault as the error of the call: uci.not-connected, uci.access-refused or uci.fault.
[[nodiscard]] Error to_error(const Fault& fault, const Dialect& dialect);

/// True for boolean true, and for what a PBX might write instead: 1, "1" and "true".
[[nodiscard]] bool is_true(const Value& value);
/// True for boolean false, and for 0, "0" and "false". A method without a result is neither.
[[nodiscard]] bool is_false(const Value& value);

/// The three shapes of a refused login (a fault, an HTTP status or redirect, a web page) and
/// `false` all fail with uci.login-refused. Everything else that is no login fails with its own
/// code and may be tried again; an answer without a value is uci.broken-reply.
[[nodiscard]] Result<void> read_login(Result<RpcReply> reply);

enum class KeepAlive {
  alive,        ///< still logged in
  gone,         ///< the PBX knows no login: log in again
  refused,      ///< the token is no longer taken: stop
  unreachable,  ///< no answer that says anything: ask again later
};
struct KeepAliveAnswer {
  KeepAlive what = KeepAlive::unreachable;
  Error error{};  ///< unless alive
};
[[nodiscard]] KeepAliveAnswer read_keep_alive(Result<RpcReply> reply);

}  // namespace sfteams::uci
