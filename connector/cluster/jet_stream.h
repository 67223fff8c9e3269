#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <json/value.h>

#include "transport/bus/bus.h"

namespace sfteams::connector {

/// How a request to the streams of a NATS server ended.
enum class StreamOutcome {
  ok,
  no_message,  ///< the stream has none that was asked for
  refused,     ///< a write-once stream has a message on this subject
  no_stream,   ///< there is no such stream, or no server with streams
  away,        ///< no answer, the bus is down, or the stream has no leader: it may be done or not
  failed,      ///< the server says something else, see `problem`
};

/// "not found", as a message for people.
[[nodiscard]] const char* to_string(StreamOutcome outcome);

struct StreamInfo {
  std::string created;  ///< RFC 3339, with nanoseconds
  std::uint64_t messages = 0;
  std::uint64_t first = 0;  ///< sequences; 0: it is empty and always was
  std::uint64_t last = 0;
  Json::Value config{};
};

struct StreamMessage {
  std::string subject;
  std::uint64_t sequence = 0;
  bus::Bytes value;
};

template <typename T>
struct StreamReply {
  StreamOutcome outcome = StreamOutcome::away;
  T value{};
  std::string problem{};  ///< of failed and refused: what the server says, on one line
};

/// JetStream of nats-server 2.9 and later, spoken as JSON over requests (ADR-1, ADR-8 of NATS; the
/// numbers of errors are those of server/errors.json). Answers are parsed strictly: what is not
/// understood is `failed`.
class JetStream {
 public:
  using Handle = std::unique_ptr<bus::Handle>;
  template <typename T>
  using Done = std::function<void(StreamReply<T>)>;

  explicit JetStream(bus::Bus& bus) : bus_(bus) {}

  [[nodiscard]] Handle info(std::string_view stream, Done<StreamInfo> done);
  /// `config` is a stream's configuration as the server writes it, with its name.
  [[nodiscard]] Handle create(const Json::Value& config, Done<StreamInfo> done);
  /// The sequence that it was stored under, which the stream `stream` has to say.
  [[nodiscard]] Handle publish(std::string_view stream, const std::string& subject,
                               bus::Bytes value, Done<std::uint64_t> done);
  /// The message that stands on the subject, by the stream's leader.
  [[nodiscard]] Handle last(std::string_view stream, std::string_view subject,
                            Done<StreamMessage> done);
  /// The first message from `sequence` on.
  [[nodiscard]] Handle next(std::string_view stream, std::uint64_t sequence,
                            Done<StreamMessage> done);

  /// How long an answer is waited for.
  static constexpr transport::Duration kDeadline{3'000};

 private:
  [[nodiscard]] Handle get(std::string_view stream, const Json::Value& which,
                           Done<StreamMessage> done);
  bus::Bus& bus_;
};

}  // namespace sfteams::connector
