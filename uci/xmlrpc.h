#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "base/error/error.h"
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

/// Reads a <methodCall> or <methodResponse> as generously as it can be done without danger, because
/// what the PBX answers has happened: one odd part costs itself at most, never what stands beside
/// it. The encoding and characters are mended (uci/xml_mend.h), values that are not understood
/// become their texts or nil (uci/xml_scalar.h), names count without their namespace prefix, and in
/// the structure
///   a <member> without a name, and text between elements, are left out
///   a <member> or <param> without a value is nil; a type may stand without <value> around it
///   of two names or values in one place the first that is understood counts, of two members of one
///   name the last, of several answers the first
///   an entity that XML does not know is the text as which it stands there
/// Refused is what endangers the reader, and what is no such document: uci.xml-too-large,
/// uci.xml-too-many-elements, uci.xml-too-deep, uci.xml-doctype (any DOCTYPE), uci.xml-syntax (not
/// well-formed), uci.xml-not-rpc. Messages never quote the content.
[[nodiscard]] Result<Call> parse_call(std::string_view xml, const XmlLimits& limits = {});
/// As above, and fails with uci.reply-is-html for a web page. An answer without a value, as
/// <methodResponse/> is, is Nil: neither true nor false. A <fault> is a fault, whatever it holds.
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
