#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "connector/cluster/jet_stream.h"

namespace sfteams::connector {

/// Reads a part of a stream: up to 32 requests at a time, each working through a share of it, so
/// that gaps cost nothing and the order is not kept. Hands over small batches.
class StreamReader {
 public:
  struct Hooks {
    /// Some messages, and the sequence up to which everything was handed over. False: that is
    /// enough.
    std::function<bool(std::vector<StreamMessage> batch, std::uint64_t read_up_to)> take;
    /// The end, as the last call: ok, or why not all of it could be read. `failed` after `take`
    /// said false.
    std::function<void(StreamOutcome)> done;
  };
  static constexpr std::size_t kAtOnce = 32;
  /// Small enough for a turn of the loop.
  static constexpr std::size_t kBatch = 32;

  /// From `first` to `last`, which is not below and is in the stream. `streams` outlives it; it may
  /// be destroyed in `done`.
  StreamReader(JetStream& streams, std::string stream, std::uint64_t first, std::uint64_t last,
               Hooks hooks);

  /// How many sequences are not read yet.
  [[nodiscard]] std::uint64_t left() const;

 private:
  struct Share {
    std::uint64_t next = 0;
    std::uint64_t last = 0;
    JetStream::Handle request{};
    [[nodiscard]] bool over() const { return next > last; }
  };
  void ask(std::size_t number);
  void take(std::size_t number, StreamReply<StreamMessage> reply);
  [[nodiscard]] bool over() const;
  [[nodiscard]] std::uint64_t read_up_to() const;
  void finish(StreamOutcome outcome);

  JetStream& streams_;
  std::string stream_;
  std::uint64_t last_;
  Hooks hooks_;
  std::vector<Share> shares_;
  std::vector<StreamMessage> batch_;
};

}  // namespace sfteams::connector
