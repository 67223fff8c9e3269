#pragma once

// Only for the .cpp files of this room: libcurl's types stay behind http_client.h.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <unordered_map>

#include <curl/curl.h>
#include <uv.h>

#include "base/error/error.h"
#include "transport/loop.h"

namespace sfteams::transport {

/// libcurl's multi interface on the Loop: one uv_poll a socket, one timer for all.
///
/// libcurl takes its hands off a kept-open socket after every transfer and puts them on again with
/// the next. Following it would cost four system calls a transfer, so the poll of a connection goes
/// on until the connection is closed, or until something arrives that no transfer waits for.
class CurlMulti : public std::enable_shared_from_this<CurlMulti> {
 public:
  /// Called for each transfer that has ended, when libcurl is not on the stack. It may call
  /// everything in here, close() too.
  using Done = std::function<void(CURL*, CURLcode)>;

  /// Fails with transport.loop-failed.
  [[nodiscard]] static Result<std::shared_ptr<CurlMulti>> create(Loop& loop, long max_idle,
                                                                 Done done);
  CurlMulti(Loop& loop, CURLM* multi, Done done);
  ~CurlMulti();
  CurlMulti(const CurlMulti&) = delete;
  CurlMulti& operator=(const CurlMulti&) = delete;

  /// Sets what lets us follow the sockets of a handle. Once for each handle, before it is added.
  void prepare(CURL* easy);
  /// False when libcurl does not take it.
  [[nodiscard]] bool add(CURL* easy);
  void remove(CURL* easy);
  /// Goes on with a transfer whose write callback has paused it. Not from within a callback of
  /// libcurl.
  static void resume(CURL* easy);
  /// Closes every connection. Every handle has been removed before.
  void close();

 private:
  struct Poll;
  struct Alarm;

  static int on_socket(CURL* easy, curl_socket_t socket, int what, void* self, void* poll) noexcept;
  static int on_timeout(CURLM* multi, long timeout_ms, void* self) noexcept;
  static curl_socket_t on_open(void* self, curlsocktype purpose, curl_sockaddr* address) noexcept;
  static int on_close(void* self, curl_socket_t socket) noexcept;

  void watch(curl_socket_t socket, int what);
  void forget(Poll& poll);
  void act(curl_socket_t socket, int events);
  /// Those that have ended, for a few milliseconds; the rest in a later turn.
  void hand_over_finished();
  void hand_over_later();
  /// Whether those that have ended have had their part of this turn, whatever their sockets.
  [[nodiscard]] bool turn_is_used_up();

  Loop& loop_;
  CURLM* multi_;
  Done done_;
  Alarm* alarm_ = nullptr;
  /// Those libcurl waits for and those of connections, by their socket.
  std::unordered_map<curl_socket_t, Poll*> polls_;
  bool in_alarm_ = false;
  std::uint64_t turn_ = 0;  ///< in which something was handed over last
  std::chrono::steady_clock::time_point turn_end_{};
  bool more_later_ = false;  ///< the next turn hands over what has ended
};

}  // namespace sfteams::transport
