#include "agent/configuration/callback_section.h"

#include <optional>
#include <string>
#include <utility>

#include "agent/configuration/configuration_values.h"
#include "base/text/ascii.h"
#include "transport/endpoint.h"
#include "transport/this_host.h"

namespace sfteams::agent {
namespace {

using settings::Reader;

/// All addresses of this host: to listen at, but not to be told to anybody.
bool is_any_address(const std::string& address) {
  const std::optional<std::string> canonical = transport::canonical_address(address);
  return canonical == "0.0.0.0" || canonical == "::";
}

void read_listen(Reader& reader, PbxSettings& out) {
  const std::string fallback =
      transport::Endpoint{out.callback_address, out.callback_port}.to_string();
  auto listen = transport::Endpoint::parse(reader.text("uci", "callback-listen", fallback));
  if (!listen) {
    return reader.reject(
        "uci", "callback-listen", "it has to be an address of this host and a port",
        "write 127.0.0.1:0 where the PBX is on this host (port 0: any free one), otherwise this "
        "host's address in the PBX's network, as in 192.0.2.10:9785 or [2001:db8::10]:9785");
  }
  out.callback_address = std::move(listen->address);
  out.callback_port = listen->port;
}

void read_host(Reader& reader, PbxSettings& out) {
  std::string host = text::lower_case(reader.text("uci", "callback-host", ""));
  const bool bare_v6 = host.find(':') != std::string::npos && !host.starts_with('[');
  if (bare_v6) host = "[" + host + "]";
  if (!host.empty() && !is_host(host)) {
    return reader.reject("uci", "callback-host", "it has to be the name or address of a host",
                         "write it without http:// and without a port, as in agent.example.com");
  }
  if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
  if (is_any_address(host)) {
    return reader.reject("uci", "callback-host", "nobody can be reached at " + host,
                         "write this host's name or address as the PBX reaches it");
  }
  out.callback_host = std::move(host);
  if (out.callback_host.empty() && is_any_address(out.callback_address)) {
    reader.reject("uci", "callback-listen",
                  "it stands for every address of this host, but the PBX has to be told one",
                  "set callback-host to this host's name or address as the PBX reaches it, or "
                  "listen at one address");
  }
}

void read_from(Reader& reader, PbxSettings& out) {
  for (const std::string& text : reader.list("uci", "callback-from")) {
    std::optional<std::string> address = transport::canonical_address(text);
    if (!address) {
      return reader.reject("uci", "callback-from", "it has to be addresses, separated by commas",
                           "write the PBX's, as in 192.0.2.7, 2001:db8::7; or leave the line out "
                           "for those of the host in url");
    }
    out.callback_from.push_back(std::move(*address));
  }
}

void read_tls(Reader& reader, PbxSettings& out) {
  auto certificate = read_path(reader, "uci", "callback-certificate", "callback.pem");
  auto key = read_path(reader, "uci", "callback-key", "callback.key");
  if (certificate.has_value() != key.has_value()) {
    return reader.reject("uci", certificate ? "callback-certificate" : "callback-key",
                         "callback-certificate and callback-key belong together",
                         "set both for callbacks by https, or none");
  }
  if (certificate)
    out.callback_tls = transport::ServerTls{std::move(*certificate), std::move(*key)};
}

}  // namespace

void read_callback(Reader& reader, PbxSettings& out) {
  read_listen(reader, out);
  read_host(reader, out);
  read_from(reader, out);
  read_tls(reader, out);
}

}  // namespace sfteams::agent
