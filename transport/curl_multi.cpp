#include "transport/curl_multi.h"

#include <algorithm>
#include <cassert>
#include <chrono>
#include <cstdint>
#include <new>
#include <utility>

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "transport/codes.h"
#include "transport/loop_impl.h"

namespace sfteams::transport {

/// One socket on the loop. It frees itself when libuv has let go of it.
struct CurlMulti::Poll {
  uv_poll_t handle{};
  CurlMulti* multi = nullptr;
  curl_socket_t socket = CURL_SOCKET_BAD;
  bool connection = false;  ///< opened through on_open
  ino_t inode = 0;          ///< of a connection's socket: tells it from a later one of its number
  bool on_loop = false;     ///< uv_poll_init has been called
  int wanted = 0;           ///< what libcurl waits for: UV_READABLE, UV_WRITABLE
  int polled = 0;           ///< what the loop looks for
};

struct CurlMulti::Alarm {
  uv_timer_t handle{};
  CurlMulti* multi = nullptr;
};

namespace {

/// What has ended at the same moment is handed over for at most this long before others get a turn.
constexpr std::chrono::milliseconds kMostOfATurn{4};

/// 0: there is none of this number.
ino_t inode_of(curl_socket_t socket) {
  struct stat status {};
  return ::fstat(socket, &status) == 0 ? status.st_ino : 0;
}

/// libcurl sets up itself and OpenSSL once for the process, and never counts on being torn down.
bool library_ready() {
  static const bool ready = ::curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  return ready;
}

}  // namespace

Result<std::shared_ptr<CurlMulti>> CurlMulti::create(Loop& loop, long max_idle, Done done) {
  CURLM* multi = library_ready() ? ::curl_multi_init() : nullptr;
  if (multi == nullptr) {
    return fail(codes::kLoopFailed, "libcurl could not be set up",
                "the system is probably out of memory");
  }
  auto made = std::make_shared<CurlMulti>(loop, multi, std::move(done));
  ::curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, max_idle);
  return made;
}

CurlMulti::CurlMulti(Loop& loop, CURLM* multi, Done done)
    : loop_(loop), multi_(multi), done_(std::move(done)), alarm_(new Alarm) {
  alarm_->multi = this;
  uv_timer_init(uv_of(loop_), &alarm_->handle);
  alarm_->handle.data = alarm_;
  ::curl_multi_setopt(multi_, CURLMOPT_PIPELINING, long{CURLPIPE_NOTHING});
  ::curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, on_socket);
  ::curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
  ::curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, on_timeout);
  ::curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
}

void CurlMulti::resume(CURL* easy) {
  ::curl_easy_pause(easy, CURLPAUSE_CONT);
}

CurlMulti::~CurlMulti() {
  close();
}

void CurlMulti::close() {
  if (multi_ == nullptr) return;
  ::curl_multi_cleanup(std::exchange(multi_, nullptr));  // comes back to on_socket and on_close
  while (!polls_.empty())
    forget(*polls_.begin()->second);
  uv_close(reinterpret_cast<uv_handle_t*>(&alarm_->handle),
           [](uv_handle_t* handle) noexcept { delete static_cast<Alarm*>(handle->data); });
  alarm_ = nullptr;
}

void CurlMulti::prepare(CURL* easy) {
  ::curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_open);
  ::curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, this);
  ::curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, on_close);
  ::curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, this);
}

bool CurlMulti::add(CURL* easy) {
  return ::curl_multi_add_handle(multi_, easy) == CURLM_OK;
}

void CurlMulti::remove(CURL* easy) {
  ::curl_multi_remove_handle(multi_, easy);
}

curl_socket_t CurlMulti::on_open(void* self, curlsocktype /*purpose*/,
                                 curl_sockaddr* address) noexcept {
  const int socket = ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  if (socket < 0) return CURL_SOCKET_BAD;
  auto* multi = static_cast<CurlMulti*>(self);
  // libcurl closes a socket whose connection did not come about without a word, and may open the
  // next one before it says that nobody waits for it any more.
  const auto left_over = multi->polls_.find(socket);
  if (left_over != multi->polls_.end()) multi->forget(*left_over->second);
  auto* poll = new (std::nothrow) Poll;
  if (poll == nullptr) {
    ::close(socket);
    return CURL_SOCKET_BAD;
  }
  poll->multi = multi;
  poll->socket = socket;
  poll->connection = true;
  poll->inode = inode_of(socket);
  multi->polls_[socket] = poll;
  return socket;
}

int CurlMulti::on_close(void* self, curl_socket_t socket) noexcept {
  auto* multi = static_cast<CurlMulti*>(self);
  const auto found = multi->polls_.find(socket);
  if (found != multi->polls_.end()) multi->forget(*found->second);
  return ::close(socket);
}

