#include "transport/request_headers.h"

#include <cctype>
#include <utility>

namespace sfteams::transport {
namespace {

/// Room for the NUL, and for a comma that libwebsockets counts in before it knows that it is the
/// last one.
constexpr int kSlack = 2;

/// Everything but the unreserved characters of RFC 3986 section 2.3 and the first '=' as %XX.
void append_encoded(std::string& out, std::string_view parameter) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  bool name = true;
  for (const char c : parameter) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (byte < 0x80 && std::isalnum(byte) != 0) || c == '-' || c == '.' ||
                       c == '_' || c == '~' || (c == '=' && name);
    if (c == '=') name = false;
    if (plain) {
      out += c;
    } else {
      out += '%';
      out += kHex[byte >> 4];
      out += kHex[byte & 0xf];
    }
  }
}

/// libwebsockets takes away what stands before a value, but not what stands after it.
std::string without_trailing_space(std::string value) {
  while (!value.empty() && (value.back() == ' ' || value.back() == '\t'))
    value.pop_back();
  return value;
}

}  // namespace

std::string request_header(lws* wsi, lws_token_indexes token) {
  const int length = lws_hdr_total_length(wsi, token);
  if (length <= 0) return {};
  std::string value(static_cast<std::size_t>(length + kSlack), '\0');
  const int copied = lws_hdr_copy(wsi, value.data(), length + kSlack, token);
  value.resize(copied > 0 ? static_cast<std::size_t>(copied) : 0);
  return without_trailing_space(std::move(value));
}

std::string request_header(lws* wsi, std::string_view name) {
  const std::string with_colon = std::string(name) + ':';
  for (int token = 0; token < WSI_TOKEN_COUNT; ++token) {
    const auto index = static_cast<lws_token_indexes>(token);
    const unsigned char* known = lws_token_to_string(index);
    if (known != nullptr && with_colon == reinterpret_cast<const char*>(known)) {
      return request_header(wsi, index);
    }
  }
  const int name_length = static_cast<int>(with_colon.size());
  const int length = lws_hdr_custom_length(wsi, with_colon.data(), name_length);
  if (length <= 0) return {};
  std::string value(static_cast<std::size_t>(length + kSlack), '\0');
  const int copied =
      lws_hdr_custom_copy(wsi, value.data(), length + kSlack, with_colon.data(), name_length);
  value.resize(copied > 0 ? static_cast<std::size_t>(copied) : 0);
  return without_trailing_space(std::move(value));
}

std::string request_query(lws* wsi) {
  std::string query;
  for (int i = 0; lws_hdr_fragment_length(wsi, WSI_TOKEN_HTTP_URI_ARGS, i) > 0; ++i) {
    const int length = lws_hdr_fragment_length(wsi, WSI_TOKEN_HTTP_URI_ARGS, i);
    std::string parameter(static_cast<std::size_t>(length + kSlack), '\0');
    const int copied =
        lws_hdr_copy_fragment(wsi, parameter.data(), length + kSlack, WSI_TOKEN_HTTP_URI_ARGS, i);
    if (copied < 0) break;
    parameter.resize(static_cast<std::size_t>(copied));
    if (i > 0) query += '&';
    append_encoded(query, parameter);
  }
  return query;
}

}  // namespace sfteams::transport
