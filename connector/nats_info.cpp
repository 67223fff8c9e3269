#include "connector/nats_info.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <memory>
#include <optional>
#include <system_error>

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/error/system_error.h"
#include "base/json/json.h"
#include "transport/bus/codes.h"

namespace sfteams::connector {
namespace {

using transport::Clock;
using transport::TimePoint;

constexpr json::Limits kInfoLimits{NatsInfo::kMost, 8};
constexpr std::size_t kMostVersion = 32;

class Socket {
 public:
  explicit Socket(int descriptor) : descriptor_(descriptor) {}
  ~Socket() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  [[nodiscard]] int get() const { return descriptor_; }

 private:
  int descriptor_;
};

struct AddressesFree {
  void operator()(addrinfo* first) const noexcept { ::freeaddrinfo(first); }
};

tl::unexpected<Error> away(const bus::NatsAddress& server, const std::string& why) {
  return fail(bus::codes::kUnreachable, server.to_string() + " does not answer: " + why,
              "check that a NATS server runs there");
}

/// Whether the socket is ready for that before the deadline.
bool ready(int socket, short what, TimePoint deadline) {
  while (true) {
    const auto left =
        std::chrono::duration_cast<transport::Duration>(deadline - Clock::now()).count();
    if (left <= 0) return false;
    pollfd one{socket, what, 0};
    const int found = ::poll(&one, 1, static_cast<int>(left));
    if (found > 0) return true;
    if (found == 0 || errno != EINTR) return false;
  }
}

/// 0, or what is in the way.
int connect_to(int socket, const addrinfo& address, TimePoint deadline) {
  if (::connect(socket, address.ai_addr, address.ai_addrlen) == 0) return 0;
  if (errno != EINPROGRESS) return errno;
  if (!ready(socket, POLLOUT, deadline)) return ETIMEDOUT;
  int problem = 0;
  socklen_t size = sizeof problem;
  if (::getsockopt(socket, SOL_SOCKET, SO_ERROR, &problem, &size) != 0) return errno;
  return problem;
}

/// Up to the end of the line; nullopt when it does not come.
std::optional<std::string> read_line(int socket, TimePoint deadline) {
  std::string line;
  std::array<char, 4'096> piece{};
  while (line.size() < NatsInfo::kMost && ready(socket, POLLIN, deadline)) {
    const ssize_t got = ::recv(socket, piece.data(), piece.size(), 0);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (got <= 0) return std::nullopt;
    line.append(piece.data(), static_cast<std::size_t>(got));
    if (const std::size_t end = line.find("\r\n"); end != std::string::npos)
      return line.substr(0, end);
  }
  return std::nullopt;
}

/// "2.9.10", with something like "-beta.1" behind it or not.
bool parse_version(std::string_view text, std::array<int, 3>& version) {
  for (std::size_t part = 0; part < version.size(); ++part) {
    const auto [end, problem] =
        std::from_chars(text.data(), text.data() + text.size(), version.at(part));
    if (problem != std::errc() || version.at(part) < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (part + 1 == version.size()) return true;
    if (!text.starts_with('.')) return false;
    text.remove_prefix(1);
  }
  return false;
}

bool flag(const Json::Value& value, const char* name) {
  const Json::Value* const found = json::member(value, name);
  return found != nullptr && found->isBool() && found->asBool();
}

}  // namespace

Result<NatsInfo> NatsInfo::parse(std::string_view line) {
  const auto strange = [] {
    return fail(bus::codes::kUnreachable, "what answers there is no NATS server",
                "check the port in [cluster] nats");
  };
  constexpr std::string_view kStart = "INFO ";
  if (!line.starts_with(kStart)) return strange();
  const Result<Json::Value> value = json::parse(line.substr(kStart.size()), kInfoLimits);
  if (!value || !value->isObject()) return strange();
  NatsInfo info;
  info.version_text = json::string_member(*value, "version").value_or("");
  const auto printable = [](char c) { return c > ' ' && c < '\x7f'; };
  if (info.version_text.size() > kMostVersion ||
      !std::ranges::all_of(info.version_text, printable) ||
      !parse_version(info.version_text, info.version))
    return strange();
  info.tls_verify = flag(*value, "tls_verify");
  return info;
}

Result<NatsInfo> NatsInfo::ask(const bus::NatsAddress& server, transport::Duration patience) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int looked =
      ::getaddrinfo(server.host.c_str(), std::to_string(server.port).c_str(), &hints, &found);
  if (looked != 0) return away(server, ::gai_strerror(looked));
  const std::unique_ptr<addrinfo, AddressesFree> addresses(found);
  const TimePoint deadline = Clock::now() + patience;
  int problem = 0;
  for (const addrinfo* each = addresses.get(); each != nullptr; each = each->ai_next) {
    const Socket socket(::socket(each->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    problem = socket.get() < 0 ? errno : connect_to(socket.get(), *each, deadline);
    if (problem != 0) continue;
    const std::optional<std::string> line = read_line(socket.get(), deadline);
    if (!line) return away(server, "it says nothing");
    return parse(*line);
  }
  return away(server, system_message(problem));
}

}  // namespace sfteams::connector
