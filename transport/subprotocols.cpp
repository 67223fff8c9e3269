#include "transport/subprotocols.h"

#include <algorithm>

#include "transport/lws_callbacks.h"
#include "transport/network_impl.h"

namespace sfteams::transport {
namespace {

/// What libwebsockets reads at once, so also the longest piece of a message that it hands over. A
/// bigger one would make each idle connection dearer, a smaller one each long message.
constexpr std::size_t kReceiveBuffer = 4096;
/// libwebsockets hands this much to the kernel or to OpenSSL at once and copies the rest aside, so
/// it is never less than what we give it.
constexpr std::size_t kSendAtOnce = 65'536;

lws_protocols protocol(const char* name) {
  lws_protocols entry{};
  entry.name = name;
  entry.callback = on_lws_event;
  entry.rx_buffer_size = kReceiveBuffer;
  entry.tx_packet_size = kSendAtOnce;
  return entry;
}

}  // namespace

Subprotocols::Subprotocols() {
  table_[0] = protocol("sfteams-http");
  table_[1] = protocol(kDialled);
  for (std::size_t i = 0; i < kMaxNames; ++i)
    table_[2 + i] = protocol(names_[i].data());
  // The last one stays empty: it ends the table.
}

bool Subprotocols::add(std::string_view name) {
  if (name.empty() || name.size() > kMaxNameBytes) return false;
  const auto end = names_.begin() + static_cast<std::ptrdiff_t>(used_);
  const auto same = [name](const Name& known) { return name == known.data(); };
  if (std::any_of(names_.begin(), end, same)) return true;
  if (used_ == kMaxNames) return false;
  std::copy(name.begin(), name.end(), names_[used_].begin());
  ++used_;
  return true;
}

}  // namespace sfteams::transport
