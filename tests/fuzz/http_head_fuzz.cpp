// Any bytes as the head of a request: how they are cut changes nothing, and what is taken holds
// nothing that another program could read differently.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "base/text/ascii.h"
#include "transport/http_exchange.h"
#include "transport/http_head.h"
#include "transport/server.h"

namespace {

namespace transport = sfteams::transport;
using transport::HeadReader;
using transport::HttpHead;

struct Read {
  HeadReader::State state = HeadReader::State::reading;
  int status = 0;
  std::size_t taken = 0;
  std::optional<HttpHead> head{};
};

Read read(std::string_view bytes, std::size_t piece) {
  HeadReader reader;
  Read result;
  while (reader.state() == HeadReader::State::reading && result.taken < bytes.size())
    result.taken += reader.feed(bytes.substr(result.taken, piece));
  result.state = reader.state();
  result.status = reader.status();
  if (result.state == HeadReader::State::complete) result.head = reader.take();
  return result;
}

void check(bool holds) {
  if (!holds) std::abort();
}

bool same(const HttpHead& a, const HttpHead& b) {
  return a.method == b.method && a.path == b.path && a.query == b.query &&
         a.minor_version == b.minor_version && a.headers == b.headers;
}

bool has_control(std::string_view text) {
  return std::ranges::any_of(text, [](char c) {
    const auto byte = static_cast<std::uint8_t>(c);
    return (byte < 0x20 && c != '\t') || byte == 0x7f;
  });
}

void check_headers(const HttpHead& head) {
  check(head.headers.size() <= transport::kMaxHeaderLines);
  for (const auto& [name, value] : head.headers) {
    check(!name.empty() && name == sfteams::text::lower_case(name));
    check(name.find_first_of(" \t:,;\"/") == std::string::npos && !has_control(name));
    check(!has_control(value));
    check(std::ranges::count(head.headers, name, [](const auto& h) { return h.first; }) == 1);
    check(head.find(name) != nullptr && *head.find(name) == value);
  }
}

/// Written plainly and read once more, it is the same.
void check_again(const HttpHead& head) {
  std::string plain = head.method + " /";
  if (!head.query.empty()) plain += "?" + head.query;
  plain += " HTTP/1." + std::to_string(head.minor_version) + "\r\n";
  for (const auto& [name, value] : head.headers)
    plain.append(name).append(": ").append(value).append("\r\n");
  plain += "\r\n";
  if (plain.size() > transport::kMaxHeadBytes) return;  // spaces that were not there
  const Read again = read(plain, plain.size());
  check(again.head.has_value() && again.taken == plain.size());
  check(again.head->headers == head.headers && again.head->query == head.query);
}

void check_exchange(const HttpHead& head, bool chunked_bodies) {
  transport::ServerOptions options;
  options.chunked_bodies = chunked_bodies;
  options.max_body = 1000;
  const transport::RequestHead looked = look_through(head, options);
  if (looked.refusal) {
    check(looked.refusal->status >= 400 && looked.refusal->status < 600);
    return;
  }
  check(looked.body_bytes <= options.max_body && !(looked.chunked && looked.body_bytes > 0));
  check(chunked_bodies || head.find("transfer-encoding") == nullptr);
  check(!looked.chunked || head.find("content-length") == nullptr);
  check(!looked.has_body() || head.method == "POST");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // A byte may be looked at as a char ([basic.lval]).
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const Read whole = read(bytes, bytes.size());
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}}) {
    const Read cut = read(bytes, piece);
    check(cut.state == whole.state && cut.status == whole.status && cut.taken == whole.taken);
    check(cut.head.has_value() == whole.head.has_value());
    if (whole.head) check(same(*cut.head, *whole.head));
  }
  check(whole.taken <= transport::kMaxHeadBytes + 1);
  if (!whole.head) return 0;
  check_headers(*whole.head);
  check(!has_control(whole.head->path) && whole.head->path.find('\t') == std::string::npos);
  check_again(*whole.head);
  check_exchange(*whole.head, false);
  check_exchange(*whole.head, true);
  return 0;
}
