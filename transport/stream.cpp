#include "transport/stream.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>

#include <openssl/err.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

#include "transport/loop_impl.h"
#include "transport/tls.h"

namespace sfteams::transport {
namespace {

/// Read in one turn, before the others have theirs.
constexpr int kReadsPerTurn = 4;

/// The loop reads one stream after the other, so they share it.
std::span<std::uint8_t> read_buffer() {
  thread_local std::array<std::uint8_t, Stream::kReadAtOnce> buffer;
  return buffer;
}

}  // namespace

struct Stream::Poll {
  uv_poll_t handle{};
  Stream* stream = nullptr;
};

std::unique_ptr<Stream> Stream::take(Loop& loop, int fd, SSL_CTX* tls, StreamUser& user) {
  std::unique_ptr<Stream> stream(new Stream(fd, user));
  if (tls != nullptr) {
    stream->ssl_.reset(::SSL_new(tls));
    if (stream->ssl_ == nullptr || ::SSL_set_fd(stream->ssl_.get(), fd) != 1) return nullptr;
    ::SSL_set_accept_state(stream->ssl_.get());
    stream->tls_ = Tls::handshake;
  }
  auto poll = std::make_unique<Poll>();
  if (::uv_poll_init(uv_of(loop), &poll->handle, fd) != 0) return nullptr;
  poll->handle.data = poll.get();
  poll->stream = stream.get();
  stream->poll_ = poll.release();
  stream->watch();
  return stream;
}

Stream::~Stream() {
  if (poll_ != nullptr) {
    poll_->stream = nullptr;
    // From here on libuv does not know the descriptor any more (uv_poll_t's documentation).
    ::uv_close(reinterpret_cast<uv_handle_t*>(&poll_->handle), [](uv_handle_t* handle) {
      const std::unique_ptr<Poll> gone(static_cast<Poll*>(handle->data));
    });
  }
  ::close(fd_);
}

void Stream::pause() {
  paused_ = true;
  watch();
}

void Stream::resume() {
  paused_ = false;
  watch();
}

void Stream::watch() {
  if (poll_ == nullptr) return;
  int wanted = 0;
  if (!ended_) {
    if (tls_ == Tls::handshake) {
      wanted = SSL_want_write(ssl_.get()) ? UV_WRITABLE : UV_READABLE;
    } else {
      if (!paused_ || end_sent_) wanted |= UV_READABLE;
      if (has_unsent() || writable_asked_) wanted |= UV_WRITABLE;
    }
  }
  if (wanted == watched_) return;
  watched_ = wanted;
  if (wanted == 0) {
    ::uv_poll_stop(&poll_->handle);
    return;
  }
  ::uv_poll_start(&poll_->handle, wanted, [](uv_poll_t* handle, int status, int events) {
    Stream* const stream = static_cast<Poll*>(handle->data)->stream;
    if (stream != nullptr) stream->on_ready(status < 0 ? UV_READABLE | UV_WRITABLE : events);
  });
}

void Stream::on_ready(int events) {
  if (tls_ == Tls::handshake) {
    shake_hands();
  } else {
    if ((events & UV_WRITABLE) != 0 && !flush()) return end();
    if ((events & UV_READABLE) != 0 && (!paused_ || end_sent_)) read_some();
    if (!ended_ && writable_asked_ && !has_unsent() && (events & UV_WRITABLE) != 0) {
      writable_asked_ = false;
      user_.on_writable();
    }
  }
  watch();
}

void Stream::shake_hands() {
  ::ERR_clear_error();
  const int result = ::SSL_do_handshake(ssl_.get());
  if (result == 1) {
    tls_ = Tls::open;
    return;
  }
  const std::string why = newest_tls_error();
  if (tls_outcome(result) != Outcome::failed) return;
  if (!why.empty()) user_.on_no_tls(why);
  end();
}

Stream::Outcome Stream::tls_outcome(int result) const {
  switch (::SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
      return Outcome::again;
    default:
      ::ERR_clear_error();
      return Outcome::failed;
  }
}

Stream::Outcome Stream::read_once(std::size_t& got) {
  const std::span<std::uint8_t> buffer = read_buffer();
  if (ssl_ != nullptr) {
    ::ERR_clear_error();
    const int result = ::SSL_read_ex(ssl_.get(), buffer.data(), buffer.size(), &got);
    return result == 1 ? Outcome::done : tls_outcome(result);
  }
  const ssize_t result = ::recv(fd_, buffer.data(), buffer.size(), 0);
  if (result < 0) {
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? Outcome::again
                                                                     : Outcome::failed;
  }
  got = static_cast<std::size_t>(result);
  return got == 0 ? Outcome::failed : Outcome::done;
}

void Stream::read_some() {
  // The buffer holds a whole record, so nothing that was decrypted waits within OpenSSL.
  for (int i = 0; i < kReadsPerTurn && !ended_ && (!paused_ || end_sent_); ++i) {
    std::size_t got = 0;
    const Outcome outcome = read_once(got);
    if (outcome == Outcome::failed) return end();
    if (outcome == Outcome::again) return;
    if (!finishing_) user_.on_bytes(read_buffer().first(got));
  }
}

Stream::Outcome Stream::send_once(std::span<const std::uint8_t> bytes, std::size_t& sent) {
  if (ssl_ != nullptr) {
    ::ERR_clear_error();
    const int result = ::SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &sent);
    return result == 1 ? Outcome::done : tls_outcome(result);
  }
  const ssize_t result = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (result < 0) {
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? Outcome::again
                                                                     : Outcome::failed;
  }
  sent = static_cast<std::size_t>(result);
  return Outcome::done;
}

bool Stream::write(std::span<const std::uint8_t> bytes) {
  if (ended_ || finishing_) return false;
  while (unsent_.empty() && !bytes.empty()) {
    std::size_t sent = 0;
    const Outcome outcome = send_once(bytes, sent);
    if (outcome == Outcome::failed) return false;
    if (outcome == Outcome::again) break;
    bytes = bytes.subspan(sent);
  }
  unsent_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  watch();
  return true;
}

bool Stream::write(std::string_view bytes) {
  return write({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
}

bool Stream::flush() {
  while (!unsent_.empty()) {
    std::size_t sent = 0;
    const Outcome outcome =
        send_once({reinterpret_cast<const std::uint8_t*>(unsent_.data()), unsent_.size()}, sent);
    if (outcome == Outcome::failed) return false;
    if (outcome == Outcome::again) return true;
    unsent_.erase(0, sent);
  }
  unsent_.shrink_to_fit();
  if (finishing_) send_end();
  return true;
}

bool Stream::is_choked() const {
  pollfd asked{fd_, POLLOUT, 0};
  return ::poll(&asked, 1, 0) != 1 || (asked.revents & POLLOUT) == 0;
}

void Stream::call_when_writable() {
  writable_asked_ = true;
  watch();
}

void Stream::finish() {
  if (finishing_ || ended_) return;
  finishing_ = true;
  writable_asked_ = false;
  if (!has_unsent()) send_end();
  watch();
}

void Stream::send_end() {
  if (std::exchange(end_sent_, true)) return;
  if (tls_ == Tls::open) {
    ::ERR_clear_error();
    static_cast<void>(::SSL_shutdown(ssl_.get()));
    ::ERR_clear_error();
  }
  ::shutdown(fd_, SHUT_WR);
}

void Stream::end() {
  if (std::exchange(ended_, true)) return;
  watch();
  user_.on_end();
}

}  // namespace sfteams::transport
