#include "connector/gzip.h"

#include <algorithm>

#include <zlib.h>

#include "base/text/ascii.h"
#include "base/text/trimmed.h"

namespace sfteams::connector {
namespace {

/// The largest window, and a header of gzip around it (see zlib's deflateInit2).
constexpr int kWindowBits = 15 + 16;
constexpr int kMemoryLevel = 9;

/// Up to the separator, which is taken off with it.
std::string_view take_until(std::string_view& text, char separator) {
  const std::size_t end = std::min(text.find(separator), text.size());
  const std::string_view part = text::trimmed(text.substr(0, end));
  text.remove_prefix(std::min(end + 1, text.size()));
  return part;
}

/// "q=0", "q=0.0", "q=0.000": not acceptable.
bool is_refused(std::string_view parameters) {
  while (!parameters.empty()) {
    const std::string weight = text::lower_case(take_until(parameters, ';'));
    if (weight.starts_with("q=0") && weight.find_first_not_of("0.", 2) == std::string::npos)
      return true;
  }
  return false;
}

}  // namespace

std::optional<std::string> gzipped(std::string_view bytes) {
  z_stream stream{};
  if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, kWindowBits, kMemoryLevel,
                   Z_DEFAULT_STRATEGY) != Z_OK)
    return std::nullopt;
  std::string out(deflateBound(&stream, bytes.size()), '\0');
  // zlib declares what it only reads as if it wrote it.
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const bool whole = deflate(&stream, Z_FINISH) == Z_STREAM_END;
  out.resize(stream.total_out);
  deflateEnd(&stream);
  if (!whole) return std::nullopt;
  return out;
}

bool accepts_gzip(std::string_view accept_encoding) {
  bool any = false;
  while (!accept_encoding.empty()) {
    std::string_view element = take_until(accept_encoding, ',');
    const std::string coding = text::lower_case(take_until(element, ';'));
    if (coding == "gzip" || coding == "x-gzip") return !is_refused(element);
    if (coding == "*") any = !is_refused(element);
  }
  return any;
}

}  // namespace sfteams::connector
