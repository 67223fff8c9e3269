#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/error/error.h"
#include "connector/link.h"
#include "connector/relay_end.h"
#include "connector/search_for_agent.h"
#include "tunnel/control.h"

namespace sfteams::connector {

/// The link of one client: its admission, and the one stream that it then has to its PBX's agent.
class ClientLink final : public Link, private RelayOwner {
 public:
  ClientLink(LinkContext& context, LinkOwner& owner, Origin origin);
  ~ClientLink() override;

 private:
  [[nodiscard]] Result<void> on_proof(const tunnel::Frame& frame) override;
  [[nodiscard]] Result<void> on_frame(const tunnel::Frame& frame) override;
  void on_leaving() override;
  void other_left(RelayEnd& end) override;
  void close_written(RelayEnd&) override {}

  /// What the client has asked for; kept until it is answered.
  struct Asked {
    tunnel::Admission admission;
    tunnel::Bytes payload;
    transport::TimePoint at;  ///< when it was judged first
    bool proven = false;      ///< by keys that this node remembers
  };

  [[nodiscard]] transport::Duration delay_of_sender();
  void judge(tunnel::Bytes payload);
  void search();
  void take(SearchForAgent::Outcome outcome);
  void judge_here(const AgentLink& agent);
  void judge_by_memory(const SearchForAgent::NoAgent& found);
  [[nodiscard]] Result<std::vector<tunnel::AdmissionKey>> remembered_keys(std::string_view name);
  [[nodiscard]] bool proven_by(std::span<const tunnel::AdmissionKey> keys);
  void join();
  void wait_for_agent();
  [[nodiscard]] bool take_place();
  void be_admitted(std::unique_ptr<RelayEnd> end);
  void turn_away();
  void reset(const Error& error);

  std::unique_ptr<Asked> asked_;
  std::unique_ptr<SearchForAgent> search_;
  std::unique_ptr<RelayEnd> end_;  ///< once admitted
  WaitingRoom::Seat joined_;
};

}  // namespace sfteams::connector
