#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "connector/cluster/cluster_keys.h"
#include "connector/cluster/node_identity.h"
#include "connector/cluster/recently_used.h"
#include "transport/bus/bus.h"
#include "transport/scheduler.h"

namespace sfteams::connector {

/// Milliseconds since 1970, UTC.
using UnixMs = std::uint64_t;
using UnixMsClock = std::function<UnixMs()>;

/// What a word is about. A reader of version N ignores kinds that came with N+1.
enum class WordKind : std::uint8_t {
  find = 1,    ///< who has this name? Answered by `place`
  place = 2,   ///< I have it
  claim = 3,   ///< the agent of this name registered with me
  held = 4,    ///< to a claimer: I have a higher epoch
  forget = 5,  ///< the name was forgotten by an operator
  beat = 6,
  throttled = 7,
};

/// One sealed message between nodes, as it stands in the body of a bus::Message:
///
///     version u8 = 1 | kind u8 | length of node u8 | node | boot 8 | counter u64 | sent u64 |
///     payload | mac 16
///
/// Numbers are big-endian. mac = first 16 bytes of ClusterKeys::mac("bus") over the subject, a zero
/// byte, and everything before the mac; so a word is good on its own subject only. The mac of an
/// answer is over the question's subject and its sender, boot and counter instead: it is good for that
/// question only.
struct Word {
  static constexpr std::size_t kMostPayload = 1'024;  ///< bytes

  WordKind kind{};
  std::string node;  ///< as is_node_id()
  BootId boot{};
  std::uint64_t counter = 0;
  UnixMs sent = 0;
  bus::Bytes payload{};
};

/// Makes the words of this process. One for all subjects, because receivers check its counter.
class WordMaker {
 public:
  /// All three outlive it; `identity` has a valid node id.
  WordMaker(const ClusterKeys& keys, const NodeIdentity& identity, const UnixMsClock& clock)
      : keys_(keys), identity_(identity), clock_(clock) {}

  /// A body for `subject`. More than Word::kMostPayload is a programmer's error (std::length_error).
  [[nodiscard]] bus::Bytes make(std::string_view subject, WordKind kind,
                                std::span<const std::uint8_t> payload);
  /// The body of an answer to `question`, which came on `subject`.
  [[nodiscard]] bus::Bytes answer(std::string_view subject, const Word& question, WordKind kind,
                                  std::span<const std::uint8_t> payload);
  /// The number that the last word had: with it an asker knows the answer to that.
  [[nodiscard]] std::uint64_t counter() const { return counter_; }

 private:
  [[nodiscard]] bus::Bytes seal(std::string_view context, WordKind kind,
                                std::span<const std::uint8_t> payload);

  const ClusterKeys& keys_;
  const NodeIdentity& identity_;
  const UnixMsClock& clock_;
  std::uint64_t counter_ = 0;
};

/// Why words were dropped since the start.
struct DroppedWords {
  std::uint64_t malformed = 0;
  std::uint64_t wrong_mac = 0;  ///< not from a node with a key that is taken
  std::uint64_t stale = 0;      ///< sent more than 30 s ago, or in the future
  std::uint64_t replayed = 0;   ///< seen before, or too far behind what its sender said since
  std::uint64_t own = 0;        ///< of this process: the bus gives it back; normal

  friend bool operator==(const DroppedWords&, const DroppedWords&) = default;
};

/// Takes only words that a node of this cluster has just said, each once. What it drops is counted,
/// and logged at most once a minute for each reason (connector.bus-word-dropped,
/// connector.node-clock-differs) without its content.
///
/// A word counts as replayed when its counter was seen before or is 64 or more below the highest one
/// of that node and boot; less is what a bus with several routes can reorder. Of the last kMostSenders
/// pairs of node and boot that is remembered (about 200 bytes each); one that was pushed out, and
/// everything that was said before this process started, is refused by its age after 30 s. So a node
/// whose clock differs by more than that is not heard.
///
/// Each message goes to it once: one subject is subscribed by one part of a node only.
class WordReader {
 public:
  static constexpr UnixMs kMostAge = 30'000;  ///< in both directions
  static constexpr std::size_t kMostSenders = 4'096;
  static constexpr std::uint64_t kWindow = 64;
  static constexpr transport::Duration kLogPause{60'000};

  /// All outlive it.
  WordReader(transport::Scheduler& scheduler, const ClusterKeys& keys, const NodeIdentity& identity,
             const UnixMsClock& clock)
      : scheduler_(scheduler),
        keys_(keys),
        identity_(identity),
        clock_(clock),
        senders_(kMostSenders) {}

  /// nullopt: it was dropped.
  [[nodiscard]] std::optional<Word> read(std::string_view subject, const bus::Bytes& body);
  /// The answer to the question with this number that this process asked on `subject`. Neither clocks
  /// nor the order of words matter: it was made for this question.
  [[nodiscard]] std::optional<Word> read_answer(std::string_view subject, std::uint64_t question,
                                                const bus::Bytes& body);

  [[nodiscard]] const DroppedWords& dropped() const { return dropped_; }
  /// How many pairs of node and boot are remembered.
  [[nodiscard]] std::size_t senders() const { return senders_.size(); }

 private:
  enum class Reason { malformed, wrong_mac, stale, replayed };
  /// What was seen of one sender: the highest counter, and in bit n whether it minus n was there.
  struct Seen {
    std::uint64_t highest = 0;
    std::uint64_t bits = 0;
  };

  [[nodiscard]] std::optional<Word> open(std::string_view context, const bus::Bytes& body);
  [[nodiscard]] bool is_new(const Word& word);
  void drop(Reason reason, const Word* verified = nullptr);

  transport::Scheduler& scheduler_;
  const ClusterKeys& keys_;
  const NodeIdentity& identity_;
  const UnixMsClock& clock_;
  RecentlyUsed<std::string, Seen> senders_;
  DroppedWords dropped_;
  struct Logged {
    std::optional<transport::TimePoint> at;
    std::uint64_t since = 0;  ///< dropped after that
  };
  std::array<Logged, 4> logged_{};
};

/// The parts of a word as they stand there, its mac unproved; nullopt: it is malformed.
[[nodiscard]] std::optional<Word> parse_word(std::span<const std::uint8_t> body);

}  // namespace sfteams::connector
