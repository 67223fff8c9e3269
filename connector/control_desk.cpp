#include "connector/control_desk.h"

#include <utility>

#include "base/json/json.h"
#include "base/json/told.h"
#include "base/privileges/acting_as_owner.h"
#include "connector/cluster_desk.h"
#include "connector/codes.h"
#include "connector/control_protocol.h"
#include "connector/exchange.h"
#include "connector/online.h"

namespace sfteams::connector {

ControlDesk::ControlDesk(transport::Loop& loop, std::filesystem::path socket, Exchange& exchange,
                         std::function<Json::Value()> status)
    : loop_(loop),
      socket_(std::move(socket)),
      exchange_(exchange),
      status_(std::move(status)),
      opening_(loop, "control", "the control socket", [this] { return open(); }) {
  if (exchange_.cluster() != nullptr)
    cluster_ = std::make_unique<ClusterDesk>(*exchange_.cluster());
  opening_.open();
}

ControlDesk::~ControlDesk() = default;

/// Started by root, it leaves nothing there that the service could not replace afterwards.
Result<void> ControlDesk::open() {
  const auto owner = privileges::ActingAsOwner::of_directory_of(socket_);
  if (!owner) return fail(owner.error());
  auto server = transport::ControlServer::listen(
      loop_, socket_,
      [this](const std::string& request, const transport::ControlServer::Answer& told) {
        take(request, told);
      });
  if (!server) return fail(server.error());
  server_ = std::move(*server);
  return {};
}

void ControlDesk::take(const std::string& request, const transport::ControlServer::Answer& told) {
  const Result<Json::Value> asked = json::parse(request);
  const auto answered = [told](const Result<Json::Value>& answer) {
    told(json::write_told(answer));
  };
  if (asked && cluster_ && cluster_->take(*asked, answered)) return;
  answered(answer(asked));
}

Result<Json::Value> ControlDesk::answer(const Result<Json::Value>& asked) const {
  const auto command = asked ? json::string_member(*asked, "command") : std::nullopt;
  if (command == control::kStatus) return status_();
  if (command == control::kOnline)
    return online(json::string_member(*asked, "after").value_or(std::string_view()));
  return fail(codes::kBadControl, "the running connector does not know this question",
              "check that it has the same version as this program");
}

Json::Value ControlDesk::online(std::string_view after) const {
  const auto with_node = [this](Json::Value agent) {
    if (const ClusterNode* const node = exchange_.cluster()) agent["node"] = node->self().id;
    return agent;
  };
  const std::vector<OnlineAgent> agents =
      online_after(exchange_.routes(), after, control::kMostInAnswer);
  Json::Value json(Json::objectValue);
  json["agents"] = Json::Value(Json::arrayValue);
  for (const OnlineAgent& agent : agents)
    json["agents"].append(with_node(to_json(agent)));
  json["more"] = agents.size() == control::kMostInAnswer;
  return json;
}

}  // namespace sfteams::connector
