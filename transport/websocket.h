#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/error/error.h"
#include "transport/network.h"
#include "transport/proxy.h"
#include "transport/url.h"

namespace sfteams::transport {

/// The largest websocket message that is sent or taken: with the 8 bytes of a client's masked
/// header it fills one TLS record, so it arrives in one piece.
inline constexpr std::size_t kMaxMessage = 16'376;

/// RFC 6455 section 7.4.1.
enum class CloseStatus : std::uint16_t {
  normal = 1000,
  going_away = 1001,
  protocol_error = 1002,
  unsupported_data = 1003,
  policy_violation = 1008,
  message_too_big = 1009,
  internal_error = 1011,
  try_again_later = 1013,
};

/// How a websocket came to its end.
struct CloseInfo {
  enum class Cause {
    local,        ///< we called close()
    peer,         ///< a close frame came; status and reason are the peer's
    lost,         ///< the connection broke without a close frame
    dead,         ///< no pong within the deadline
    refused,      ///< never opened: name look-up, connect, TLS or the upgrade failed; see error
    bad_message,  ///< the peer sent text, too much, or broke RFC 6455
  };
  Cause cause = Cause::lost;
  std::uint16_t status = 0;    ///< 0: none came
  std::string reason;          ///< printable, at most 123 bytes
  std::optional<Error> error;  ///< for refused and bad_message: coded, ready to be shown
};

/// What the owner of a Websocket does with it. All calls come from the loop. A handler may destroy
/// its Websocket inside any of them; nothing is called after that.
class WebsocketHandler {
 public:
  virtual ~WebsocketHandler() = default;
  /// The upgrade has succeeded. (For accepted websockets: the first call after attach().)
  virtual void on_open() = 0;
  /// One whole binary message of 1 … kMaxMessage bytes.
  virtual void on_message(std::span<const std::uint8_t> message) = 0;
  /// The connection can take a message: write it to `out` (kMaxMessage bytes) and return its
  /// length; 0 when there is nothing to send. Called again while the kernel takes more, and after
  /// wake(). Pulling instead of pushing lets the caller pack many frames into one message and keeps
  /// no queue in here.
  [[nodiscard]] virtual std::size_t next_message(std::span<std::uint8_t> out) = 0;
  /// The end; the last call. After it the Websocket does nothing any more.
  virtual void on_close(const CloseInfo& info) = 0;
};

/// Ping and its own deadline. The phase of the first ping is random, so that a thousand peers do
/// not ping at once.
struct Keepalive {
  Duration interval{15'000};  ///< between pings
  Duration deadline{5'000};   ///< a pong later than this: the peer is dead
};

/// One websocket, dialled or accepted. Not movable; destroying it drops the connection at once.
class Websocket {
 public:
  ~Websocket();
  Websocket(const Websocket&) = delete;
  Websocket& operator=(const Websocket&) = delete;

  /// Sets who is called; the handler outlives this Websocket.
  void attach(WebsocketHandler& handler);
  /// There is something to send: next_message() will be called.
  void wake();
  void start_keepalive(const Keepalive& keepalive);
  /// Sends what next_message() still gives up to the close (nothing more is asked for), then a
  /// close frame; on_close follows with Cause::local, after 2 s at the latest.
  void close(CloseStatus status, std::string_view reason);

  /// "192.0.2.7" — the peer's address without port; for accepted websockets.
  [[nodiscard]] const std::string& peer_address() const;
  /// A request header of an accepted websocket, by lower-case name ("x-forwarded-for"); empty when
  /// it did not come.
  [[nodiscard]] std::string header(std::string_view name) const;
  /// Round trip of the last ping; nullopt before the first pong.
  [[nodiscard]] std::optional<std::chrono::microseconds> round_trip() const;

  struct Impl;  ///< for this room only
  explicit Websocket(std::unique_ptr<Impl> impl);
  [[nodiscard]] Impl& impl() { return *impl_; }

 private:
  std::unique_ptr<Impl> impl_;
};

/// The TLS of a dialled connection, once its certificate has been found good.
struct TlsFacts {
  std::string version;         ///< "TLSv1.3"
  std::string issuer;          ///< who signed the peer's certificate
  std::string root;            ///< the authority that is trusted
  bool root_is_local = false;  ///< an administrator of this host added it
  std::optional<std::chrono::system_clock::time_point> not_after;  ///< of the peer's certificate
};

/// Watches a dial get on, for a diagnosis. Not to destroy the Websocket in any of them.
class DialObserver {
 public:
  virtual ~DialObserver() = default;
  /// The numeric addresses of the host, or of the proxy when there is one.
  virtual void on_resolved(const std::vector<std::string>& addresses);
  virtual void on_connected(const std::string& address);
  virtual void on_proxied();
  virtual void on_secured(const TlsFacts& facts);
  /// The server has opened the websocket; `time` is what its clock says, in whole seconds.
  virtual void on_upgraded(std::optional<std::chrono::system_clock::time_point> time);
};

struct DialOptions {
  Url url;                  ///< ws or wss
  std::string subprotocol;  ///< must be chosen by the server, or the dial is refused
  /// PEM; instead of the system's certificate authorities.
  std::optional<std::filesystem::path> ca_file;
  Duration timeout{10'000};  ///< for look-up, connect, TLS and upgrade together
  std::string user_agent;
  std::optional<Proxy> proxy{};      ///< nothing: straight there
  DialObserver* observer = nullptr;  ///< outlives the Websocket
};

/// Starts to connect and returns at once: the outcome comes as on_open, or as on_close with
/// Cause::refused and one of transport.resolve-failed, transport.connect-failed,
/// transport.proxy-denied, transport.proxy-authentication, transport.proxy-failed,
/// transport.tls-untrusted, transport.tls-failed, transport.upgrade-refused, transport.timeout,
/// transport.network-failed (the system refused something). The certificate is always verified,
/// with the host name; there is no switch against it. Redirects are not followed. The environment
/// is not looked at (see transport/proxy.h). Fails at once with transport.bad-url,
/// transport.network-failed, or because of `ca_file` with transport.ca-unreadable,
/// transport.ca-not-authority or transport.tls-failed.
[[nodiscard]] Result<std::unique_ptr<Websocket>> dial(Network& network, const DialOptions& options,
                                                      WebsocketHandler& handler);

}  // namespace sfteams::transport
