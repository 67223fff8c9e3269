#pragma once

// Only for the .cpp files of this room: libwebsockets stays behind the public headers.

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/files/descriptor.h"
#include "transport/network_impl.h"
#include "transport/proxy_connection.h"
#include "transport/resolver.h"
#include "transport/websocket.h"

namespace sfteams::transport {

class DialLink;

/// The opening of one websocket: looks the name up beside the loop, tries the addresses one after
/// the other, then TLS and the upgrade, all within one timeout. It belongs to the Websocket and
/// goes when that is open or refused.
class Dial {
 public:
  Dial(Network::Impl& network, Websocket::Impl& owner, DialOptions options, lws_vhost* vhost);
  ~Dial();
  Dial(const Dial&) = delete;
  Dial& operator=(const Dial&) = delete;

  void start();

  [[nodiscard]] const DialOptions& options() const { return options_; }

  // What the running attempt has to say.

  /// TCP stands: no further address will be tried.
  void on_connected(std::string_view step);
  void on_step(std::string_view step) { step_name_ = step; }
  /// The socket through the proxy, for an attempt to put in the place of its own; none when there
  /// is no proxy.
  [[nodiscard]] files::Descriptor take_proxied() { return std::move(proxied_); }
  /// Goes on in a later turn. nullopt: there was no TCP connection, and nothing else is known.
  void on_attempt_failed(std::optional<Error> error);
  /// The Websocket is open; the Dial ends here. The attempt may hand it its channel.
  [[nodiscard]] Websocket::Impl& on_upgraded();

 private:
  void on_addresses(Result<Resolver::Addresses> addresses);
  void try_next_address();
  void connect(const std::string& address);
  void connect_to_proxy(const std::string& address);
  void on_proxied(files::Descriptor socket);
  void start_attempt(const std::string& address);
  /// Whose addresses are tried.
  [[nodiscard]] const std::string& next_host() const;
  [[nodiscard]] Error not_connected() const;
  void leave_attempt();
  void after_failure();
  void fail_with(Error error);
  [[nodiscard]] Error timed_out() const;

  Network::Impl& network_;
  Websocket::Impl& owner_;
  DialOptions options_;
  lws_vhost* vhost_;
  TimePoint deadline_;
  std::string_view step_name_ = "looking up its name";
  std::unique_ptr<Lookup> lookup_;
  Resolver::Addresses addresses_;
  std::size_t next_ = 0;
  bool connected_ = false;
  std::string address_;  ///< that is being tried
  std::unique_ptr<ProxyConnection> proxy_;
  files::Descriptor proxied_;
  DialLink* attempt_ = nullptr;
  std::optional<Error> last_error_;  ///< of the latest attempt
  std::unique_ptr<Timer> overall_;
  std::unique_ptr<Timer> step_;
};

}  // namespace sfteams::transport
