#pragma once

// Only for the .cpp files of this room: libwebsockets stays behind the public headers.

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include <libwebsockets.h>
#include <uv.h>

#include "transport/background_thread.h"
#include "transport/link.h"
#include "transport/network.h"
#include "transport/resolver.h"
#include "transport/subprotocols.h"
#include "transport/tls.h"
#include "transport/turn_end.h"
#include "transport/websocket.h"
#include "transport/websocket_frame.h"
#include "transport/write_turn.h"

namespace sfteams::transport {

inline constexpr std::size_t kPre = LWS_PRE;
static_assert(kPre >= kFrameRoom);
/// What the headers of an answer to a dial may take.
inline constexpr unsigned kMaxUpgradeHeaders = 8192;
/// Timeouts of libwebsockets itself, as a second net only: it counts in seconds, per step. Ours are
/// exact.
inline constexpr unsigned kSecondNetSeconds = 3600;

/// Keeps libwebsockets from pinging by itself: websocket_channel.h does.
inline constexpr lws_retry_bo_t kNoPings{};

struct Network::Impl {
  explicit Impl(Loop& the_loop);
  ~Impl();
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  [[nodiscard]] Result<void> start();

  /// Takes a Link that is about to get a connection.
  Link& adopt(std::unique_ptr<Link> link);
  /// The Link has no connection (any more): destroys it. Does nothing when it has gone already.
  void drop(Link* link);
  /// Closes the connection behind a Link at the end of this turn, without a farewell. Until it is
  /// gone the Link still gets events.
  void doom(Link& link);
  /// False when it has been destroyed.
  [[nodiscard]] bool has(Link* link) const { return links_.contains(link); }

  /// For a dialled connection that never came about: libwebsockets forgets libuv's watcher of its
  /// socket. To be called before anything else opens a socket, because the watcher is known by the
  /// number; see docs/transport.md.
  void close_forgotten_watchers(const lws* wsi);

  /// What dials with this set of certificate authorities start from; kept, so that a hundred dials
  /// share one.
  [[nodiscard]] Result<lws_vhost*> client_vhost(
      const std::optional<std::filesystem::path>& ca_file);
  [[nodiscard]] lws_vhost* make_vhost(lws_context_creation_info info, const char* name);

  /// For a message that comes in pieces. They are few at once and big, so they are handed on.
  [[nodiscard]] std::vector<std::uint8_t> take_buffer();
  void give_back(std::vector<std::uint8_t> buffer);

  Loop& loop;
  BackgroundThread background{loop};
  std::optional<Resolver> resolver;
  std::optional<TurnEnd> turn_end;      ///< nothing: the Network is being destroyed
  std::optional<WriteTurn> write_turn;  ///< as long as turn_end
  lws_context* context = nullptr;
  lws_vhost* plain = nullptr;  ///< for what is dialled without TLS
  Subprotocols subprotocols;
  /// Whom a dialled TLS connection has to be with, by socket; as long as the handshake runs.
  std::unordered_map<int, std::string> expected_peers;
  /// Why the handshake on a dialled descriptor failed, in OpenSSL's words.
  std::unordered_map<int, std::string> handshake_failures;
  /// Where a websocket composes its next message; one at a time does.
  std::array<std::uint8_t, kPre + kMaxMessage> outgoing{};
  MaskingKeys masking_keys;

 private:
  struct ClientVhost {
    std::unique_ptr<ClientTls> tls;
    lws_vhost* vhost = nullptr;
  };

  void reap();
  void destroy_context();

  std::unordered_map<Link*, std::unique_ptr<Link>> links_;
  std::unordered_set<Link*> doomed_;  ///< none that has gone: its address may be another's by now
  std::map<std::string, ClientVhost> clients_;
  std::unique_ptr<ClientTls> no_client_tls_;
  std::vector<std::vector<std::uint8_t>> spare_buffers_;
};

}  // namespace sfteams::transport
