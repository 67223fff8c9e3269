#include "tests/transport/upgrade.h"

#include <array>

#include <openssl/evp.h>
#include <openssl/sha.h>

namespace sfteams::transport::test {
namespace {

std::string header_of(const std::string& request, const std::string& name) {
  const std::size_t at = request.find(name + ": ");
  if (at == std::string::npos) return {};
  const std::size_t begin = at + name.size() + 2;
  return request.substr(begin, request.find("\r\n", begin) - begin);
}

}  // namespace

std::string upgrade_answer(const std::string& request, const std::string& subprotocol) {
  const std::string joined =
      header_of(request, "Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::array<unsigned char, SHA_DIGEST_LENGTH> hash{};
  ::SHA1(reinterpret_cast<const unsigned char*>(joined.data()), joined.size(), hash.data());
  std::array<unsigned char, 64> text{};
  ::EVP_EncodeBlock(text.data(), hash.data(), hash.size());
  std::string answer =
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Accept: ";
  answer += reinterpret_cast<const char*>(text.data());
  if (!subprotocol.empty()) answer += "\r\nSec-WebSocket-Protocol: " + subprotocol;
  return answer + "\r\n\r\n";
}

std::string upgrade_request(const std::string& subprotocol, const std::string& more) {
  std::string request =
      "GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: keep-alive, "
      "Upgrade\r\n"
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
  if (!subprotocol.empty()) request += "Sec-WebSocket-Protocol: " + subprotocol + "\r\n";
  return request + more + "\r\n";
}

std::string client_frame(std::uint8_t first, std::string_view payload) {
  return client_frame(first, payload, payload.size());
}

std::string client_frame(std::uint8_t first, std::string_view payload, std::uint64_t announced) {
  std::string frame(1, static_cast<char>(first));
  int length_bytes = 0;
  if (announced < 126) {
    frame += static_cast<char>(0x80 | announced);
  } else if (announced <= 0xffff) {
    frame += static_cast<char>(0x80 | 126);
    length_bytes = 2;
  } else {
    frame += static_cast<char>(0x80 | 127);
    length_bytes = 8;
  }
  for (int i = length_bytes - 1; i >= 0; --i)
    frame += static_cast<char>(announced >> (8 * i) & 0xff);
  frame.append(4, '\0');
  frame += payload;
  return frame;
}

std::string server_frame(std::uint8_t first, std::string_view payload) {
  std::string frame{static_cast<char>(first), static_cast<char>(payload.size())};
  frame += payload;
  return frame;
}

}  // namespace sfteams::transport::test
