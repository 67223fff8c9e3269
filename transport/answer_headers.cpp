#include "transport/answer_headers.h"

#include <utility>

namespace sfteams::transport {
namespace {

/// Room for the NUL, and for a comma that libwebsockets counts in before it knows that it is the
/// last one.
constexpr int kSlack = 2;

/// libwebsockets takes away what stands before a value, but not what stands after it.
std::string without_trailing_space(std::string value) {
  while (!value.empty() && (value.back() == ' ' || value.back() == '\t'))
    value.pop_back();
  return value;
}

}  // namespace

std::string answer_header(lws* wsi, lws_token_indexes token) {
  const int length = lws_hdr_total_length(wsi, token);
  if (length <= 0) return {};
  std::string value(static_cast<std::size_t>(length + kSlack), '\0');
  const int copied = lws_hdr_copy(wsi, value.data(), length + kSlack, token);
  value.resize(copied > 0 ? static_cast<std::size_t>(copied) : 0);
  return without_trailing_space(std::move(value));
}

}  // namespace sfteams::transport
