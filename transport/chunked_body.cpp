#include "transport/chunked_body.h"

#include <algorithm>
#include <charconv>

#include "base/text/ascii.h"

namespace sfteams::transport {
namespace {

/// 2^60 bytes and more are no size but an attack.
constexpr std::size_t kMaxDigits = 15;

bool is_hexadecimal(char c) {
  return text::hex_value(c).has_value();
}

}  // namespace

std::size_t ChunkedBody::feed(std::string_view bytes, std::string& body) {
  std::size_t taken = 0;
  while (state_ == State::reading && taken < bytes.size()) {
    if (at_ == At::data) {
      taken += take_data(bytes.substr(taken), body);
    } else {
      take_line_byte(bytes[taken++], body);
    }
  }
  return taken;
}

std::size_t ChunkedBody::take_data(std::string_view bytes, std::string& body) {
  const std::size_t piece = std::min(bytes.size(), remaining_);
  body.append(bytes.substr(0, piece));
  remaining_ -= piece;
  if (remaining_ == 0) at_ = At::data_end;
  return piece;
}

void ChunkedBody::take_line_byte(char c, const std::string& body) {
  if (saw_cr_) {
    saw_cr_ = false;
    if (c != '\n') {
      state_ = State::broken;
    } else if (at_ == At::size_line) {
      take_size_line(body);
    } else if (at_ == At::trailer_line) {
      take_trailer_line();
    } else {
      at_ = At::size_line;
    }
    return;
  }
  if (c == '\r') {
    saw_cr_ = true;
    return;
  }
  const auto byte = static_cast<unsigned char>(c);
  const bool control = (byte < 0x20 && c != '\t') || byte == 0x7f;
  if (at_ == At::data_end || control || line_.size() == kMaxLine) {
    state_ = State::broken;
    return;
  }
  line_ += c;
}

void ChunkedBody::take_size_line(const std::string& body) {
  const std::string_view line = line_;
  const std::size_t digits = static_cast<std::size_t>(
      std::find_if_not(line.begin(), line.end(), is_hexadecimal) - line.begin());
  std::string_view rest = line.substr(digits);
  while (!rest.empty() && (rest.front() == ' ' || rest.front() == '\t'))
    rest.remove_prefix(1);
  aside_ += line.size() - digits;
  // A space behind the size is seen in the wild, an extension begins with ';'.
  if (digits == 0 || digits > kMaxDigits || (!rest.empty() && rest.front() != ';') ||
      aside_ > kMaxAside) {
    state_ = State::broken;
    return;
  }
  std::from_chars(line.data(), line.data() + digits, remaining_, 16);
  line_.clear();
  if (remaining_ > max_body_ - body.size()) {
    state_ = State::too_large;
  } else {
    at_ = remaining_ == 0 ? At::trailer_line : At::data;
  }
}

void ChunkedBody::take_trailer_line() {
  if (line_.empty()) {
    state_ = State::complete;
    return;
  }
  aside_ += line_.size();
  if (aside_ > kMaxAside || line_.find(':') == std::string::npos) state_ = State::broken;
  line_.clear();
}

}  // namespace sfteams::transport
