#include "simulator/listening.h"

#include <fstream>
#include <system_error>

#include <fmt/format.h>
#include <json/value.h>
#include <unistd.h>

#include "base/json/json.h"
#include "simulator/codes.h"

namespace sfteams::simulator {

Result<Listen> parse_listen(std::string_view text, const Reach& reach) {
  constexpr std::string_view kLocalhost = "localhost:";
  const bool named = text.starts_with(kLocalhost);
  const auto listen =
      named ? transport::Endpoint::parse("127.0.0.1:" + std::string(text.substr(kLocalhost.size())))
            : transport::Endpoint::parse(text);
  if (!listen) {
    return fail(codes::kBadListen, fmt::format("`{}` is no address to listen on", text),
                "write ADDRESS:PORT, like 127.0.0.1:8080 or [::1]:0");
  }
  if (!reach.contains(listen->address)) {
    return fail(codes::kNotLoopback,
                fmt::format("the simulator does not listen on {}: it is a stand-in whose passwords "
                            "anybody may read",
                            listen->address),
                "take an address of loopback, like 127.0.0.1:8080");
  }
  return *listen;
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