void CurlMulti::forget(Poll& poll) {
  polls_.erase(poll.socket);
  if (!poll.on_loop) {
    delete &poll;
    return;
  }
  uv_close(reinterpret_cast<uv_handle_t*>(&poll.handle),
           [](uv_handle_t* handle) noexcept { delete static_cast<Poll*>(handle->data); });
}

int CurlMulti::on_socket(CURL* /*easy*/, curl_socket_t socket, int what, void* self,
                         void* /*poll*/) noexcept {
  auto* multi = static_cast<CurlMulti*>(self);
  if (what != CURL_POLL_REMOVE) {
    multi->watch(socket, what);
    return 0;
  }
  const auto found = multi->polls_.find(socket);
  if (found == multi->polls_.end()) return 0;
  Poll& poll = *found->second;
  poll.wanted = 0;
  // What is no connection (libcurl's own pipe to its resolver) is closed without telling us, and so
  // is a connection that did not come about. Its number has to be free on the loop: the next one to
  // get it may be anybody.
  if (!poll.connection || inode_of(socket) != poll.inode) multi->forget(poll);
  return 0;
}

void CurlMulti::watch(curl_socket_t socket, int what) {
  Poll*& poll = polls_[socket];
  if (poll == nullptr) {
    poll = new Poll;
    poll->multi = this;
    poll->socket = socket;
  }
  if (!poll->on_loop) {
    if (uv_poll_init_socket(uv_of(loop_), &poll->handle, socket) != 0) return;  // ends by timeout
    poll->handle.data = poll;
    poll->on_loop = true;
  }
  poll->wanted = ((what & CURL_POLL_IN) != 0 ? UV_READABLE : 0) |
                 ((what & CURL_POLL_OUT) != 0 ? UV_WRITABLE : 0);
  if (poll->polled == poll->wanted) return;
  const auto on_event = [](uv_poll_t* handle, int status, int events) noexcept {
    auto* ready = static_cast<Poll*>(handle->data);
    if (ready->wanted == 0) {  // the peer has closed an idle connection; libcurl will find out
      uv_poll_stop(handle);
      ready->polled = 0;
      return;
    }
    int flags = status < 0 ? CURL_CSELECT_ERR : 0;
    if ((events & UV_READABLE) != 0) flags |= CURL_CSELECT_IN;
    if ((events & UV_WRITABLE) != 0) flags |= CURL_CSELECT_OUT;
    ready->multi->act(ready->socket, flags);
  };
  if (uv_poll_start(&poll->handle, poll->wanted, on_event) == 0) poll->polled = poll->wanted;
}

int CurlMulti::on_timeout(CURLM* /*multi*/, long timeout_ms, void* self) noexcept {
  auto* multi = static_cast<CurlMulti*>(self);
  uv_timer_t* timer = &multi->alarm_->handle;
  if (timeout_ms < 0) return uv_timer_stop(timer);
  // Without a delay it would run again before the loop looks at its sockets.
  const long delay = std::max(timeout_ms, multi->in_alarm_ ? 1L : 0L);
  const auto on_alarm = [](uv_timer_t* handle) noexcept {
    CurlMulti* owner = static_cast<Alarm*>(handle->data)->multi;
    owner->in_alarm_ = true;
    owner->act(CURL_SOCKET_TIMEOUT, 0);
  };
  return uv_timer_start(timer, on_alarm, static_cast<std::uint64_t>(delay), 0);
}

void CurlMulti::act(curl_socket_t socket, int events) {
  const auto alive = shared_from_this();  // done_ may let go of us
  int running = 0;
  ::curl_multi_socket_action(multi_, socket, events, &running);
  in_alarm_ = false;
  if (!more_later_) hand_over_finished();
}

void CurlMulti::hand_over_finished() {
  int left = 0;
  while (multi_ != nullptr) {
    if (turn_is_used_up()) return hand_over_later();
    const CURLMsg* message = ::curl_multi_info_read(multi_, &left);
    if (message == nullptr) return;
    if (message->msg == CURLMSG_DONE) done_(message->easy_handle, message->data.result);
  }
}

bool CurlMulti::turn_is_used_up() {
  // libuv's own time stands still for the length of a turn.
  const std::uint64_t turn = uv_now(uv_of(loop_));
  const auto now = std::chrono::steady_clock::now();
  if (std::exchange(turn_, turn) != turn) turn_end_ = now + kMostOfATurn;
  return now >= turn_end_;
}

void CurlMulti::hand_over_later() {
  more_later_ = true;
  loop_.post([weak = weak_from_this()] {
    const auto multi = weak.lock();
    if (!multi) return;
    multi->more_later_ = false;
    multi->hand_over_finished();
  });
}

}  // namespace sfteams::transport
