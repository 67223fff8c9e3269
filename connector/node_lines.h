#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <variant>

#include "base/error/error.h"
#include "connector/address.h"
#include "connector/cluster/node_identity.h"
#include "connector/link_context.h"
#include "connector/relay_end.h"
#include "connector/wire.h"
#include "tunnel/control.h"
#include "tunnel/outbox.h"

namespace sfteams::connector {

class NodeLine;
struct EnterWait;

/// A client that wants to be let in to an agent of another node.
struct EnterRequest {
  tunnel::Nonce nonce{};  ///< of the CHALLENGE that it got
  tunnel::Bytes admit;    ///< its ADMIT, as it came: 75 … 327 bytes
  Address sender;
};

/// It is in: the client's end of its stream, joined with one on the line to the other node.
struct Entered {
  std::unique_ptr<RelayEnd> end;
};
/// The other node does not have that agent (any more).
struct NotHere {};
/// The other node was not reached, or did not answer in time.
struct Unreachable {};
/// Too many wait for that node, or are there, so that it was not asked.
struct Crowded {};
/// A Refusal: turned away by the owner; what the client is to be told.
using EnterOutcome = std::variant<Entered, tunnel::Refusal, NotHere, Unreachable, Crowded>;

/// The links to other nodes that this one has dialled, because they have the agents of clients that
/// are here: one a start of a node (node, boot), dialled when it is wanted, proved (node_proof.h),
/// closed after 60 s without streams.
///
/// Bounds: kMaxLines lines; on each kMaxWaiting clients that wait for it to come about, kMaxInFlight
/// that wait for an answer, and kMaxNodeStreams streams. What waits in its streams, both ways, is
/// bounded by a budget of [limits] agent-buffer bytes, a part of the one of all.
///
/// When a line is lost, its clients get CLOSE shutting-down: they come again at once and resume.
/// (Not pbx-offline: nobody knows that the PBX is, and the client would tell its user so.)
class NodeLines {
 public:
  static constexpr std::size_t kMaxLines = 1'024;
  static constexpr std::size_t kMaxWaiting = 1'024;
  static constexpr std::size_t kMaxInFlight = 256;
  /// For the dial and the proofs together; then all that wait are told Unreachable.
  static constexpr transport::Duration kDialDeadline{2'000};
  /// From enter() to its outcome.
  static constexpr transport::Duration kEnterDeadline{5'000};
  /// A line on which an answer is so late is given up with all that is on it: its pings are answered,
  /// and clients are not.
  static constexpr transport::Duration kOverdue{2 * kEnterDeadline};
  /// After a line could not be made: Unreachable at once. It doubles up to the longest.
  static constexpr transport::Duration kFirstRest{250};
  static constexpr transport::Duration kLongestRest{4'000};
  /// After so long without a new try the rests begin with the first again.
  static constexpr transport::Duration kForgotten{60'000};
  static constexpr transport::Duration kIdle{60'000};

  /// Begins to dial `url` (path and subprotocol are those of nodes) and gives the wire; never calls
  /// the handler before it returns.
  using Dial = std::function<Result<std::unique_ptr<Wire>>(const std::string& url,
                                                           transport::WebsocketHandler& handler)>;

  /// context.cluster_keys and context.node are set.
  NodeLines(LinkContext& context, Dial dial);
  ~NodeLines();
  NodeLines(const NodeLines&) = delete;
  NodeLines& operator=(const NodeLines&) = delete;

  /// A client that waits. Dropping it gives its place back, and `done` is not called any more; when
  /// the other node lets it in all the same, that stream is closed at once.
  class Entry {
   public:
    explicit Entry(std::shared_ptr<EnterWait> wait);
    ~Entry();
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;

   private:
    std::shared_ptr<EnterWait> wait_;
  };

  /// `done` is called once, in a later turn of the loop, at most kEnterDeadline from now; the Entry
  /// may be dropped in there. `client_outbox` and `client` outlive the Entry, and then the end. An
  /// ADMIT of another length is a programmer's error (std::invalid_argument).
  [[nodiscard]] std::unique_ptr<Entry> enter(const Place& place, EnterRequest request,
                                             tunnel::Outbox& client_outbox, RelayOwner& client,
                                             std::function<void(EnterOutcome)> done);

  /// Lines that are proven.
  [[nodiscard]] std::size_t proven() const;
  /// Streams on all lines, those that wait for an answer, too.
  [[nodiscard]] std::size_t streams() const;

 private:
  friend class NodeLine;
  struct Known {
    std::unique_ptr<NodeLine> line;
    transport::TimePoint rests_until{};  ///< while there is no line
    transport::Duration next_rest = kFirstRest;
  };
  using Key = std::pair<std::string, std::uint64_t>;
  struct KeyHash {
    [[nodiscard]] std::size_t operator()(const Key& key) const {
      return std::hash<std::string>{}(key.first) ^ static_cast<std::size_t>(key.second);
    }
  };

  [[nodiscard]] static Key key_of(const Place& place);
  [[nodiscard]] NodeLine* line_to(const Place& place);
  void rest(Known& known);
  /// The line takes nobody any more; it stays until its wire has ended.
  void leaving(NodeLine& line, bool failed);
  /// Destroys it.
  void ended(NodeLine& line);

  LinkContext& context_;
  Dial dial_;
  std::unordered_map<Key, Known, KeyHash> known_;
  std::unordered_map<NodeLine*, std::unique_ptr<NodeLine>> leaving_;
};

}  // namespace sfteams::connector
