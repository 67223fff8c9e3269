#include <array>
#include <cerrno>
#include <cstring>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <uv.h>

#include "base/error/system_error.h"
#include "base/files/descriptor.h"
#include "base/log/log.h"
#include "transport/codes.h"
#include "transport/control_socket.h"
#include "transport/loop_impl.h"

namespace sfteams::transport {
namespace {

class Connection;

/// What the listening pipe and the connections share. The server holds it; a turn of the loop that
/// calls the handler holds it too, as the handler may destroy the server.
struct Hall : std::enable_shared_from_this<Hall> {
  Loop& loop;
  ControlServer::Handler handler;
  Duration patience;
  std::set<std::shared_ptr<Connection>> connections{};

  Hall(Loop& its_loop, ControlServer::Handler its_handler, Duration its_patience)
      : loop(its_loop), handler(std::move(its_handler)), patience(its_patience) {}
  void close();
};

/// One peer, from accept to close. libuv needs its memory until its close callback has run.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  explicit Connection(Hall& hall) : hall_(&hall) {}

  [[nodiscard]] bool accept(uv_stream_t* listener);
  [[nodiscard]] bool peer_allowed();
  void start();
  void send(std::string answer);
  void close();

 private:
  void on_bytes(ssize_t count);
  void hand_over();

  Hall* hall_;  ///< nullptr: closed
  uv_pipe_t pipe_{};
  uv_write_t write_{};
  std::array<char, 4096> piece_{};
  std::string line_;
  std::string answer_;
  bool handed_over_ = false;
  bool answered_ = false;
  std::unique_ptr<Timer> deadline_;
  std::shared_ptr<Connection> until_closed_;
};

/// Closes the connection when the last copy of an Answer goes unused.
class Claim {
 public:
  explicit Claim(std::weak_ptr<Connection> connection) : connection_(std::move(connection)) {}
  ~Claim() {
    if (const auto connection = connection_.lock()) connection->close();
  }
  Claim(const Claim&) = delete;
  Claim& operator=(const Claim&) = delete;

  void answer(std::string text) {
    if (const auto connection = std::exchange(connection_, {}).lock()) {
      connection->send(std::move(text));
    }
  }

 private:
  std::weak_ptr<Connection> connection_;
};

bool Connection::accept(uv_stream_t* listener) {
  uv_pipe_init(uv_of(hall_->loop), &pipe_, 0);
  pipe_.data = this;
  until_closed_ = shared_from_this();
  return uv_accept(listener, reinterpret_cast<uv_stream_t*>(&pipe_)) == 0;
}

bool Connection::peer_allowed() {
  uv_os_fd_t fd = -1;
  ucred peer{};
  socklen_t size = sizeof peer;
  if (uv_fileno(reinterpret_cast<uv_handle_t*>(&pipe_), &fd) != 0 ||
      ::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) {
    return false;
  }
  if (peer.uid == 0 || peer.uid == ::geteuid()) return true;
  log::warn("control", Error{codes::kControlDenied,
                             fmt::format("uid {} (pid {}) was refused on the control socket",
                                         peer.uid, peer.pid),
                             "only root and this service's user may use it"});
  return false;
}

void Connection::start() {
  deadline_ = hall_->loop.after(hall_->patience, [this] { close(); });
  const auto on_space = [](uv_handle_t* handle, std::size_t /*suggested*/,
                           uv_buf_t* space) noexcept {
    auto& piece = static_cast<Connection*>(handle->data)->piece_;
    *space = uv_buf_init(piece.data(), static_cast<unsigned>(piece.size()));
  };
  const auto on_read = [](uv_stream_t* stream, ssize_t count, const uv_buf_t* /*space*/) noexcept {
    static_cast<Connection*>(stream->data)->on_bytes(count);
  };
  uv_read_start(reinterpret_cast<uv_stream_t*>(&pipe_), on_space, on_read);
}

void Connection::on_bytes(ssize_t count) {
  if (count == 0) return;
  if (count < 0) {
    // Who has asked may close its sending side and still wait.
    if (count != UV_EOF || !handed_over_) return close();
    uv_read_stop(reinterpret_cast<uv_stream_t*>(&pipe_));
    return;
  }
  if (handed_over_) return;
  line_.append(piece_.data(), static_cast<std::size_t>(count));
  const std::size_t end = line_.find('\n');
  if (std::min(end, line_.size()) > ControlServer::kMaxRequest) {
    log::warn("control", Error{codes::kControlTooLong,
                               fmt::format("a request of more than {} bytes was refused on the "
                                           "control socket",
                                           ControlServer::kMaxRequest),
                               {}});
    return close();
  }
  if (end == std::string::npos) return;
  line_.resize(end);
  hand_over();
}

void Connection::hand_over() {
  handed_over_ = true;
  deadline_.reset();
  const auto hall = hall_->shared_from_this();
  const auto claim = std::make_shared<Claim>(weak_from_this());
  hall->handler(std::exchange(line_, {}),
                [claim](std::string text) { claim->answer(std::move(text)); });
}

void Connection::send(std::string answer) {
  if (hall_ == nullptr || answered_) return;
  answered_ = true;
  if (answer.size() > ControlServer::kMaxAnswer) {
    log::error("control", Error{codes::kControlTooLong,
                                fmt::format("an answer of {} bytes is too long to be sent over "
                                            "the control socket",
                                            answer.size()),
                                {}});
    return close();
  }
  answer_ = std::move(answer) + "\n";
  deadline_ = hall_->loop.after(hall_->patience, [this] { close(); });
  const uv_buf_t buffer = uv_buf_init(answer_.data(), static_cast<unsigned>(answer_.size()));
  write_.data = this;
  const auto on_written = [](uv_write_t* request, int /*status*/) noexcept {
    static_cast<Connection*>(request->data)->close();
  };
  if (uv_write(&write_, reinterpret_cast<uv_stream_t*>(&pipe_), &buffer, 1, on_written) != 0) {
    close();
  }
}

void Connection::close() {
  if (hall_ == nullptr) return;
  const auto self = shared_from_this();
  std::exchange(hall_, nullptr)->connections.erase(self);
  deadline_.reset();
  uv_close(reinterpret_cast<uv_handle_t*>(&pipe_), [](uv_handle_t* handle) noexcept {
    const auto last = std::move(static_cast<Connection*>(handle->data)->until_closed_);
  });
}

void Hall::close() {
  while (!connections.empty())
    (*connections.begin())->close();
}

/// The listening pipe. libuv removes its file when it is closed.
struct Door {
  uv_pipe_t pipe{};
  Hall* hall = nullptr;
};

void on_knock(uv_stream_t* stream, int status) noexcept {
  if (status < 0) return;
  Hall& hall = *static_cast<Door*>(stream->data)->hall;
  const auto connection = std::make_shared<Connection>(hall);
  hall.connections.insert(connection);
  const bool welcome = connection->accept(stream) &&
                       hall.connections.size() <= ControlServer::kMaxConnections &&
                       connection->peer_allowed();
  if (!welcome) return connection->close();
  connection->start();
}

class UvControlServer final : public ControlServer {
 public:
  UvControlServer(std::shared_ptr<Hall> hall, Door* door) : hall_(std::move(hall)), door_(door) {}
  ~UvControlServer() override {
    hall_->close();
    uv_close(reinterpret_cast<uv_handle_t*>(&door_->pipe),
             [](uv_handle_t* handle) noexcept { delete static_cast<Door*>(handle->data); });
  }
  UvControlServer(const UvControlServer&) = delete;
  UvControlServer& operator=(const UvControlServer&) = delete;

