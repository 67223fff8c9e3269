#include "base/json/rpc_codes.h"

#include <array>

#include "base/json/codes.h"

namespace sfteams::json::rpc {
namespace {

struct Entry {
  Code code;
  int number;
};

/// Numbers are part of the interface (docs/protocol.md): none is ever given a second meaning.
/// The codes of rooms above this one stand here by their names.
// clang-format off
constexpr std::array kTable{
    Entry{json::codes::kTooLarge, kParseError},
    Entry{json::codes::kTooDeep, kParseError},
    Entry{json::codes::kNotUtf8, kParseError},
    Entry{json::codes::kSyntax, kParseError},
    Entry{json::codes::kNumberTooLarge, kInvalidParams},
    Entry{codes::kInvalidRequest, kInvalidRequest},
    Entry{codes::kBatch, kInvalidRequest},
    Entry{codes::kNotification, kInvalidRequest},
    Entry{codes::kMethodNotFound, kMethodNotFound},
    Entry{codes::kInvalidParams, kInvalidParams},
    // agent/pbx/codes.h and agent/sessions/codes.h
    Entry{{"session.not-signed-in", Exit::no_permission}, -32001},
    Entry{{"session.already-signed-in", Exit::failure}, -32002},
    Entry{{"session.login-paused", Exit::temp_failure}, -32003},
    Entry{{"session.method-not-allowed", Exit::no_permission}, -32004},
    Entry{{"session.too-many-calls", Exit::temp_failure}, -32005},
    Entry{{"session.answer-too-large", Exit::data_error}, -32006},
    Entry{{"session.signed-out", Exit::no_permission}, -32007},
    Entry{{"session.shutting-down", Exit::temp_failure}, -32008},
    // agent/tickets/codes.h
    Entry{{"session.ticket-refused", Exit::no_permission}, -32009},
    Entry{{"session.tickets-off", Exit::unavailable}, -32010},
    Entry{{"session.ticket-not-made", Exit::unavailable}, -32011},
    Entry{{"session.tickets-not-saved", Exit::io_error}, -32012},
    // uci/codes.h, and uci.disabled of agent/pbx/codes.h
    Entry{{"uci.disabled", Exit::unavailable}, -32020},
    Entry{{"uci.login-refused", Exit::no_permission}, -32021},
    Entry{{"uci.unreachable", Exit::unavailable}, -32022},
    Entry{{"uci.timeout", Exit::unavailable}, -32023},
    Entry{{"uci.broken-reply", Exit::unavailable}, -32024},
    Entry{{"uci.pbx-error", Exit::unavailable}, -32025},
    Entry{{"uci.fault", Exit::failure}, -32026},
    Entry{{"uci.access-refused", Exit::no_permission}, -32027},
    Entry{{"uci.not-connected", Exit::unavailable}, -32028},
    Entry{{"uci.connection-closed", Exit::unavailable}, -32029},
    Entry{{"uci.too-many-waiting", Exit::unavailable}, -32030},
    Entry{{"uci.too-many-services", Exit::failure}, -32031},
    Entry{{"uci.method-reserved", Exit::no_permission}, -32032},
    // Why nobody can sign in: something else is at the PBX's address, or events cannot be taken.
    Entry{{"uci.redirected-to-https", Exit::config}, -32036},
    Entry{{"uci.redirected-elsewhere", Exit::config}, -32036},
    Entry{{"uci.no-uci-at-url", Exit::config}, -32036},
    Entry{{"transport.listen-failed", Exit::unavailable}, -32037},
    // Licences, of agent/licensing/codes.h
    Entry{{"license.not-named", Exit::no_permission}, -32040},
    Entry{{"license.no-seat", Exit::temp_failure}, -32041},
    Entry{{"license.seat-withdrawn", Exit::no_permission}, -32042},
    Entry{{"license.not-administrator", Exit::no_permission}, -32043},
    Entry{{"license.no-such-holder", Exit::no_input}, -32044},
    Entry{{"license.right-unknown", Exit::unavailable}, -32045},
    // The PBX's REST interface: rest/codes.h, and how it is reached, of transport/codes.h.
    Entry{{"rest.disabled", Exit::unavailable}, -32050},
    Entry{{"rest.not-offered", Exit::unavailable}, -32051},
    Entry{{"rest.busy", Exit::temp_failure}, -32052},
    Entry{{"rest.not-signed-in", Exit::no_permission}, -32053},
    Entry{{"rest.login-refused", Exit::no_permission}, -32053},
    Entry{{"rest.active-directory", Exit::unavailable}, -32053},
    Entry{{"rest.pbx-error", Exit::unavailable}, -32054},
    Entry{{"rest.broken-reply", Exit::unavailable}, -32055},
    Entry{{"rest.too-large", Exit::unavailable}, -32056},
    Entry{{"transport.resolve-failed", Exit::unavailable}, -32057},
    Entry{{"transport.connect-failed", Exit::unavailable}, -32057},
    Entry{{"transport.timeout", Exit::unavailable}, -32057},
    Entry{{"transport.tls-untrusted", Exit::unavailable}, -32057},
    Entry{{"transport.tls-failed", Exit::unavailable}, -32057},
    Entry{{"transport.broken-reply", Exit::protocol}, -32057},
    // A reply of the PBX that cannot be used.
    Entry{{"uci.reply-is-html", Exit::protocol}, -32024},
    Entry{{"uci.xml-too-large", Exit::protocol}, -32024},
    Entry{{"uci.xml-too-deep", Exit::protocol}, -32024},
    Entry{{"uci.xml-too-many-elements", Exit::protocol}, -32024},
    Entry{{"uci.xml-doctype", Exit::protocol}, -32024},
    Entry{{"uci.xml-syntax", Exit::protocol}, -32024},
    Entry{{"uci.xml-not-rpc", Exit::protocol}, -32024},
    // Parameters that XML-RPC cannot carry.
    Entry{{"uci.bad-service-name", Exit::data_error}, kInvalidParams},
    Entry{{"uci.bad-params", Exit::data_error}, kInvalidParams},
    Entry{{"uci.bad-method-name", Exit::data_error}, kInvalidParams},
    Entry{{"uci.int-out-of-range", Exit::data_error}, kInvalidParams},
    Entry{{"uci.double-not-finite", Exit::data_error}, kInvalidParams},
    Entry{{"uci.text-not-allowed", Exit::data_error}, kInvalidParams},
    Entry{{"uci.bad-tag", Exit::data_error}, kInvalidParams},
    Entry{{"uci.bad-date", Exit::data_error}, kInvalidParams},
    Entry{{"uci.bad-base64", Exit::data_error}, kInvalidParams},
    Entry{{"uci.value-too-deep", Exit::data_error}, kInvalidParams},
};
// clang-format on

const Entry* find(std::string_view id) {
  for (const Entry& entry : kTable) {
    if (entry.code.id == id) return &entry;
  }
  return nullptr;
}

}  // namespace

int number_of(std::string_view code_id) {
  const Entry* entry = find(code_id);
  return entry == nullptr ? kServerError : entry->number;
}

std::optional<Code> known_code(std::string_view code_id) {
  const Entry* entry = find(code_id);
  if (entry == nullptr) return std::nullopt;
  return entry->code;
}

}  // namespace sfteams::json::rpc
