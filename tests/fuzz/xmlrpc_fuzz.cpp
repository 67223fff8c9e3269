// Any bytes as an XML-RPC document: nothing breaks, and what was read can be written and read
// again.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <variant>

#include "uci/json_mapping.h"
#include "uci/xmlrpc.h"

namespace {

// What was written has more elements than what was read: <value/> becomes <value><string/></value>.
constexpr sfteams::uci::XmlLimits kRoomy{
    .bytes = 512 * 1024 * 1024, .elements = 4'000'000, .depth = 32};

void write_and_read_again(const sfteams::uci::Value& value) {
  const auto text = sfteams::uci::write_response(value);
  // Refused are only values that cannot be written, such as whole numbers of 64 bits.
  if (text && !sfteams::uci::parse_response(*text, kRoomy)) std::abort();
  const auto back = sfteams::uci::from_json(sfteams::uci::to_json(value));
  if (text && !back) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // A byte may be looked at as a char ([basic.lval]).
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto response = sfteams::uci::parse_response(text)) {
    if (const auto* value = std::get_if<sfteams::uci::Value>(&*response))
      write_and_read_again(*value);
  }
  if (const auto call = sfteams::uci::parse_call(text))
    write_and_read_again(sfteams::uci::Value(call->params));
  return 0;
}
