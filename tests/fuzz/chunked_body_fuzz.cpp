// Any bytes as a body in chunks: how they are cut changes nothing, no body grows beyond its bound,
// and what was taken is taken again when it is written plainly.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "transport/chunked_body.h"

namespace {

using sfteams::transport::ChunkedBody;

constexpr std::size_t kMaxBody = 4096;

struct Read {
  ChunkedBody::State state = ChunkedBody::State::reading;
  std::size_t taken = 0;
  std::string body{};

  bool operator==(const Read&) const = default;
};

Read read(std::string_view bytes, std::size_t piece) {
  ChunkedBody chunks(kMaxBody);
  Read result;
  while (chunks.state() == ChunkedBody::State::reading && result.taken < bytes.size())
    result.taken += chunks.feed(bytes.substr(result.taken, piece), result.body);
  result.state = chunks.state();
  return result;
}

std::string in_one_chunk(const std::string& body) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string size;
  for (std::size_t rest = body.size(); rest > 0; rest /= 16)
    size.insert(size.begin(), kDigits[rest % 16]);
  return (body.empty() ? std::string() : size + "\r\n" + body + "\r\n") + "0\r\n\r\n";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // A byte may be looked at as a char ([basic.lval]).
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const Read whole = read(bytes, bytes.size());
  if (read(bytes, 1) != whole || read(bytes, 7) != whole) std::abort();
  if (whole.body.size() > kMaxBody || whole.taken > size) std::abort();
  if (whole.state != ChunkedBody::State::complete) return 0;
  if (!bytes.substr(0, whole.taken).ends_with("\r\n")) std::abort();
  const std::string plain = in_one_chunk(whole.body);
  const Read again = read(plain, plain.size());
  if (again.state != ChunkedBody::State::complete || again.body != whole.body) std::abort();
  return 0;
}
