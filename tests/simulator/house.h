#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "simulator/control.h"
#include "simulator/pbx.h"
#include "simulator/switches.h"
#include "tests/simulator/fakes.h"
#include "uci/token.h"
#include "uci/value.h"
#include "uci/xmlrpc.h"

namespace sfteams::simulator::test {

inline constexpr std::string_view kAddress = "127.0.0.1";

/// A simulator with time and network in the test's hands. Alice (0011), Bob (0012) and Carol (0013)
/// have the password "Geheim"; Dora (0014) may not use UCI, Emil (0015) may not place calls nor use
/// the password grant, Finn (0016) may use nothing else; the group sales (0100) is Alice and Bob.
class House {
 public:
  /// Switches as "name=value".
  explicit House(const std::vector<std::string>& switches = {});

  void set(std::string_view assignment);
  /// One POST to /xml-rpc.
  Reply post(std::string_view query, std::string_view body, std::string_view address = kAddress);
  void advance(int milliseconds) { scheduler.advance(transport::Duration(milliseconds)); }
  /// What the control port answers; the test fails unless it has that status.
  Json::Value control(std::string_view method, std::string_view path, std::string_view body = {},
                      int status = 200);

  FakeScheduler scheduler;
  FakeHttp http;
  Pbx pbx;
  Control control_port;
};

/// What a user's program does.
class Client {
 public:
  Client(House& house, std::string user, std::string dialect = "v30",
         std::string_view password = "Geheim", uci::TokenKind kind = uci::TokenKind::sha512);

  /// Wants events at this port of 127.0.0.1.
  Client& with_callback(int port, std::string path = "/events");
  /// Says who it is in the query, too.
  Client& naming_user();

  /// The raw reply to "connection.login" and the like; the name is completed for the dialect.
  Reply post(std::string_view method, const uci::Array& params = {});
  /// The answer; a fault is one, anything that is no XML-RPC fails the test.
  uci::Response ask(std::string_view method, const uci::Array& params = {});
  /// The result; a fault fails the test.
  uci::Value get(std::string_view method, const uci::Array& params = {});
  /// The text of the fault; "" when there was none.
  std::string fault(std::string_view method, const uci::Array& params = {});
  bool yes(std::string_view method, const uci::Array& params = {});
  std::string text(std::string_view method, const uci::Array& params = {});

  /// Logs in and asks for the events of calls.
  Client& join();

  std::string address = std::string(kAddress);
  std::string query;

 private:
  [[nodiscard]] std::string full_name(std::string_view method) const;

  House& house_;
  std::string user_;
  std::string dialect_;
};

/// The events that were sent to a port: "RINGING 0011>0012", …
std::vector<std::string> call_events(const House& house, int port);
/// The structs of those events.
std::vector<uci::Value> event_structs(const House& house, int port);

/// The text of a struct's member; "" when it is missing or no text.
std::string member(const uci::Value& value, std::string_view name);

}  // namespace sfteams::simulator::test
