#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "base/error/error.h"
#include "connector/link.h"
#include "connector/relay_end.h"
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

  void judge(tunnel::ByteView payload);
  [[nodiscard]] Result<std::vector<tunnel::AdmissionKey>> remembered_keys(std::string_view name);
  void join(const tunnel::Admission& admission);
  void turn_away();
  void reset(const Error& error);

  std::unique_ptr<RelayEnd> end_;  ///< once admitted
  WaitingRoom::Seat joined_;
};

}  // namespace sfteams::connector
