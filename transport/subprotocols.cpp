#include "transport/subprotocols.h"

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

}  // namespace

Subprotocols::Subprotocols() {
  table_[0].name = kDialled;
  table_[0].callback = on_lws_event;
  table_[0].rx_buffer_size = kReceiveBuffer;
  table_[0].tx_packet_size = kSendAtOnce;
}

}  // namespace sfteams::transport
