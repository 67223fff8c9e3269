#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/error/error.h"
#include "connector/cluster/jet_stream.h"
#include "transport/bus/bus.h"

namespace sfteams::connector {

/// Makes both streams of the log, as an administrator of the NATS servers: nodes must not be able
/// to. What is there already is left as it is, and compared with what it has to be.
class CreateStreams {
 public:
  /// One line of what was done or found for each stream. Fails with connector.stream-wrong when a
  /// stream is not as it has to be, naming the difference, with connector.jetstream-off, and with
  /// connector.registry-log-away when the servers do not answer.
  using Done = std::function<void(Result<std::vector<std::string>>)>;

  /// `cluster` is [cluster] name; `replicas` 1 to 5, on as many servers. `bus` outlives it. `done`
  /// comes once, in a later turn, unless this is destroyed before.
  CreateStreams(bus::Bus& bus, const std::string& cluster, int replicas, Done done);

  /// What the configuration of a stream has to be.
  [[nodiscard]] static Json::Value names_config(const std::string& cluster, int replicas);
  [[nodiscard]] static Json::Value keys_config(const std::string& cluster, int replicas);

 private:
  void look();
  void make(const Json::Value& config);
  void take(const StreamReply<StreamInfo>& reply, const char* what);
  void finish(Result<std::vector<std::string>> result);

  JetStream streams_;
  std::vector<Json::Value> wanted_;  ///< the first is the next one to look after
  std::vector<std::string> lines_;
  Done done_;
  JetStream::Handle request_;
};

/// The first difference between what a stream is and what it has to be: "deny_purge is false
/// instead of true"; empty: none.
[[nodiscard]] std::string stream_difference(const Json::Value& wanted, const Json::Value& found);

}  // namespace sfteams::connector
