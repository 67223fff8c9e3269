#include "transport/http_exchange.h"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "transport/network_impl.h"
#include "transport/request_headers.h"

namespace sfteams::transport {
namespace {

/// Enough for every size_t; more digits are no length but an attack.
constexpr std::size_t kMaxLengthDigits = 15;

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                            [](char x, char y) { return lower(x) == lower(y); });
}

/// Whether a comma-separated list ("keep-alive, Upgrade") has the element.
bool lists(std::string_view list, std::string_view element, bool ignoring_case) {
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    std::string_view item = list.substr(0, comma);
    list.remove_prefix(std::min(comma + 1, list.size()));
    while (!item.empty() && (item.front() == ' ' || item.front() == '\t'))
      item.remove_prefix(1);
    while (!item.empty() && (item.back() == ' ' || item.back() == '\t'))
      item.remove_suffix(1);
    if (ignoring_case ? equals_ignoring_case(item, element) : item == element) return true;
  }
  return false;
}

bool came_twice(lws* wsi, lws_token_indexes token) {
  return lws_hdr_fragment_length(wsi, token, 1) > 0;
}

bool came(lws* wsi, lws_token_indexes token) {
  return lws_hdr_total_length(wsi, token) > 0;
}

const char* method_of(lws* wsi) {
  if (came(wsi, WSI_TOKEN_GET_URI)) return "GET";
  if (came(wsi, WSI_TOKEN_POST_URI)) return "POST";
  if (came(wsi, WSI_TOKEN_HEAD_URI)) return "HEAD";
  return "";
}

bool is_printable(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return (c >= 0 && c < ' ') || c == '\x7f'; });
}

/// 0, or the status to refuse with.
int read_length(lws* wsi, std::size_t max_body, RequestHead& head) {
  // RFC 9112 section 5.1: a name that ends with a space is what the next server may read otherwise.
  if (!request_header(wsi, "transfer-encoding ").empty()) return 400;
  if (!request_header(wsi, "content-length ").empty()) return 400;
  if (came(wsi, WSI_TOKEN_HTTP_TRANSFER_ENCODING)) return 501;
  const bool post = head.request.method == "POST";
  if (!came(wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH)) return post ? 411 : 0;
  if (came_twice(wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH)) return 400;
  const std::string text = request_header(wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH);
  const bool digits = !text.empty() && std::all_of(text.begin(), text.end(),
                                                   [](char c) { return c >= '0' && c <= '9'; });
  if (!digits) return 400;
  if (text.size() > kMaxLengthDigits) return 413;
  std::from_chars(text.data(), text.data() + text.size(), head.body_bytes);
  if (!post) return head.body_bytes > 0 ? 400 : 0;
  head.has_body = true;
  return head.body_bytes > max_body ? 413 : 0;
}

/// 0, or the status to refuse with.
int check_head(lws* wsi, std::size_t max_body, RequestHead& head) {
  if (head.request.method.empty()) return 405;
  const std::string version = request_header(wsi, WSI_TOKEN_HTTP);
  if (version != "HTTP/1.1" && version != "HTTP/1.0") return 505;
  if (came_twice(wsi, WSI_TOKEN_HOST)) return 400;
  if (version == "HTTP/1.1" && !came(wsi, WSI_TOKEN_HOST)) return 400;
  if (!head.request.path.starts_with('/') || !is_printable(head.request.path)) return 400;
  const std::string connection = request_header(wsi, WSI_TOKEN_CONNECTION);
  head.keep_alive = version == "HTTP/1.1" ? !lists(connection, "close", true)
                                          : equals_ignoring_case(connection, "keep-alive");
  head.wants_continue = version == "HTTP/1.1" && came(wsi, WSI_TOKEN_HTTP_EXPECT);
  return read_length(wsi, max_body, head);
}

