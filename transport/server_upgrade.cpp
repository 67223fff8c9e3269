#include <algorithm>
#include <array>
#include <utility>

#include "base/log/log.h"
#include "transport/server_link.h"
#include "transport/websocket_impl.h"

namespace sfteams::transport {
namespace {

/// What stays known of the request when it has been answered; other headers can be asked for in
/// accept() only.
constexpr std::array<std::string_view, 6> kKeptHeaders{"x-forwarded-for", "forwarded", "x-real-ip",
                                                       "user-agent",      "origin",    "host"};

}  // namespace

void ServerLink::on_upgrade_asked(HttpHead head) {
  head_.request.method = head.method;  // for whoever hears of a refusal
  head_.request.path = head.path;
  const UpgradeHead asked = read_upgrade(head, state_->options());
  if (asked.refusal) return refuse(*asked.refusal);
  if (asked.route->refuse) {
    const auto refusal = asked.route->refuse(UpgradeRequest{peer_, head.headers});
    if (refusal) return refuse(*refusal);
  }
  on_upgraded(std::move(head), *asked.route);
}

void ServerLink::on_upgraded(HttpHead head, const WebsocketRoute& route) {
  if (!stream_->write(upgrade_answer(head, route))) return drop();
  phase_ = Phase::websocket;
  head_ = {};
  state_->remove_http(*this);
  deadline_ = TimePoint::max();
  auto parts = std::make_unique<Websocket::Impl>(network_);
  Websocket::Impl& impl = *parts;
  impl.peer_address = peer_;
  impl.headers = std::move(head.headers);
  channel_ = std::make_unique<WebsocketChannel>(network_, *this, *this, impl,
                                                WebsocketChannel::Side::accepted);
  const auto keep = state_;  // accept() may destroy the Server
  route.accept(std::make_unique<Websocket>(std::move(parts)));
  if (!channel_->owned()) return drop();
  std::erase_if(impl.headers, [](const auto& header) {
    return std::ranges::find(kKeptHeaders, header.first) == kKeptHeaders.end();
  });
  if (impl.handler == nullptr) {
    log::error("transport", "a websocket for {} was accepted without a handler", route.path);
    return drop();
  }
  impl.handler->on_open();
  if (!channel_->owned()) return drop();
  channel_->wake();
}

void ServerLink::read_frames(std::span<std::uint8_t> bytes) {
  switch (frames_.feed(bytes, *channel_)) {
    case FrameReader::Outcome::going_on:
      return;
    case FrameReader::Outcome::stopped:
      if (!channel_->close_answered()) return drop();
      stream_->finish();
      return channel_->on_gone();
    case FrameReader::Outcome::broken:
      // The close frame that says why is out; nothing that comes behind can be understood.
      if (!channel_->on_broken_frame()) return drop();
      stream_->finish();
  }
}

}  // namespace sfteams::transport