 private:
  std::shared_ptr<Hall> hall_;
  Door* door_;
};

tl::unexpected<Error> not_listening(const std::filesystem::path& path, const std::string& reason) {
  return fail(codes::kListenFailed,
              "the control socket " + path.string() + " cannot be made: " + reason,
              "check that its directory exists and belongs to the user that runs this program");
}

bool somebody_listens(const std::filesystem::path& path) {
  const files::Descriptor probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!probe) return false;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
  const int status =
      ::connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
  return status == 0 || errno != ECONNREFUSED;
}

/// Takes a socket file out of the way that a killed daemon has left behind.
Result<void> make_room(const std::filesystem::path& path) {
  if (path.native().size() >= sizeof sockaddr_un{}.sun_path) {
    return not_listening(path, "the path is longer than 107 characters");
  }
  struct stat found {};
  if (::lstat(path.c_str(), &found) != 0) return {};
  if (!S_ISSOCK(found.st_mode)) return not_listening(path, "a file that is no socket is there");
  if (somebody_listens(path)) {
    return fail(codes::kControlInUse, "another instance listens on " + path.string(),
                "stop that one first, or give this one another directory");
  }
  if (::unlink(path.c_str()) != 0) {
    const int problem = errno;
    return not_listening(path, system_message(problem));
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<ControlServer>> ControlServer::listen(Loop& loop,
                                                             const std::filesystem::path& path,
                                                             Handler handler, Duration patience) {
  if (auto free = make_room(path); !free) return fail(free.error());
  auto hall = std::make_shared<Hall>(loop, std::move(handler), patience);
  auto* door = new Door;
  door->hall = hall.get();
  uv_pipe_init(uv_of(loop), &door->pipe, 0);
  door->pipe.data = door;
  auto server = std::make_unique<UvControlServer>(std::move(hall), door);
  int status = uv_pipe_bind(&door->pipe, path.c_str());
  if (status == UV_EADDRINUSE) {  // somebody was quicker
    return fail(codes::kControlInUse, "another instance listens on " + path.string(),
                "stop that one first, or give this one another directory");
  }
  // Nobody can connect before listen(), so there is no moment with another mode.
  if (status == 0 && ::chmod(path.c_str(), S_IRUSR | S_IWUSR) != 0) status = -errno;
  constexpr int kMostUnaccepted = 16;
  auto* stream = reinterpret_cast<uv_stream_t*>(&door->pipe);
  if (status == 0) status = uv_listen(stream, kMostUnaccepted, on_knock);
  if (status != 0) return not_listening(path, uv_strerror(status));
  return server;
}

}  // namespace sfteams::transport
