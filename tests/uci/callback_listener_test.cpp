#include "uci/callback_listener.h"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/contains.h"
#include "tests/header_prefixes.h"
#include "tests/transport/raw_client.h"
#include "tests/transport/world.h"

// How a PBX may post its events.

namespace sfteams::uci {
namespace {

struct Port {
  transport::test::World world;
  EventCallback events;
  std::vector<std::string> calls;
  std::unique_ptr<EventCallback::Registration> registration =
      events
          .add(crypto::Secret::from_text("token"),
               [this](const std::string& /*method*/, const Array& params) {
                 calls.push_back(*params.at(0).as_string());
               })
          .value();
  std::unique_ptr<CallbackListener> listener =
      CallbackListener::listen(world.network(), {}, events).value();

  [[nodiscard]] std::string line(const std::string& version = "HTTP/1.1") const {
    return "POST " + registration->path() + "?de.vertico.starface.auth=token " + version + "\r\n";
  }
  static std::string event(const std::string& id) { return write_call("event", Array{id}).value(); }
  static std::string with_length(const std::string& body) {
    return "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  }
  static std::string in_chunks(const std::string& body) {
    std::string out = "Transfer-Encoding: chunked\r\n\r\n";
    const std::size_t half = body.size() / 2;
    for (const std::string& piece : {body.substr(0, half), body.substr(half)}) {
      std::string size;
      for (std::size_t left = piece.size(); left > 0; left /= 16)
        size.insert(size.begin(), "0123456789abcdef"[left % 16]);
      out += size + "\r\n" + piece + "\r\n";
    }
    return out + "0\r\nX-Trailer: t\r\n\r\n";
  }
};

std::size_t answers(const std::string& text) {
  std::size_t count = 0;
  for (auto at = text.find("HTTP/1.1 200 OK"); at != std::string::npos;
       at = text.find("HTTP/1.1 200 OK", at + 1))
    ++count;
  return count;
}

}  // namespace

TEST_CASE("events may come in chunks, and one behind the other") {
  Port port;
  transport::test::RawClient pbx(port.listener->port());
  std::string all;
  std::vector<std::string> expected;
  for (int i = 0; i < 50; ++i) {
    const std::string id = std::to_string(i);
    const std::string body = Port::event(id);
    all += port.line() + "Host: x\r\n" +
           (i % 2 == 0 ? Port::in_chunks(body) : Port::with_length(body));
    expected.push_back(id);
  }
  pbx.send(all);
  port.world.until([&] { return answers(pbx.received()) == expected.size(); });
  CHECK(port.calls == expected);
  CHECK_FALSE(pbx.ended());
}

TEST_CASE("events may come by HTTP/1.0, on a connection that stays or one that ends") {
  Port port;
  transport::test::RawClient pbx(port.listener->port());
  for (std::size_t i = 1; i <= 3; ++i) {
    pbx.send(port.line("HTTP/1.0") + "Connection: keep-alive\r\n" +
             Port::with_length(Port::event("kept")));
    port.world.until([&] { return answers(pbx.received()) == i; });
    CHECK(contains(pbx.received(), "connection: keep-alive\r\n"));
  }
  pbx.send(port.line("HTTP/1.0") + Port::with_length(Port::event("last")));
  port.world.until([&] { return pbx.ended(); });
  CHECK(port.calls == std::vector<std::string>{"kept", "kept", "kept", "last"});
}

TEST_CASE("no header of a PBX hides another one from the callback") {
  Port port;
  transport::test::RawClient pbx(port.listener->port());
  std::size_t asked = 0;
  for (const std::string& prefix : sfteams::test::header_prefixes()) {
    INFO(prefix);
    const std::string odd = prefix + ": 1\r\n";
    pbx.send(port.line() + "Host: x\r\n" + odd + Port::with_length(Port::event("a")));
    pbx.send(port.line() + odd + "Host: x\r\n" + odd + Port::in_chunks(Port::event("b")));
    asked += 2;
    port.world.until([&] { return answers(pbx.received()) == asked; });
  }
  CHECK(port.calls.size() == asked);
}

}  // namespace sfteams::uci
