#include "json/rpc_codes.h"

#include <array>

#include "json/codes.h"

namespace sfteams::json::rpc {
namespace {

struct Entry {
  Code code;
  int number;
};

/// Numbers are part of the interface (docs/protocol.md): none is ever given a second meaning.
/// The codes of rooms above this one stand here by their names.
constexpr std::array kTable{
    Entry{json::codes::kTooLarge, kParseError},     Entry{json::codes::kTooDeep, kParseError},
    Entry{json::codes::kNotUtf8, kParseError},      Entry{json::codes::kSyntax, kParseError},
    Entry{codes::kInvalidRequest, kInvalidRequest}, Entry{codes::kBatch, kInvalidRequest},
    Entry{codes::kNotification, kInvalidRequest},   Entry{codes::kMethodNotFound, kMethodNotFound},
    Entry{codes::kInvalidParams, kInvalidParams},   Entry{codes::kInternal, kInternalError},
};

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
