#include "transport/lws_callbacks.h"

#include "transport/network_impl.h"

namespace sfteams::transport {
namespace {

Network::Impl& network_of(lws* wsi) {
  return *static_cast<Network::Impl*>(lws_context_user(lws_get_context(wsi)));
}

Link* link_of(lws* wsi) {
  return static_cast<Link*>(lws_get_opaque_user_data(wsi));
}

/// Nothing but HTTP/1.1 and websockets is spoken here: "CONNECT x" would turn the connection into a
/// raw one.
bool is_raw(lws_callback_reasons reason) {
  switch (reason) {
    case LWS_CALLBACK_RAW_ADOPT:
    case LWS_CALLBACK_RAW_RX:
    case LWS_CALLBACK_RAW_WRITEABLE:
    case LWS_CALLBACK_RAW_SKT_BIND_PROTOCOL:
    case LWS_CALLBACK_RAW_PROXY_CLI_ADOPT:
    case LWS_CALLBACK_RAW_PROXY_SRV_ADOPT:
      return true;
    default:
      return false;
  }
}

int on_made(lws* wsi) {
  Link* link = link_of(wsi);
  if (link == nullptr) return 0;
  link->set_wsi(wsi);
  return link->on_event(LWS_CALLBACK_WSI_CREATE, nullptr, 0);
}

int on_gone(lws* wsi) {
  Network::Impl& network = network_of(wsi);
  Link* link = link_of(wsi);
  if (link == nullptr) return 0;
  link->set_wsi(wsi);
  link->on_event(LWS_CALLBACK_WSI_DESTROY, nullptr, 0);
  network.drop(link);
  return 0;
}

}  // namespace

int on_lws_event(lws* wsi, lws_callback_reasons reason, void* user, void* in, size_t length) {
  switch (reason) {
    // These come with a stand-in instead of a connection.
    case LWS_CALLBACK_PROTOCOL_INIT:
    case LWS_CALLBACK_PROTOCOL_DESTROY:
    case LWS_CALLBACK_GET_THREAD_ID:
    case LWS_CALLBACK_EVENT_WAIT_CANCELLED:
    case LWS_CALLBACK_OPENSSL_LOAD_EXTRA_CLIENT_VERIFY_CERTS:
      return 0;
    case LWS_CALLBACK_WSI_CREATE:
      return on_made(wsi);
    case LWS_CALLBACK_WSI_DESTROY:
      return on_gone(wsi);
    default:
      break;
  }
  if (is_raw(reason)) return -1;
  Link* link = link_of(wsi);
  if (link == nullptr) return 0;
  // Here what matters comes as the user.
  const bool verification = reason == LWS_CALLBACK_OPENSSL_PERFORM_SERVER_CERT_VERIFICATION;
  return link->on_event(reason, verification ? user : in, length);
}

}  // namespace sfteams::transport
