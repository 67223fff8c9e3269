#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sfteams::transport {

/// Bytes of a request line and its headers; more is 431.
inline constexpr std::size_t kMaxHeadBytes = 8192;
/// Header lines of one request; more is 431.
inline constexpr std::size_t kMaxHeaderLines = 100;

/// Of ASCII, whatever the locale.
[[nodiscard]] bool equals_ignoring_case(std::string_view a, std::string_view b);
/// Whether a comma-separated list ("keep-alive, Upgrade") has the element.
[[nodiscard]] bool lists(std::string_view list, std::string_view element, bool ignoring_case);

/// Request line and headers (RFC 9112 sections 3 and 5), as HeadReader has found them.
struct HttpHead {
  std::string method;     ///< a token, of any kind
  std::string path;       ///< begins with '/', decoded: holds no control character
  std::string query;      ///< as it came, without '?'; its %XX are well-formed
  int minor_version = 1;  ///< of HTTP/1.x
  /// By lower-case name, each once, in the order in which they came: what came several times is
  /// joined with ", ". The values have no space around them.
  std::vector<std::pair<std::string, std::string>> headers;

  /// nullptr when it did not come.
  [[nodiscard]] const std::string* find(std::string_view name) const;
  /// Empty when it did not come.
  [[nodiscard]] std::string_view value(std::string_view name) const;
};

/// Reads the head of a request, strictly: what another program on the way might understand
/// differently is refused, as soon as it is seen. That is every control character (a NUL, a bare CR
/// or LF), a name that is no token or has a space behind it, a continued line, and a second line of
/// a header that may stand there once (a length, a host, the key of a websocket). Does no I/O.
class HeadReader {
 public:
  enum class State { reading, complete, refused };

  /// Takes bytes until the head is complete or refused; says how many it took. A head takes at most
  /// kMaxHeadBytes.
  std::size_t feed(std::string_view bytes);

  [[nodiscard]] State state() const { return state_; }
  /// Something of a request has come.
  [[nodiscard]] bool begun() const { return bytes_ > 0; }
  /// The HTTP status to refuse with: 400, 431 or 505.
  [[nodiscard]] int status() const { return status_; }
  /// Once it is complete; the reader begins with the next request.
  [[nodiscard]] HttpHead take();

 private:
  void take_byte(char c);
  void take_line();
  void take_request_line();
  void take_header_line();
  void refuse(int status);

  State state_ = State::reading;
  int status_ = 0;
  std::size_t bytes_ = 0;
  std::size_t lines_ = 0;
  bool has_request_line_ = false;
  std::string line_;  ///< without its CRLF
  bool saw_cr_ = false;
  HttpHead head_;
};

}  // namespace sfteams::transport
