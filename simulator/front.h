#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/error/error.h"
#include "simulator/control.h"
#include "simulator/listening.h"
#include "simulator/pbx.h"
#include "transport/network.h"
#include "transport/server.h"

namespace sfteams::simulator {

/// The sockets in front of the PBX: HTTP and HTTPS for /xml-rpc,
/// OAuth and REST, one more for the control port.
class Front {
 public:
  struct Places {
    std::optional<Listen> http;
    std::optional<Listen> https;  ///< needs `tls`
    std::optional<transport::ServerTls> tls;
    Listen control;
    std::string version;  ///< of this program, for the Server header
  };

  /// All references outlive the front. Fails as transport::Server::listen() does.
  [[nodiscard]] static Result<std::unique_ptr<Front>> open(transport::Network& network, Pbx& pbx,
                                                           Control& control, const Places& places);
  Front(const Front&) = delete;
  Front& operator=(const Front&) = delete;

  [[nodiscard]] Ports ports() const;

 private:
  /// An answer whose time has not come.
  struct Delayed {
    Reply reply;
    transport::HttpResponder responder;
    std::unique_ptr<transport::Timer> timer;
  };

  /// An answer that goes out byte by byte.
  struct Dripping {
    transport::HttpBody body;
    std::string text;
    std::unique_ptr<transport::Timer> timer;
  };

  Front(transport::Network& network, Pbx& pbx, Control& control, const std::string& version);

  [[nodiscard]] std::optional<Reply> in_front_of_pbx(const transport::HttpRequest& request) const;
  void on_request(const transport::HttpRequest& request, bool secure,
                  transport::HttpResponder responder);
  void on_control(const transport::HttpRequest& request, transport::HttpResponder responder);
  void send(Reply reply, transport::HttpResponder responder);
  void send_now(Reply reply, transport::HttpResponder responder);
  static void cut(transport::HttpResponse response, transport::HttpResponder responder);
  void drip(transport::HttpResponse response, transport::HttpResponder responder);
  void drip_on(std::uint64_t id);

  transport::Network& network_;
  Pbx& pbx_;
  Control& control_;
  std::string name_;       ///< the Server header
  unsigned answered_ = 0;  ///< for the mixed framing
  std::uint64_t last_delayed_ = 0;
  std::map<std::uint64_t, Delayed> delayed_;
  std::map<std::uint64_t, Dripping> dripping_;
  std::deque<transport::HttpResponder> held_;  ///< never answered
  std::unique_ptr<transport::Server> http_;
  std::unique_ptr<transport::Server> https_;
  std::unique_ptr<transport::Server> control_server_;
};

}  // namespace sfteams::simulator
