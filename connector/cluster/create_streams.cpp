#include "connector/cluster/create_streams.h"

#include <array>
#include <utility>

#include <fmt/format.h>

#include "base/json/json.h"
#include "connector/cluster/codes.h"
#include "connector/cluster/log_streams.h"

namespace sfteams::connector {
namespace {

Json::Value common_config(const std::string& name, const std::string& subjects, int replicas) {
  Json::Value config(Json::objectValue);
  config["name"] = name;
  config["subjects"].append(subjects);
  config["retention"] = "limits";
  config["storage"] = "file";
  config["num_replicas"] = replicas;
  config["max_consumers"] = -1;
  config["max_msgs"] = -1;
  config["max_bytes"] = -1;
  config["max_age"] = 0;
  config["max_msgs_per_subject"] = 1;
  config["max_msg_size"] = kMostLogValue;
  config["deny_delete"] = true;
  config["deny_purge"] = true;
  config["allow_rollup_hdrs"] = false;
  // Only the leader knows what holds.
  config["allow_direct"] = false;
  return config;
}

/// As the server leaves out what is false, 0 or empty.
bool is_nothing(const Json::Value& value) {
  return value.isNull() || (value.isBool() && !value.asBool()) ||
         (value.isInt() && value.asInt() == 0);
}

}  // namespace

Json::Value CreateStreams::names_config(const std::string& cluster, int replicas) {
  Json::Value config = common_config(names_stream(cluster), "sft1." + cluster + ".reg.>", replicas);
  config["discard"] = "new";
  config["discard_new_per_subject"] = true;
  return config;
}

Json::Value CreateStreams::keys_config(const std::string& cluster, int replicas) {
  Json::Value config = common_config(keys_stream(cluster), "sft1." + cluster + ".keys.*", replicas);
  config["discard"] = "old";
  config["discard_new_per_subject"] = false;
  return config;
}

std::string stream_difference(const Json::Value& wanted, const Json::Value& found) {
  for (const std::string& name : wanted.getMemberNames()) {
    const Json::Value& is = found.isObject() ? found[name] : Json::Value::nullSingleton();
    const Json::Value& has_to_be = wanted[name];
    if (is == has_to_be || (is_nothing(is) && is_nothing(has_to_be))) continue;
    return fmt::format("{} is {} instead of {}", name, json::write(is), json::write(has_to_be));
  }
  // What would change or add messages behind the nodes' backs.
  for (const char* const name : {"mirror", "sources", "republish", "sealed", "template_owner"}) {
    if (found.isObject() && !is_nothing(found[name]))
      return fmt::format("{} is {} instead of nothing", name, json::write(found[name]));
  }
  return {};
}

CreateStreams::CreateStreams(bus::Bus& bus, const std::string& cluster, int replicas, Done done)
    : streams_(bus),
      wanted_{names_config(cluster, replicas), keys_config(cluster, replicas)},
      done_(std::move(done)) {
  look();
}

void CreateStreams::look() {
  const Json::Value config = wanted_.front();
  request_ = streams_.info(config["name"].asString(), [this, config](const auto& reply) {
    if (reply.outcome == StreamOutcome::no_stream) {
      make(config);
    } else {
      take(reply, "is there as it has to be");
    }
  });
}

void CreateStreams::make(const Json::Value& config) {
  request_ = streams_.create(config, [this](const auto& reply) { take(reply, "was made"); });
}

void CreateStreams::take(const StreamReply<StreamInfo>& reply, const char* what) {
  const std::string name = wanted_.front()["name"].asString();
  if (reply.outcome == StreamOutcome::failed) {
    finish(fail(codes::kStreamWrong, fmt::format("the stream {}: {}", name, reply.problem),
                "the servers need JetStream, as many servers as replicas, and no other stream with "
                "these subjects"));
    return;
  }
  if (reply.outcome == StreamOutcome::no_stream) {
    finish(
        fail(codes::kJetStreamOff, "no NATS server that was reached has JetStream",
             "write jetstream { store_dir: … } into nats-server.conf, as in the cluster's guide"));
    return;
  }
  if (reply.outcome != StreamOutcome::ok) {
    const std::string reason = reply.problem.empty() ? "" : ": " + reply.problem;
    finish(fail(codes::kRegistryLogAway,
                fmt::format("the stream {}: {}{}", name, to_string(reply.outcome), reason),
                "look whether as many NATS servers run with JetStream as [cluster] log-replicas "
                "says, and whether the credentials are an administrator's"));
    return;
  }
  if (const auto difference = stream_difference(wanted_.front(), reply.value.config);
      !difference.empty()) {
    finish(fail(codes::kStreamWrong, fmt::format("the stream {}: {}", name, difference),
                "change it with the tools of NATS, or delete it while connectors with its content "
                "run: they write it again"));
    return;
  }
  lines_.push_back(fmt::format("the stream {} {}", name, what));
  wanted_.erase(wanted_.begin());
  if (wanted_.empty()) {
    finish(std::move(lines_));
  } else {
    look();
  }
}

void CreateStreams::finish(Result<std::vector<std::string>> result) {
  const Done done = std::move(done_);
  done(std::move(result));
}

}  // namespace sfteams::connector
