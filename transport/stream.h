#pragma once

// Only for the .cpp files of this room: libuv and OpenSSL stay behind the public headers.

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include <openssl/ssl.h>

#include "transport/loop.h"

namespace sfteams::transport {

/// What is told to the owner of a Stream. It does not destroy the Stream in a call.
class StreamUser {
 public:
  virtual ~StreamUser() = default;
  /// At most Stream::kReadAtOnce bytes, which may be changed in place. Not called while paused.
  virtual void on_bytes(std::span<std::uint8_t> bytes) = 0;
  /// After call_when_writable(): everything is out, and the kernel takes more.
  virtual void on_writable() = 0;
  /// TLS did not come about, for this reason of OpenSSL's; on_end() comes next.
  virtual void on_no_tls(const std::string& why) = 0;
  /// The peer has closed the connection, or it broke, or TLS did not come about. The last call.
  virtual void on_end() = 0;
};

/// An accepted TCP connection, with or without TLS, on the loop. libwebsockets could hold it, but
/// reads requests in a way that lets one header hide another, and shows their bytes to nobody
/// before (docs/transport.md).
class Stream {
 public:
  /// One TLS record is never more.
  static constexpr std::size_t kReadAtOnce = 16'384;

  /// Takes the descriptor, non-blocking, in any case. `tls`: nullptr without; it is only used in
  /// here. `user` outlives the Stream. nullptr when the system has no room for it.
  [[nodiscard]] static std::unique_ptr<Stream> take(Loop& loop, int fd, SSL_CTX* tls,
                                                    StreamUser& user);
  /// Drops the connection at once.
  ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  /// Whether on_bytes() may be called. A paused stream does not notice that the peer has gone.
  void pause();
  void resume();

  /// Sends, and keeps what the kernel does not take now; so it is to be asked has_unsent() before.
  /// False when the connection is broken: on_end() will not be called then.
  [[nodiscard]] bool write(std::span<const std::uint8_t> bytes);
  [[nodiscard]] bool write(std::string_view bytes);
  /// What the kernel has not taken yet.
  [[nodiscard]] bool has_unsent() const { return !unsent_.empty(); }
  /// Whether the kernel takes nothing just now. A system call.
  [[nodiscard]] bool is_choked() const;
  void call_when_writable();

  /// Everything that was written goes out, then the end of the stream. What comes from now on is
  /// thrown away until the peer closes, too (on_end): closing at once would take the answer away
  /// from a peer that is still sending. The owner sees to it that this does not last.
  void finish();

 private:
  struct Poll;
  enum class Tls { none, handshake, open };
  enum class Outcome { done, again, failed };

  Stream(int fd, StreamUser& user) : fd_(fd), user_(user) {}
  void on_ready(int events);
  void shake_hands();
  void read_some();
  [[nodiscard]] Outcome read_once(std::size_t& got);
  [[nodiscard]] Outcome send_once(std::span<const std::uint8_t> bytes, std::size_t& sent);
  [[nodiscard]] Outcome tls_outcome(int result) const;
  [[nodiscard]] bool flush();
  void send_end();
  void watch();
  void end();

  int fd_;
  StreamUser& user_;
  std::unique_ptr<SSL, decltype(&SSL_free)> ssl_{nullptr, SSL_free};
  Tls tls_ = Tls::none;
  Poll* poll_ = nullptr;  ///< frees itself when libuv is through with it
  int watched_ = 0;
  bool paused_ = false;
  bool writable_asked_ = false;
  bool finishing_ = false;
  bool end_sent_ = false;
  bool ended_ = false;
  std::string unsent_;
};

}  // namespace sfteams::transport
