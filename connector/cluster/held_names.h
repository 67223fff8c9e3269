#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "connector/cluster/cluster_context.h"
#include "connector/cluster/known_places.h"
#include "connector/cluster/messages.h"

namespace sfteams::connector {

/// Why a name is no longer held here.
enum class Why {
  overtaken,  ///< its agent has a newer link at another node: close this one with `replaced`
  tie,        ///< two links came at the same moment: close this one with `try-again-later`, 1 s
};

/// The names whose agents have their links here: they are claimed, defended, and lookups answered. Of
/// two nodes that claim one name the higher (epoch, node, boot) has it.
///
/// - hold() makes an epoch above all that was heard, and claims with it. The claim is repeated after 1
///   and 3 s.
/// - A node that holds a higher one answers HELD. In the first 5 s the claimer then claims once more
///   above that, at most twice: its link was proved just now, so only a clock can be wrong. The same
///   holds when another node claims a higher epoch for a link that is older than 5 s. Later it has
///   lost.
/// - Each time that the bus comes up, and after claim_again(), all names are claimed again with the
///   epochs that they have, 2,000 a second; without that, each every 4 s, 200 a second at most. So what
///   a bus lost without a sign is repaired, and an old link never beats a newer one.
///
/// Memory: about 350 bytes a name beside the bus's subscription.
class HeldNames {
 public:
  static constexpr transport::Duration kFresh{5'000};
  static constexpr unsigned kRounds = 2;
  static constexpr transport::Duration kFirstRepeat{1'000};
  static constexpr transport::Duration kSecondRepeat{3'000};  ///< both after hold()
  static constexpr transport::Duration kSlice{50};
  static constexpr std::size_t kPerSlice = 100;
  static constexpr transport::Duration kCalmSlice{500};
  static constexpr std::size_t kPerCalmSlice = 100;
  static constexpr std::size_t kCalmSlices =
      8;  ///< in which every name is claimed, if they are few

  struct Callbacks {
    /// Is not held any more when this is called. From the loop, never from inside a call.
    std::function<void(const std::string& name, Why why)> lost;
    /// An operator forgot the name at another node, a moment ago or some seconds. It is still held.
    std::function<void(const std::string& name)> forgotten;
  };

  HeldNames(ClusterContext& context, KnownPlaces& known, Callbacks callbacks);
  ~HeldNames();
  HeldNames(const HeldNames&) = delete;
  HeldNames& operator=(const HeldNames&) = delete;

  Epoch hold(const std::string& name);
  void let_go(const std::string& name);
  /// 0: it is not held.
  [[nodiscard]] Epoch epoch_of(const std::string& name) const;
  [[nodiscard]] std::size_t size() const { return names_.size(); }
  void claim_again();

 private:
  struct Held {
    HashBytes hash{};
    Epoch epoch = 0;
    transport::TimePoint since;
    unsigned rounds = 0;  ///< how often it was claimed above another's epoch
    std::unique_ptr<bus::Handle> subscription;
  };
  using Names = std::map<std::string, Held>;
  struct Repeat {
    transport::TimePoint due;
    transport::TimePoint since;  ///< of the hold() that it belongs to
    std::string name;
  };

  void on_name(Names::value_type& entry, const bus::Message& message);
  void on_node(const bus::Message& message);
  void on_claim(Names::value_type& entry, const Word& word);
  void answer(const Held& held, const Word& question, const bus::Message& message);
  void rise_above(Names::value_type& entry, Epoch epoch);
  void lose(const std::string& name, Epoch to, Why why);
  bool claim(const Held& held);
  void on_repeats();
  void plan_repeats();
  void on_slice();
  void plan_slice();
  [[nodiscard]] bool claim_next();
  [[nodiscard]] bool is_fresh(const Held& held) const;
  [[nodiscard]] bool loses(const Held& held, const Word& word, Epoch epoch) const;

  ClusterContext& context_;
  KnownPlaces& known_;
  Callbacks callbacks_;
  Names names_;
  std::map<HashBytes, const std::string*> by_hash_;
  std::deque<Repeat> first_repeats_;
  std::deque<Repeat> second_repeats_;
  std::string last_claimed_;     ///< where the round of all names is
  std::size_t urgent_ = 0;       ///< how many more are claimed at the high rate
  std::size_t calm_credit_ = 0;  ///< in parts of a name: kCalmSlices are one
  std::unique_ptr<transport::Timer> repeat_timer_;
  std::unique_ptr<transport::Timer> slice_timer_;
  bool slice_is_urgent_ = false;
  std::unique_ptr<bus::Handle> own_words_;
  std::unique_ptr<bus::Handle> watch_;
};

}  // namespace sfteams::connector
