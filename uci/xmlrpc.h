#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "error/error.h"
#include "uci/value.h"

namespace sfteams::uci {

/// What a document may cost. All three are checked before anything is built from it.
struct XmlLimits {
  std::size_t bytes = 8'388'608;
  std::size_t elements = 200'000;  ///< XML elements: 4 for each plain member of a struct
  int depth = 32;                  ///< arrays and structs inside each other
};

struct Call {
  std::string method;
  Array params;
};

struct Fault {
  std::int64_t code = 0;
  std::string text;
};

using Response = std::variant<Value, Fault>;

/// How a missing value is written; read are both.
enum class NilHabit {
  element,       ///< <nil/>
  empty_string,  ///< <string></string>
};

/// Reads a <methodCall> or <methodResponse>. Taken are all types of xmlrpc.com/spec.md, nil and i8
/// (also i1, i2 and float) with or without a namespace prefix, <value> without a type, comments,
/// CDATA, the five named and all numeric character references; always as UTF-8, whatever the
/// declaration says. Fails with uci.xml-too-large, -too-many-elements, -too-deep, -not-utf8,
/// -bad-character, -doctype (any DOCTYPE), -entity (any other entity), -syntax, -not-rpc
/// (well-formed, but no such document) or -bad-value. Messages never quote the content.
[[nodiscard]] Result<Call> parse_call(std::string_view xml, const XmlLimits& limits = {});
/// As above, and fails with uci.reply-is-html for a web page. An answer without a value is Nil.
[[nodiscard]] Result<Response> parse_response(std::string_view xml, const XmlLimits& limits = {});

/// Fails with uci.bad-method-name (empty, longer than 255, or not [A-Za-z0-9_.:/]),
/// uci.int-out-of-range (more than 32 bits: the PBX is not known to read i8),
/// uci.double-not-finite, uci.text-not-allowed (a character that XML cannot carry, or no UTF-8) or
/// uci.value-too-deep.
[[nodiscard]] Result<std::string> write_call(std::string_view method, std::span<const Value> params,
                                             NilHabit nil = NilHabit::element);
/// Fails as write_call() does.
[[nodiscard]] Result<std::string> write_response(const Value& value,
                                                 NilHabit nil = NilHabit::element);
/// Never fails: what XML cannot carry is replaced by '?', a code beyond 32 bits is cut to the
/// nearest.
[[nodiscard]] std::string write_fault(const Fault& fault);

}  // namespace sfteams::uci
