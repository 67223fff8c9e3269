#include "transport/bus/nats_options.h"

#include <string_view>
#include <system_error>
#include <utility>

#include "base/files/small_file.h"
#include "base/text/trimmed.h"
#include "transport/bus/codes.h"
#include "transport/endpoint.h"
#include "transport/url.h"

namespace sfteams::bus {
namespace {

constexpr std::size_t kMostFile = 4'096;
constexpr std::string_view kPlain = "nats://";
constexpr std::string_view kTls = "tls://";

tl::unexpected<Error> bad_server(const std::string& why) {
  return fail(codes::kBadServer, why, "write nats://host:port or tls://host:port");
}

tl::unexpected<Error> unusable(const std::filesystem::path& file, const std::string& why) {
  return fail(codes::kCredentials, "the file with the user for NATS, " + file.string() + ", " + why,
              "it has user and password, or token, one a line as `name = value`, and mode 0640 at "
              "most");
}

/// Others than owner and group.
bool is_open_to_others(const std::filesystem::path& file) {
  std::error_code failed;
  const auto rights = std::filesystem::status(file, failed).permissions();
  return !failed && (rights & std::filesystem::perms::others_all) != std::filesystem::perms::none;
}

crypto::Secret* place_of(NatsCredentials& credentials, std::string_view name) {
  if (name == "user") return &credentials.user;
  if (name == "password") return &credentials.password;
  return name == "token" ? &credentials.token : nullptr;
}

/// Which line is wrong; 0: none.
int read_lines(std::string_view text, NatsCredentials& credentials) {
  for (int number = 1; !text.empty(); ++number) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text::trimmed(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.empty() || line.front() == '#') continue;
    const std::size_t sign = line.find('=');
    crypto::Secret* const place = place_of(credentials, text::trimmed(line.substr(0, sign)));
    if (sign == std::string_view::npos || place == nullptr || !place->empty()) return number;
    const std::string_view value = text::trimmed(line.substr(sign + 1));
    // libnats takes it as text that ends with a zero.
    if (value.empty() || value.find('\0') != std::string_view::npos) return number;
    *place = crypto::Secret::from_text(value);
  }
  return 0;
}

}  // namespace

Result<NatsAddress> NatsAddress::parse(const std::string& text) {
  if (text.find('@') != std::string::npos) {
    return bad_server(
        "a NATS server's address has a user or password in it, which belong into a file");
  }
  const bool tls = text.starts_with(kTls);
  if (!tls && !text.starts_with(kPlain)) return bad_server("\"" + text + "\" is no NATS server");
  const std::string rest = text.substr(tls ? kTls.size() : kPlain.size());
  // The rules of hosts and ports are those of every other URL here; a port has to be there.
  const auto url = transport::parse_url("https://" + rest);
  const std::size_t colon = rest.rfind(':');
  if (!url || url->path != "/" || rest.ends_with('/') || colon == std::string::npos ||
      rest.find(']', colon) != std::string::npos || url->port == 0)
    return bad_server("\"" + text + "\" has no host and port of a NATS server");
  if (!tls && !transport::is_loopback(url->host)) {
    return fail(codes::kPlainNotLoopback,
                text + " is another host, which is not spoken to without TLS",
                "write tls://, or run a nats-server on this host that is joined with the others "
                "by TLS");
  }
  return NatsAddress{.host = url->host, .port = url->port, .tls = tls};
}

std::string NatsAddress::to_string() const {
  return std::string(tls ? kTls : kPlain) + transport::before_port(host) + ":" +
         std::to_string(port);
}

Result<NatsCredentials> NatsCredentials::read(const std::filesystem::path& file) {
  const Result<crypto::Secret> content = files::read_small_file(file, kMostFile);
  if (!content) return unusable(file, "cannot be read: " + content.error().message);
  if (is_open_to_others(file)) return unusable(file, "is open to every user of this host");
  NatsCredentials credentials;
  if (const int line = read_lines(content->text(), credentials); line != 0)
    return unusable(file, "is not understood in line " + std::to_string(line));
  const bool user = !credentials.user.empty() && !credentials.password.empty();
  const bool half = credentials.user.empty() != credentials.password.empty();
  if (half || user == !credentials.token.empty())
    return unusable(file, "has neither user and password nor a token, or both");
  return credentials;
}

}  // namespace sfteams::bus
