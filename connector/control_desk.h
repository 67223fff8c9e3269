#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <json/value.h>

#include "base/error/error.h"
#include "transport/control_socket.h"
#include "transport/loop.h"
#include "transport/reopening.h"

namespace sfteams::connector {

class ClusterDesk;
class Exchange;

/// The control socket of the running connector: answers what connector/control_protocol.h names. A
/// socket that cannot be made is tried again; agents and clients can do without.
class ControlDesk {
 public:
  /// `loop` and `exchange`, whose part in a cluster is there by now, outlive it. `status` makes the
  /// answer to that question.
  ControlDesk(transport::Loop& loop, std::filesystem::path socket, Exchange& exchange,
              std::function<Json::Value()> status);

  ~ControlDesk();
  ControlDesk(const ControlDesk&) = delete;
  ControlDesk& operator=(const ControlDesk&) = delete;

  /// Why there is no socket.
  [[nodiscard]] const std::optional<Error>& error() const { return opening_.error(); }

 private:
  [[nodiscard]] Result<void> open();
  [[nodiscard]] Result<Json::Value> answer(const Result<Json::Value>& asked) const;
  [[nodiscard]] Json::Value online(std::string_view after) const;
  void take(const std::string& request, const transport::ControlServer::Answer& told);

  transport::Loop& loop_;
  std::filesystem::path socket_;
  Exchange& exchange_;
  std::function<Json::Value()> status_;
  std::unique_ptr<ClusterDesk> cluster_;
  std::unique_ptr<transport::ControlServer> server_;
  transport::Reopening opening_;
};

}  // namespace sfteams::connector
