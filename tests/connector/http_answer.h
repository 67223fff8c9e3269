#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "tests/connector/program.h"

namespace sfteams::connector::test {

/// What a raw request was answered with.
struct HttpAnswer {
  int status = 0;  ///< 0: the connection ended without an answer
  /// By name, as it came; of several lines with one name the last one.
  std::map<std::string, std::string> headers{};
  std::string body{};

  /// Empty when it did not come.
  [[nodiscard]] std::string header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? "" : found->second;
  }
};

[[nodiscard]] inline HttpAnswer parse_answer(const std::string& wire) {
  HttpAnswer answer;
  if (!wire.starts_with("HTTP/1.1 ")) return answer;
  answer.status = std::stoi(wire.substr(9, 3));
  const std::size_t end = wire.find("\r\n\r\n");
  std::size_t at = wire.find("\r\n") + 2;
  while (at < end) {
    const std::size_t line_end = wire.find("\r\n", at);
    const std::string line = wire.substr(at, line_end - at);
    const std::size_t colon = line.find(": ");
    answer.headers[line.substr(0, colon)] = line.substr(colon + 2);
    at = line_end + 2;
  }
  answer.body = wire.substr(end + 4);
  return answer;
}

/// `headers` are whole lines.
[[nodiscard]] inline HttpAnswer http_request(std::uint16_t port, const std::string& method,
                                             const std::string& target,
                                             const std::string& headers = "") {
  RawSocket socket(port);
  socket.send(method + " " + target + " HTTP/1.1\r\nHost: localhost\r\n" + "Connection: close\r\n" +
              headers + "\r\n");
  return parse_answer(socket.rest());
}

[[nodiscard]] inline HttpAnswer http_get(std::uint16_t port, const std::string& target,
                                         const std::string& headers = "") {
  return http_request(port, "GET", target, headers);
}

}  // namespace sfteams::connector::test
