#include "transport/http_exchange.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <ctime>
#include <utility>

#include <fmt/format.h>
#include <openssl/evp.h>

#include "base/text/ascii.h"
#include "base/text/encoding.h"

namespace sfteams::transport {
namespace {

/// Enough for every size_t; more digits are no length but an attack.
constexpr std::size_t kMaxLengthDigits = 15;
/// Of an answer in chunks.
constexpr std::size_t kChunk = 1000;

/// Bytes beyond ASCII may stand in a header's value (RFC 9110 section 5.5).
bool has_no_control(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return (c >= 0 && c < ' ') || c == '\x7f'; });
}

std::string_view value_of(const std::vector<std::pair<std::string, std::string>>& headers,
                          std::string_view name) {
  const auto found = std::find_if(headers.begin(), headers.end(),
                                  [name](const auto& header) { return header.first == name; });
  return found == headers.end() ? std::string_view() : std::string_view(found->second);
}

bool is_spoken(std::string_view method, const ServerOptions& options) {
  return method == "GET" || method == "HEAD" || method == "POST" ||
         (method == "DELETE" && options.takes_delete);
}

/// 0, or the status to refuse with.
int read_coding(const HttpHead& from, const std::string& coding, const ServerOptions& options,
                RequestHead& head) {
  if (!options.chunked_bodies) return 501;
  // Whoever believes the length, and whoever believes the chunks, see another end.
  if (from.find("content-length") != nullptr || from.minor_version == 0) return 400;
  if (!equals_ignoring_case(coding, "chunked")) return 501;
  if (from.method != "POST") return 400;
  head.chunked = true;
  return 0;
}

/// 0, or the status to refuse with.
int read_length(const HttpHead& from, const ServerOptions& options, RequestHead& head) {
  const std::string* const coding = from.find("transfer-encoding");
  if (coding != nullptr) return read_coding(from, *coding, options, head);
  const bool post = from.method == "POST";
  const std::string* const length = from.find("content-length");
  if (length == nullptr) return post ? 411 : 0;
  const bool digits =
      !length->empty() && std::all_of(length->begin(), length->end(), text::is_digit);
  if (!digits) return 400;
  if (length->size() > kMaxLengthDigits) return 413;
  std::from_chars(length->data(), length->data() + length->size(), head.body_bytes);
  if (!post) return head.body_bytes > 0 ? 400 : 0;
  return head.body_bytes > options.max_body ? 413 : 0;
}

/// 0, or the status to refuse with.
int check_head(const HttpHead& from, const ServerOptions& options, RequestHead& head) {
  if (!is_spoken(from.method, options)) return 405;
  if (from.minor_version > 0 && from.find("host") == nullptr) return 400;
  const std::string_view connection = from.value("connection");
  const bool close = lists(connection, "close", true);
  head.keep_alive = !close && (from.minor_version > 0 || lists(connection, "keep-alive", true));
  head.wants_continue =
      from.minor_version > 0 && equals_ignoring_case(from.value("expect"), "100-continue");
  return read_length(from, options, head);
}

std::string date_line() {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::tm parts{};
  std::array<char, 48> line{};
  ::gmtime_r(&now, &parts);
  const std::size_t length =
      std::strftime(line.data(), line.size(), "Date: %a, %d %b %Y %H:%M:%S GMT\r\n", &parts);
  return {line.data(), length};
}