const char* words(int status) {
  struct Known {
    int status;
    const char* text;
  };
  static constexpr std::array<Known, 22> kKnown{{{200, "OK"},
                                                 {202, "Accepted"},
                                                 {204, "No Content"},
                                                 {301, "Moved Permanently"},
                                                 {302, "Found"},
                                                 {400, "Bad Request"},
                                                 {401, "Unauthorized"},
                                                 {403, "Forbidden"},
                                                 {404, "Not Found"},
                                                 {405, "Method Not Allowed"},
                                                 {408, "Request Timeout"},
                                                 {411, "Length Required"},
                                                 {413, "Content Too Large"},
                                                 {415, "Unsupported Media Type"},
                                                 {426, "Upgrade Required"},
                                                 {429, "Too Many Requests"},
                                                 {500, "Internal Server Error"},
                                                 {501, "Not Implemented"},
                                                 {502, "Bad Gateway"},
                                                 {503, "Service Unavailable"},
                                                 {504, "Gateway Timeout"},
                                                 {505, "HTTP Version Not Supported"}}};
  for (const Known& known : kKnown) {
    if (known.status == status) return known.text;
  }
  return "Status";
}

}  // namespace

std::string_view HttpRequest::header(std::string_view name) const {
  const auto found = std::find_if(headers.begin(), headers.end(),
                                  [name](const auto& header) { return header.first == name; });
  return found == headers.end() ? std::string_view() : std::string_view(found->second);
}

RequestHead read_head(lws* wsi, std::string_view path, const ServerOptions& options) {
  RequestHead head;
  head.request.method = method_of(wsi);
  head.request.path = path;
  if (const int status = check_head(wsi, options.max_body, head); status != 0) {
    head.refusal = plain_response(status);
    if (status == 405) head.refusal->headers.emplace_back("allow", "GET, HEAD, POST");
    return head;
  }
  head.request.query = request_query(wsi);
  head.request.content_type = request_header(wsi, WSI_TOKEN_HTTP_CONTENT_TYPE);
  head.request.authorization = request_header(wsi, WSI_TOKEN_HTTP_AUTHORIZATION);
  head.request.host = request_header(wsi, WSI_TOKEN_HOST);
  for (const std::string& name : options.headers) {
    std::string value = request_header(wsi, name);
    if (!value.empty()) head.request.headers.emplace_back(name, std::move(value));
  }
  return head;
}

UpgradeHead read_upgrade(lws* wsi, const ServerOptions& options) {
  UpgradeHead head;
  const auto refuse = [&head](int status) {
    head.refusal = plain_response(status);
    return head;
  };
  const std::string path = request_header(wsi, WSI_TOKEN_GET_URI);
  const auto route =
      std::find_if(options.websockets.begin(), options.websockets.end(),
                   [&path](const WebsocketRoute& known) { return known.path == path; });
  if (route == options.websockets.end()) return refuse(path.empty() ? 405 : 404);
  if (request_header(wsi, WSI_TOKEN_HTTP) != "HTTP/1.1") return refuse(400);
  if (!came(wsi, WSI_TOKEN_HOST) || came_twice(wsi, WSI_TOKEN_HOST)) return refuse(400);
  if (came(wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH) || came(wsi, WSI_TOKEN_HTTP_TRANSFER_ENCODING)) {
    return refuse(400);
  }
  if (!lists(request_header(wsi, WSI_TOKEN_CONNECTION), "upgrade", true)) return refuse(400);
  // RFC 6455 section 4.2.1: 16 bytes in base64.
  if (request_header(wsi, WSI_TOKEN_KEY).size() != 24) return refuse(400);
  if (request_header(wsi, WSI_TOKEN_VERSION) != "13") {
    refuse(426);
    head.refusal->headers.emplace_back("sec-websocket-version", "13");
    return head;
  }
  if (!lists(request_header(wsi, WSI_TOKEN_PROTOCOL), route->subprotocol, false))
    return refuse(400);
  head.route = &*route;
  return head;
}

HttpResponse plain_response(int status) {
  HttpResponse response;
  response.status = status;
  response.body = fmt::format("{} {}\n", status, words(status));
  return response;
}

std::string to_wire(const HttpResponse& response, bool head_only, bool keep_alive) {
  std::string out(kPre, '\0');
  const auto line = [&out](std::string_view name, std::string_view value) {
    if (!is_printable(name) || !is_printable(value)) return;
    out.append(name).append(": ").append(value).append("\r\n");
  };
  fmt::format_to(std::back_inserter(out), "HTTP/1.1 {} {}\r\n", response.status,
                 words(response.status));
  if (!response.content_type.empty()) line("content-type", response.content_type);
  line("content-length", std::to_string(response.body.size()));
  if (!keep_alive) line("connection", "close");
  for (const auto& [name, value] : response.headers)
    line(name, value);
  out += "\r\n";
  if (!head_only) out += response.body;
  return out;
}

}  // namespace sfteams::transport
