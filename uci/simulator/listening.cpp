#include "uci/simulator/listening.h"

#include <charconv>
#include <fstream>
#include <system_error>

#include <fmt/format.h>
#include <json/value.h>
#include <unistd.h>

#include "json/json.h"
#include "transport/url.h"
#include "uci/simulator/codes.h"

namespace sfteams::simulator {

Result<Listen> parse_listen(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  const auto bad = [&] {
    return fail(codes::kBadListen, fmt::format("`{}` is no address to listen on", text),
                "write ADDRESS:PORT, like 127.0.0.1:8080 or [::1]:0");
  };
  if (colon == std::string_view::npos) return bad();
  Listen listen;
  const std::string_view port = text.substr(colon + 1);
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), listen.port);
  if (error != std::errc() || end != port.data() + port.size()) return bad();

  std::string_view host = text.substr(0, colon);
  const bool bracketed = host.starts_with('[') && host.ends_with(']');
  if (bracketed) host = host.substr(1, host.size() - 2);
  if (host.empty() || bracketed != (host.find(':') != std::string_view::npos)) return bad();
  if (!transport::is_loopback(host)) {
    return fail(codes::kNotLoopback,
                fmt::format("the simulator does not listen on {}: it is a stand-in whose passwords "
                            "anybody may read",
                            host),
                "take an address of loopback, like 127.0.0.1:8080");
  }
  listen.address = host == "localhost" ? "127.0.0.1" : host;
  return listen;
}

Result<void> write_port_file(const std::filesystem::path& file, const Ports& ports) {
  Json::Value content(Json::objectValue);
  if (ports.http) content["http"] = *ports.http;
  if (ports.https) content["https"] = *ports.https;
  content["control"] = ports.control;
  content["pid"] = static_cast<Json::Int64>(::getpid());

  std::filesystem::path fresh = file;
  fresh += fmt::format(".{}", ::getpid());
  std::ofstream stream(fresh, std::ios::trunc);
  stream << json::write(content) << '\n';
  stream.close();
  std::error_code error;
  if (!stream.fail()) std::filesystem::rename(fresh, file, error);
  if (!stream.fail() && !error) return {};
  std::error_code ignored;
  std::filesystem::remove(fresh, ignored);
  return fail(codes::kPortFile, fmt::format("{} cannot be written", file.string()),
              "check the directory and its permissions");
}

}  // namespace sfteams::simulator
