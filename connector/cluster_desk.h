#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <json/value.h>

#include "base/error/error.h"
#include "connector/cluster_node.h"

namespace sfteams::connector {

/// What an operator asks a node of a cluster over its control socket beside `status`, and what takes
/// a moment: changes of names, and at which nodes agents are.
class ClusterDesk {
 public:
  using Answer = std::function<void(Result<Json::Value>)>;

  /// `node` outlives it.
  explicit ClusterDesk(ClusterNode& node) : node_(node) {}

  /// False when the command is not one of these; otherwise `answer` is called once, unless this goes
  /// before.
  [[nodiscard]] bool take(const Json::Value& question, const Answer& answer);

 private:
  /// Lookups of one question.
  struct Search {
    std::vector<std::unique_ptr<bus::Handle>> lookups;
    std::size_t left = 0;
    Json::Value places{Json::arrayValue};
    Answer answer;
  };

  void change(const Json::Value& question, const Answer& answer);
  void find(const Json::Value& question, const Answer& answer);
  void found(std::uint64_t search, const std::string& name, const Finding& finding);

  ClusterNode& node_;
  std::uint64_t next_ = 0;
  std::map<std::uint64_t, Search> searches_;
};

}  // namespace sfteams::connector
