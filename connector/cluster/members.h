#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "connector/cluster/cluster_context.h"
#include "connector/cluster/messages.h"

namespace sfteams::connector {

/// Another node of the cluster, as its last beat described it.
struct Member {
  std::string node;
  BootId boot{};
  BeatWord beat;
  transport::TimePoint heard;  ///< when its last beat came
  std::int64_t ahead_ms = 0;   ///< of its clock before ours, the way over the bus included
  bool silent = false;         ///< nothing for Members::kSilent
  bool twice = false;          ///< two processes have this node id
};

/// Tells the others of this node every two seconds, and knows who they are. At most kMost nodes, about
/// 400 bytes each: of more, one that is silent goes first; while none is silent, new ones are ignored.
class Members {
 public:
  static constexpr transport::Duration kInterval{2'000};
  static constexpr transport::Duration kMissing{3'000};  ///< a beat is missing
  static constexpr transport::Duration kGap{5'000};      ///< two beats in a row are missing
  static constexpr transport::Duration kSilent{10'000};
  static constexpr transport::Duration kForgotten{3'600'000};
  static constexpr std::size_t kMost = 1'000;
  static constexpr std::int64_t kMostSkewMs = 5'000;

  struct Callbacks {
    /// What the beat says of this node at the moment; url and uptime are filled in.
    std::function<BeatWord()> describe;
    /// A node is heard that was not for kGap or longer: words between it and this one may have been
    /// lost, so claims are made again.
    std::function<void()> back = [] {};
  };

  /// The first beat is sent at once.
  Members(ClusterContext& context, Callbacks callbacks);

  /// Those that are heard, and those that have been silent for less than kForgotten; by node id.
  [[nodiscard]] std::vector<Member> list() const;
  /// nullopt: not heard of, or silent.
  [[nodiscard]] std::optional<Member> find(const std::string& node) const;
  /// Where those are whose last beat is missing: they are gone, or one of us has lost the bus. Of
  /// kMostMissing, those that were heard last, first. Their epochs are 0.
  [[nodiscard]] std::vector<Place> missing() const;
  static constexpr std::size_t kMostMissing = 8;
  /// Another process has the id of this node.
  [[nodiscard]] bool own_id_twice() const;
  /// Sends a beat out of turn: draining has begun, say.
  void beat_now();

 private:
  /// Which processes speak with one node id.
  struct Boots {
    BootId current{};
    transport::TimePoint since;                         ///< when it was heard first
    UnixMs since_ms = 0;                                ///< the same by our clock
    BootId before{};                                    ///< whom it followed; zeros: nobody
    std::optional<transport::TimePoint> other_heard{};  ///< another, although it should be gone
  };
  struct Known {
    Member member;
    Boots boots;
    std::uint64_t counter = 0;  ///< of its last beat
    bool skew_reported = false;
  };

  void on_beat(const bus::Message& message);
  void tick();
  void hear_new(const Word& word, BeatWord beat);
  void hear(Known& known, const Word& word, BeatWord beat);
  void take(Known& known, const Word& word, BeatWord beat);
  static void check_clock(Known& known);
  void hear_other_boot(Boots& boots, const Word& word);
  [[nodiscard]] bool is_twice(const Boots& boots) const;
  [[nodiscard]] bool make_room();
  [[nodiscard]] bool is_silent(const Member& member) const;
  [[nodiscard]] Member shown(const Known& known) const;

  ClusterContext& context_;
  Callbacks callbacks_;
  const transport::TimePoint started_;
  Boots own_;
  std::map<std::string, Known> known_;
  std::unique_ptr<bus::Handle> subscription_;
  std::unique_ptr<bus::Handle> watch_;
  std::unique_ptr<transport::Timer> timer_;
};

}  // namespace sfteams::connector
