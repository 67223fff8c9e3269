#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace sfteams::transport {

/// Takes a body out of its chunks (RFC 9112 section 7.1), strictly. Extensions and trailers are
/// read over. Does no I/O.
class ChunkedBody {
 public:
  enum class State { reading, complete, broken, too_large };

  /// Bytes of one line that announces a chunk, and of all extensions and trailers of a body.
  static constexpr std::size_t kMaxLine = 1024;
  static constexpr std::size_t kMaxAside = 8192;

  /// `max_body`: bytes of the body itself.
  explicit ChunkedBody(std::size_t max_body) : max_body_(max_body) {}

  /// Takes bytes until the body has come to its end, whichever; appends what belongs to it. Says
  /// how many it took.
  std::size_t feed(std::string_view bytes, std::string& body);
  [[nodiscard]] State state() const { return state_; }

 private:
  enum class At { size_line, data, data_end, trailer_line };

  std::size_t take_data(std::string_view bytes, std::string& body);
  void take_line_byte(char c, const std::string& body);
  void take_size_line(const std::string& body);
  void take_trailer_line();

  std::size_t max_body_;
  State state_ = State::reading;
  At at_ = At::size_line;
  std::size_t remaining_ = 0;  ///< of this chunk
  std::size_t aside_ = 0;
  bool saw_cr_ = false;
  std::string line_;
};

}  // namespace sfteams::transport