const char* words(int status) {
  struct Known {
    int status;
    const char* text;
  };
  static constexpr std::array<Known, 25> kKnown{{{200, "OK"},
                                                 {202, "Accepted"},
                                                 {204, "No Content"},
                                                 {301, "Moved Permanently"},
                                                 {302, "Found"},
                                                 {304, "Not Modified"},
                                                 {308, "Permanent Redirect"},
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
                                                 {431, "Request Header Fields Too Large"},
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
  return value_of(headers, name);
}

std::string_view UpgradeRequest::header(std::string_view name) const {
  return value_of(headers, name);
}

RequestHead look_through(HttpHead from, const ServerOptions& options) {
  RequestHead head;
  head.minor_version = from.minor_version;
  head.request.method = from.method;
  // Also of what is refused: ServerOptions::refused is told what it was about.
  head.request.path = std::move(from.path);
  const int status = check_head(from, options, head);
  if (status != 0) {
    head.refusal = plain_response(status);
    if (status == 405) {
      head.refusal->headers.emplace_back(
          "allow", options.takes_delete ? "GET, HEAD, POST, DELETE" : "GET, HEAD, POST");
    }
    return head;
  }
  head.request.query = std::move(from.query);
  head.request.content_type = from.value("content-type");
  head.request.authorization = from.value("authorization");
  head.request.host = from.value("host");
  for (const std::string& name : options.headers) {
    const std::string_view value = from.value(name);
    if (!value.empty()) head.request.headers.emplace_back(name, value);
  }
  return head;
}

bool wants_websocket(const HttpHead& head) {
  return equals_ignoring_case(head.value("upgrade"), "websocket");
}

UpgradeHead read_upgrade(const HttpHead& from, const ServerOptions& options) {
  UpgradeHead head;
  const auto refuse = [&head](int status) {
    head.refusal = plain_response(status);
    return head;
  };
  if (from.method != "GET") return refuse(405);
  const auto route =
      std::find_if(options.websockets.begin(), options.websockets.end(),
                   [&from](const WebsocketRoute& known) { return known.path == from.path; });
  if (route == options.websockets.end()) return refuse(404);
  if (from.minor_version == 0 || from.find("host") == nullptr) return refuse(400);
  if (from.find("content-length") != nullptr || from.find("transfer-encoding") != nullptr)
    return refuse(400);
  if (!lists(from.value("connection"), "upgrade", true)) return refuse(400);
  // RFC 6455 section 4.2.1: 16 bytes in base64.
  const auto key = text::from_base64(from.value("sec-websocket-key"));
  if (!key || key->size() != 16) return refuse(400);
  if (from.value("sec-websocket-version") != "13") {
    refuse(426);
    head.refusal->headers.emplace_back("sec-websocket-version", "13");
    return head;
  }
  if (!lists(from.value("sec-websocket-protocol"), route->subprotocol, false)) return refuse(400);
  head.route = &*route;
  return head;
}

std::string upgrade_answer(const HttpHead& head, const WebsocketRoute& route) {
  const std::string joined =
      std::string(head.value("sec-websocket-key")) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> hash{};
  unsigned length = 0;
  // SHA-1 is what RFC 6455 asks for; it protects nothing.
  ::EVP_Digest(joined.data(), joined.size(), hash.data(), &length, ::EVP_sha1(), nullptr);
  // RFC 9110 section 6.6.1 asks for the date, and a peer can see by it that its clock is wrong.
  return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
         "Sec-WebSocket-Accept: " +
         text::to_base64({hash.data(), length}) +
         "\r\nSec-WebSocket-Protocol: " + route.subprotocol + "\r\n" + date_line() + "\r\n";
}

HttpResponse plain_response(int status) {
  HttpResponse response;
  response.status = status;
  response.body = fmt::format("{} {}\n", status, words(status));
  return response;
}

std::string to_wire(const HttpResponse& response, const RequestHead& asked, bool keep_alive) {
  std::string out;
  const auto line = [&out](std::string_view name, std::string_view value) {
    if (!has_no_control(name) || !has_no_control(value)) return;
    out.append(name).append(": ").append(value).append("\r\n");
  };
  fmt::format_to(std::back_inserter(out), "HTTP/1.1 {} {}\r\n", response.status,
                 words(response.status));
  // RFC 9112 section 6.3: these end with their head, and a length would be that of another answer.
  const bool bodiless = response.status == 204 || response.status == 304;
  const std::string& body = response.shared_body ? *response.shared_body : response.body;
  if (!response.content_type.empty() && !bodiless) line("content-type", response.content_type);
  const bool chunked = response.chunked && asked.minor_version > 0 && !bodiless;
  if (chunked) {
    line("transfer-encoding", "chunked");
  } else if (!bodiless) {
    line("content-length", std::to_string(response.body_length.value_or(body.size())));
  }
  if (!keep_alive) {
    line("connection", "close");
  } else if (asked.minor_version == 0) {
    // A client of HTTP/1.0 that does not read this waits for the end of the connection.
    line("connection", "keep-alive");
  }
  for (const auto& [name, value] : response.headers)
    line(name, value);
  out += "\r\n";
  if (asked.request.method == "HEAD" || bodiless || response.shared_body) return out;
  if (!chunked) return out + response.body;
  for (std::size_t at = 0; at < response.body.size(); at += kChunk) {
    const std::string_view piece = std::string_view(response.body).substr(at, kChunk);
    fmt::format_to(std::back_inserter(out), "{:x}\r\n{}\r\n", piece.size(), piece);
  }
  out += "0\r\n";
  for (const auto& [name, value] : response.trailers)
    line(name, value);
  return out + "\r\n";
}

}  // namespace sfteams::transport
