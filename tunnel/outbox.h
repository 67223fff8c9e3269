#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tunnel/frame.h"
#include "tunnel/wire_code.h"

namespace sfteams::tunnel {

/// What a stream gave when its turn came.
struct Pull {
  enum class Next {
    idle,     ///< nothing more to send: leave me out until Stream::ready()
    blocked,  ///< there is more, but no credit for it: leave me out until Stream::ready()
    more,     ///< there is more: another turn, please
  };
  std::size_t size = 0;  ///< bytes of the packet; 0: none was written
  Next next = Next::idle;
};

/// Where a stream's packets come from. It is asked only when the websocket can take a message, so
/// that a session may put everything it has by then into one packet and nothing waits in two
/// queues.
class PacketSource {
 public:
  virtual ~PacketSource() = default;

  /// Writes one packet of at most out.size() bytes (out is 1 … 4,080 bytes: what is left in this
  /// websocket message). A packet that does not fit is kept: return {0, more}, and the next
  /// message, where `out` is 4,080 bytes, begins with this stream. It may not destroy its own
  /// Outbox::Stream in here; other streams may go.
  [[nodiscard]] virtual Pull next_packet(std::span<std::uint8_t> out) = 0;

  /// The CLOSE of Stream::finish() has been written. The Stream may be destroyed in here.
  virtual void on_close_written() {}
};

/// Everything that waits to go out on one link, packed into websocket messages of at most 16,376
/// bytes. Order: control frames, then WINDOW frames, then streams with packets, which take turns
/// with one DATA frame each. Every step is O(1), whatever the number of streams. What waits is
/// bounded by its owners: packets stay in their sources, WINDOWs of one stream are added up.
///
/// One outbox serves an agent's uplink, the connector's end of it, or one client's link.
class Outbox {
 public:
  /// `wake` is called when something can be sent and nothing could be before: the websocket's
  /// wake().
  explicit Outbox(std::function<void()> wake) : wake_(std::move(wake)) {}
  Outbox(const Outbox&) = delete;
  Outbox& operator=(const Outbox&) = delete;

  /// Queues a frame as it is, in front of all WINDOW and DATA: stream 0, and OPEN. A payload of
  /// more than 16,368 bytes is a programmer's error (std::length_error).
  void send(FrameType type, std::uint32_t stream, std::span<const std::uint8_t> payload);

  /// Queues a CLOSE in front of all DATA. To give up what the stream still had, destroy its Stream;
  /// to send that first, use Stream::finish() instead.
  void close(std::uint32_t stream, WireCode code, std::string_view reason);

  /// Fills `out` (16,376 bytes) with frames and returns their length; 0 when nothing is ready. This
  /// is what WebsocketHandler::next_message() returns.
  [[nodiscard]] std::size_t next_message(std::span<std::uint8_t> out);

  /// True when next_message() would give nothing.
  [[nodiscard]] bool empty() const;
  /// Bytes of control frames that wait.
  [[nodiscard]] std::size_t control_bytes() const { return control_.size() - control_head_; }

  /// One stream's place in the outbox: a member of whatever owns the stream. Destroying it forgets
  /// what it had queued. It knows its neighbours in the turn, so it neither moves nor copies; the
  /// outbox and the source outlive it.
  class Stream {
   public:
    Stream(Outbox& outbox, std::uint32_t id, PacketSource& source)
        : outbox_(outbox), source_(source), id_(id) {}
    ~Stream();
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;

    /// The source has a packet, or got credit for one: it will be asked.
    void ready();
    /// Queues a WINDOW. Several before the next message become one. 0 does nothing.
    void window(std::uint32_t credit);
    /// A CLOSE once the source says idle; then source.on_close_written(). Asks the source.
    void finish(WireCode code, std::string_view reason);

    [[nodiscard]] std::uint32_t id() const { return id_; }

   private:
    friend class Outbox;
    /// A place in one of the two circles; nullptr: in none.
    struct Link {
      Stream* before = nullptr;
      Stream* after = nullptr;
    };
    Outbox& outbox_;
    PacketSource& source_;
    Link turn_;
    Link credit_turn_;
    std::uint32_t id_;
    std::uint32_t window_ = 0;
    std::optional<std::pair<WireCode, std::string>> close_;
  };

 private:
  /// Streams in a circle; the head is next. `kLink` says which circle.
  template <Stream::Link Stream::*kLink>
  class Circle {
   public:
    [[nodiscard]] Stream* head() const { return head_; }
    void append(Stream& stream);
    void remove(Stream& stream);
    /// The one after `stream` is next, when `stream` was.
    void rotate_behind(Stream& stream);

   private:
    Stream* head_ = nullptr;
  };

  void woken(bool was_empty);
  [[nodiscard]] bool write_control(FrameWriter& writer);
  [[nodiscard]] bool write_windows(FrameWriter& writer);
  [[nodiscard]] bool write_turn(FrameWriter& writer);
  [[nodiscard]] bool write_close(FrameWriter& writer, Stream& stream);

  std::function<void()> wake_;
  std::vector<std::uint8_t> control_;  ///< encoded frames; those before control_head_ are gone
  std::size_t control_head_ = 0;
  Circle<&Stream::turn_> turns_;
  Circle<&Stream::credit_turn_> windows_;
};

}  // namespace sfteams::tunnel
